# SPDX-License-Identifier: GPL-2.0-or-later
"""Is a line of the solution anywhere in a tree that is handed out? For labs/prove."""
import gzip
import io
import os
import re
import tarfile

SHORTEST = 24  # shorter lines say nothing


def squeezed(line):
    return re.sub(r'\s+', '', line)


def telling(lines):
    """Those that could give something away: no braces, comments or declarations alone."""
    for line in lines:
        bare = squeezed(line)
        if len(bare) >= SHORTEST and not bare.startswith(('*', '/*', '//')):
            yield bare


def texts(root):
    """(name, text) of each file; those of an archive too."""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != '.git']
        for name in files:
            path = os.path.join(folder, name)
            with open(path, 'rb') as f:
                data = f.read()
            short = os.path.relpath(path, root)
            if name.endswith('.tar.gz'):
                with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as tar:
                    for member in tar:
                        yield short + ':' + member.name, tar.extractfile(member).read().decode('utf-8', 'replace')
            else:
                yield short, data.decode('utf-8', 'replace')


def messages(solution):
    """What the solution's own messages say, without what is printed into them."""
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', '\n'.join(solution))
    parts = (part.strip() for string in strings for part in re.split(r'%[-0-9.#]*[a-z]+|\\n', string))
    return sorted({part for part in parts if len(part) >= 8})


def leaks(root, solution):
    """`solution`: its lines, of which those are left out that the project holds elsewhere too, as labs/cut knows."""
    wanted = set(telling(solution))
    if not wanted:
        return []
    pattern = re.compile('|'.join(re.escape(line) for line in sorted(wanted)))
    found = []
    for name, text in texts(root):
        if not pattern.search(squeezed(text)):
            continue
        for i, line in enumerate(text.split('\n'), 1):
            if pattern.search(squeezed(line)):
                found.append('%s:%d: a line of the solution: %s' % (name, i, line.strip()))
    return found
