#!/usr/bin/env python3
"""Write the table of proof figures into README.md, between its marks, from build/prove/summary.json.

Only a complete run that passed may be written: figures of the README are those of the tree."""
import json
import os
import sys

START, END = '<!-- figures:', '<!-- end of figures -->'


def table(summary):
    lines = ['', '| module | functions | proved | lemmas | goals | proved | smoke tests |',
             '|---|---|---|---|---|---|---|']
    columns = ('functions', 'proved', 'lemmas', 'goals', 'goals_proved', 'smoke')
    for u in summary['units']:
        lines.append(f'| {u["name"]} | ' + ' | '.join(str(u[c]) for c in columns) + ' |')
    total = [sum(u[c] for u in summary['units']) for c in columns]
    lines.append('| **all** | ' + ' | '.join(f'**{n}**' for n in total) + ' |')
    return '\n'.join(lines + ['', ''])


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with open(os.path.join(root, 'build/prove/summary.json'), encoding='utf-8') as f:
        summary = json.load(f)
    if not summary['complete'] or any(u['errors'] for u in summary['units']):
        sys.exit('figures: the last run was not complete, or did not pass')
    path = os.path.join(root, 'README.md')
    with open(path, encoding='utf-8') as f:
        text = f.read()
    head, rest = text.split(START, 1)
    mark, rest = rest.split('-->', 1)
    tail = rest.split(END, 1)[1]
    with open(path, 'w', encoding='utf-8') as out:
        out.write(head + START + mark + '-->\n' + table(summary) + END + tail)
    print('figures: README.md written')


if __name__ == '__main__':
    sys.exit(main())
