"""Does ci/evidence report what is missing? Small trees with one seeded gap each."""
import contextlib
import io
import json
import os
import re
import shutil
import subprocess

ROOT = 'build/evidence-selftest'
GIT = ['git', '-c', 'user.name=self-test', '-c', 'user.email=self-test@localhost', '-c', 'commit.gpgsign=false']
LOW = '''/* low.h -- below */
#ifndef WPM_LOW_H
#define WPM_LOW_H
#define LOW_SUM(x) (x + 1)
/* The sum of two numbers. */
/*@ requires small: 0 <= x < 100 && \\exists integer k; k == x;
    assigns \\nothing;
    ensures sum: \\result == LOW_SUM(x);
    behavior zero:
      assumes zero: x == 0;
      ensures one: \\result == 1;
*/
static inline int low_add(int x)
{
    return x + 1;
}
#endif
'''
API = '''/* api.h -- above */
#ifndef WPM_API_H
#define WPM_API_H
#include "low.h"
/* What a user calls. */
/*@ assigns \\nothing;
    ensures two: \\result == 2;
*/
int wpm_two(void);
#endif
'''
BASE = {
    'README.md': '# A tree\n\nContracts speak of one thread.\n',
    'src/README.md': '| 0 | `low.h` | a | proved |\n| 0 | `wpmalloc.h` | b | – |\n'
                     '| 1 | `api.h` | c | proved |\n| 1 | `api.c` | c | proved |\n',
    'src/low.h': LOW, 'src/api.h': API,
    'src/wpmalloc.h': '/* wpmalloc.h -- public */\nint wpm_two(void);\n',
    'src/api.c': '#include "api.h"\n\nint wpm_two(void)\n{\n    return low_add(1);\n}\n',
    'spec/low.acsl': '/* nothing */\n',
    'tests/api_test.c': '#include "api.h"\nint main(void) { return wpm_two() != 2; }\n',
    'proofs/proved.txt': 'api aa 3\nlow bb 4\n',
    'proofs/first/low.txt': 'low_add_ensures_sum Z3:4.8.12:ematch 0.1\n',
    'proofs/first/api.txt': 'wpm_two_call_low_add_requires_small Z3:4.8.12:ematch 0.1\n',
    'proofs/TRUSTED.md': '# Trust\n\n## Code\n\n| what | why | test |\n|---|---|---|\n'
                         '| `other` | none | `tests/api_test.c` |\n',
    'proofs/MISRA.md': '# MISRA\n\nWords.\n\n| rule | places | why |\n|---|---|---|\n| 15.5 | 3 | short |\n',
    'proofs/REQUIREMENTS.md': '# Required\n\n| id | what is required | clauses and theorems | tests |\n'
                              '|---|---|---|---|\n| `WPM-HLR-two` | two is two | `WPM-api-wpm_two-*` | |\n',
    'proofs/OBJECTIVES.md': '# Objectives\n\nWords.\n\n## One\n\n| objective | what it asks | here | evidence | '
                            'what is missing |\n|---|---|---|---|---|\n| 1 | all | met | `make prove` | |\n',
    'proofs/TOOLS.md': '# Tools\n\nWords.\n\n| tool | command | used for | insert | miss | TI | TD | TCL | '
                       'criterion | what would find an error of it |\n|---|---|---|---|---|---|---|---|---|---|\n'
                       '| a tool | `no-such-tool` | b | no | no | TI1 | TD1 | TCL1 | 3 | c |\n',
}
SUMMARY = {'seconds': 0, 'units': [
    {'name': 'low', 'goals': 4, 'goals_proved': 4, 'errors': []},
    {'name': 'api', 'goals': 3, 'goals_proved': 3, 'errors': []}]}
BAD_RUN = json.loads(json.dumps(SUMMARY).replace('4, "errors": []', '3, "errors": ["goal not proved: '
                                                 'typed_low_add_zero_ensures_one"]'))
MUTANT = [{'module': 'low', 'file': 'low.h', 'line': 14, 'function': 'low_add', 'mutant': 'm', 'kind': 'k',
           'verdict': 'survived', 'why': ''}]
COUNTS = {'src/low.h': {'low_add': {'lines': [0, 4], 'branches': [0, 0], 'mc/dc': [0, 0]}}}
EXTRA = LOW.replace('#endif\n', '/* More. */\n/*@ assigns \\nothing;\n    ensures same: \\result == x;\n*/\n'
                    'static inline int low_more(int x)\n{\n    return x;\n}\n#endif\n')
MORE_TESTED = BASE['tests/api_test.c'].replace('!= 2', '!= low_more(2)')
INSIDE = '    return low_add(1);'

# what is seeded (path to text, None removes), the kind of the gap, and what its line must hold
CASES = [
    ({'proofs/proved.txt': 'api aa 3\n'}, 'not proved', 'WPM-low-low_add-ensures-sum'),
    ({'build/prove/summary.json': json.dumps(BAD_RUN)}, 'not proved', 'WPM-low-low_add-zero-ensures-one'),
    ({'src/low.h': LOW.replace('ensures sum: ', 'ensures ')}, 'clause without a name',
     'WPM-low-low_add-ensures-unnamed-'),
    ({'src/low.h': LOW.replace('ensures one: ', 'ensures sum: ').replace('    behavior zero:\n', '')
      .replace('      assumes zero: x == 0;\n', '')}, 'clause without a name', 'WPM-low-low_add-ensures-sum-'),
    ({'src/api.h': API[:API.index('/*@')] + API[API.index('int wpm_two'):],
      'proofs/REQUIREMENTS.md': BASE['proofs/REQUIREMENTS.md'].replace('`WPM-api-wpm_two-*`', '')},
     'function without a contract', 'api: wpm_two'),
    ({'src/wpmalloc.h': BASE['src/wpmalloc.h'] + 'int wpm_three(void);\n'}, 'function without a contract',
     'wpm_three'),
    ({'src/low.h': LOW.replace('/* The sum of two numbers. */\n', '')}, 'function without words', 'low: low_add'),
    ({'tests/api_test.c': 'int main(void) { return 0; }\n'}, 'function without a test', 'api: wpm_two'),
    ({'src/low.h': EXTRA, 'tests/api_test.c': MORE_TESTED}, 'serves no public function', 'low: low_more'),
    ({'proofs/TRUSTED.md': BASE['proofs/TRUSTED.md'].replace('api_test', 'gone_test')},
     'trusted without a test', 'other'),
    ({'proofs/REQUIREMENTS.md': BASE['proofs/REQUIREMENTS.md'].replace('wpm_two-*', 'wpm_two-assigns')},
     'no high-level requirement', 'WPM-api-wpm_two-ensures-two'),
    ({'build/coverage/report.json': '{}', 'build/coverage/functions.json': json.dumps(COUNTS)},
     'not reached by tests', 'low: low_add'),
    ({'build/mutants/report.json': json.dumps(MUTANT)}, 'mutant survived', 'low_add'),
    ({'proofs/units': 'low open=small\n'}, 'module not proved in a profile', 'low'),
]
# What is no input that can be read, and what must be said.
BROKEN = [
    ({'proofs/REQUIREMENTS.md': BASE['proofs/REQUIREMENTS.md'].replace('wpm_two', 'wpm_gone')}, 'no clause'),
    ({'proofs/OBJECTIVES.md': BASE['proofs/OBJECTIVES.md'].replace('met', 'surely')}, 'surely is none of'),
    ({'proofs/TOOLS.md': None}, 'proofs/TOOLS.md: missing'),
    ({'src/low.h': LOW.replace('requires small', 'demands small')}, 'the contract of low_add'),
]
# A change since the commit that stored the proof: of the text, and whether the prover could tell.
SINCE = [
    ({}, False), ({'src/low.h': LOW.replace('The sum', 'A sum')}, False),
    ({'src/low.h': LOW.replace('== LOW_SUM(x)', '== x + 1')}, False),
    ({'src/low.h': LOW.replace('(x + 1)', '(x + 2)')}, True),
    ({'src/low.h': LOW.replace('x < 100', 'x < 90')}, True), ({'src/api.c': BASE['src/api.c'].replace(
        INSIDE, '    return low_add(1) + 0;')}, True),
]


def make_tree(seed):
    """The base with a seed in it, from nothing."""
    shutil.rmtree(ROOT, ignore_errors=True)
    for path, text in {**BASE, **seed}.items():
        whole = os.path.join(ROOT, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        if text is not None:
            with open(whole, 'w', encoding='utf-8') as out:
                out.write(text)


def commit():
    """A history, by which the text is the one that was proved."""
    for command in (['init', '-q'], ['add', '.'], ['commit', '-qm', 'as proved']):
        subprocess.run([*GIT, '-C', ROOT, *command], check=True)


def links_broken(folder):
    """Links of the pages to what is not there, and pages without the claim."""
    pages, found = {}, []
    for top, _, names in os.walk(folder):
        for name in names:
            if name.endswith('.html'):
                path = os.path.join(top, name)
                with open(path, encoding='utf-8') as f:
                    pages[os.path.normpath(path)] = f.read()
    ids = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages.items()}
    for path, text in pages.items():
        if 'No certification' not in text or '<script' in text or 'http' in text:
            found.append(f'{path}: without the claim, or not by itself')
        for target in re.findall(r'href="([^"]+)"', text):
            name, _, mark = target.partition('#')
            whole = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
            if not os.path.exists(whole) or mark and mark not in ids.get(whole, ()):
                found.append(f'{path}: no {target}')
    return found


class Check:
    def __init__(self, program):
        self.program, self.passed, self.failed = program, 0, 0

    def say(self, good, words):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        if not good:
            print(f'evidence self-test: {words}: FAILED')

    def evidence(self):
        return self.program.Evidence(os.path.abspath(ROOT))

    def base(self):
        make_tree({})
        self.say({r.status for r in self.evidence().requirements} == {
            'proof stored, not compared with the text'}, 'a proof without a history of it')
        commit()
        e = self.evidence()
        self.say(not e.gaps, f'no gap was seeded, and {e.gaps[:2]} found')
        self.say([r.status for r in e.requirements] == [
            'proved', 'proved without a prover’s call', 'proved', *['proved without a prover’s call'] * 3],
                 f'statuses are {[(r.id, r.status) for r in e.requirements]}')
        self.program.write(e, os.path.join(ROOT, 'out'))
        wrong = links_broken(os.path.join(ROOT, 'out'))
        self.say(not wrong, f'pages: {wrong[:3]}')
        names = [r.id for r in e.requirements]
        make_tree({'src/low.h': LOW.replace('#define WPM_LOW_H\n', '#define WPM_LOW_H\n\n/* A line. */\n\n'),
                   'src/api.h': API.replace('/* What', '\n\n/* What')})
        moved = self.evidence()
        self.say(names == [r.id for r in moved.requirements], 'names of requirements after lines were moved')
        self.say([r.place for r in e.requirements] != [r.place for r in moved.requirements], 'places moved')

    def gaps(self):
        for seed, kind, words in CASES:
            make_tree(seed)
            found = self.evidence().gaps
            self.say(any(g.kind == kind and words in g.subject for g in found),
                     f'{kind}, {words}, was seeded, and not found in {found}')
            self.say(all(g.kind == kind for g in found), f'{kind} was seeded, and others found: {found}')

    def broken(self):
        for seed, words in BROKEN:
            make_tree(seed)
            with contextlib.redirect_stdout(io.StringIO()) as said:
                status = self.program.run(os.path.abspath(ROOT), False)
            self.say(status == 1 and words in said.getvalue(), f'broken input, {words}: {said.getvalue()}')
        for strict, seed in ((False, {}), (True, CASES[0][0])):
            make_tree({**seed})
            with contextlib.redirect_stdout(io.StringIO()):
                status = self.program.run(os.path.abspath(ROOT), strict)
            self.say(status == strict, f'exit status {status}, strict {strict}')

    def since(self):
        """Modules whose stored proof is of another text."""
        for seed, changed in SINCE:
            make_tree({})
            commit()
            for path, text in seed.items():
                with open(os.path.join(ROOT, path), 'w', encoding='utf-8') as out:
                    out.write(text)
            found = [g for g in self.evidence().gaps if g.kind == 'proved of an earlier text']
            self.say(bool(found) == changed, f'{list(seed)} changed since the proof, told: {bool(found)}')


def main(program):
    os.chdir(program.ROOT)
    check = Check(program)
    check.base()
    check.gaps()
    check.broken()
    check.since()
    shutil.rmtree(ROOT, ignore_errors=True)
    print(f'evidence self-test: {check.passed} passed, {check.failed} failed')
    return 1 if check.failed or not check.passed else 0
