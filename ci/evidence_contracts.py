"""Requirements, read from the contracts: each clause of a function that a header declares is one.

An identifier is WPM-MODULE-FUNCTION-KIND-NAME, made of names alone, so that lines may move: the module is the
header's name, KIND is requires, ensures, assigns, complete or disjoint, and a behavior's name stands before
the kind of its clauses. A clause without a name has a hash of its text in the name's place, and is a gap. A
lemma of a theorem is one too: WPM-MODULE-theorem-NAME.
"""
import hashlib
import os
import re

import layermap
import mutate
from programs import program

CLAUSE = re.compile(r'\s*(?:(behavior)\s+(\w+)\s*:|(complete|disjoint)\s+behaviors\b|'
                    r'(requires|ensures|assigns|assumes|terminates|decreases|exits)\b'
                    r'\s*(?:(\w+)\s*:(?!:))?)')
MACRO = re.compile(r'^#define ([A-Z]\w+)\(([^)]*)\)\s*((?:requires|ensures|assigns)\b.*)$', re.M)
CALL = re.compile(r'\s*([A-Z]\w+)\(([^()]*)\)\s*;?')
BINDER = re.compile(r'\\(?:forall|exists|let|lambda)\b|;')
ATTRIBUTE = re.compile(r'__attribute__\(\((?:[^()]|\([^()]*\))*\)\)')
HEAD = re.compile(r'^(?:[A-Za-z_]\w*[ *\n]+)+(\w+)\(', re.M)  # its type may stand on a line of its own
THEOREMS = 'theorems'  # a module whose name ends so has lemmas alone
MEANT = ('proved', 'trusted')
PUBLIC = 'wpmalloc.h'


class Clause:
    """One clause of a contract. `at` is its place in the contract's text."""

    def __init__(self, kind, name, text, behavior='', at=0):
        self.kind, self.name, self.text, self.behavior, self.at = kind, name, text, behavior, at
        self.named = bool(name) or kind in ('assigns', 'complete', 'disjoint', 'terminates', 'decreases')

    def tag(self):
        """The end of the requirement's identifier."""
        name = self.name
        if not self.named:
            name = 'unnamed-' + hashlib.sha256(self.text.encode()).hexdigest()[:8]
        return '-'.join(filter(None, (self.behavior, self.kind, name)))


class Requirement:
    def __init__(self, ident, module, function, clause, place, words):
        self.id, self.module, self.function, self.clause = ident, module, function, clause
        self.place, self.words = place, words  # of the clause; of the function
        self.status, self.goals, self.note = '', {}, ''

    def provers(self):
        return sorted({prover for prover, _ in self.goals.values()})

    def seconds(self):
        return sum(seconds for _, seconds in self.goals.values())


class Function:
    """A function of a module's interface: its words, where it is declared, its requirements."""

    def __init__(self, module, name, header, words, contract, place):
        self.module, self.name, self.header, self.words = module, name, header, words
        self.contract, self.place, self.requirements = contract, place, []
        self.trusted = None  # the row of the ledger that says so
        self.tests, self.reached_by, self.serves, self.callers = [], [], [], []
        self.coverage, self.mutants, self.stored_goals = (None, ''), (None, ''), 0


def unlined(contract):
    """A contract with its frame and its comments blanked; places stay."""
    text = re.sub(r'^/\*@|\*/$|^/@|@/$', layermap.blank, contract)
    return re.sub(r'//[^\n]*', layermap.blank, text)


def end_of_clause(text, start):
    """Where the semicolon of a clause stands; those of binders are inside it."""
    binders = 0
    for m in BINDER.finditer(text, start):
        if m[0] != ';':
            binders += 1
        elif binders:
            binders -= 1
        else:
            return m.start()
    return len(text)


def one_line(text):
    return ' '.join(text.split())


def contract_macros(root):
    """Macros that stand for clauses: name -> (parameters, body)."""
    found = {}
    for top in ('src', 'spec'):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(n for n in names if n.endswith(('.h', '.c', '.acsl'))):
                text = re.sub(r'\\\n', '  ', layermap.read(os.path.join(folder, name)))
                for m in MACRO.finditer(text):
                    found[m[1]] = ([p.strip() for p in m[2].split(',')], m[3])
    return found


def put_in(macro, arguments):
    """The body of a macro with arguments in the place of its parameters."""
    names, body = macro
    given = dict(zip(names, arguments))
    return re.sub(r'[A-Za-z_]\w*', lambda m: given.get(m[0], m[0]), body)


def scan(text, macros, at=0):
    """(what starts a clause, its text, its place) of each; those of a macro are at its call."""
    while at < len(text):
        m = CLAUSE.match(text, at)
        if m:
            end = m.end() if m[1] else end_of_clause(text, m.end())
            start, at = m.start() + len(m[0]) - len(m[0].lstrip()), end + (not m[1])
            yield m, one_line(text[start:end]), start
            continue
        call = CALL.match(text, at)
        if not call or call[1] not in macros:
            break
        for m, body, _ in scan(put_in(macros[call[1]], one_line(call[2]).split(', ')), macros):
            yield m, body, call.start(1)
        at = call.end()
    if text[at:].strip():
        raise ValueError('no clause: ' + one_line(text[at:])[:60])


def clauses(contract, macros):
    """The clauses of a contract; those of `assigns` in one, as the prover sees them."""
    found, behavior, assumed, assigns = [], '', {}, {}
    for m, body, start in scan(unlined(contract), macros):
        if m[1]:
            behavior = m[2]
            continue
        kind, name = m[3] or m[4], m[5] or ''
        if kind == 'assumes':
            assumed.setdefault(behavior, []).append(body)
        elif kind == 'assigns' and behavior in assigns:
            assigns[behavior].text += '; ' + body
        else:
            clause = Clause(kind, name, body, '' if m[3] else behavior, start)
            found.append(clause)
            if kind == 'assigns':
                assigns[behavior] = clause
    for clause in found:
        if clause.behavior in assumed:
            clause.text = '; '.join([*assumed[clause.behavior], clause.text])
    return found


def heads(text):
    """The heads of a text's functions, and the text without comments and attributes, places kept."""
    masked = ATTRIBUTE.sub(layermap.blank, layermap.without_comments(text))
    return [m for m in HEAD.finditer(masked) if m[1] not in mutate.KEYWORDS], masked


def interface(root, sources):
    """Functions that headers of modules declare, in the order of the map, ghosts apart."""
    report, found = program('prove-report'), {}
    rows, macros = layermap.read_map(root), contract_macros(root)
    for row in rows:
        if not row.path.endswith('.h') or row.proof not in MEANT:
            continue
        text = layermap.read(os.path.join(root, 'src', row.path))
        module = os.path.splitext(os.path.basename(row.path))[0]
        for head in heads(text)[0]:
            name, at = head[1], head.start()
            if name.upper() == name or (module, name) in found:
                continue
            words, contract = report.leading(text, at)
            files = [r.path for r in rows if os.path.splitext(os.path.basename(r.path))[0] == module]
            said = sources.function(name, files)
            found[module, name] = Function(module, name, row.path, words or said['words'],
                                           contract or said['contract'], place(row.path, text, at))
            number(found[module, name], text, at, bool(contract), macros)
    return list(found.values())


def place(path, text, at):
    return f'src/{path}:{text.count(chr(10), 0, at) + 1}'


def number(function, text, at, here, macros):
    """Give a function its requirements; `here`: the contract stands in the header, above `at`."""
    start = text.rindex(function.contract, 0, at) if here else None
    seen = {}
    try:
        found = clauses(function.contract, macros)
    except ValueError as fault:
        raise ValueError(f'{function.place}: the contract of {function.name}: {fault}') from fault
    for clause in found:
        where = place(function.header, text, start + clause.at) if here else function.place
        ident = f'WPM-{function.module}-{function.name}-{clause.tag()}'
        if ident in seen:  # two of one name: the later is told by its text
            clause.named = False
            ident += '-' + hashlib.sha256(clause.text.encode()).hexdigest()[:8]
        seen[ident] = clause
        function.requirements.append(
            Requirement(ident, function.module, function.name, clause, where, function.words))


def theorems(rows, sources):
    """Requirements that are lemmas: what follows from the invariant of a heap, of the canaries' bytes."""
    found = []
    modules = [os.path.splitext(os.path.basename(r.path))[0] for r in rows if r.proof in MEANT]
    for module in dict.fromkeys(m for m in modules if m.endswith(THEOREMS)):
        for name, lemma in sources.lemmas.items():
            if lemma['place'].startswith(f'spec/{module}.acsl:'):
                clause = Clause('theorem', name, one_line(lemma['statement']))
                found.append(Requirement(f'WPM-{module}-theorem-{name}', module, '', clause,
                                         lemma['place'], lemma['words']))
    return found


def unspecified(root, functions):
    """Functions of the public header of which no contract is read."""
    path = os.path.join(root, 'src', PUBLIC)
    if not os.path.exists(path):
        return []
    known, text = {f.name for f in functions if f.contract}, layermap.read(path)
    return [(head[1], place(PUBLIC, text, head.start())) for head in heads(text)[0]
            if head[1] not in known]
