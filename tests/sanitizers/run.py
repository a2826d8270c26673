#!/usr/bin/env python3
"""Do tools that watch memory see faults on a heap of ours? The watched build, tool by tool.

Each fault of faults.c is made under each tool that is to tell of it, on heaps of every kind and with
objects of several sizes. The tool must report, and where it lets us our line must say which object it
was; the heap must have been asked for objects; and of what is no fault nobody may say a word. Last, the
plain library must know of no tool, and over it a fault must go unseen: it is by our word that tools see.
Ends with a table.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = 'tests/sanitizers'
CC = os.environ.get('TOOL_CC', 'clang-19')
SIZES = ('1', '40', '300', '3000', '32000', '100000', '1048576')
HEAPS = ('created', 'region', 'cache', 'aligned')
LIMIT = 120  # seconds a run
FLAGS = '-O1 -g -gdwarf-4'

# Where in an object of n bytes a fault is, as our line has it.
BEYOND, FAR, BEFORE = 'beyond', 'far', 'before'
FREED = 'freed'
OVERFLOWS = {'overflow_read': BEYOND, 'overflow_write': BEYOND, 'overflow_copy': BEYOND,
             'overflow_far': FAR}
UNDERFLOWS = {'underflow_read': BEFORE, 'underflow_write': BEFORE, 'underflow_next': BEFORE}
DEAD = {'after_free_read': FREED, 'after_free_write': FREED, 'after_realloc': FREED}
UNSET = ('unset', 'unset_again', 'unset_behind')
STALE = {'stale_reader': FREED, 'stale_reader_of_next': None}
RIGHT = ('right_held', 'right_calls', 'right_threads', 'right_region', 'right_statuses')
WORDS = {
    BEYOND: r'0 bytes beyond the end of an object of {n} bytes? \({place}\)',
    FAR: r'15 bytes beyond the end of an object of {n} bytes? \({place}\)',
    BEFORE: r'\d+ bytes? before an object of {n} bytes?',
    FREED: r'\d+ bytes? into a freed object of {n} bytes? \({place}\)',
}
PLACE = (r'(size class [1-9]\d*|a large object, class 0), '
         r'(slot \d+ of \d+ bytes, span [1-9]\d*|a slot of \d+ bytes, span given back), '
         r'heap at 0x[0-9a-f]+')


def make(*arguments):
    subprocess.run(['make', '--no-print-directory', '-s', *arguments], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)


class Tool:
    """How to compile for it, how to run under it, what its report looks like, what it is to see."""

    def __init__(self, name, flags, command, report, faults, tells, environment, sizes=SIZES):
        self.name, self.flags, self.command, self.sizes = name, flags, command, sizes
        self.report, self.faults, self.tells = re.compile(report), faults, tells
        self.environment = environment

    @property
    def build(self):
        return f'build/watched/{self.name}'

    @property
    def program(self):
        return f'{self.build}/faults'

    def prepare(self):
        flags = f'{FLAGS} {self.flags}'.strip()
        archive = f'{self.build}/libwpmalloc-core.a'
        make('WATCHED=1', f'B={self.build}', f'CC={CC}', f'CFLAGS={flags}', archive)
        self.link(archive)

    def link(self, archive):
        subprocess.run([CC, '-std=gnu11', '-Wall', '-Wextra', '-Werror', *FLAGS.split(),
                        *self.flags.split(), '-Isrc', f'{HERE}/faults.c', archive, '-o', self.program,
                        '-lpthread'], cwd=ROOT, check=True)

    def run(self, fault, heap, size):
        """What the run printed; a run that ends on our own tests or not at all is said so."""
        try:
            done = subprocess.run([*self.command, f'./{self.program}', fault, heap, size], cwd=ROOT,
                                  env=dict(os.environ, **self.environment), text=True, errors='replace',
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT,
                                  check=False)
        except subprocess.TimeoutExpired:
            return 'no end\n', 'it did not end'
        own = f'the program ended with {done.returncode}' if 2 <= done.returncode <= 6 else ''
        return done.stdout, own


ASAN = Tool('asan', '-fsanitize=address', [],
            r'ERROR: AddressSanitizer: use-after-poison|ERROR: LeakSanitizer: detected memory leaks',
            {**OVERFLOWS, **UNDERFLOWS, **DEAD, 'leak_of_dead': None}, True,
            {'ASAN_OPTIONS': 'detect_leaks=1'})
MSAN = Tool('msan', '-fsanitize=memory -fsanitize-memory-track-origins', [],
            r'WARNING: MemorySanitizer: use-of-uninitialized-value', dict.fromkeys(UNSET), False, {})
TSAN = Tool('tsan', '-fsanitize=thread', [], r'WARNING: ThreadSanitizer: data race', STALE, True, {})
LSAN = Tool('lsan', '-fsanitize=leak', [], r'ERROR: LeakSanitizer: detected memory leaks',
            {'leak_of_dead': None}, False, {}, ('40', '3000', '100000'))
# A report names a block of the size that was asked for, and where it was made and freed.
MEMCHECK = Tool('memcheck', '', ['valgrind', '--leak-check=full', '--error-exitcode=99'],
                r'Invalid (read|write) of size|uninitialised value|are definitely lost', {
                    **OVERFLOWS, **UNDERFLOWS, **DEAD, **dict.fromkeys(UNSET), 'leak_of_dead': None,
                    'leak_of_object': None}, False, {}, ('1', '40', '3000', '100000'))
UNSEEN = Tool('unseen', ASAN.flags, [], ASAN.report.pattern, ASAN.faults, True, {})
PLAIN = 'build/libwpmalloc-core.a'
TOOLS = (ASAN, MSAN, TSAN, LSAN, MEMCHECK)


def judge(tool, fault, heap, size):
    """What is wrong with one run; '' when it is as it should be."""
    text, own = tool.run(fault, heap, size)
    if own:
        return own
    calls = re.search(r'^calls (\d+)$', text, re.M)
    if not calls or int(calls[1]) == 0:
        return 'the heap was not asked for objects'
    seen = tool.report.search(text)
    if fault in RIGHT:
        return f'false report: {seen[0]}' if seen or 'wpmalloc: ' in text else ''
    if not seen:
        return 'no report'
    where = tool.faults[fault]
    if tool.tells and where:
        line = WORDS[where].format(n=size, place=PLACE)
        if not re.search(r'^wpmalloc: 0x[0-9a-f]+: .*' + line, text, re.M):
            return 'no line of ours: ' + ' / '.join(re.findall('wpmalloc: .*', text))
    return ''


def runs(tool):
    """(fault, heap, size): every size on a created heap, every kind of heap with one size."""
    for fault in (*tool.faults, *RIGHT):
        yield from ((fault, 'created', size) for size in tool.sizes
                    if not ('leak' in fault or 'held' in fault) or int(size) >= 8)
        yield from ((fault, heap, '40') for heap in HEAPS if heap != 'created')


def check_plain():
    """What is wrong with the plain library: nothing of a tool may be in it."""
    out = subprocess.run(['nm', 'build/libwpmalloc.so', PLAIN], cwd=ROOT, text=True,
                         stdout=subprocess.PIPE, check=True).stdout
    names = sorted(set(re.findall(r'__[almt]san_\w+|watch_\w+|valgrind\w*', out)))
    return f'named in the plain library: {names}' if names else ''


def check_unseen():
    """A heap that tells a tool nothing, and a fault that the tool must therefore miss."""
    os.makedirs(os.path.join(ROOT, UNSEEN.build), exist_ok=True)
    UNSEEN.link(PLAIN)
    wrong = judge(UNSEEN, 'overflow_read', 'created', '40')
    return '' if wrong == 'no report' else f'over the plain library: {wrong or "a report"}'


def missing():
    for program, package in ((CC, 'clang-19'), ('valgrind', 'valgrind')):
        if not shutil.which(program):
            return f'{program} is missing: Debian package {package}'
    return ''


def try_all(tool, table):
    """Every run of a tool, counted in the table."""
    todo = list(runs(tool))
    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        for (fault, heap, size), wrong in zip(todo, pool.map(lambda r: judge(tool, *r), todo)):
            good, count = table.get((fault, tool.name), (0, 0))
            table[fault, tool.name] = (good + (wrong == ''), count + 1)
            if wrong:
                print(f'  FAILED  {tool.name} {fault} {heap} {size}: {wrong}', flush=True)


def show(table):
    print(f'\n{"fault":<22}' + ''.join(f'{t.name:>10}' for t in TOOLS))
    for fault in dict.fromkeys(f for f, _ in table):
        cells = ['{}/{}'.format(*table[fault, t.name]) if (fault, t.name) in table else '-'
                 for t in TOOLS]
        print(f'{fault:<22}' + ''.join(f'{c:>10}' for c in cells))
    print()


def main():
    lack = missing()
    if lack:
        sys.exit(lack)
    table = {}  # (fault, tool): right runs, runs
    for tool in TOOLS:
        print(f'{tool.name}: the watched build, and its faults', flush=True)
        tool.prepare()
        try_all(tool, table)
    show(table)
    failed, total = sum(n - good for good, n in table.values()), sum(n for _, n in table.values())
    make('all')
    for what, check in (('the plain library names no tool', check_plain),
                        ('over the plain library a tool sees nothing', check_unseen)):
        wrong = check()
        total += 1
        failed += bool(wrong)
        print(f'  FAILED  {wrong}' if wrong else what, flush=True)
    print(f'{total - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
