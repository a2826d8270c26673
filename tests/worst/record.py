#!/usr/bin/env python3
"""record.py TRACE DIVISOR COMMAND... -- the mallocs of a program, as a trace for tests/worst.

Runs COMMAND under record.c; writes TRACE: `+BYTES` an object in the lowest number that is free,
`-NUMBER` its end, `=NUMBER:BYTES` another size. Sizes are divided by DIVISOR, rounded up: a program
of a device has pointers of half the length, and tables as much smaller. Ends at 50 kB.
"""
import heapq
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, '..', '..', 'build', 'worst')
LIMIT, COLUMNS = 48000, 98


class Trace:
    def __init__(self, divisor):
        self.divisor, self.numbers, self.free, self.next = divisor, {}, [], 0
        self.words = []

    def scaled(self, text):
        return max(1, -(-int(text) // self.divisor))

    def add(self, fields):
        kind, address = fields[0], fields[1]
        if kind == '+':
            number = heapq.heappop(self.free) if self.free else self.next
            self.next = max(self.next, number + 1)
            self.numbers[address] = number
            self.words.append(f'+{self.scaled(fields[2])}')
        elif address not in self.numbers:
            return
        elif kind == '-':
            number = self.numbers.pop(address)
            heapq.heappush(self.free, number)
            self.words.append(f'-{number}')
        else:
            number = self.numbers.pop(address)
            self.numbers[fields[2]] = number
            self.words.append(f'={number}:{self.scaled(fields[3])}')


def main():
    target, divisor, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    os.makedirs(OUT, exist_ok=True)
    library, log = os.path.join(OUT, 'record.so'), os.path.join(OUT, 'record.log')
    subprocess.run(['gcc', '-O1', '-shared', '-fPIC', '-fno-builtin', os.path.join(HERE, 'record.c'),
                    '-o', library], check=True)
    if os.path.exists(log):
        os.remove(log)
    subprocess.run(command, env={'PATH': os.environ['PATH'], 'LD_PRELOAD': library,
                                 'WORST_RECORD': log, 'LC_ALL': 'C'},
                   stdout=subprocess.DEVNULL, check=True)
    trace, lines = Trace(divisor), ['']
    with open(log, encoding='ascii') as f:
        for line in f:
            trace.add(line.split())
    for word in trace.words:
        if sum(map(len, lines)) + len(lines) > LIMIT:
            break
        if len(lines[-1]) + len(word) + 1 > COLUMNS:
            lines.append('')
        lines[-1] += (' ' if lines[-1] else '') + word
    with open(target, 'w', encoding='ascii') as f:
        f.write('\n'.join(lines) + '\n')
    print(f'{target}: {len(trace.words)} calls, {sum(len(s.split()) for s in lines)} written')


if __name__ == '__main__':
    main()
