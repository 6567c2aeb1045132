# SPDX-License-Identifier: GPL-2.0-or-later
"""
A common mistake: a patch against the solution, the tests that it must lose, and the symptom that it shows. For labs/prove.

The lines of a hunk are looked for in the whole file, and must be there once: a solution that moves leaves its mistakes alone.
"""
import os
import re

from lab import Wrong


class Mistake:
    def __init__(self, path):
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.path = path
        self.what = self.symptom = ''
        self.loses = []
        self.hunks = []  # (file, lines before, lines after)
        with open(path, encoding='utf-8') as f:
            self.read(f.read().split('\n'))
        for key in ('what', 'loses', 'symptom', 'hunks'):
            if not getattr(self, key):
                raise Wrong('%s: "%s" is missing' % (path, key))

    def read(self, lines):
        file, hunk = None, None
        for line in lines:
            header = re.match(r'# (what|loses|symptom): (.*)', line)
            if header and not file:
                setattr(self, header.group(1), header.group(2).split() if header.group(1) == 'loses' else header.group(2))
            elif line.startswith('+++ '):
                file, hunk = line[4:].split('\t')[0].partition('/')[2], None
            elif line.startswith(('--- ', 'diff ', 'index ')):
                hunk = None
            elif line.startswith('@@'):
                hunk = ([], [])
                self.hunks.append((file,) + hunk)
            elif hunk is not None and line[:1] in (' ', '-', '+'):
                if line[0] != '+':
                    hunk[0].append(line[1:])
                if line[0] != '-':
                    hunk[1].append(line[1:])

    def only_told_by(self, texts):
        """That of these texts of messages which the symptom looks for, or None."""
        wanted = re.sub(r'\[[^]]*\][+*]?|\.[+*]|[\\^$(){}?+*|]', ' ', self.symptom)
        wanted = ' '.join(wanted.split())
        return next((text for text in texts if text in wanted or (len(wanted) >= len(text) // 2 and wanted in text)), None)

    def files(self):
        return sorted({file for file, _, _ in self.hunks})

    def apply(self, root):
        for file, before, after in self.hunks:
            path = os.path.join(root, file)
            with open(path, encoding='utf-8') as f:
                text = '\n' + f.read()
            old, new = ('\n%s\n' % '\n'.join(lines) for lines in (before, after))
            if text.count(old) != 1:
                raise Wrong('%s: a hunk is %s in %s' % (
                    self.path, 'several times' if text.count(old) else 'not', file))
            with open(path, 'w', encoding='utf-8', newline='\n') as f:
                f.write(text.replace(old, new)[1:])


def mistakes(lab):
    folder = os.path.join(lab.root, lab.folder, 'mistakes')
    if not os.path.isdir(folder):
        return []
    return [Mistake(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith('.patch')]
