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


def make_tree(root, seeded):
    shutil.rmtree(root, ignore_errors=True)
    for path, text in {**BASE, **seeded}.items():
        if text is None:
            continue
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'w', encoding='utf-8') as out:
            out.write(text)


def run(check, root):
    return subprocess.run([sys.executable, os.path.join(TOP, 'ci', check), root], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def main():
    root = os.path.join(TOP, 'build/check-selftest')
    cases = [(check, {}, None) for check in CHECKS] + CASES
    failed = 0
    for check, seeded, expected in cases:
        make_tree(root, seeded)
        done = run(check, root)
        ok = done.returncode == 0 if expected is None else \
            done.returncode == 1 and expected in done.stdout
        if not ok:
            failed += 1
            print(f'{check}: {expected or "a tree without fault"}: FAILED\n{done.stdout}')
    print(f'checks self-test: {len(cases) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
