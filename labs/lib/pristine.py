# SPDX-License-Identifier: GPL-2.0-or-later
"""
What a student does not write (tests, their guests, the tools) is kept a second time in his tree: a list of checksums and an
archive. For labs/cut, which makes them, and labs/grade, which puts back what was changed.
"""
import gzip
import hashlib
import io
import os
import shutil
import tarfile

LIST = 'labs/pristine/sha256'
ARCHIVE = 'labs/pristine/files.tar.gz'
KEPT = '.yours'  # what was there instead is kept under this suffix


def is_pristine(path, track):
    """Is the file none that the student writes?"""
    top = path.split('/')[0]
    if path.endswith('.md') or path.startswith('labs/pristine/'):
        return False
    if track == 'B' and path.startswith('labs/kernel/'):
        return False
    return top in ('labs', 'guest-stubs', 'tools', 'tests', 'Makefile', 'linker.ld')


def sha256(path):
    with open(path, 'rb') as f:
        return hashlib.sha256(f.read()).hexdigest()


def pack(archive, root, files, contents=None):
    """An archive of files, always the same for the same ones; `contents` holds those that differ from what is in the tree."""

    def plain(info):
        info.mtime, info.uid, info.gid, info.uname, info.gname = 0, 0, 0, '', ''
        return info

    with open(os.path.join(root, archive), 'wb') as raw, gzip.GzipFile('', 'wb', 6, raw, mtime=0) as z, \
            tarfile.open(fileobj=z, mode='w') as tar:
        for path in sorted(files):
            info = plain(tar.gettarinfo(os.path.join(root, path), path))
            with open(os.path.join(root, path), 'rb') as f:
                data = (contents or {}).get(path) or f.read()
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def write(root, files):
    """The list and the archive."""
    os.makedirs(os.path.join(root, os.path.dirname(LIST)), exist_ok=True)
    with open(os.path.join(root, LIST), 'w', encoding='utf-8', newline='\n') as f:
        f.writelines('%s  %s\n' % (sha256(os.path.join(root, path)), path) for path in sorted(files))
    pack(ARCHIVE, root, files)


def restore(root):
    """Put back what was changed or is gone; a sentence for each. None: there is no list here."""
    path = os.path.join(root, LIST)
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf-8') as f:
        wanted = [line.split(None, 1) for line in f.read().splitlines() if line]
    said, tar = [], None
    for digest, name in wanted:
        file = os.path.join(root, name)
        there = os.path.exists(file)
        if there and sha256(file) == digest:
            continue
        tar = tar or tarfile.open(os.path.join(root, ARCHIVE))
        if there:
            os.replace(file, file + KEPT)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        member = tar.getmember(name)
        with tar.extractfile(member) as source, open(file, 'wb') as out:
            shutil.copyfileobj(source, out)
        os.chmod(file, member.mode)
        said.append('%s was %s: the one that was handed out is back%s' % (
            name, 'changed' if there else 'gone', ', yours is %s%s' % (name, KEPT) if there else ''))
    if tar:
        tar.close()
    return said
