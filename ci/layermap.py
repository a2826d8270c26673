"""The map of src/README.md as data: one row a file, in an order that includes must follow."""
import os
import re
import sys

ROW = re.compile(r'^\|\s*(\d+)\s*\|\s*`([^`]+)`\s*\|\s*(.*?)\s*\|\s*(\w+|–)\s*\|\s*$')
PROOF_WORDS = ('proved', 'open', 'trusted', 'outside', '–')  # the last: no code in it


class Row:
    def __init__(self, place, layer, path, about, proof):
        self.place, self.layer, self.path = place, layer, path
        self.about, self.proof = about, proof


def read_map(root):
    """Rows of the table, in order; path is relative to src/."""
    rows = []
    with open(os.path.join(root, 'src/README.md'), encoding='utf-8') as f:
        for line in f:
            m = ROW.match(line)
            if m:
                rows.append(Row(len(rows), int(m[1]), m[2], m[3], m[4]))
    paths = [r.path for r in rows]
    for r in rows:
        if r.proof not in PROOF_WORDS:
            sys.exit(f'src/README.md: {r.path}: proof is one of {", ".join(PROOF_WORDS)}')
        if paths.count(r.path) != 1:
            sys.exit(f'src/README.md: {r.path} stands twice')
    for a, b in zip(rows, rows[1:]):
        if a.layer > b.layer:
            sys.exit(f'src/README.md: {b.path} of layer {b.layer} stands after layer {a.layer}')
    if not rows:
        sys.exit('src/README.md: no table of files found')
    return rows


def source_files(root):
    """All C files below src, relative to it."""
    found = []
    for folder, _, names in os.walk(os.path.join(root, 'src')):
        for name in names:
            if name.endswith(('.c', '.h', '.cc')):
                found.append(os.path.relpath(os.path.join(folder, name), os.path.join(root, 'src')))
    return sorted(found)


ANNOTATION = re.compile(r'/\*@.*?\*/|//@[^\n]*', re.S)
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*', re.S)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'')


def blank(match):
    """Spaces for a piece of text, with its line breaks kept."""
    return re.sub(r'[^\n]', ' ', match[0])


def without_annotations(text):
    """The text without ACSL: lines that held nothing else are gone."""
    marked = ANNOTATION.sub(lambda m: re.sub(r'[^\n]', '\0', m[0]), text)
    return [line.replace('\0', '') for line in marked.split('\n')
            if not (line.strip() and set(line.strip()) == {'\0'})]


def without_comments(text):
    """The text with comments, annotations and literals blanked; line numbers stay."""
    return STRING.sub(blank, COMMENT.sub(blank, text))


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def root_argument():
    """The tree to look at: the argument of a check, or the tree that the check lies in."""
    if len(sys.argv) > 1:
        return os.path.abspath(sys.argv[1])
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
