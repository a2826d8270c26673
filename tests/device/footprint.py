#!/usr/bin/env python3
"""footprint.py [--source FILE] [--most CODE,STACK] COMPILER... -- code and stack of the library for a device.

Compiles build/embedded/wpmalloc.c, or FILE, at -Os and prints, of each public function, the bytes of code that it
and all that it calls take, and the most stack of any path of calls from it, by the compiler's call
graph. Fails on recursion, on a stack frame whose size is not known when it is compiled, and where all of
them together take more than CODE bytes, or one of them more stack than STACK. Not in
the figures: memset and memcpy, the compiler's own helpers (division), and the user's hooks.
"""
import argparse
import os
import re
import subprocess
import sys

OUT = 'build/device/footprint'
NODE = re.compile(r'node: \{ title: "([^"]+)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
FRAME = re.compile(r'(\d+) bytes \((\w+)')
USERS = ('wpm_heap_init', 'wpm_malloc', 'wpm_calloc', 'wpm_aligned', 'wpm_realloc', 'wpm_free',
         'wpm_usable_size', 'wpm_describe', 'wpm_walk', 'wpm_stats')
ALL = 'all of these'


class Graph:
    def __init__(self, text, sizes):
        self.frames, self.calls, self.sizes = {}, {}, sizes
        for title, label in NODE.findall(text):
            m = FRAME.search(label)
            if m:
                self.frames[title] = (int(m[1]), m[2])
        for caller, callee in EDGE.findall(text):
            self.calls.setdefault(caller, set()).add(callee)
        self.deepest = {}

    @staticmethod
    def name(title):
        return title.split(':')[-1]

    def reach(self, titles):
        """All functions of the library that are called from some, themselves too."""
        seen, todo = set(), list(titles)
        while todo:
            title = todo.pop()
            if title not in seen and title in self.frames:
                seen.add(title)
                todo += self.calls.get(title, ())
        return seen

    def stack(self, title, path=()):
        """(bytes, path) of the deepest calls from a function."""
        if title in path:
            sys.exit('recursion: ' + ' -> '.join(map(self.name, path + (title,))))
        if title not in self.frames:
            return 0, ()
        if title not in self.deepest:
            own, kind = self.frames[title]
            if kind != 'static':
                sys.exit(f'{self.name(title)}: the size of its stack frame is not known ({kind})')
            below = max((self.stack(c, path + (title,)) for c in self.calls.get(title, ())),
                        default=(0, ()))
            self.deepest[title] = own + below[0], (self.name(title),) + below[1]
        return self.deepest[title]

    def code(self, titles):
        return sum(self.sizes.get(self.name(t), 0) for t in self.reach(titles))


def compile_for(compiler, source):
    os.makedirs(OUT, exist_ok=True)
    target = os.path.join(OUT, 'wpmalloc.o')
    subprocess.run([*compiler, '-std=c11', '-Os', '-w', '-ffreestanding', '--specs=picolibc.specs',
                    '-ffunction-sections', '-fdata-sections', '-fcallgraph-info=su',
                    '-c', source, '-o', target], check=True)
    tool = re.sub(r'gcc$', 'nm', compiler[0])
    lines = subprocess.run([tool, '-S', target], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.split('\n')
    sizes = {f[3]: int(f[1], 16) for f in map(str.split, lines) if len(f) == 4 and f[2] in 'tTWw'}
    tables = sum(int(f[1], 16) for f in map(str.split, lines) if len(f) == 4 and f[2] in 'rR')
    with open(target[:-1] + 'ci', encoding='utf-8') as f:
        return Graph(f.read(), sizes), tables


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--source', default='build/embedded/wpmalloc.c')
    p.add_argument('--most', help='CODE,STACK bytes')
    p.add_argument('compiler', nargs=argparse.REMAINDER)
    arguments = p.parse_args()
    graph, tables = compile_for(arguments.compiler, arguments.source)
    titles = {graph.name(t): t for t in graph.frames}
    missing = [u for u in USERS if u not in titles]
    if missing:
        sys.exit('not in the call graph: ' + ', '.join(missing))
    print(f'{"function":<18}{"code":>8}{"stack":>8}  deepest calls')
    for user in USERS:
        stack, path = graph.stack(titles[user])
        print(f'{user:<18}{graph.code([titles[user]]):>8}{stack:>8}  {" > ".join(path[1:])}')
    whole = [titles[u] for u in USERS]
    code, stack = graph.code(whole), max(graph.stack(t)[0] for t in whole)
    print(f'{ALL:<18}{code:>8}{stack:>8}  and {tables} bytes of tables')
    if arguments.most:
        most = [int(n) for n in arguments.most.split(',')]
        print(f'at most {most[0]} of code and {most[1]} of stack')
        return int(code > most[0] or stack > most[1])
    return 0


if __name__ == '__main__':
    sys.exit(main())
