"""What the stored proof says of a clause: its goals, and whether they are of the text as it is.

Goals have WP's names: `f_ensures_NAME`, `f_BEHAVIOR_ensures_NAME`, `f_assigns…`, and a requires clause of f
is a goal of each caller, `g_call_f_requires_NAME`. Stored are the goals that a prover was asked for, or that
a script proves (proofs/first, proofs/session/script); WP's own simplifier Qed closes the others before that,
and they leave no line. That all goals of a module are proved, those too, is what its line in
proofs/proved.txt says, of the text whose hash stands there. That hash is made by ci/prove, which needs
Frama-C; here the text is compared with the one of the commit that wrote the line, as a preprocessor and the
prover read it, or a run of ci/prove later than all files is believed.
"""
import glob
import json
import os
import re
import subprocess
import tempfile

import layermap
from framac import PROFILES
from programs import program
from resultstore import FirstProver, TextStore

MANY = r'(?:_part\d+|_\d+)*$'  # WP numbers goals of one name, and the parts of one that it cuts
PLAIN = re.compile(r'/\*(?!@).*?\*/|//(?!@)[^\n]*', re.S)
ASSERTED = re.compile(r'_Static_assert\(.*?\);', re.S)  # of compilers; no goal comes of it
DEFINE = re.compile(r'^#define (\w+)(\([^)]*\))?[ ]?(.*)$', re.M)
WORD = re.compile(r'[A-Za-z_]\w*')
CALL = re.compile(r'\b([A-Za-z_]\w*)\(([^()]*)\)')
# A sum or product between signs that bind less: the same without brackets.
BRACKETS = re.compile(r'(?<=[=<>&|] )\(([\w\s*+\-/%]+)\)(?= ?(?:;|&&|\|\||==>|<==>))')
DEPTH = 12  # of macros in macros
ASKED = re.compile(r'goal not proved: (?:typed_)?(\S+)')
# What is known of a module: the words that the pages use.
CONFIRMED, STORED, CHANGED, UNKNOWN, NONE = (
    'confirmed by a run', 'stored, text unchanged since', 'stored, text changed since',
    'stored, not compared', 'no stored proof')
GOOD = (CONFIRMED, STORED, UNKNOWN)


def prover_name(key):
    """`Z3:4.8.12:ematch` as `Z3 4.8.12 ematch`."""
    return key.replace(':', ' ')


def git(root, *arguments, text=True):
    """What git says; None when it says nothing or is not there."""
    try:
        done = subprocess.run(['git', '--no-optional-locks', '-C', root, *arguments], text=text,
                              capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def all_units(prove, root, rows):
    """The units of the hosted profile, and those that are of another one alone; `kept`: where the answers
    of each lie."""
    units = []
    for profile, (_, defines, kept, _) in PROFILES.items():
        for u in prove.make_units(root, rows, profile):
            if profile == 'hosted' or u.options.get('profile') == profile:
                u.kept, u.options['define'] = kept, defines + u.options.get('define', [])
                units.append(u)
    return units


class Goals:
    """The stored goals of all modules: (module, goal) -> (provers, seconds)."""

    def __init__(self, root, units):
        scripts = self.scripts(root)
        self.by_module, self.calls = {}, {}
        for u in units:
            first = FirstProver(root, u.kept + '/first').known(u.name)
            known = {g: (prover_name(p), float(s)) for g, (p, s) in first.items()}
            self.by_module[u.name] = known
        self.place_scripts(scripts)
        for module, known in self.by_module.items():
            for goal in known:
                m = re.match(r'\w+?_call_\w+_requires', goal)
                if m:
                    self.calls.setdefault(module, []).append(goal)

    @staticmethod
    def scripts(root):
        """goal -> (provers, seconds) of the proofs by tactic."""
        report, found = program('prove-report'), {}
        for path in sorted(glob.glob(os.path.join(root, 'proofs/session/script/*.json'))):
            script = json.loads(layermap.read(path))
            names = sorted(set(re.findall(r'"prover":\s*"([^"]+)"', json.dumps(script))) - {'qed'})
            found[os.path.basename(path)[:-len('.json')]] = (
                'tactics, ' + ', '.join(map(prover_name, names)) if names else 'tactics',
                report.script_seconds(script))
        return found

    def place_scripts(self, scripts):
        """A script names no module: it is of the one with goals of the same function."""
        for goal, proof in scripts.items():
            holders = [m for m, known in self.by_module.items() if goal in known]
            parts = goal.split('_')
            while not holders and len(parts) > 1:
                parts.pop()
                head = '_'.join(parts) + '_'
                holders = [m for m, known in self.by_module.items()
                           if any(g.startswith(head) for g in known)]
            for module in holders[:1]:
                self.by_module[module][goal] = proof

    def named(self, module, owner, pattern):
        """Goals of a module whose name is a function's or lemma's, and what a pattern gives."""
        mine = {g: p for g, p in self.by_module.get(module, {}).items() if g.startswith(owner)}
        whole = re.compile(owner + pattern + MANY) if mine else None
        return {g: p for g, p in mine.items() if whole.match(g)}

    def of_clause(self, module, function, clause):
        """The stored goals of a clause that the function itself has to keep."""
        within = f'{clause.behavior}_' if clause.behavior else ''
        if clause.kind == 'assigns':
            return self.named(module, function, rf'_{within}assigns(?:_normal|_exit)?')
        if clause.kind in ('complete', 'disjoint'):
            return self.named(module, function, rf'_{clause.kind}_\w+')
        name = '_' + re.escape(clause.name) if clause.name else ''
        return self.named(module, function, rf'_{within}{clause.kind}{name}')

    def at_calls(self, function, clause):
        """{module: goals} of the calls whose caller has to keep a requires clause."""
        name = '_' + re.escape(clause.name) if clause.name else ''
        whole = re.compile(rf'\w+_call_{function}_requires{name}' + MANY)
        called = f'_call_{function}_requires'
        found = {m: {g: self.by_module[m][g] for g in goals if called in g and whole.match(g)}
                 for m, goals in self.calls.items()}
        return {m: goals for m, goals in found.items() if goals}

    def of_lemma(self, module, name):
        return self.named(module, f'lemma_{name}', '')

    def of_function(self, module, function):
        """How many stored goals a function has in all; `f_x` is not one of `f_x_y`'s by its kind's word."""
        kinds = r'_(?:\w+_)?(?:ensures|assigns|assert|loop|call|complete|disjoint|terminates)(?:_|$)'
        whole = re.compile(re.escape(function) + kinds)
        return sum(1 for g in self.by_module.get(module, {}) if g.startswith(function) and whole.match(g))


# ---- is it the text that was proved? -----------------------------------------------------------
def expanded(text, constants, functions):
    """Annotations with macros put in, as the prover reads them, and without brackets that say nothing."""
    def call(match):
        names, body = functions.get(match[1], ((), None))
        given = [a.strip() for a in match[2].split(',')]
        if body is None or len(names) != len(given):
            return match[0]
        values = dict(zip(names, given))
        return WORD.sub(lambda m: values.get(m[0], m[0]), body)

    def one(match):
        words = match[0]
        for _ in range(DEPTH):
            new = CALL.sub(call, WORD.sub(lambda m: constants.get(m[0], m[0]), words))
            if new == words:
                break
            words = new
        return BRACKETS.sub(r'\1', ' '.join(words.split()))
    return layermap.ANNOTATION.sub(one, text)


def as_read(root, unit):
    """A unit's text with all that it includes, as the prover reads it but for its layout; None: no text."""
    source = next((f for f in unit.files if f.endswith('.c')), None)
    includes = ''.join(f'#include "{f}"\n' for f in unit.files)
    command = ['cc', '-E', '-dD', '-C', '-P', '-D__FRAMAC__', '-std=c11', '-Isrc',
               *unit.options.get('define', []), '-xc', 'src/' + source if source else '-']
    done = subprocess.run(command, cwd=root, input='' if source else includes, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        return None
    text = ASSERTED.sub(' ', PLAIN.sub(' ', done.stdout))
    found = [(m[1], m[2], m[3].strip()) for m in DEFINE.finditer(text)]
    constants = {name: body for name, arguments, body in found if not arguments and body}
    functions = {name: ([a.strip() for a in arguments[1:-1].split(',')], body)
                 for name, arguments, body in found if arguments and '#' not in body}
    text = expanded(DEFINE.sub('', text), constants, functions)
    notes = set(WORD.findall(' '.join(layermap.ANNOTATION.findall(text))))
    used = sorted(f'{name}{arguments} {body}' for name, arguments, body in found
                  if arguments and name in notes)
    return ' '.join(' '.join([text, *used]).split())


def wrote_lines(root, kept):
    """module -> the commit that wrote its line in `kept`/proved.txt; {} without git's history."""
    said, commit, found = git(root, 'blame', '--porcelain', '--', kept + '/proved.txt'), None, {}
    for line in (said or '').split('\n'):
        m = re.match(r'([0-9a-f]{40}) \d+ \d+', line)
        if m:
            commit = m[1]
        elif line.startswith('\t') and commit.strip('0'):
            found[line.split()[0]] = commit
    shallow = git(root, 'rev-parse', '--is-shallow-repository')
    return {} if (shallow or '').strip() == 'true' else found


class Texts:
    """The tree of earlier commits, each unpacked once, to be compared with the one at hand."""

    def __init__(self, root, folder):
        self.root, self.folder, self.answers = root, folder, {}

    def tree(self, commit):
        path = os.path.join(self.folder, commit)
        if not os.path.isdir(path):
            data = git(self.root, 'archive', commit, 'src', 'spec', text=False)
            if data is None:
                return None
            os.mkdir(path)
            subprocess.run(['tar', '-x', '-C', path], input=data, check=True)
        return path

    def same(self, unit, commit):
        """Whether text and stored answers are those of a commit; None: cannot be told."""
        tree = self.tree(commit)
        if tree is None:
            return None
        if commit not in self.answers:
            said = git(self.root, 'diff', '--name-only', commit, '--', 'proofs')
            self.answers[commit] = set((said or '').split('\n'))
        if {f'{unit.kept}/{what}/{unit.name}.txt' for what in ('results', 'first')} & self.answers[commit]:
            return False
        try:
            return as_read(tree, unit) == as_read(self.root, unit)
        except OSError:
            return None


def read_run(root):
    """The last run of ci/prove: {module: its figures}, and whether it is later than all that it read."""
    report = program('prove-report')
    path = os.path.join(root, 'build/prove/summary.json')
    summary = report.load(path)
    if summary is None:
        return {}, False
    current = not report.changed_since(root, os.path.getmtime(path) - summary['seconds'])
    return {u['name']: u for u in summary['units']}, current


class Proof:
    """What is known of each module, and of each clause."""

    def __init__(self, root, units):
        self.units = {u.name: u for u in units}
        self.goals = Goals(root, units)
        self.store, self.smoke, commits = {}, {}, {}
        for kept in sorted({u.kept for u in units}):
            for known, name in ((self.store, 'proved'), (self.smoke, 'smoke')):
                stored = TextStore(root, f'{kept}/{name}.txt').known
                known.update((u.name, stored[u.name]) for u in units if u.kept == kept and u.name in stored)
            wrote = wrote_lines(root, kept)
            commits.update((u.name, wrote[u.name]) for u in units if u.kept == kept and u.name in wrote)
        self.small = TextStore(root, 'proofs/small/proved.txt').known
        run, current = read_run(root)
        self.run = run if current else {}
        self.not_proved = {g for u in self.run.values() for text in u['errors'] for g in ASKED.findall(text)}
        with tempfile.TemporaryDirectory() as folder:
            texts = Texts(root, folder)
            self.state = {u.name: self.judge(u, commits, texts) for u in units}

    def judge(self, unit, commits, texts):
        ran = self.run.get(unit.name)
        if ran:
            passed = not ran['errors'] and ran['goals'] and ran['goals'] == ran['goals_proved']
            return CONFIRMED if passed else NONE
        if unit.name not in self.store:
            return NONE
        same = texts.same(unit, commits[unit.name]) if unit.name in commits else None
        return UNKNOWN if same is None else STORED if same else CHANGED

    def status(self, module, goals, function=None):
        """What a clause's state follows from: its module's, and whether a goal of it has failed."""
        state = self.state.get(module, NONE)
        failed = [g for g in goals if g in self.not_proved]
        if function and not goals and state == NONE:
            failed += [g for g in self.not_proved if g.startswith(function + '_')]
        if failed or state == NONE:
            return 'not proved'
        if state == CHANGED:
            return 'proved of an earlier text'
        if state == UNKNOWN:
            return 'proof stored, not compared with the text'
        return 'proved' if goals else 'proved without a prover’s call'
