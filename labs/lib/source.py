# SPDX-License-Identifier: GPL-2.0-or-later
"""
A C file as a list of its top-level pieces, found by clang-format's shape: a definition begins in column one and ends with a
brace in column one. In assembler a function is what stands between its label and the next one, or the comment above that.
For labs/cut, which replaces bodies of functions and takes helpers away.
"""
import re
import textwrap

WIDTH = 96


class Piece:
    """The lines of one definition, declaration or preprocessor line, and of the comment right above it."""

    def __init__(self, kind, comment, lines):
        self.kind = kind  # 'blank', 'comment', 'directive', 'code'
        self.comment = comment
        self.lines = lines

    def text(self):
        return self.comment + self.lines

    def head(self):
        """Up to the body of a function, the value of an object."""
        out = []
        for line in self.lines:
            if line.startswith('{'):
                break
            out.append(line)
        return ' '.join(out)

    def is_function(self):
        return '{' in self.lines

    def name(self):
        if self.kind == 'directive':
            found = re.match(r'#\s*define\s+(\w+)', self.lines[0])
        elif self.kind == 'code':
            head = re.sub(r'__attribute__\s*\(\(.*?\)\)', '', self.head())
            if head.startswith(('_Static_assert', 'typedef')):
                return None
            found = (re.match(r'(?:static\s+|const\s+|extern\s+)*(?:struct|enum|union)\s+(\w+)\s*\{', head)
                     or re.search(r'(\w+)\s*(?:\[[^=]*\]\s*)?(?:\(|=|;|$)', head))
        else:
            found = None
        return found.group(1) if found else None

    def body(self):
        start = self.lines.index('{')
        return self.lines[start + 1:-1]

    def replace_body(self, lines):
        self.lines = self.lines[:self.lines.index('{') + 1] + lines + ['}']


def _code_end(lines, i):
    """The index behind a definition or declaration that begins at i."""
    inside = value = False
    while i < len(lines):
        line = lines[i]
        bare = re.sub(r'/\*.*?(\*/|$)', '', line).rstrip()
        if inside and (line.startswith('}') or (value and bare.endswith('};'))):
            return i + 1
        if line == '{' or bare.endswith('{'):
            value = value or (not inside and bare.endswith('= {'))
            inside = True
        elif not inside and bare.endswith((';', '}')):
            return i + 1
        i += 1
    return i


class Label(Piece):
    """The same in assembler: a label, and what follows."""

    def __init__(self, line):
        super().__init__('code', [], [line])

    def name(self):
        return self.lines[0].split(':')[0]

    def is_function(self):
        return True

    def body(self):
        return self.lines[1:]

    def replace_body(self, lines):
        self.lines = self.lines[:1] + lines


def split_assembler(text):
    pieces = []
    for line in text.replace('\r\n', '\n').split('\n'):
        if re.match(r'[A-Za-z_]\w*:', line):
            pieces.append(Label(line))
        elif pieces and isinstance(pieces[-1], Label) and line.strip() and not re.match(r'/\*|#|\s+\.(globl|section|set)\b', line):
            pieces[-1].lines.append(line)
        else:
            pieces.append(Piece('directive' if line.startswith('#') else 'text', [], [line]))
    return pieces


def split(text, assembler=False):
    if assembler:
        return split_assembler(text)
    lines = text.replace('\r\n', '\n').split('\n')
    pieces, comment, i = [], [], 0
    while i < len(lines):
        line, start = lines[i], i
        if line.startswith('/*'):
            while '*/' not in lines[i] and i + 1 < len(lines):
                i += 1
            i += 1
            comment += lines[start:i]
            continue
        if line.strip() == '':
            kind, i = 'blank', i + 1
        elif line.startswith('#'):
            kind = 'directive'
            while lines[i].endswith('\\'):
                i += 1
            i += 1
        else:
            kind, i = 'code', _code_end(lines, i)
        if kind == 'blank' and comment:
            pieces.append(Piece('comment', [], comment))
            comment = []
        pieces.append(Piece(kind, comment, lines[start:i]))
        comment = []
    if comment:
        pieces.append(Piece('comment', [], comment))
    return pieces


def join(pieces):
    lines = []
    for piece in pieces:
        text = piece.text()
        if text == [''] and lines[-2:] == ['', '']:
            continue  # what was taken away leaves no hole
        lines += text
    return '\n'.join(re.sub(r'\n\n\n+', '\n\n', '\n'.join(lines)).split('\n'))


def find_function(pieces, name):
    for piece in pieces:
        if piece.kind == 'code' and piece.is_function() and piece.name() == name:
            return piece
    return None


def comment(text):
    lines = textwrap.wrap(text, WIDTH - 11)
    return ['\t/*'] + ['\t * ' + line for line in lines] + ['\t */']


def closing(text, at):
    """Behind the parenthesis that closes the first one from there on."""
    depth = 0
    for i in range(at, len(text)):
        depth += {'(': 1, ')': -1}.get(text[i], 0)
        if not depth and text[i] == ')':
            return i + 1
    return len(text)


def statements(text):
    """`if (a) b(c); return d;` as lines of their own; without a semicolon at its end it is assembler."""
    if not text.endswith(';'):
        return ['\t' + line for line in re.split(r';\s*', text) if line]
    lines, indent = [], '\t'
    while text:
        if re.match(r'(if|for|while) \(', text):
            end = closing(text, text.index('('))
            lines.append(indent + text[:end])
            indent += '\t'
        else:
            end = text.index(';') + 1
            lines.append(indent + text[:end])
            indent = '\t'
        text = text[end:].strip()
    return lines


def stub(piece, todo, say, instead):
    """The function with another body: a comment, what says that it is not written, how it fails."""
    piece.replace_body(comment(todo) + (['\t' + say] if say else []) + statements(instead))


def remove(pieces, name):
    """All that has this name, and the assertions about it; what was taken away."""
    gone = [piece for piece in pieces if piece.kind in ('code', 'directive') and (
        piece.name() == name or
        (piece.kind == 'code' and piece.lines[0].startswith('_Static_assert') and
         re.search(r'\b%s\b' % name, ' '.join(piece.lines))))]
    if not any(piece.name() == name for piece in gone):
        return []
    pieces[:] = [piece for piece in pieces if piece not in gone]
    return gone


def add_include(pieces, header):
    """Behind the last #include, or in front of all code."""
    at = 0
    for i, piece in enumerate(pieces):
        if piece.kind == 'directive' and re.match(r'#\s*include\b', piece.lines[0]):
            at = i + 1
    if not at:
        at = next(i for i, piece in enumerate(pieces) if piece.kind == 'code')
    pieces.insert(at, Piece('directive', [], ['#include "%s"' % header]))
