"""All that is known, brought together: each requirement with its proof and tests, and what is missing."""
import collections
import os
import time

import evidence_contracts
import evidence_proof
import evidence_tables
import evidence_tests
import layermap
from programs import program
from resultstore import ResultStore

TRUSTED, OWED = 'trusted', 'owed by callers outside the proof'
PROVED, SIMPLIFIED = 'proved', 'proved without a prover’s call'
UNCOMPARED = 'proof stored, not compared with the text'
EARLIER, FAILED = 'proved of an earlier text', 'not proved'
STATUSES = {
    PROVED: 'a stored answer of a prover stands behind it, and all goals of its module have passed',
    SIMPLIFIED: 'all goals of its module have passed, and no stored goal has its name: WP’s own simplifier '
                '(Qed) has closed it before a prover was asked, and leaves no line in the stores',
    UNCOMPARED: 'all goals of its module have passed of some text, and without the history of the stores it '
                'cannot be told here whether it is this one; make prove does',
    TRUSTED: 'the contract is taken for granted, and stands in proofs/TRUSTED.md with the test that looks',
    OWED: 'a requires clause of which no proved function is the caller: whoever calls has to keep it (the '
          'user, the names of libc, a test)',
    EARLIER: 'the text that the prover reads is not the one that the stored proof is of, as far as can be '
             'told without Frama-C; make prove decides it',
    FAILED: 'the stores know of no passed proof of its module, or a goal of it has failed in the last run',
}
FINE = (PROVED, SIMPLIFIED, UNCOMPARED, TRUSTED, OWED)
GAPS = {
    'not proved': 'A clause without a proof, and not in the list of what is trusted.',
    'proved of an earlier text': STATUSES[EARLIER][0].upper() + STATUSES[EARLIER][1:] + '.',
    'clause without a name': 'Its identifier is a hash of its text, and changes with it.',
    'function without a contract': 'A function of a module’s interface that nothing is required of.',
    'function without words': 'No comment says what it does.',
    'function without a test': 'No test or harness names it, or calls what names it.',
    'not reached by tests': 'Coverage was measured, and no line of it was reached (tests of threads and of the '
                            'libc names are not part of that).',
    'mutant survived': 'A fault was seeded in the code, and every goal was still proved.',
    'trusted without a test': 'The list of what is trusted names no test that exists.',
    'no high-level requirement': 'A clause of the public interface that none in proofs/REQUIREMENTS.md names.',
    'serves no public function': 'No public function and no name of libc reaches it by calls: code for tests '
                                 'and the checked build, a reference, or code that could go.',
    'module not proved in a profile': 'proofs/units says that it is still open there.',
}
Gap = collections.namedtuple('Gap', 'kind subject place words')


class Evidence:
    """Everything that the pages and tables show."""

    def __init__(self, root):
        self.root, report, prove = root, program('prove-report'), program('prove')
        self.report, self.rows = report, layermap.read_map(root)
        self.sources = report.Sources(root)
        self.functions = evidence_contracts.interface(root, self.sources)
        self.theorems = evidence_contracts.theorems(self.rows, self.sources)
        self.requirements = [r for f in self.functions for r in f.requirements] + self.theorems
        self.by_function = {(f.module, f.name): f for f in self.functions}
        self.public = self.public_names()
        self.first_of = {f.name: f.module for f in reversed(self.functions)}
        units = evidence_proof.all_units(prove, root, self.rows)
        self.proof = evidence_proof.Proof(root, units)
        self.trusted_rows = evidence_tables.trusted(root)
        self.ledger = prove.read_ledger(root)
        self.tests, self.coverage, self.mutants = evidence_tests.attach(
            root, self.functions, self.rows, self.public)
        self.read_tables()
        for f in self.functions:
            f.trusted = self.trusted_row(f)
            f.stored_goals = self.proof.goals.of_function(f.module, f.name)
            for r in f.requirements:
                self.judge(f, r)
        for r in self.theorems:
            r.goals = self.proof.goals.of_lemma(r.module, r.clause.name)
            r.status = self.proof.status(r.module, r.goals)
        self.parents = collections.defaultdict(list)
        for h in self.high:
            for r in h.requirements:
                self.parents[r.id].append(h.id)
        self.gaps = list(self.find_gaps())

    def read_tables(self):
        root = self.root
        self.high = evidence_tables.high_level(root, self.requirements)
        self.tools, self.deviations = evidence_tables.tools(root), evidence_tables.deviations(root)
        self.objectives, self.limits = evidence_tables.objectives(root), evidence_tables.limits(root)
        self.unproved, self.quoted = evidence_tables.unproved(self.rows), evidence_tables.quoted(root)
        self.footprint = evidence_tables.footprint(root)
        self.devices, self.worst = evidence_tests.devices(root), evidence_tests.worst(root)
        self.excuses, self.corpus = evidence_tests.excuses(root), evidence_tests.counted_corpus(root)
        self.open_profiles = evidence_tables.profile_gaps(root)
        self.objective_words = evidence_tables.words(root, 'proofs/OBJECTIVES.md')
        self.tool_words = evidence_tables.words(root, 'proofs/TOOLS.md')
        self.misra_words = evidence_tables.words(root, 'proofs/MISRA.md')
        self.hypotheses = evidence_tables.lines(root, 'proofs/hypotheses.txt')
        self.single = evidence_tables.lines(root, 'proofs/single.txt')
        store = ResultStore(root, folder='proofs/second')
        self.second = {name: len(store.lines(name)) for name in self.proof.units}
        self.tree, self.date = self.report.tree(root), self.report.date(time.time())
        self.by_id = {r.id: r for r in self.requirements}

    def modules(self):
        """Those with a requirement, in the order of the map."""
        names = [f.module for f in self.functions] + [r.module for r in self.theorems]
        order = [os.path.splitext(os.path.basename(r.path))[0] for r in self.rows]
        return sorted(set(names), key=order.index)

    def public_names(self):
        """The functions that the public header declares."""
        path = os.path.join(self.root, 'src', evidence_contracts.PUBLIC)
        if not os.path.exists(path):
            return []
        return [head[1] for head in evidence_contracts.heads(layermap.read(path))[0]]

    def trusted_row(self, f):
        """The row of the ledger by which a function is trusted, whole files too; None: by none."""
        files = {'src/' + r.path for r in self.rows if r.proof == 'trusted'
                 and os.path.splitext(os.path.basename(r.path))[0] == f.module}
        for row in self.trusted_rows:
            names = set(evidence_tables.CODE.findall(row[1]))
            if f.name in names or ('src/' + f.header in names & files):
                return row
        return None

    def judge(self, f, r):
        """The status of a clause, and the stored goals that stand behind it."""
        if r.clause.kind == 'requires':
            self.judge_requires(f, r)
        elif f.trusted:
            r.status = TRUSTED
        else:
            r.goals = self.proof.goals.of_clause(f.module, f.name, r.clause)
            r.status = self.proof.status(f.module, r.goals)

    def judge_requires(self, f, r):
        """A requires clause is proved at each call in a proved function."""
        if self.first_of[f.name] != f.module:  # the other layout's, of which no caller is proved
            r.status = OWED
            r.note = f'the callers that are proved are so with the contract of {self.first_of[f.name]}'
            return
        callers = {os.path.splitext(os.path.basename(path))[0] for status, path, name in f.callers
                   if status == 'proved' and name not in self.ledger}
        found = self.proof.goals.at_calls(f.name, r.clause)
        r.goals = {g: p for goals in found.values() for g, p in goals.items()}
        r.note = 'assumed by the function; goals are those of its calls in ' + ', '.join(
            sorted(callers | found.keys()))
        if not callers and not found:
            r.status, r.note = OWED, 'callers: ' + (', '.join(
                sorted({f'{path} ({status})' for status, path, _ in f.callers})) or 'none in src')
            return
        said = {self.proof.status(m, found.get(m, {})) for m in callers | found.keys()}
        r.status = next(s for s in (FAILED, EARLIER, UNCOMPARED, PROVED, SIMPLIFIED) if s in said)

    # ---- what is missing ---------------------------------------------------------------------
    def find_gaps(self):
        for r in self.requirements:
            if r.status in (FAILED, EARLIER):
                yield Gap(r.status, r.id, r.place, r.clause.text)
            if not r.clause.named:
                yield Gap('clause without a name', r.id, r.place, r.clause.text)
            if r.function in self.public and not self.parents[r.id]:
                yield Gap('no high-level requirement', r.id, r.place, r.clause.text)
        for f in self.functions:
            yield from self.gaps_of(f)
        for name, place in evidence_contracts.unspecified(self.root, self.functions):
            if not any(f.name == name for f in self.functions):
                yield Gap('function without a contract', name, place, 'declared in the public header')
        for section, what, _, test in self.trusted_rows:
            if not section.startswith('Tools') and not any(
                    os.path.exists(os.path.join(self.root, t)) for t in evidence_tables.CODE.findall(test)):
                yield Gap('trusted without a test', what, 'proofs/TRUSTED.md', test or 'none is named')
        for results in self.mutants.by_function.values():
            for m in results:
                if m['verdict'] == 'survived':
                    yield Gap('mutant survived', m['function'], f'src/{m["file"]}:{m["line"]}', m['mutant'])
        for module, profile in self.open_profiles:
            yield Gap('module not proved in a profile', module, 'proofs/units', f'profile {profile}')

    def gaps_of(self, f):
        subject = f'{f.module}: {f.name}'
        if not f.contract:
            yield Gap('function without a contract', subject, f.place, f.words)
        if not f.words:
            yield Gap('function without words', subject, f.place, '')
        if not f.tests and not f.reached_by:
            yield Gap('function without a test', subject, f.place, f.words)
        if f.coverage[0] is False:
            yield Gap('not reached by tests', subject, f.place, f.coverage[1])
        if not f.serves and f.name not in self.public:
            yield Gap('serves no public function', subject, f.place, f.words)

    def traced(self, r):
        """Whether a requirement leads to a proof (or an entry of the ledger) and to a test."""
        f = self.by_function.get((r.module, r.function))
        tested = not f or bool(f.tests or f.reached_by)
        return r.status in FINE and r.clause.named and tested

    def unmeasured(self):
        """What stored data alone cannot say: (what, the command that measures it)."""
        states = collections.Counter(self.proof.state.values())
        if states[evidence_proof.CONFIRMED] < len(self.proof.state):
            yield (f'a run of the proof over this text, of {len(self.proof.state)} modules all but '
                   f'{states[evidence_proof.CONFIRMED]} (the stored proof is compared with it)'), 'make prove'
        if states[evidence_proof.UNKNOWN]:
            yield (f'whether {states[evidence_proof.UNKNOWN]} modules are still the text that was proved: '
                   'the history of proofs/proved.txt is not here'), 'make prove'
        if not self.coverage.measured:
            yield 'coverage', 'make coverage'
        elif not self.coverage.functions:
            yield 'coverage by function', 'make coverage'
        if not self.mutants.measured:
            yield 'mutants', 'make prove-mutants'
        if self.footprint[1] is None:
            yield 'code and stack on a device', 'make evidence, with arm-none-eabi-gcc'
        if not self.devices:
            yield 'tests on the cores of devices', 'make check-targets'
        if not self.worst:
            yield 'tables of time and space', 'make worst-case'
