#!/usr/bin/env python3
"""Do the checks of this folder report what they must? Small trees with one seeded fault each."""
import os
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BASE = {
    'src/README.md': '| 0 | `low.h` | a | proved |\n| 1 | `high.h` | b | proved |\n'
                     '| 1 | `high.c` | b | proved |\n',
    'src/low.h': '/* low.h -- below */\n#ifndef WPM_LOW_H\n#define WPM_LOW_H\n#include <stdint.h>\n'
                 '#endif\n',
    'src/high.h': '/* high.h -- above */\n#ifndef WPM_HIGH_H\n#define WPM_HIGH_H\n#include "low.h"\n'
                  'int high(int x);\n#endif\n',
    'src/high.c': '#include "high.h"\n\nint high(int x)\n{\n    return x;\n}\n',
    'spec/low.acsl': '/*@ lemma Low_Fact: 1 == 1; */\n',
    'tests/low_test.c': 'int main(void) { return 0; }\n',
    'proofs/TRUSTED.md': '## Code\n\n| what | why | test |\n|---|---|---|\n'
                         '| `src/low.h` | none | `tests/low_test.c` |\n',
}
HIGH = BASE['src/high.c']
LONG = HIGH.replace('    return x;\n', '    x++;\n' * 60 + '    return x;\n')
CHECKS = ('check_layers.py', 'check_text.py', 'check_ledger.py')

# check, what is seeded (path to text, None removes), what the output must hold
CASES = [
    ('check_layers.py', {'src/low.h': BASE['src/low.h'].replace('<stdint.h>', '"high.h"')},
     'does not stand above'),
    ('check_layers.py', {'src/more.h': '/* more.h -- new */\n'}, 'src/more.h: not in src/README.md'),
    ('check_layers.py', {'src/high.c': None}, 'no file high.c'),
    ('check_layers.py', {'src/high.c': '#include <sys/mman.h>\n' + HIGH}, 'belongs in platform'),
    ('check_layers.py', {'src/high.h': BASE['src/high.h'].replace('int x', 'size_t x')}, 'not alone'),
    ('check_layers.py', {'src/README.md': BASE['src/README.md'].replace('b | proved', 'b | –')},
     'says it has none'),
    ('check_layers.py', {'spec/low.acsl': '#include "high.acsl"\n'}, 'does not stand above'),
    ('check_text.py', {'src/high.c': HIGH.replace('return x', 'return x >> 1')}, 'bit operator'),
    ('check_text.py', {'src/high.c': HIGH.replace('return x', 'return x & 1')}, 'bit operator'),
    ('check_text.py', {'src/high.c': LONG}, 'function of 64 lines'),
    ('check_text.py', {'src/high.c': HIGH + 'int high_more;\n' * 500}, '506 lines'),
    ('check_text.py', {'src/high.c': HIGH + '/* ' + 'x' * 100 + ' */\n'}, '106 columns'),
    ('check_text.py', {'src/high.c': HIGH + '/* @ assert 0; */\n'}, 'a space before @'),
    ('check_text.py', {'src/high.c': HIGH + '#if HIGH\n#endif\n'}, 'conditional compilation'),
    ('check_text.py', {'src/high.c': HIGH + '#ifdef __FRAMAC__\n#endif\n'}, '__FRAMAC__'),
    ('check_text.py', {'src/high.c': HIGH + '/* TO' 'DO */\n'}, 'unfinished work'),
    ('check_text.py', {'src/high.h': BASE['src/high.h'].replace('high.h --', 'height')}, 'no essay'),
    ('check_ledger.py', {'tests/low_test.c': None}, 'no tests/low_test.c'),
    ('check_ledger.py', {'proofs/TRUSTED.md': BASE['proofs/TRUSTED.md'].replace('`tests/low_test.c`', '')},
     'names no test'),
]

# A file of the real src, pieces of its text and what is seeded in their place, what clang must say.
TAKE, GIVE = '    heap_lock(h);\n', '    heap_unlock(h);\n'
CALL = '    uint32_t s = mcentral_new(h, k);\n'
OTHER = '    extern struct wpm_heap other;\n' + CALL.replace('(h, k)', '(&other, k)')
READ = '    wpm_statistics figures = statistics_read(h);\n'
PAGES = 'page_figures(const struct wpm_heap *h) '
LOCKED, SHARED = 'HEAP_LOCKED(h)', 'LOCK_ATTRIBUTE(requires_capability(h->shared_lock))'
SHARED_TAKE, SHARED_GIVE = TAKE.replace('heap', 'shared'), GIVE.replace('heap', 'shared')
LOCK_CASES = [
    ('src/api.c', {}, None),
    ('src/api.c', {TAKE + READ + GIVE: READ},
     "calling function 'statistics_read' requires holding lock 'heap->lock'"),
    ('src/api.c', {TAKE + READ + GIVE: SHARED_TAKE + READ + SHARED_GIVE},
     "calling function 'statistics_read' requires holding lock 'heap->lock'"),
    ('src/statistics.c', {PAGES + LOCKED: PAGES},
     "reading variable 'span_pages' requires holding lock"),
    ('src/statistics.c', {PAGES + LOCKED: PAGES + SHARED},
     "reading variable 'span_pages' requires holding lock"),
    ('src/mcache.c', {TAKE + CALL + GIVE: CALL},
     "calling function 'mcentral_new' requires holding lock 'h->lock'"),
    ('src/mcache.c', {CALL: OTHER},
     "calling function 'mcentral_new' requires holding lock 'other.lock'"),
    ('src/mcache.c', {CALL + GIVE: CALL}, "lock 'h->lock' is still held"),
    ('src/mcache.c', {CALL: CALL + '    mcache_notify(h, s);\n'},
     "cannot call function 'mcache_notify' while lock 'h->lock' is held"),
    ('src/objects.c', {SHARED_TAKE + TAKE: TAKE + SHARED_TAKE},
     "lock 'shared_lock' must be acquired before 'lock'"),
]


def make_tree(root, seeded):
    shutil.rmtree(root, ignore_errors=True)
    for path, text in {**BASE, **seeded}.items():
        if text is None:
            continue
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'w', encoding='utf-8') as out:
            out.write(text)


def run(check, root, *files):
    return subprocess.run([sys.executable, os.path.join(TOP, 'ci', check), root, *files], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def make_copy(root, path, seeded):
    """The real src, with pieces of one file's text replaced."""
    shutil.rmtree(root, ignore_errors=True)
    for folder in ('src', 'spec'):
        shutil.copytree(os.path.join(TOP, folder), os.path.join(root, folder))
    full = os.path.join(root, path)
    with open(full, encoding='utf-8') as source:
        text = source.read()
    for old, new in seeded.items():
        if text.count(old) != 1:
            sys.exit(f'{path}: {text.count(old)} places for a fault instead of one: {old}')
        text = text.replace(old, new)
    with open(full, 'w', encoding='utf-8') as out:
        out.write(text)


def report(check, expected, done):
    """1, and the output of the check, when it has not said what it must."""
    ok = done.returncode == 0 if expected is None else \
        done.returncode == 1 and expected in done.stdout
    if not ok:
        print(f'{check}: {expected or "a tree without fault"}: FAILED\n{done.stdout}')
    return 0 if ok else 1


def main():
    root = os.path.join(TOP, 'build/check-selftest')
    cases = [(check, {}, None) for check in CHECKS] + CASES
    failed = 0
    for check, seeded, expected in cases:
        make_tree(root, seeded)
        failed += report(check, expected, run(check, root))
    for path, seeded, expected in LOCK_CASES:
        make_copy(root, path, seeded)
        failed += report('check_locks.py', expected, run('check_locks.py', root, path))
    total = len(cases) + len(LOCK_CASES)
    print(f'checks self-test: {total - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
