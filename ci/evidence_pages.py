"""The pages of ci/evidence: HTML without scripts, that loads nothing and links only to its neighbours."""
import collections

import evidence_functions
import evidence_proof
import evidence_trace
from evidence_trace import EARLIER, FAILED, FINE, GAPS, PROVED, SIMPLIFIED, STATUSES, UNCOMPARED
from report_page import STYLE, code, details, table, text

CLAIM = ('<strong>No certification, qualification or compliance is claimed.</strong> This is evidence that '
         'tools have gathered from the source tree, for readers who have to judge it by the standards of '
         'their own field. What has not been measured is said where its figure would stand.')
NAV = (('index', 'Overview'), ('high-level', 'High-level requirements'), ('trace', 'Trace matrix'),
       ('proof', 'Proof'), ('tests', 'Tests'), ('gaps', 'Gaps'), ('method', 'Objectives of standards'),
       ('tools', 'Tools'), ('trusted', 'What is trusted'), ('misra', 'MISRA deviations'),
       ('resources', 'Stack, code, time'), ('limits', 'Known limits'))
MORE = ('nav { margin: 0.6rem 0; } nav a { margin-right: 1rem; white-space: nowrap; }\n'
        '.claim { border: 1px solid var(--line); border-left: 0.4rem solid var(--link); '
        'background: var(--box); padding: 0.5rem 1rem; }\n')
TABLES = ('requirements', 'trace', 'high-level', 'gaps', 'objectives', 'tools', 'deviations', 'trusted')


def shell(evidence, name, title, parts, up=''):
    """A whole page; `up` leads from its folder to that of the index."""
    nav = ''.join(f'<a href="{up}{page}.html">{words}</a>' if page != name else
                  f'<strong>{words}</strong> ' for page, words in NAV)
    tree = f' Source tree: commit {text(evidence.tree)}.' if evidence.tree else ''
    return ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<title>wpmalloc: {text(title)}</title>\n<style>{STYLE}{MORE}</style>\n</head>\n<body>\n<main>\n'
            f'<header><p class="claim">{CLAIM}</p>\n<nav>{nav}</nav>\n<h1>{text(title)}</h1>\n'
            f'<p class="dim">Written on {text(evidence.date)} by <code>make evidence</code>.{tree}</p></header>\n'
            + '\n'.join(parts) + '\n</main>\n</body>\n</html>\n')


def paragraphs(*words):
    return ''.join(f'<p>{text(w)}</p>' for w in words)


def places(evidence, ident):
    """A requirement's name as a link to where it stands."""
    r = evidence.by_id[ident]
    return f'<a href="module/{r.module}.html#{ident}">{code(ident)}</a>'


# ---- overview ------------------------------------------------------------------------------------
def chain():
    """From what a user asks to what was measured."""
    steps = (
        ('<a href="high-level.html">high-level requirement</a>', 'what a user may ask, in words; names the '
         'clauses and theorems that say it'),
        ('<a href="trace.html">clause</a>', 'one promise or demand of a function’s contract, in ACSL, with a '
         'name that does not change when lines move: WPM-MODULE-FUNCTION-KIND-NAME'),
        ('<a href="proof.html">goal</a>', 'what the prover was asked of the clause; stored with the prover '
         'that closed it and its time, and bound to the text by the hash of its module'),
        ('<a href="tests.html">test</a>', 'unit tests, harnesses and others that call the function, or call '
         'what calls it; coverage and mutants where they were measured'),
        ('<a href="trusted.html">trust</a>', 'what none of this shows, with the test that looks all the same'),
        ('<a href="gaps.html">gap</a>', 'where the chain is broken'))
    return table(('step', 'what it is'), [list(s) for s in steps])


def index(evidence):
    e = evidence
    counts = collections.Counter(r.status for r in e.requirements)
    rows = [[text(s), counts[s], text(means)] for s, means in STATUSES.items()]
    gaps = collections.Counter(g.kind for g in e.gaps)
    gap_rows = [[f'<a href="gaps.html#{k.replace(" ", "-")}">{text(k)}</a>', gaps[k], text(GAPS[k])]
                for k in GAPS]
    open_ = [[text(what), code(command)] for what, command in e.unmeasured()]
    traced = sum(e.traced(r) for r in e.requirements)
    out = [paragraphs(
        'wpmalloc is a memory allocator in C11 whose text is proved as it is compiled. These pages lead from '
        'what its user may ask, over the contracts of its functions, to the proof of each clause, and to the '
        'tests that exercise the function.'),
        '<h2>How the parts hang together</h2>', chain(),
        '<h2>Requirements</h2>',
        f'<p>{len(e.high)} high-level requirements, and {len(e.requirements)} clauses of contracts and '
        f'theorems, of {len(e.functions)} functions in the interfaces of {len(e.modules())} modules: '
        f'{traced} are traced to a proof (or to an entry of the list of what is trusted) and to a test.</p>',
        table(('status', 'clauses#', 'what it means'), rows, foot=['all', len(e.requirements), '']),
        '<h2>Gaps</h2>', table(('kind', 'count#', 'what it means'), gap_rows, foot=['all', len(e.gaps), '']),
        '<h2>Not measured in this run</h2>',
        table(('what', 'measured by'), open_) if open_ else '<p>Nothing.</p>',
        '<h2>Objectives of standards</h2>', objective_counts(e),
        '<h2>As tables</h2><p>' + ', '.join(
            f'<a href="{name}.csv">{name}.csv</a>' for name in TABLES) + '</p>',
        '<h2>Modules</h2>', '<p>' + ', '.join(
            f'<a href="module/{m}.html">{code(m)}</a>' for m in e.modules()) + '</p>']
    return shell(e, 'index', 'Evidence', out)


def objective_counts(evidence):
    tally = collections.defaultdict(collections.Counter)
    for row in evidence.objectives:
        tally[row[0]][row[3]] += 1
    return table(('table', 'met#', 'in part#', 'not#'),
                 [[text(t), c['met'], c['in part'], c['not']] for t, c in tally.items()])


# ---- requirements --------------------------------------------------------------------------------
def status(words):
    kind = '' if words in FINE else ' class="bad"'
    return f'<span{kind}>{text(words)}</span>'


def tally_of(requirements):
    """`12 proved, 3 trusted`."""
    counts = collections.Counter(r.status for r in requirements)
    return ', '.join(f'{counts[s]} {status(s)}' for s in STATUSES if counts[s]) or '–'


def high_level(evidence):
    rows = []
    for h in evidence.high:
        inside = '<ul>' + ''.join(f'<li>{places(evidence, r.id)} {status(r.status)}</li>'
                                  for r in h.requirements) + '</ul>'
        rows.append([f'<span id="{h.id}">{code(h.id)}</span>', text(h.words),
                     tally_of(h.requirements) + (details(f'{len(h.requirements)} clauses and theorems', inside)
                                                 if h.requirements else ' (tests alone)'),
                     ', '.join(map(code, h.tests)) or '–'])
    return shell(evidence, 'high-level', 'High-level requirements', [paragraphs(
        'What a user may ask, in words, from `proofs/REQUIREMENTS.md`; behind each stand the clauses of '
        'contracts and the theorems that say it to the prover, with their status. The tests are those named '
        'with the requirement; more are found by function, in the trace matrix.'),
        table(('requirement', 'in words', 'clauses, by status', 'tests'), rows, kind='list')])


def matrix(evidence):
    heads = ('function', 'clauses#', 'proved#', 'by Qed alone#', 'trusted#', 'owed#', 'not compared#', 'open#',
             'stored goals of its body#', 'tests naming it#', 'tests by calls#', 'coverage', 'mutants',
             'serves#')
    rows, total = [], collections.Counter()
    for f in evidence.functions:
        c = collections.Counter(r.status for r in f.requirements)
        numbers = {'clauses': len(f.requirements), 'proved': c[PROVED], 'qed': c[SIMPLIFIED],
                   'trusted': c['trusted'], 'owed': c[evidence_trace.OWED], 'uncompared': c[UNCOMPARED],
                   'open': c[EARLIER] + c[FAILED],
                   'goals': f.stored_goals}
        total.update(numbers)
        name = f'<a href="module/{f.module}.html#{f.module}-{f.name}">{code(f.name)}</a>'
        rows.append([f'{name}<br><span class="dim">{text(f.place)}</span>', *numbers.values(), len(f.tests),
                     len(f.reached_by), text(f.coverage[1]), text(f.mutants[1]), len(f.serves)])
    foot = ['all', *total.values(), '', '', '', '', '']
    return shell(evidence, 'trace', 'Trace matrix', [paragraphs(
        'A row a function of a module’s interface, in the order of the layers. Its page has each clause with '
        'its text, goals and provers; `trace.csv` has a line for each clause.',
        'Stored goals of its body are all goals of the function that a prover or a script has closed: '
        'what it ensures, loops, calls, assertions, run-time errors. Goals of `requires` clauses are those of '
        'its calls, in the callers. Tests naming it have its name in their text, tests by calls name a '
        'function from which it is reached; that is read from the text, and tells what can run. Serves counts '
        'the public functions that reach it.'), table(heads, rows, foot=foot, kind='list')])


# ---- proof ---------------------------------------------------------------------------------------
def proof(evidence):
    p, rows = evidence.proof, []
    second = evidence.second
    for name in p.units:
        key, goals = p.store.get(name, ('', 0))
        state = p.state[name]
        kind = '' if state in evidence_proof.GOOD else ' class="bad"'
        rows.append([f'<a href="module/{name}.html">{code(name)}</a>' if name in evidence.modules()
                     else code(name), f'<span{kind}>{text(state)}</span>', goals,
                     len(p.goals.by_module[name]), goals - len(p.goals.by_module[name]),
                     p.smoke.get(name, ('', 0))[1], second.get(name, 0),
                     'passed' if name in p.small else '–', code(key[:16])])
    heads = ('module', 'state of the proof', 'goals#', 'of provers or scripts#', 'of Qed#', 'smoke tests#',
             'second answers#', 'small profile', 'hash (its beginning)')
    return shell(evidence, 'proof', 'The proof, by module', [paragraphs(
        'Goals and hash are those of `proofs/proved.txt`: a module stands there when all of its goals were '
        'proved, with the hash of all that decides it, the text that Frama-C has read above all. '
        'Of provers or scripts are the goals that have a stored prover (`proofs/first`) or a script of '
        'tactics (`proofs/session`); the others WP’s simplifier Qed has closed before any prover was asked. '
        'Second answers are those of another family of provers (`proofs/second`). A dash in the small '
        'profile: no stored proof of that module for a device.',
        'Stored, text unchanged since: the text with all that it includes, and the stored answers, are those '
        'of the commit that wrote the module’s line; compared behind the preprocessor, comments apart. '
        'Text changed since: this comparison found a difference, which need not be one to the prover '
        '(a constant that has got a name): `make prove` decides it by the hash. Confirmed by a run: '
        'the last `make prove` is later than all files, and the module has passed in it. The small profile’s '
        'lines (`proofs/small/proved.txt`) are not compared with the text here.'),
        table(heads, rows, kind='list', foot=['all', '', sum(r[2] for r in rows), sum(r[3] for r in rows),
                                              sum(r[4] for r in rows), sum(r[5] for r in rows),
                                              sum(r[6] for r in rows), '', ''])])


# ---- gaps and tables of the tree -----------------------------------------------------------------
def gaps(evidence):
    out = [paragraphs('Nothing is hidden here to make a figure rounder: what the tools have found missing '
                      'stands below, each with its place.')]
    for kind, means in GAPS.items():
        mine = [g for g in evidence.gaps if g.kind == kind]
        out.append(f'<h2 id="{kind.replace(" ", "-")}">{text(kind[0].upper() + kind[1:])}: {len(mine)}</h2>'
                   f'<p>{text(means)}</p>')
        if mine:
            out.append(table(('what', 'where', 'words'),
                             [[code(g.subject), text(g.place), text(g.words)] for g in mine], kind='list'))
    return shell(evidence, 'gaps', 'Gaps', out)


def method(evidence):
    parts = {}
    for title, *row in evidence.objectives:
        parts.setdefault(title, []).append(row)
    out = [paragraphs(*evidence.objective_words), '<h2>How many</h2>', objective_counts(evidence)]
    for title, rows in parts.items():
        out += [f'<h2>{text(title)}</h2>', table(
            ('objective', 'what it asks', 'here', 'evidence', 'what is missing'),
            [[text(a), text(b), f'<strong>{text(c)}</strong>', text(d) or '–', text(m) or '–']
             for a, b, c, d, m in rows], kind='list')]
    return shell(evidence, 'method', 'Objectives of standards', out)


def tools(evidence):
    rows = [[text(c) for c in row] for row in evidence.tools]
    heads = ('tool', 'version installed here', 'used for', 'insert?', 'miss?', 'TI', 'TD', 'TCL',
             'DO-178C criterion', 'what would find an error of it')
    return shell(evidence, 'tools', 'Tools', [paragraphs(*evidence.tool_words),
                                              table(heads, rows, kind='list')])


def trusted(evidence):
    parts = {}
    for title, *row in evidence.trusted_rows:
        parts.setdefault(title, []).append([text(c) for c in row])
    out = [paragraphs('From `proofs/TRUSTED.md`; `ci/check_ledger.py` fails when a test that it names is no '
                      'more, and `ci/prove` when a contract is assumed that does not stand there.')]
    for title, rows in parts.items():
        out += [f'<h2>{text(title)}</h2>', table(('what', 'why, or what is assumed', 'test, or how it is '
                                                  'watched'), rows, kind='list')]
    hypotheses = evidence.hypotheses
    out += [f'<h2>Hypotheses of WP’s memory model: {len(hypotheses)}</h2>', paragraphs(
        'WP takes for granted that callers hand over places that are apart where it says so. The list may '
        'not grow unseen (`proofs/hypotheses.txt`).'), details('all of them', '<ul>' + ''.join(
            f'<li>{code(h)}</li>' for h in hypotheses) + '</ul>')]
    return shell(evidence, 'trusted', 'What is trusted', out)


def misra(evidence):
    rows = [[text(rule), int(count), text(why)] for rule, count, why in evidence.deviations]
    return shell(evidence, 'misra', 'Deviations from MISRA C:2012', [
        paragraphs(*evidence.misra_words),
        table(('rule', 'places#', 'why'), rows, foot=['all', sum(r[1] for r in rows), ''])])


def limits(evidence):
    rows = [[text(sentence), text(f'{section}, paragraph at line {line}')]
            for section, sentence, line in evidence.limits]
    files = collections.defaultdict(list)
    for kind, path, about in evidence.unproved:
        files[kind].append([code(path), text(about)])
    out = ['<h2>Said in the README</h2>', paragraphs('Sentences of `README.md` that say what is not so.'),
           table(('limit', 'where'), rows, kind='list')]
    names = {'open': 'Files whose proof is open', 'trusted': 'Files whose contracts are trusted',
             'outside': 'Files outside of what is to be proved'}
    for kind, title in names.items():
        out.append(f'<h2>{title}: {len(files[kind])}</h2>')
        if files[kind]:
            out.append(table(('file', 'what it is'), files[kind]))
    single = evidence.single
    owed = [r for r in evidence.requirements if r.function in evidence.public and r.clause.kind == 'requires']
    out += [f'<h2>What callers of the public functions owe: {len(owed)}</h2>', paragraphs(
        'Clauses that the proof assumes of each call. A heap is sound when a function made it and nothing but '
        'these functions has written its records since.'), table(
            ('requirement', 'statement'), [[places(evidence, r.id), code(r.clause.text)] for r in owed])]
    out += [f'<h2>Goals that one family of provers alone has proved: {len(single)}</h2>', paragraphs(
        'Of the modules of which the other family was asked (`proofs/single.txt`, `proofs/second`).'),
        details('all of them', '<ul>' + ''.join(f'<li>{code(s)}</li>' for s in single) + '</ul>')
        if single else '']
    return shell(evidence, 'limits', 'Known limits', out)


def pages(evidence):
    """name -> text of each page."""
    makers = {'index': index, 'high-level': high_level, 'trace': matrix, 'proof': proof, 'gaps': gaps,
              'method': method, 'tools': tools, 'trusted': trusted, 'misra': misra, 'limits': limits}
    found = {f'{name}.html': make(evidence) for name, make in makers.items()}
    for name, title, parts in evidence_functions.pages(evidence):
        found[f'{name}.html'] = shell(evidence, name, title, parts, '../' if '/' in name else '')
    return found
