#!/usr/bin/env python3
"""Is proofs/TRUSTED.md about things that exist? Every file that it names, tests above all, must.

Also counts the lines of C that are proved: those of src that hold code, the checked and the watched
build among them, outside of platform/ and of the names of libc and C++ (layer 9). Less than LEAST of
them is a fault."""
import os
import re
import sys

import layermap
import mutate
from programs import program

NAMES_LAYER = 9
LEAST = 85  # per cent
PATH = re.compile(r'`((?:src|spec|tests|proofs|ci|fuzz)/[^`\s]+)`')


def lines_proved(root, ledger):
    """(lines of proved functions and what stands around them, all lines). Of a proved file the
    functions that the ledger names count as not proved."""
    proved = total = 0
    for row in layermap.read_map(root):
        if row.layer == NAMES_LAYER or row.path.startswith('platform/'):
            continue
        text = layermap.without_comments(layermap.read(os.path.join(root, 'src', row.path)))
        lines = sum(1 for line in text.split('\n') if line.strip())
        total += lines
        if row.proof in ('proved', '–'):
            taken = [text[a:b].count('\n') + 1 for name, a, b in mutate.bodies(text) if name in ledger]
            proved += lines - sum(taken)
    return proved, total


def main():
    root = layermap.root_argument()
    found, rows = [], 0
    in_code = False
    for number, line in enumerate(layermap.read(os.path.join(root, 'proofs/TRUSTED.md')).split('\n'), 1):
        if line.startswith('## '):
            in_code = line.startswith(('## Code', '## Text'))
        for path in PATH.findall(line):
            if not os.path.exists(os.path.join(root, path)):
                found.append(f'proofs/TRUSTED.md:{number}: no {path}')
        cells = [c.strip() for c in line.split('|')]
        if in_code and len(cells) == 5 and cells[1].startswith('`'):
            rows += 1
            if 'tests/' not in cells[3]:
                found.append(f'proofs/TRUSTED.md:{number}: {cells[1]} names no test')
    proved, total = lines_proved(root, program('prove').read_ledger(root))
    if proved * 100 < total * LEAST:
        found.append(f'less than {LEAST} % of the lines of C are proved')
    for text in found:
        print(text)
    print(f'lines of C, but for platform/ and the names of libc: {proved} of {total} proved, '
          f'{100 * proved / total:.1f} %')
    print(f'ledger: {rows} trusted entries, {len(found)} faults')
    return 1 if found or not rows else 0


if __name__ == '__main__':
    sys.exit(main())
