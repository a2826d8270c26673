"""One unit of the proof: which functions and lemmas are its own, and what Frama-C says of them.

A unit is x.h and x.c together (a header alone is wrapped in a generated file). The passes: the list
of functions and lemmas; the functions' goals; the lemmas' goals; smoke tests, which look for
contradictions in contracts. Whatever Frama-C warns of is an error, unless it is expected below.
"""
import concurrent.futures
import glob
import json
import math
import os
import re
import shutil
import subprocess
import time

import layermap
from resultstore import FirstProver, ResultStore, TextStore

PROVERS = 'script,z3-ematch,z3-cs3,cvc4'
TIMEOUT = 20  # seconds a goal and prover; also part of what the stored results say
# Goals at once in a run of stored answers: WP looks after them twenty times a second.
REPLAY_GOALS = 8
PASS_LIMIT = 5400  # seconds a Frama-C run may last
MEMORY_USE = 'o=300'  # Frama-C sets the size of the minor heap itself
SOURCE_DIR = '-cpp-extra-args=-Isrc'
# How Frama-C reads the text of each profile (src/config.h), where its answers are stored, and the folder
# of src whose files, with all that they include, are the profile's; None: all files are.
PROFILES = {
    'hosted': ([], [], 'proofs', None),
    'small': (['-machdep', 'x86_32'], ['-DWPM_PROFILE_SMALL'], 'proofs/small', None),
    'micro': (['-machdep', 'x86_32'], ['-DWPM_PROFILE_MICRO'], 'proofs/micro', 'micro'),
}
# Each plug-in loaded makes every collection of garbage longer.
PLUGINS = ['-no-autoload-plugins', '-load-module', 'rtegen,metrics,report,wp']
# Of all properties the smoke tests alone, which have no category.
NO_OTHER = ','.join('-@' + c for c in (
    'requires', 'ensures', 'assigns', 'assert', 'check', 'invariant', 'variant', 'terminates',
    'exits', 'lemma'))
# Steps, not seconds: a busy machine looks as far as a quiet one. (proofs/README.md)
SMOKE, SMOKE_PROVER = ['-wp-smoke-tests', '-wp-steps', '1000000'], 'z3-ematch'
RTE = ['-wp-rte', '-warn-signed-overflow', '-warn-unsigned-overflow']
# Two of WP's simplifications take half of its own time, for a few goals (proofs/README.md).
SIMPLER = ['-wp-no-pruning', '-wp-no-ground']

STATS = re.compile(r'Stats for function <(.+)/([A-Za-z_]\w*)>')
WARNING = re.compile(r'^\[(\w+)[^\]]*\](?: (\S+?:\d+))?:? Warning:')
HYPOTHESES = re.compile(r"Memory model hypotheses for function '(\w+)'")
PROVED = re.compile(r'\[wp\] Proved goals:\s+(\d+) / (\d+)')
CACHE = re.compile(r'\[wp\] \[Cache\] (.*)')
CLEANED = re.compile(r'\[wp\] \[Cache\] \w+:\d')
# Contracts that come with Frama-C: taken for granted where a unit calls the function.
FRAMAC_LIBC = 'FRAMAC_SHARE/'
NOTHING = 'No goal generated'  # what WP says of such a run
SEEN = 'seen.c'  # the unit as Frama-C has read it
FAILED = re.compile(r'^\[wp\] \[(?:Failed|Timeout|Stepout|Unknown|Invalid)[^\]]*\] (?:Goal|Smoke-test) (\S+)')


class Unit:
    def __init__(self, name, files, options):
        self.name, self.files, self.options = name, files, options
        self.functions, self.lemmas, self.own_lemmas, self.declared = [], [], [], {}
        self.silent, self.trusted = set(), []
        self.errors, self.hypotheses = [], []
        self.proved_functions, self.goals, self.goals_proved = set(), 0, 0
        self.smoke, self.smoke_known, self.replay, self.runs = 0, False, False, []
        self.settled = False  # its goals have passed before, and are not looked at again
        self.seconds, self.cached, self.run = 0.0, 0, 0

    def error(self, text):
        if text not in self.errors:
            self.errors.append(text)


class Frama:
    """Runs Frama-C for units below `build`, with stored results of earlier runs."""

    def __init__(self, root, build, why3_config, trusted, jobs=1, answers=None, profile='hosted'):
        self.root, self.build, self.trusted = root, build, trusted
        self.machine, self.defines, self.kept, _ = PROFILES[profile]
        self.store = ResultStore(root, answers, self.kept + '/results')
        self.smoke_store = TextStore(root, self.kept + '/smoke.txt')
        self.smoke_answers = ResultStore(root, folder=self.kept + '/smoke')
        self.goal_store = TextStore(root, self.kept + '/proved.txt')
        self.first = FirstProver(root, self.kept + '/first')
        self.pieces = 1  # runs that the functions of a unit are dealt out to
        self.jobs = jobs
        self.pool = concurrent.futures.ThreadPoolExecutor(jobs)  # each job a run of Frama-C
        self.versions = [subprocess.run(tool, check=True, text=True, stdout=subprocess.PIPE).stdout
                         for tool in (['frama-c', '-version'], ['z3', '--version'])]
        # Frama-C resolves relative names by PWD, not by the directory it is in.
        self.environment = dict(os.environ, WHY3CONFIG=why3_config, LC_ALL="C", PWD=root,
                                OCAMLRUNPARAM=MEMORY_USE)

    def folder(self, unit):
        return os.path.join(self.build, unit.name)

    def source(self, unit):
        """The file to hand to Frama-C, relative to the root."""
        for f in unit.files:
            if f.endswith('.c'):
                return os.path.join('src', f)
        path = os.path.join(self.folder(unit), 'unit.c')
        with open(os.path.join(self.root, path), 'w', encoding='utf-8') as out:
            out.write(''.join(f'#include "{f}"\n' for f in unit.files))
        return path

    def command(self, unit, arguments):
        """The command line of a run over the unit."""
        flags = SOURCE_DIR + ''.join(' ' + d for d in self.defines + unit.options.get('define', []))
        return ['frama-c', *PLUGINS, *self.machine, '-c11', self.source(unit), flags] + arguments

    def call(self, unit, name, arguments):
        """One run; returns its text. A run that dies or is cut off is an error of the unit."""
        log = os.path.join(self.root, self.folder(unit), name + '.log')
        command = self.command(unit, arguments)
        start = time.time()
        try:
            done = subprocess.run(command, cwd=self.root, env=self.environment, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=PASS_LIMIT, errors='replace')
        except subprocess.TimeoutExpired:
            unit.error(f'{name}: Frama-C ran longer than {PASS_LIMIT} seconds')
            return ''
        unit.seconds += time.time() - start
        with open(log, 'w', encoding='utf-8') as out:
            out.write(' '.join(command) + '\n' + done.stdout)
        if done.returncode != 0:
            lines = done.stdout.strip().split('\n')
            told = [line for line in lines if re.search('error', line, re.I)] or lines[-3:]
            unit.error(f'{name}: Frama-C ended with status {done.returncode}: ' + ' / '.join(told[:4]))
        self.read_warnings(unit, name, done.stdout)
        return done.stdout

    def read_warnings(self, unit, name, text):
        lines = text.split('\n')
        for i, line in enumerate(lines):
            if not WARNING.match(line):
                continue
            block = [line]
            while i + 1 < len(lines) and (lines[i + 1].startswith((' ', '\t', '/*@', '*/'))):
                i += 1
                block.append(lines[i])
            whole = ' '.join(' '.join(block).split())
            if 'Failed smoke-test' in whole:
                continue  # reported by the goal's name
            if re.fullmatch(r'smoke\d*', name) and NOTHING in whole:
                continue  # the functions are asked for again, with all their goals
            m = HYPOTHESES.search(whole)
            if m:
                unit.hypotheses.append((m[1], self.formulas(lines, i)))
            elif name != 'ast' or not line.startswith('[wp'):
                unit.error('warning: ' + whole)

    @staticmethod
    def formulas(lines, at):
        """What stands between /*@ and */ around line `at`, in one line."""
        start = at
        while start > 0 and '/*@' not in lines[start] and 'hypotheses' not in lines[start]:
            start -= 1
        text = ' '.join(lines[start:start + 400])
        m = re.search(r'/\*@(.*?)\*/', text, re.S)
        return ' '.join(m[1].split()) if m else '?'

    # ---- passes -----------------------------------------------------------------------------
    def list_contents(self, unit):
        """Fill functions (own, defined), lemmas (all that are visible) and declared contracts."""
        os.makedirs(os.path.join(self.root, self.folder(unit)), exist_ok=True)
        report = os.path.join(self.folder(unit), 'visible.json')
        table = os.path.join(self.folder(unit), 'contracts.csv')
        for stale in (report, table):
            self.remove(stale)
        text = self.call(unit, 'ast', [
            '-print', '-ocode', os.path.join(self.folder(unit), SEEN),
            '-then', '-metrics', '-metrics-by-function',
            '-then', '-wp', '-wp-prop=@lemma', '-wp-prover', 'none', '-wp-report-json', report,
            '-then', '-report', '-report-untried', '-report-csv', table])
        own = {os.path.realpath(os.path.join(self.root, 'src', f)) for f in unit.files}
        defined, quiet = set(), set()
        for path, function in STATS.findall(text):
            defined.add(function)
            if os.path.realpath(os.path.join(self.root, path)) in own:
                unit.functions.append(function)
        data = self.load(report)
        for goals in (data or {}).get('wp:axiomatics', {}).values():
            unit.lemmas += [g[len('lemma_'):] for g in goals if g.startswith('lemma_')]
        text = ''.join(layermap.read(os.path.join(self.root, 'src', f)) for f in unit.files)
        for row in self.rows(table):
            if row[3] and row[3] not in defined and (
                    not row[0].startswith(FRAMAC_LIBC) or re.search(rf'\b{row[3]}\s*\(', text)):
                unit.declared[row[3]] = os.path.join(row[0], row[1])
            if row[4] == 'assigns clause' and row[6] == 'assigns \\nothing;':
                quiet.add(row[3])
        unit.silent = {f for f in quiet if re.search(r'\bvoid\s+' + f + r'\s*\(', text)}

    def settle(self, unit):
        """Take a unit's figures from the store, if all its goals and smoke tests have passed before of the
        same text, with the same settings, tools and stored answers; says whether."""
        if unit.errors:
            return False
        functions = [f for f in unit.functions if f not in self.trusted]
        key = self.smoke_key(unit, functions)
        goals = self.goal_store.count(unit.name, self.goal_key(unit))
        unit.settled = goals > 0 and (not functions or self.smoke_store.passed(unit.name, key))
        if unit.settled:
            tests = self.smoke_store.count(unit.name, key)
            unit.trusted = [f for f in unit.functions if f in self.trusted]
            unit.proved_functions = set(functions)
            unit.goals = unit.goals_proved = goals
            unit.smoke, unit.smoke_known = tests, tests > 0
        return unit.settled

    def leaves(self, unit):
        """What the ledger has that the unit defines or declares, and the files of these, sorted."""
        mine = {*unit.functions, *unit.declared, *unit.declared.values()}
        return sorted(self.trusted & mine)

    def goal_key(self, unit):
        """The hash of all that decides whether the unit's goals are proved."""
        mine = tuple(f'{f}_' for f in unit.functions) + tuple('lemma_' + x for x in unit.own_lemmas)
        scripts = [p for p in sorted(glob.glob(os.path.join(self.root, 'proofs/session/script/*.json')))
                   if os.path.basename(p).startswith(mine)]
        kept = [self.store.path(unit.name), self.first.path(unit.name),
                os.path.join(self.root, 'proofs/provers.conf')]
        hypotheses = os.path.join(self.root, self.kept, 'hypotheses.txt')
        known = layermap.read(hypotheses).split('\n') if os.path.exists(hypotheses) else []
        return self.goal_store.key(
            [os.path.join(self.root, self.folder(unit), SEEN), *filter(os.path.exists, kept), *scripts],
            *self.wp_arguments('', unit.options.get('provers', PROVERS),
                               unit.options.get('timeout', TIMEOUT)),
            *sorted(f'{k}={v}' for k, v in unit.options.items() if k not in ('profile', 'open')),
            *unit.functions, '', *unit.own_lemmas, '',
            *self.leaves(unit), '', *self.machine, *(h for h in known if h.startswith(unit.name + ': ')),
            *self.versions)

    def begin(self, unit, fresh, update):
        """Queue the runs over a unit."""
        unit.trusted = [f for f in unit.functions if f in self.trusted]
        functions = [f for f in unit.functions if f not in self.trusted]
        for name in self.named(unit, 'split') + self.named(unit, 'split_assigns'):
            if name not in functions + ['1']:
                unit.error(f'proofs/units: {unit.name} has no function {name}')
        unit.replay = not fresh and not update
        parts = self.parts(unit, functions) if functions else []
        if unit.own_lemmas:
            parts.append(('lemmas', [], self.cut(unit), ['-wp-prop=' + ','.join(unit.own_lemmas)]))
        unit.runs = [(name, self.pool.submit(self.wp, unit, name, [
            *options, *(['-wp-fct', ','.join(part)] if part else []), *selection], fresh))
            for name, part, options, selection in parts]

    def finish(self, unit, fresh):
        """Wait for the runs over a unit, and read what they say."""
        if unit.settled:
            return
        functions = [f for f in unit.functions if f not in self.trusted]
        texts = {name: run.result() for name, run in unit.runs}
        lemmas = texts.pop('lemmas', None)
        if functions:
            self.read_functions(unit, functions, texts)
        if lemmas is not None:
            self.read_lemmas(unit, lemmas)
        if functions:
            self.smoke_test(unit, functions, fresh)

    def new_session(self, unit, name, fresh, provers):
        """An empty session folder, with scripts from proofs/ and results from the store."""
        session = os.path.join(self.root, self.folder(unit), 'session-' + name)
        shutil.rmtree(session, ignore_errors=True)
        os.makedirs(os.path.join(session, 'cache'))
        scripts = os.path.join(self.root, 'proofs/session/script')
        if provers.startswith('script'):
            target = os.path.join(session, 'script')
            if os.path.isdir(scripts):
                shutil.copytree(scripts, target)
            self.first.write_scripts(unit.name, target)
        if not fresh:
            store = self.smoke_answers if self.of_smoke(session) else self.store
            store.unpack(unit.name, os.path.join(session, 'cache'))
        return session

    @staticmethod
    def of_smoke(session):
        """Whether a session is one of smoke tests."""
        return os.path.basename(session).startswith('session-smoke')

    def report(self, unit, name):
        """Where a run of WP leaves its report."""
        return os.path.join(self.folder(unit), name + '.json')

    def wp(self, unit, name, arguments, fresh):
        """The goals that the arguments choose, with all provers of the unit.

        A run of stored answers looks at a few goals at once. With goals that no hint is known of, it
        would start provers side by side; so when it leaves a goal open, it is done again one by one."""
        provers, timeout = unit.options.get('provers', PROVERS), unit.options.get('timeout', TIMEOUT)
        if fresh:  # provers go by the clock, and the runs share the processors
            timeout = math.ceil(int(timeout) * max(1, self.jobs / (os.cpu_count() or 1)))
        if unit.replay and self.first.known(unit.name):
            text = self.run_wp(unit, name, arguments, fresh, provers, timeout, REPLAY_GOALS)
            m = PROVED.search(text)
            if not m or m[1] == m[2]:
                return text
        return self.run_wp(unit, name, arguments, fresh, provers, timeout, 1)

    def run_wp(self, unit, name, arguments, fresh, provers, timeout, goals, like=()):
        """A WP run with a session of its own: scripts from proofs/, results from the store."""
        report = self.report(unit, name)
        session = self.new_session(unit, name, fresh, provers)
        for other in like:
            self.store.copy(os.path.join(self.root, self.folder(unit), 'session-' + other, 'cache'),
                            os.path.join(session, 'cache'))
        self.remove(report)
        text = self.call(unit, name, [
            *self.wp_arguments(session, provers, timeout, goals), *arguments,
            '-wp-cache', 'cleanup', '-wp-report-json', report])
        if not CLEANED.search(text):  # WP asked for no answer, and does not clean up then
            shutil.rmtree(os.path.join(session, 'cache'))
            os.mkdir(os.path.join(session, 'cache'))
        return text

    def update_store(self, unit):
        """Keep what the last run's provers said, and which of them said it."""
        self.store_answers(unit)
        folder = os.path.join(self.root, self.folder(unit))
        if not unit.errors:
            self.first.update(unit.name, [layermap.read(path) for path in
                                          glob.glob(os.path.join(folder, '*.log'))])

    def store_answers(self, unit):
        """Keep what the last run's provers said: of goals, and of smoke tests if they were asked."""
        self.store.pack(unit.name, self.sessions(unit), not unit.errors)
        smoke = self.sessions(unit, True)
        if smoke and not unit.errors:
            self.smoke_answers.pack(unit.name, smoke, True)

    def sessions(self, unit, smoke=False):
        """The session folders of the last run over goals, or over smoke tests."""
        folders = glob.glob(os.path.join(self.root, self.folder(unit), 'session-*'))
        return sorted(f for f in folders if self.of_smoke(f) == smoke)

    @staticmethod
    def wp_arguments(session, provers, timeout, goals=1):
        """What every WP run says."""
        return ['-wp', *RTE, *SIMPLER, '-wp-prover', provers, '-wp-timeout', str(timeout),
                '-wp-par', str(goals), '-wp-session', session]

    @staticmethod
    def cut(unit):
        """The option that cuts goals into conjuncts, of a unit that wants it for some."""
        return ['-wp-split'] if {'split', 'split_assigns'} & set(unit.options) else []

    def read_functions(self, unit, functions, texts):
        """What the runs over the functions have proved; `texts` are what WP printed, by run."""
        goals = {}
        for name, text in texts.items():
            self.count(unit, name, text)
            for f, found in (self.load(self.report(unit, name)) or {}).get('wp:functions', {}).items():
                goals.setdefault(f, {}).update(
                    (g, v) for g, v in found.items() if g != 'wp:section')
            self.name_failures(unit, text)
        for f in functions:
            if self.judge(unit, f, goals.get(f, {})):
                unit.proved_functions.add(f)

    @staticmethod
    def named(unit, option):
        """The names that an option lists."""
        return [name for name in unit.options.get(option, '').split(',') if name]

    def parts(self, unit, functions):
        """The runs over the functions: name, functions, options, selection of goals.

        `split` names functions of which goals are cut into conjuncts (1: all), but for what is assigned:
        a call of a function that assigns many places would else be a goal a place. Of functions that
        `split_assigns` names, this is cut."""
        cut, wide = self.named(unit, 'split'), self.named(unit, 'split_assigns')
        cut = [f for f in functions if f in cut or '1' in cut]
        wide = [f for f in functions if f in wide]
        plain = [f for f in functions if f not in cut + wide]
        runs = [*((f'functions{n or ""}', piece, [], []) for n, piece in enumerate(self.deal(unit, plain))),
                ('whole', [f for f in wide if f not in cut], [], ['-wp-prop=-@assigns']),
                ('cut', cut, ['-wp-split'], ['-wp-prop=-@assigns']),
                ('assigns', [f for f in cut if f not in wide], [], ['-wp-prop=@assigns']),
                ('wide', wide, ['-wp-split'], ['-wp-prop=@assigns'])]
        return [run for run in runs if run[1]]

    def deal(self, unit, functions):
        """The functions in as many shares as there are pieces, of about as many goals each."""
        goals = list(self.first.known(unit.name))
        weight = {f: 1 + sum(g.startswith(f + '_') for g in goals) for f in functions}
        shares = [[] for _ in range(self.pieces)]
        for f in sorted(functions, key=weight.get, reverse=True):
            min(shares, key=lambda s: sum(map(weight.get, s))).append(f)
        return [sorted(s, key=functions.index) for s in shares]

    @staticmethod
    def judge(unit, function, goals):
        """True when the function has a contract and every goal of it is proved.

        A contract has assigns and ensures; a void function that assigns nothing needs no ensures."""
        names = [g[len(function) + 1:] for g in goals if g.startswith(function + '_')]
        assigns = [n for n in names if re.search(r'(^|_)assigns', n) and 'loop_assigns' not in n]
        ensures = [n for n in names if re.search(r'(^|_)(ensures|complete|disjoint)', n)]
        if not ensures and function in unit.silent:
            ensures = ['nothing to say']
        if not assigns or not ensures:
            what = ' and no '.join(w for w, have in (('assigns', assigns), ('ensures', ensures))
                                   if not have)
            unit.error(f'{function}: no contract (no {what})')
            return False
        return all(v['wp:main'].get('valid', 0) == v['wp:main']['total'] for v in goals.values())

    def read_lemmas(self, unit, text):
        self.count(unit, 'lemmas', text)
        proved = set()
        for goals in (self.load(self.report(unit, 'lemmas')) or {}).get('wp:axiomatics', {}).values():
            proved |= {g for g, v in goals.items()
                       if v['wp:main'].get('valid', 0) == v['wp:main']['total']}
        for lemma in unit.own_lemmas:
            if 'lemma_' + lemma not in proved:
                unit.error(f'lemma {lemma}: not proved')

    def smoke_test(self, unit, functions, fresh):
        """Contradictions: a goal `false` behind each precondition, loop, branch and call.

        The provers' full round would only find more of them slowly; one quick prover is asked. WP
        passes over a function without precondition when no other goal of it is asked for. They are
        not asked again of a text that has passed them, but from nothing."""
        key = self.smoke_key(unit, functions)
        unit.smoke = 0 if fresh else self.smoke_store.count(unit.name, key)
        unit.smoke_known = unit.smoke > 0
        if unit.smoke_known:
            return
        errors = len(unit.errors)
        options = [*self.cut(unit), '-wp-prop=' + NO_OTHER]
        with concurrent.futures.ThreadPoolExecutor(self.pieces) as threads:
            asked = [threads.submit(self.ask_smoke, unit, f'smoke{n or ""}', piece, options, fresh)
                     for n, piece in enumerate(self.deal(unit, functions)) if piece]
        names = set().union(*(a.result() for a in asked))
        for name, part, options, _ in self.parts(unit, functions):
            bare = [f for f in part if f'{f}_wp_smoke_default_requires' not in names]
            if bare and name not in ('assigns', 'wide'):  # other goals of the same functions
                names |= self.ask_smoke(unit, 'smoke-' + name, bare, options, fresh, like=(name,))
        unit.smoke = len(names)
        if len(unit.errors) == errors:
            self.smoke_store.keep(unit.name, key, unit.smoke)

    def smoke_key(self, unit, functions):
        """The hash of all that decides what the unit's smoke tests say."""
        return self.smoke_store.key([os.path.join(self.root, self.folder(unit), SEEN)], *SMOKE, NO_OTHER,
                                    *RTE, *SIMPLER, *unit.options.get('define', []), *functions,
                                    *self.versions)

    def ask_smoke(self, unit, name, functions, options, fresh, like=()):
        """The names of the smoke tests of the functions; those that fail are errors of the unit."""
        text = self.pool.submit(self.run_wp, unit, name, ['-wp-fct', ','.join(functions), *SMOKE, *options],
                                fresh, SMOKE_PROVER, 1, 1, like).result()
        self.summary(unit, name, text)
        tests = {}
        for goals in (self.load(self.report(unit, name)) or {}).get('wp:functions', {}).values():
            tests.update((g, v['wp:main']) for g, v in goals.items() if '_wp_smoke_' in g)
        for test, verdict in tests.items():
            if verdict.get('valid', 0) != verdict['total']:
                unit.error(f'smoke test found a contradiction or dead code: {test}')
        return set(tests)

    # ---- reading ----------------------------------------------------------------------------
    @staticmethod
    def summary(unit, name, text):
        """WP's count of goals; None when there were none. A run without either is an error."""
        m = PROVED.search(text)
        if not m and NOTHING not in text:
            unit.error(f'{name}: no summary from WP')
        return m

    def count(self, unit, name, text):
        m = self.summary(unit, name, text)
        if not m:
            return
        unit.goals_proved += int(m[1])
        unit.goals += int(m[2])
        if m[1] != m[2]:
            unit.error(f'{name}: {int(m[2]) - int(m[1])} of {m[2]} goals not proved')
        for part in CACHE.findall(text):
            for word, number in re.findall(r'(\w+):(\d+)', part):
                if word == 'found':
                    unit.cached += int(number)
                elif word == 'updated':
                    unit.run += int(number)

    @staticmethod
    def name_failures(unit, text):
        for line in text.split('\n'):
            m = FAILED.match(line)
            if m:
                unit.error(f'goal not proved: {m[1]}')

    def load(self, path):
        try:
            with open(os.path.join(self.root, path), encoding='utf-8') as f:
                return json.load(f)
        except (OSError, ValueError):
            return None

    def rows(self, path):
        """Rows of Frama-C's table; the second and later lines of a long property are left out."""
        try:
            with open(os.path.join(self.root, path), encoding='utf-8') as f:
                lines = [line.rstrip('\n').split('\t') for line in f][1:]
            return [row for row in lines if len(row) >= 7]
        except OSError:
            return []

    def remove(self, path):
        try:
            os.remove(os.path.join(self.root, path))
        except OSError:
            pass
