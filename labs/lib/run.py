# SPDX-License-Identifier: GPL-2.0-or-later
"""Run one test of a lab and judge what it printed. For labs/grade."""
import difflib
import os
import re
import shlex
import subprocess
import tempfile

from lab import NOT_WRITTEN


class Result:
    def __init__(self, test, points, seen, log, command):
        self.test = test
        self.points = points
        self.seen = seen  # '' where nothing is lost
        self.log = log
        self.command = command  # the same by hand


class Machine:
    """What is common to all runs: the tree, its build folder, the folder of the logs."""

    def __init__(self, lab, build, logs):
        self.lab = lab
        self.root = lab.root
        self.build = build
        self.logs = logs

    def environment(self):
        guests = self.build + '/guest-stubs'
        return dict(os.environ, BUILD=self.build, guests=guests, stubs=guests, kernel=self.build + '/labs/kernel',
                    labs=self.lab.folder, LC_ALL='C')

    def limited(self, command, log, seconds):
        """Its exit status; None after that many seconds."""
        with open(log, 'wb') as out:
            process = subprocess.Popen(command, cwd=self.root, env=self.environment(), stdin=subprocess.DEVNULL,
                                       stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
            try:
                return process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 15)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, 9)
                    process.wait()
                return None


def boot(machine, test, log):
    words = test.run
    with tempfile.NamedTemporaryFile('w', suffix='.type', encoding='utf-8') as typed:
        if test.type:
            typed.write('\n'.join(test.type) + '\n')
            typed.flush()
            words += ' --script ' + shlex.quote(typed.name)
        # tools/run ends the emulator itself; should it hang too, we do.
        command = 'exec sh tools/run --icount --timeout %d %s' % (test.timeout, words)
        status = machine.limited(['sh', '-c', command], log, test.timeout + 60)
    return None if status == 124 else status


def unit(machine, test, log):
    binary = os.path.join(machine.build, 'labs', machine.lab.name, test.name)
    os.makedirs(os.path.dirname(os.path.join(machine.root, binary)), exist_ok=True)
    command = (shlex.split(os.environ.get('HOSTCC', 'gcc')) +
               ['-std=gnu11', '-g', '-O1', '-Wall', '-I.', '-fno-omit-frame-pointer', '-fsanitize=address,undefined',
                '-fno-sanitize-recover=all', '-o', binary, os.path.join(test.folder, test.unit), 'labs/unit.c'] +
               test.sources)
    if machine.limited(command, log, 300) != 0:
        return 'compiler'
    return machine.limited([os.path.join(machine.root, binary)], log, test.timeout)


def script(machine, test, log):
    return machine.limited(['sh', os.path.join(test.folder, test.script)], log, test.timeout)


def lines_of(log):
    with open(log, 'rb') as f:
        text = f.read().replace(b'\r', b'').replace(b'\0', b'').decode('utf-8', 'replace')
    return re.sub(r'\033\[[0-9;]*[A-Za-z]', '', text).split('\n')


def any_line(pattern, lines):
    return next((line for line in lines if re.search(pattern, line)), None)


DIGEST = re.compile(r' [0-9a-f]{8}\$?$')  # of the harness of track B
LIFE = re.compile(r'\] (loaded|started|powered off|restarted)\b')  # what the hypervisor says of every guest
# Nothing that a test's own code prints: of the report of an end, the counts, and who ended the emulator.
ASIDE = re.compile(r'\[[^]]*\] (  |code: |stack |at |why: |stats )|ringone: (verdict|stats)|qemu-system-\S+: terminating|tools/run: not finished')
CHECK = re.compile(r'\w: expected .')  # a check of labs/harness that failed
END = re.compile(r'(killed|crashed|panic|BUG|not started)\b|AddressSanitizer|runtime error')


def nearest(pattern, lines):
    """What was seen instead: the line that says "not ok", a check that failed, how it ended, the line that looks most like it, the last one."""
    said = [line for line in lines if line.strip() and not ASIDE.match(line)]
    about = re.search(r'\\\[(\w+)\\\]', pattern)  # one of several guests
    said = [line for line in said if about and line.startswith('[%s]' % about.group(1))] or said
    found = None
    if re.search(r'\bok\b', pattern):
        found = any_line(re.sub(r'(^|\W)ok\b', r'\1not ok', pattern), said) or any_line(re.sub(r'\bok\b.*', 'expected .', pattern), said)
    found = found or any_line(CHECK, said) or any_line(END, said)
    wanted = re.sub(r'\\.|[][()^$*+?{}|]', ' ', pattern)
    close = difflib.get_close_matches(wanted, said, 1, 0.6)
    found = found or (close[0] if close else said[-1] if said else 'nothing')
    if DIGEST.search(pattern) and DIGEST.search(found):
        return found + ' (another number: something that went into it is wrong)'
    if said and found == said[-1] and LIFE.search(found) and not any(line.startswith('[') and not LIFE.search(line) for line in said):
        return found + ' (no guest printed anything)'
    return found


def judge(test, status, lines):
    """(points, what was seen instead of what was expected)"""
    lost = []
    must = test.must or (['^ok '] if test.unit else [])
    must_not = test.must_not + (['^not ok '] if test.unit and not test.parts else [])
    for pattern in must:
        if not any_line(pattern, lines):
            lost.append(nearest(pattern, lines))
    for pattern in must_not:
        if any_line(pattern, lines):
            lost.append(any_line(pattern, lines))
    if status is None:
        lost.append('not finished after %d seconds; its last line: %s' % (test.timeout, nearest('', lines)))
    elif status == 'compiler':
        lost.append(any_line(r'error|undefined', lines) or 'it does not compile')
    elif (test.exit is not None or not test.parts) and str(status) != (test.exit or '0'):
        if any_line(END, lines):
            lost.append(any_line(END, lines))
        elif not lost:
            lost.append('exit status %s instead of %s; its last line: %s' % (status, test.exit or '0', nearest('', lines)))
    points = test.points if not lost else 0
    if test.parts and not lost:
        missing = [(worth, pattern) for worth, pattern in test.parts if not any_line(pattern, lines)]
        points -= sum(worth for worth, _ in missing)
        lost = [nearest(pattern, lines) for _, pattern in missing]
    if lost:
        lost = [line for line in lines if NOT_WRITTEN in line][:3] + lost
    return points, '\n'.join(dict.fromkeys(line.strip() for line in lost))


def by_hand(machine, test):
    """The command that does the same, for a shell in the tree."""
    if test.unit:
        return os.path.join(machine.build, 'labs', machine.lab.name, test.name)
    known = machine.environment()
    words = re.sub(r'\$(BUILD|guests|stubs|kernel|labs)\b', lambda match: known[match.group(1)], test.run)
    return 'tools/run --icount ' + words if test.run and not test.type else ''


def run(machine, test):
    log = os.path.join(machine.root, machine.logs, test.name + '.log')
    how = boot if test.run else unit if test.unit else script
    status = how(machine, test, log)
    points, seen = judge(test, status, lines_of(log))
    return Result(test, points, seen, os.path.join(machine.logs, test.name + '.log'), by_hand(machine, test))
