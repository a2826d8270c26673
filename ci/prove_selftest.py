"""Does ci/prove report what it must? Small trees with one seeded fault each, and two without.

Each tree has a module `seed` (and, where the case needs it, more files); the run must fail and its
output must name the fault. The trees without a fault must pass, or a failure would mean nothing."""
import os
import shutil
import subprocess
import sys

import layermap

KNOWN = 'not asked again'  # what a run says of stored smoke tests
SETTLED = 'as before'  # and of a module that has passed
HEAD = '#ifndef SEED_H\n#define SEED_H\n#include <stdint.h>\n'
GOOD = '''/*@ requires small: k < 10; assigns \\nothing; ensures more: \\result == k + 1; */
static inline uint32_t seed_next(uint32_t k) { return k + 1; }
'''

THIRD = '''/*@ assigns \\nothing; ensures most: \\result <= k; */
static inline uint32_t seed_third(uint32_t k) { return k / 3 * 3; }
'''

CONTRADICTION = GOOD + '''/*@ requires k < 3; requires k > 5; assigns \\nothing;
    ensures any: \\result == 7; */
static inline uint32_t seed_never(uint32_t k) { return k; }
'''

# name, text of seed.h after the head, text of seed.c or None, what the output must hold (None: passes)
CASES = [
    ('good', GOOD, None, None),
    ('good body in a source file', '''/*@ assigns \\nothing; ensures one: \\result == 1; */
uint32_t seed_one(void);
''', 'uint32_t seed_one(void) { return 1; }\n', None),
    ('false contract', GOOD + '''/*@ assigns \\nothing; ensures three: \\result == 3; */
static inline uint32_t seed_four(void) { return 4; }
''', None, 'goal not proved: typed_seed_four_ensures_three'),
    ('overflow', '''/*@ assigns \\nothing; ensures more: \\result >= 0; */
static inline uint32_t seed_next(uint32_t k) { return k + 1; }
''', None, 'goal not proved: typed_seed_next_assert_rte_unsigned_overflow'),
    ('annotation that is a comment', GOOD + '''/*@ assigns \\nothing; ensures small: \\result < 9; */
static inline uint32_t seed_four(void) { /* @ assert \\false; */ return 4; }
''', None, 'makes an annotation a comment'),
    ('axiom', GOOD + '/*@ axiomatic Seed { axiom wrong: 1 == 2; } */\n', None, 'axioms and admitted'),
    ('admitted clause', GOOD + '''/*@ assigns \\nothing; ensures small: \\result < 3; */
static inline uint32_t seed_four(void) { /*@ admit \\false; */ return 4; }
''', None, 'axioms and admitted'),
    ('function without contract', GOOD + 'static inline uint32_t seed_bare(void) { return 4; }\n',
     None, 'seed_bare: no contract'),
    ('contract without assigns', GOOD + '''/*@ ensures four: \\result == 4; */
static inline uint32_t seed_four(void) { return 4; }
''', None, 'seed_four: no contract (no assigns)'),
    ('contract that says nothing', GOOD + '''/*@ assigns \\nothing; */
static inline uint32_t seed_four(void) { return 4; }
''', None, 'seed_four: no contract (no ensures)'),
    ('contradictory precondition', CONTRADICTION, None, 'seed_never_wp_smoke_default_requires'),
    ('contradiction that only a prover sees', GOOD + '''/*@ requires \\valid_read(t + (0 .. 9));
    requires ones: \\forall integer i; 0 <= i < 10 ==> t[i] == 1; requires zero: t[n] == 0;
    requires inside: n < 10; assigns \\nothing; ensures any: \\result == 7; */
static inline uint32_t seed_never(const uint32_t *t, uint32_t n) { return t[n]; }
''', None, 'seed_never_wp_smoke_default_requires'),
    ('false lemma', GOOD + '/*@ lemma Seed_Wrong: \\forall integer a; a < a + 0; */\n', None,
     'lemma Seed_Wrong: not proved'),
    ('two contracts', '''/*@ assigns \\nothing; ensures one: \\result == 1; */
uint32_t seed_one(void);
''', '''/*@ assigns \\nothing; ensures odd: \\result < 2; */
uint32_t seed_one(void) { return 1; }
''', 'found two contracts'),
    ('contract of a function nobody proves', '''/*@ assigns \\nothing; ensures one: \\result == 1; */
uint32_t seed_far(void);
/*@ assigns \\nothing; ensures one: \\result == 1; */
uint32_t seed_one(void);
''', 'uint32_t seed_one(void) { return seed_far(); }\n', 'seed_far (src/seed.h): its contract is taken'),
    ('C library that is called', '#include <string.h>\n' + '''/*@ requires \\valid(p); assigns *p;
    ensures zero: *p == 0; */
static inline void seed_clear(uint8_t *p) { memset(p, 0, 1); }
''', None, 'memset (FRAMAC_SHARE/libc/string.h): its contract is taken'),
    ('C library that is only seen', '#include <string.h>\n' + GOOD, None, None),
    ('callee without contract', '''uint32_t seed_far(void);
/*@ assigns \\nothing; ensures one: \\result == 1; */
uint32_t seed_one(void);
''', 'uint32_t seed_one(void) { return seed_far(); }\n', 'warning: [kernel:annot:missing-spec]'),
    ('text that does not parse', GOOD + '/*@ ensures \\nonsense(; */\nvoid seed_far(void);\n', None,
     'Frama-C ended with status'),
]


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text)


def make_tree(top, root, header, source):
    shutil.rmtree(root, ignore_errors=True)
    rows = '| 0 | `seed.h` | a seed | proved |\n'
    write(os.path.join(root, 'src/seed.h'), HEAD + header + '#endif\n')
    if source:
        rows += '| 0 | `seed.c` | a seed | proved |\n'
        write(os.path.join(root, 'src/seed.c'), '#include "seed.h"\n' + source)
    write(os.path.join(root, 'src/README.md'), rows)
    os.makedirs(os.path.join(root, 'spec'))
    write(os.path.join(root, 'proofs/TRUSTED.md'), 'Nothing.\n')
    shutil.copy(os.path.join(top, 'proofs/provers.conf'), os.path.join(root, 'proofs'))
    detected = os.path.join(top, 'build/prove/why3-detected.conf')
    if os.path.exists(detected):
        os.makedirs(os.path.join(root, 'build/prove'))
        shutil.copy(detected, os.path.join(root, 'build/prove'))


def run(program, root, *more):
    return subprocess.run([sys.executable, program, '--root', root, '--jobs', '1', *more], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def stored_smoke(program, top):
    """Smoke tests are not asked again of a text that has passed them, but of any other one."""
    root = os.path.join(top, 'build/prove-selftest/stored')
    make_tree(top, root, GOOD, None)
    first, again = run(program, root, '--update'), run(program, root)
    write(os.path.join(root, 'src/seed.h'), HEAD + CONTRADICTION + '#endif\n')
    changed = run(program, root)
    ok = (first.returncode == 0 and again.returncode == 0 and changed.returncode != 0 and
          KNOWN not in first.stdout and KNOWN in again.stdout and KNOWN not in changed.stdout and
          'seed_never_wp_smoke_default_requires' in changed.stdout)
    if not ok:
        print(first.stdout, again.stdout, changed.stdout)
    return ok


def settled(program, top):
    """A unit that has passed is passed over; not with another text or other stored answers, or if told."""
    root = os.path.join(top, 'build/prove-selftest/settled')
    make_tree(top, root, THIRD, None)
    first, again, told = run(program, root, '--update'), run(program, root), run(
        program, root, '--replay', 'all')
    answers = os.path.join(root, 'proofs/results/seed.txt')
    kept = layermap.read(answers)
    write(answers, '')
    emptied = run(program, root)
    write(answers, kept)
    write(os.path.join(root, 'src/seed.h'), HEAD + THIRD.replace('<= k', '< k') + '#endif\n')
    changed = run(program, root)
    ok = (all(r.returncode == 0 for r in (first, again, told, emptied)) and changed.returncode != 0 and
          'goal not proved: typed_seed_third_ensures_most' in changed.stdout and
          [SETTLED in r.stdout for r in (first, again, told, emptied, changed)] ==
          [False, True, False, False, False])
    if not ok:
        print(first.stdout, again.stdout, told.stdout, emptied.stdout, changed.stdout)
    return ok


def hinted(program, top):
    """A hint at another prover does no harm, and one of a false goal proves nothing."""
    root = os.path.join(top, 'build/prove-selftest/hinted')
    hints = os.path.join(root, 'proofs/first/seed.txt')
    make_tree(top, root, THIRD, None)
    write(hints, 'seed_third_ensures_most CVC4:1.8 0.1\n')
    true_goal = run(program, root)
    make_tree(top, root, THIRD.replace('<= k', '< k'), None)
    write(hints, 'seed_third_ensures_most Z3:4.8.12:ematch 0.1\n')
    false_goal = run(program, root)
    ok = (true_goal.returncode == 0 and false_goal.returncode != 0 and
          'goal not proved: typed_seed_third_ensures_most' in false_goal.stdout)
    if not ok:
        print(true_goal.stdout, false_goal.stdout)
    return ok


def second(program, top):
    """A goal that the other family of provers has not proved is listed, or the run fails."""
    root, other = os.path.join(top, 'build/prove-selftest/second'), program + '-second'
    make_tree(top, root, THIRD, None)
    first, asked = run(program, root, '--update'), run(other, root)
    shutil.rmtree(os.path.join(root, 'proofs/first'))  # so no script exchanges the provers
    alone = run(other, root)
    listed = run(other, root, '--update')
    single = os.path.join(root, 'proofs/single.txt')
    ok = (first.returncode == 0 and asked.returncode == 0 and ', 0 listed, passed' in asked.stdout and
          alone.returncode != 0 and 'no second opinion, and not in' in alone.stdout and
          'seed_third_ensures_most' in layermap.read(single))
    if not ok:
        print(first.stdout, asked.stdout, alone.stdout, listed.stdout)
    return ok


MORE = [('stored smoke tests', stored_smoke), ('modules passed over', settled), ('hints', hinted),
        ('second opinion', second)]


def main(program):
    top = os.path.dirname(os.path.dirname(program))
    passed, tests = 0, len(CASES) + len(MORE)
    for number, (name, header, source, expected) in enumerate(CASES, 1):
        root = os.path.join(top, 'build/prove-selftest', f'{number:02}')
        make_tree(top, root, header, source)
        done = run(program, root)
        if expected is None:
            ok = done.returncode == 0
        else:
            ok = done.returncode != 0 and expected in done.stdout
        passed += ok
        print(f'[{number}/{tests}] {name}: {"ok" if ok else "FAILED"}', flush=True)
        if not ok:
            print(done.stdout)
    for number, (name, test) in enumerate(MORE, len(CASES) + 1):
        ok = test(program, top)
        passed += ok
        print(f'[{number}/{tests}] {name}: {"ok" if ok else "FAILED"}', flush=True)
    failed = tests - passed
    print(f'proof driver self-test: {passed} passed, {failed} failed')
    return 1 if failed else 0
