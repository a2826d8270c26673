#!/usr/bin/env python3
"""Is proofs/TRUSTED.md about things that exist? Every file that it names, tests above all, must."""
import os
import re
import sys

import layermap

PATH = re.compile(r'`((?:src|spec|tests|proofs|ci|fuzz)/[^`\s]+)`')


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
    for text in found:
        print(text)
    print(f'ledger: {rows} trusted entries, {len(found)} faults')
    return 1 if found or not rows else 0


if __name__ == '__main__':
    sys.exit(main())
