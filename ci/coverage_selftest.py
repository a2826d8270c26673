"""Does ci/coverage report what is not reached? Small programs, each with one gap."""
import os
import shlex
import subprocess

ROOT = 'build/coverage-selftest'
CODE = """
static int both(int a, int b)
{
    if (a > 0 && b > 0) return 1;
    return 0;
}

int main(void)
{
    int sum = 0;
%s
    return sum == 99;
}
"""
ALL = '    sum += both(1, 1) + both(0, 1) + both(1, 0);\n'
LINE = 'src/a.c both lines: return 1 -- a reason of the test'
NESTED = ALL + '    sum += both(1, 1) && both(sum > 0 && sum < 9, 1);\n'

# what main calls; excuses; what must be reported, None: nothing
CASES = [
    (ALL, '', None),
    ('    sum += both(0, 1) + both(1, 0);\n', '', 'src/a.c:3: both lines: return 1'),
    ('    sum += both(1, 1) + both(1, 0);\n', '', 'src/a.c:3: both branches: a > 0 -> false'),
    ('    sum += both(1, 1) + both(0, 0);\n', '', 'src/a.c:3: both mc/dc: 2 of a > 0 && b > 0'),
    ('    sum += both(1, 1) + both(0, 1);\n',
     'src/a.c both branches: b > 0 -> false -- a reason of the test\n'
     'src/a.c both mc/dc: 2 of a > 0 && b > 0 -- a reason of the test', None),
    (ALL, LINE, 'not needed: src/a.c both lines: return 1'),
    (NESTED, '', 'decisions that clang cannot count'),
]


def look(tool, calls, excuses):
    """What the tool says of a program with these calls."""
    os.makedirs('src', exist_ok=True)
    with open('src/a.c', 'w', encoding='utf-8') as out:
        out.write(CODE.lstrip('\n') % calls)
    done = subprocess.run([*shlex.split(tool.COVER), '-g', 'src/a.c', '-o', 'a'], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if tool.uncounted(done.stdout):
        return 'decisions that clang cannot count'
    subprocess.run(['./a'], check=True, env=dict(os.environ, LLVM_PROFILE_FILE='a.profraw'))
    subprocess.run(['llvm-profdata-19', 'merge', '-sparse', 'a.profraw', '-o', 'a.profdata'], check=True)
    files = tool.read_counts(tool.llvm_cov('export', ['./a'], 'a.profdata'), os.getcwd())
    said = []
    _, faults = tool.judge(files, files.keys(), tool.read_excuses(excuses), said.append)
    return '\n'.join(said) if faults else None


def main(tool):
    os.makedirs(ROOT, exist_ok=True)
    os.chdir(ROOT)
    failed = 0
    for calls, excuses, expected in CASES:
        said = look(tool, calls, excuses)
        if (said is None) != (expected is None) or (expected or '') not in (said or ''):
            failed += 1
            print(f'coverage self-test: expected {expected}, not {said}')
    print(f'coverage self-test: {len(CASES) - failed} passed, {failed} failed')
    return 1 if failed else 0
