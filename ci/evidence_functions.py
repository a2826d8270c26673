"""Pages of ci/evidence that go into detail: a module with its functions, the tests, what was measured."""
import collections
import html
import os

from evidence_trace import FINE
from report_page import code, details, seconds, table, text



def status(words):
    return f'<span class="{"good" if words in FINE else "bad"}">{text(words)}</span>'


def goals_of(r):
    """The stored goals behind a clause: how many, by whom, in what time, and their names."""
    if not r.goals:
        return ''
    names = ''.join(f'<li>{code(g)}: {text(prover)}, {seconds(s)} s</li>'
                    for g, (prover, s) in sorted(r.goals.items()))
    by = collections.Counter(prover for prover, _ in r.goals.values())
    told = ', '.join(f'{html.escape(p)}: {n}' for p, n in by.most_common())
    count = f'{len(r.goals)} stored goals' if len(r.goals) > 1 else 'one stored goal'
    return details(f'{count}, {seconds(r.seconds())} s ({told})', f'<ul>{names}</ul>')


def clause_rows(evidence, requirements):
    for r in requirements:
        parents = evidence.parents.get(r.id, [])
        up = ''.join(f'<br><span class="dim">for <a href="../high-level.html#{p}">{text(p)}</a></span>'
                     for p in parents)
        note = f'<p class="dim">{text(r.note)}</p>' if r.note else ''
        yield [f'<span id="{r.id}">{code(r.id)}</span><br><span class="dim">{text(r.place)}</span>{up}',
               f'<pre><code>{html.escape(r.clause.text)}</code></pre>',
               status(r.status) + note + goals_of(r)]


def tests_of(f):
    by_kind = collections.defaultdict(list)
    for t in f.tests:
        by_kind[t.kind].append(t.path)
    named = '; '.join(f'{kind}: {", ".join(map(code, paths))}' for kind, paths in by_kind.items())
    calls = ''.join(f'<li>{code(t.path)} ({text(t.kind)})</li>' for t in f.reached_by)
    return (f'<p>Tests that name it: {named or "none"}.</p>' +
            (details(f'tests that reach it by calls: {len(f.reached_by)}', f'<ul>{calls}</ul>')
             if calls else ''))


def function(evidence, f):
    """All of one function."""
    out = [f'<section id="{f.module}-{f.name}"><h2>{code(f.name)}</h2>',
           f'<p>{text(f.words) or "(no words in the source)"} <span class="dim">{text(f.place)}</span></p>']
    if f.trusted:
        out.append(f'<p><strong>Trusted</strong>: {text(f.trusted[2])}. Test: {text(f.trusted[3])}.</p>')
    if f.requirements:
        out.append(table(('requirement', 'statement', 'proof'), list(clause_rows(evidence, f.requirements)),
                         kind='list'))
    else:
        out.append('<p class="bad">No contract.</p>')
    serves = ', '.join(map(text, f.serves)) or 'no public function'
    out += [tests_of(f), f'<p>Serves: {serves}. Coverage: {text(f.coverage[1])}. '
                         f'Mutants: {text(f.mutants[1])}.</p></section>']
    return '\n'.join(out)


def module(evidence, name):
    mine = [f for f in evidence.functions if f.module == name]
    facts = [r for r in evidence.theorems if r.module == name]
    files = [r for r in evidence.rows if os.path.splitext(os.path.basename(r.path))[0] == name]
    out = ['<ul>' + ''.join(f'<li>{code("src/" + r.path)}: {text(r.about)} (layer {r.layer}, '
                            f'{text(r.proof)})</li>' for r in files) + '</ul>']
    if name in evidence.proof.state:
        key, goals = evidence.proof.store.get(name, ('none', 0))
        out.append(f'<p>Proof: {text(evidence.proof.state[name])}; {goals} goals; hash {code(key)}.</p>')
    if facts:
        out.append(table(('theorem', 'statement', 'proof'), list(clause_rows(evidence, facts)), kind='list'))
    out += [function(evidence, f) for f in mine]
    return f'module/{name}', f'Module {name}', out


# ---- tests ---------------------------------------------------------------------------------------
def coverage(evidence):
    c = evidence.coverage
    if not c.measured:
        return ['<p><strong>Coverage: not measured in this run</strong> (<code>make coverage</code>).</p>']
    rows = []
    for path, kinds in sorted(c.files.items()):
        rows.append([code(path), *(f'{a} of {b}' for a, b in kinds.values())])
    heads = ('file', *(f'{kind}#' for kind in next(iter(c.files.values()), {})))
    late = f' {len(c.changed)} files have changed since.' if c.changed else ''
    return [f'<p>Measured by <code>make coverage</code> on {text(c.date)}.{late} Of files that are proved all '
            'must be reached but for what is excused below; others have no bar.</p>', table(heads, rows)]


def mutants(evidence):
    m = evidence.mutants
    said = ''.join(f'<li>{code(q)}</li>' for q in evidence.quoted)
    quoted = f'<p>The README tells of an earlier count, which no stored data repeats:</p><ul>{said}</ul>'
    if not m.measured:
        return ['<p><strong>Mutants: not measured in this run</strong> (<code>make prove-mutants</code>).</p>',
                quoted if said else '']
    total = ', '.join(f'{n} {verdict}' for verdict, n in sorted(m.totals.items()))
    stale = (f' <strong>{m.stale} of them are of an earlier text or other settings.</strong>'
             if m.stale else '')
    return [f'<p>By <code>make prove-mutants</code>, {text(m.date)}: {text(total)}.{stale}</p>',
            quoted if said else '']


def tests(evidence):
    names = {f.name for f in evidence.functions}
    rows = [[code(t.path), text(t.kind), len(t.direct & names), len(t.reached & names),
             evidence.corpus.get(os.path.basename(t.path)[:-len('.c')], '')] for t in evidence.tests]
    parts = ['<h2>Tests and harnesses</h2>', table(
        ('test', 'kind', 'functions it names#', 'functions it reaches by calls#', 'stored inputs#'), rows),
        '<p>Read from the text of the tests, and of what they include. Tests that are programs under the '
        'libc names stand in <code>tests/misuse</code>, <code>tests/run</code> and <code>tests/abi</code>.</p>',
        '<h2>Coverage</h2>', *coverage(evidence),
        f'<h2>Excuses of coverage: {len(evidence.excuses)}</h2>',
        details('all of them', table(('file', 'function', 'kind', 'code', 'why'), [
            [code(a), code(b), text(k), code(c), text(why)] for a, b, k, c, why in evidence.excuses])),
        '<h2>Mutants</h2>', *mutants(evidence), '<h2>On the cores of devices</h2>']
    if not evidence.devices:
        parts.append('<p><strong>Not measured in this run</strong> (<code>make check-targets</code>).</p>')
    for core, when, said, changed in evidence.devices:
        late = f'<p><strong>{len(changed)} files have changed since.</strong></p>' if changed else ''
        parts.append(f'<h3>{text(core)}, {text(when)}</h3>{late}<pre>{html.escape(said)}</pre>')
    return 'tests', 'Tests, coverage, mutants', parts


# ---- stack, code, time ---------------------------------------------------------------------------
def as_table(data):
    """Any JSON as tables: lists of records, records of records, or pairs."""
    if isinstance(data, list) and data and all(isinstance(d, dict) for d in data):
        heads = list(dict.fromkeys(k for d in data for k in d))
        return table([text(h) for h in heads], [[as_table(d.get(h, '')) for h in heads] for d in data])
    if isinstance(data, dict) and data and all(isinstance(d, dict) for d in data.values()):
        heads = list(dict.fromkeys(k for d in data.values() for k in d))
        return table(['', *(text(h) for h in heads)],
                     [[text(key), *(as_table(d.get(h, '')) for h in heads)] for key, d in data.items()])
    if isinstance(data, dict):
        return table(['what', 'value'], [[text(k), as_table(v)] for k, v in data.items()])
    if isinstance(data, list):
        return text(', '.join(map(str, data)))
    return text(data)


def resources(evidence):
    heads, rows, words = evidence.footprint
    out = ['<h2>Code and stack</h2>', f'<p>{text(words)}</p>']
    if rows is not None:
        out.append(table(heads, [[code(r[0]), int(r[1]), int(r[2]), text(r[3])] for r in rows]))
        out.append('<p>Stack is the most of any path of calls, code that of the function with all that it '
                   'calls. The measuring fails on recursion and on a frame of unknown size. Not counted: memset '
                   'and memcpy, the compiler’s helpers, the user’s hooks.</p>')
    out.append('<h2>Time and space</h2>')
    if not evidence.worst:
        out.append('<p><strong>Not measured in this run</strong> (<code>make worst-case</code>).</p>')
    for name, when, data in evidence.worst:
        out += [f'<h3>{code("build/worst/" + name)}, {text(when)}</h3>', as_table(data)]
    return 'resources', 'Stack, code, time', out


def pages(evidence):
    """(name, title, parts) of each page."""
    return [tests(evidence), resources(evidence), *(module(evidence, m) for m in evidence.modules())]
