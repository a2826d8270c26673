#!/usr/bin/env python3
"""Write the table of proof figures into README.md, between its marks, from the report
that `make prove-report` has left in build/prove/report.json.

Only a complete run that passed may be written: figures of the README are those of the tree."""
import json
import os
import sys

START, END = '<!-- figures:', '<!-- end of figures -->'


def table(report):
    lines = ['', '| module | functions | proved | lemmas | goals | proved | smoke tests |',
             '|---|---|---|---|---|---|---|']
    columns = ('functions', 'proved', 'lemmas', 'goals', 'goals_proved', 'smoke')
    for m in report['modules']:
        lines.append(f'| {m["name"]} | ' + ' | '.join(str(m['figures'][c]) for c in columns) + ' |')
    lines.append('| **all** | ' + ' | '.join(f'**{report["totals"][c]}**' for c in columns) + ' |')
    return '\n'.join(lines + ['', ''])


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    source = os.path.join(root, 'build/prove/report.json')
    run = os.path.join(root, 'build/prove/summary.json')
    if not os.path.exists(source) or os.path.getmtime(source) < os.path.getmtime(run):
        sys.exit('figures: no report of the last run: make prove-report')
    with open(source, encoding='utf-8') as f:
        report = json.load(f)
    if report['faults']:
        sys.exit('figures: the report is not of a complete run that passed')
    path = os.path.join(root, 'README.md')
    with open(path, encoding='utf-8') as f:
        text = f.read()
    head, rest = text.split(START, 1)
    mark, rest = rest.split('-->', 1)
    tail = rest.split(END, 1)[1]
    with open(path, 'w', encoding='utf-8') as out:
        out.write(head + START + mark + '-->\n' + table(report) + END + tail)
    print('figures: README.md written')


if __name__ == '__main__':
    sys.exit(main())
