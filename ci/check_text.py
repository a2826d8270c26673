#!/usr/bin/env python3
"""Rules of style that a program can check, over src, spec and tests.

Files of at most 500 lines and functions of at most 60, annotations apart; 100 columns; no tabs;
annotations that are none (a space before @); bit operators in bits.h alone; conditional compilation
and __FRAMAC__ only where allowed; an essay of at most 15 lines at the head of each header; words that
tell of unfinished work or of one machine's folders."""
import os
import re
import sys

import layermap

FILE_LINES, FUNCTION_LINES, COLUMNS, ESSAY_LINES = 500, 60, 100, 15
CODE = ('.c', '.h', '.cc')
TYPO = re.compile(r'/\*[ \t]+@|//[ \t]+@')
UNFINISHED = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X)\b|not implemented|unimplemented')
MACHINE = re.compile(r'(?<![\w.])/(tmp|root|home|work)/')
BIT_OPERATOR = re.compile(r'<<|>>|[^&]&=|\|=|\^|~|(?<=[\w)\]] )&(?= )|(?<=[\w)\]] )\|(?= )')
BIT_FILES = ('src/bits.h', 'src/atomic.h', 'src/config.h')
CONFIG_FILES = ('src/config.h', 'src/preset.h')  # where the text may differ by build
CONDITIONAL = re.compile(r'^[ \t]*#[ \t]*(if|ifdef|ifndef|elif)\b(.*)$', re.M)
GUARD = re.compile(r'^\s*WPM\w*_H\s*$|^\s*WPMALLOC_H\s*$|^\s*__cplusplus\s*$')


def files_below(root, top):
    for folder, folders, names in os.walk(os.path.join(root, top)):
        folders.sort()
        for name in sorted(names):
            if name.endswith(CODE + ('.acsl', '.py', '.sh')) or '.' not in name:
                yield os.path.relpath(os.path.join(folder, name), root)


def long_functions(lines):
    """(name line, length) of each function: from the line that opens it to the closing brace."""
    start = None
    for number, line in enumerate(lines):
        if line.startswith('{') or re.match(r'^[A-Za-z_].*\)\s*\{\s*$', line):
            start = number if not line.startswith('{') else number - 1
        elif line.startswith('}') and start is not None:
            yield start + 1, number - start + 1
            start = None


def ledger_files(root):
    """Files that proofs/TRUSTED.md names, which alone may mention __FRAMAC__."""
    return set(re.findall(r'`(src/[^`]+)`', layermap.read(os.path.join(root, 'proofs/TRUSTED.md'))))


def check_source(path, text, allowed):
    """Faults of one C file of src."""
    found = []
    bare = layermap.without_comments(text)
    outer = path.startswith('src/platform/') or '_abi' in path
    for number, line in enumerate(bare.split('\n'), 1):
        if not outer and path not in BIT_FILES and not line.lstrip().startswith('#'):
            if BIT_OPERATOR.search(line):
                found.append(f'{path}:{number}: bit operator outside bits.h')
        if '__FRAMAC__' in line and path not in allowed:
            found.append(f'{path}:{number}: __FRAMAC__, and proofs/TRUSTED.md does not name the file')
    for m in CONDITIONAL.finditer(bare):
        if outer or path in CONFIG_FILES or path in allowed or GUARD.match(m[2]):
            continue
        found.append(f'{path}:{bare.count(chr(10), 0, m.start()) + 1}: conditional compilation')
    if path.endswith('.h'):
        essay = re.match(r'/\*.*?\*/', text, re.S)
        if not essay or not essay[0].startswith('/* ' + os.path.basename(path) + ' -- '):
            found.append(f'{path}:1: no essay `/* {os.path.basename(path)} -- ...`')
        elif essay[0].count('\n') > ESSAY_LINES:
            found.append(f'{path}:1: an essay of more than {ESSAY_LINES} lines')
    return found


def check_file(path, text, allowed):
    found = []
    for number, line in enumerate(text.split('\n'), 1):
        if '\t' in line:
            found.append(f'{path}:{number}: tab')
        if len(line) > COLUMNS:
            found.append(f'{path}:{number}: {len(line)} columns')
        if TYPO.search(line):
            found.append(f'{path}:{number}: a space before @ makes an annotation a comment')
        if UNFINISHED.search(line):
            found.append(f'{path}:{number}: unfinished work')
        if path.startswith(('src', 'spec')) and MACHINE.search(line):
            found.append(f'{path}:{number}: a folder of one machine')
    if path.endswith(CODE):
        lines = layermap.without_annotations(text.rstrip('\n'))
        if len(lines) > FILE_LINES and not path.endswith('_tables.c'):
            found.append(f'{path}: {len(lines)} lines without annotations')
        for number, length in long_functions(lines):
            if length > FUNCTION_LINES:
                found.append(f'{path}: function of {length} lines: {lines[number - 1].strip()}')
        if path.startswith('src/'):
            found += check_source(path, text, allowed)
    return found


def main():
    root = layermap.root_argument()
    allowed = ledger_files(root)
    found, count = [], 0
    for top in ('src', 'spec', 'tests', 'fuzz'):
        for path in files_below(root, top):
            if not path.endswith(CODE + ('.acsl',)):
                continue
            count += 1
            found += check_file(path, layermap.read(os.path.join(root, path)), allowed)
    for text in found:
        print(text)
    print(f'text: {count} files, {len(found)} faults')
    return 1 if found or not count else 0


if __name__ == '__main__':
    sys.exit(main())
