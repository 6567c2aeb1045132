# SPDX-License-Identifier: GPL-2.0-or-later
"""What is written down about a lab: its `lab` file and its tests, lists of `key: value` lines. For every script of labs/."""
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CURRENT = 'labs/LAB'  # in a student's tree: which lab it is
NOT_WRITTEN = 'is not written yet'


class Wrong(Exception):
    """A lab or a test is not as it should be: said to the lecturer, in one line."""


def pairs(path):
    """(key, value) for each line of a file. Line ends may be those of another system."""
    with open(path, encoding='utf-8') as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip()
            if not line or line.startswith('#'):
                continue
            key, colon, value = line.partition(':')
            if not colon or not re.fullmatch(r'[a-z-]+', key):
                raise Wrong('%s:%d: not a line "key: value"' % (path, number))
            yield key, value.strip()


def collect(path, single, many):
    """A dictionary: of the keys in `single` one value, of those in `many` a list."""
    found = {key: [] for key in many}
    for key, value in pairs(path):
        if key in many:
            found[key].append(value)
        elif key not in single:
            raise Wrong('%s: there is no key "%s"' % (path, key))
        elif key in found:
            raise Wrong('%s: "%s" twice' % (path, key))
        else:
            found[key] = value
    return found


def number(path, what, text):
    if not re.fullmatch(r'[0-9]+', text or ''):
        raise Wrong('%s: "%s" wants a number, not "%s"' % (path, what, text))
    return int(text)


class Test:
    SINGLE = ('points', 'what', 'exit', 'timeout', 'expect', 'page', 'unit', 'script')
    MANY = ('run', 'must', 'must-not', 'type', 'part', 'sources')

    def __init__(self, path):
        found = collect(path, self.SINGLE, self.MANY)
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.path = path
        self.folder = os.path.dirname(path)
        self.points = number(path, 'points', found.get('points'))
        self.what = found.get('what', '')
        self.exit = found.get('exit')
        self.timeout = number(path, 'timeout', found.get('timeout', '120'))
        self.expect = found.get('expect', '')
        self.page = found.get('page', '')
        self.unit = found.get('unit')
        self.script = found.get('script')
        self.run = ' '.join(found['run'])
        self.must = found['must']
        self.must_not = found['must-not']
        self.type = found['type']
        self.sources = ' '.join(found['sources']).split()
        self.parts = []
        for part in found['part']:
            points, _, pattern = part.partition(' ')
            self.parts.append((number(path, 'part', points), pattern))
        self.check()

    def check(self):
        for missing in (key for key in ('what', 'expect', 'page') if not getattr(self, key)):
            raise Wrong('%s: "%s" is missing' % (self.path, missing))
        if sum(1 for way in (self.run, self.unit, self.script) if way) != 1:
            raise Wrong('%s: one of "run", "unit" and "script" says how it runs' % self.path)
        if self.parts and sum(points for points, _ in self.parts) != self.points:
            raise Wrong('%s: its parts do not make %d points' % (self.path, self.points))
        if not (self.parts or self.must or self.unit or self.script):
            raise Wrong('%s: nothing must be seen: it could not fail' % self.path)
        for pattern in self.must + self.must_not + [pattern for _, pattern in self.parts]:
            try:
                re.compile(pattern)
            except re.error as error:
                raise Wrong('%s: not a regular expression: %s (%s)' % (self.path, pattern, error))


class Lab:
    SINGLE = ('title', 'weeks', 'lines', 'skeleton', 'before')
    MANY = ('cut', 'todo', 'remove', 'replace', 'instead', 'early')

    def __init__(self, name, root=ROOT):
        self.name = name
        self.root = root
        self.folder = os.path.join('labs', name)
        path = os.path.join(root, self.folder, 'lab')
        if not re.fullmatch(r'[AB][0-9]+', name) or not os.path.exists(path):
            raise Wrong('there is no lab "%s": there are %s' % (name, ' '.join(names(root)) or 'none'))
        found = collect(path, self.SINGLE, self.MANY)
        self.title = found.get('title', '')
        self.skeleton = number(path, 'skeleton', found.get('skeleton', '0'))
        self.lines = number(path, 'lines', found.get('lines', '0'))
        self.before = found.get('before')  # an archive of the sources as they are handed out
        self.early = found['early']  # functions that run before there is a log
        self.cuts = []  # (file, function, what it does instead)
        for cut in found['cut']:
            words = cut.split(None, 2)
            if len(words) < 2:
                raise Wrong('%s: "cut" wants a file and a function: %s' % (path, cut))
            self.cuts.append((words[0], words[1], words[2] if len(words) > 2 else ''))
        self.removals = self.two_words('remove', found)  # (file, name)
        self.replacements = self.two_words('replace', found)  # (file, function): see replacement()
        self.instead = self.two_words('instead', found)  # (file, what is handed out instead of it)
        self.todo = {}
        for todo in found['todo']:
            function, _, text = todo.partition(' ')
            self.todo[function] = (self.todo.get(function, '') + ' ' + text).strip()
        for function in self.todo:
            if function not in (cut[1] for cut in self.cuts):
                raise Wrong('%s: "todo" for %s, which is not cut' % (path, function))
        for _, function, _ in self.cuts:
            if function not in self.todo:
                raise Wrong('%s: no "todo" says what is to do in %s' % (path, function))

    def two_words(self, key, found):
        out = []
        for value in found[key]:
            words = value.split()
            if len(words) != 2:
                raise Wrong('%s/lab: "%s" wants a file and a name: %s' % (self.folder, key, value))
            out.append(tuple(words))
        return out

    def replacement(self, function):
        """The plain definition, with its comment, that is handed out in the place of a function."""
        path = os.path.join(self.root, self.folder, 'replace', function)
        if not os.path.exists(path):
            raise Wrong('%s/lab: "replace" wants %s' % (self.folder, path))
        with open(path, encoding='utf-8') as f:
            return f.read().rstrip('\n').split('\n')

    def tests(self, more=None):
        """All tests, by name; `more` is a folder of further, hidden ones, whose points come on top."""
        folders = [os.path.join(self.root, self.folder, 'tests')] + ([more] if more else [])
        found = [Test(os.path.join(folder, file)) for folder in folders
                 for file in sorted(os.listdir(folder)) if file.endswith('.test')]
        if not more and sum(test.points for test in found) != 100:
            raise Wrong('%s: the points of its tests make %d, not 100' % (
                self.folder, sum(test.points for test in found)))
        return found


    def sources(self):
        """What its unit tests are linked with."""
        return {source for test in self.tests() for source in test.sources}


def names(root=ROOT):
    """The labs there are, in order."""
    folder = os.path.join(root, 'labs')
    return sorted((name for name in os.listdir(folder) if os.path.exists(os.path.join(folder, name, 'lab'))),
                  key=lambda name: (name[0], int(name[1:])))
