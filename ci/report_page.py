"""The page of ci/prove-report: HTML of its data, for a person to read; no script, nothing loaded."""
import html
import re

STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --dim: #57606a; --page: #ffffff; --box: #f4f6f8;
  --line: #d0d7de; --link: #0550ae; --good: #116329; --bad: #a40e26; --bad-box: #ffebe9; }
@media (prefers-color-scheme: dark) { :root { --text: #d8dee4; --dim: #9aa4ae; --page: #14181d;
  --box: #1e242b; --line: #3a434d; --link: #79b8ff; --good: #6fd08c; --bad: #ff8b82;
  --bad-box: #3c1618; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
  max-width: 80rem; margin: 0 auto; padding: 1rem; }
h1, h2, h3 { line-height: 1.25; } h2 { margin-top: 2.5rem; } h3 { margin-top: 2rem; }
a { color: var(--link); } code, pre { font: 0.875em/1.45 ui-monospace, monospace; }
pre { background: var(--box); padding: 0.6rem; overflow-x: auto; margin: 0.4rem 0; }
code { overflow-wrap: anywhere; } td pre { white-space: pre-wrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.6rem 0; }
caption { text-align: left; color: var(--dim); }
th, td { border-bottom: 1px solid var(--line); padding: 0.3rem 0.7rem 0.3rem 0; text-align: left;
  vertical-align: top; font-weight: normal; }
thead th { font-weight: bold; } tfoot th, tfoot td { font-weight: bold; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.list { width: 100%; } .said { width: 50%; min-width: 20rem; } .said p { margin: 0; }
.dim { color: var(--dim); font-size: 0.875em; } .good { color: var(--good); }
.bad { color: var(--bad); font-weight: bold; }
.banner { border: 1px solid var(--line); border-left: 0.4rem solid var(--good); background: var(--box);
  padding: 0.5rem 1rem; }
.failed { border-left-color: var(--bad); background: var(--bad-box); }
summary { cursor: pointer; color: var(--link); }
"""
SAID = ('contract', 'statement')  # heads of wide columns
READING = (
    ('Goal', 'one statement that is to be proved of a function: a part of what its contract promises, '
     'of a loop, of what a function that it calls requires, or that an operation has no run-time error '
     'and no wrap, signed or unsigned.'),
    ('Lemma', 'a fact about the logic that contracts are written in. It is proved too, once.'),
    ('Provers', 'who has proved how many goals. Qed is the simplifier of WP; “tactics” is a proof in steps, '
     'each proved in turn. One prover suffices.'),
    ('Seconds', 'what the proofs took the provers when they were found; a replay looks most of them up. '
     'A module’s “seconds of the run” are those of its runs of Frama-C, several at once.'),
    ('Smoke test', 'an attempt to prove a contradiction, which must fail.'),
    ('Mutant', 'a copy of a function with one small fault. Killed: some goal is not proved any more, as it '
     'should be. Survived: all are, a hole in the contract. Equivalent: it does the same as the original. '
     'Applied are these three; stillborn ones, which a compiler or Frama-C refuses, are not counted.'),
)


# ---- pieces ----------------------------------------------------------------------------------
def text(value):
    """Escaped; what stands between back quotes as code."""
    return re.sub(r'`([^`]+)`', r'<code>\1</code>', html.escape(str(value)))


def code(value):
    return f'<code>{html.escape(str(value))}</code>'


def anchor(*names):
    return '-'.join(re.sub(r'\W', '-', name) for name in names)


def link(name):
    return f'<a href="#{anchor("module", name)}">{code(name)}</a>'


def cells(heads, row, column_heads=False):
    """A row of a table; the class of a cell follows from its column's head."""
    out = []
    for i, (title, cell) in enumerate(zip(heads, row)):
        kind = 'n' if title.endswith('#') else 'said' if title in SAID else ''
        kind = f' class="{kind}"' if kind else ''
        if column_heads:
            out.append(f'<th scope="col"{kind}>{cell}</th>')
        else:
            out.append(f'<th scope="row"{kind}>{cell}</th>' if i == 0 else f'<td{kind}>{cell}</td>')
    return '<tr>' + ''.join(out) + '</tr>'


def table(heads, rows, caption='', foot=None, kind=''):
    """Rows are lists of cells; a cell is HTML, or a number; a head that ends with # is of numbers."""
    out = ['<div class="wide"><table' + (f' class="{kind}">' if kind else '>')]
    if caption:
        out.append(f'<caption>{caption}</caption>')
    out += ['<thead>', cells(heads, [h.rstrip('#') for h in heads], True), '</thead>', '<tbody>']
    out += [cells(heads, row) for row in rows] + ['</tbody>']
    if foot:
        out += ['<tfoot>', cells(heads, foot), '</tfoot>']
    return '\n'.join(out + ['</table></div>'])


def details(summary, inside):
    return f'<details><summary>{summary}</summary>{inside}</details>'


def seconds(value):
    return '0' if not value else '&lt; 0.1' if value < 0.05 else f'{value:.1f}'


def of(some, all_of_them):
    """`6 of 6`; in red when some are missing."""
    said = f'{some} of {all_of_them}'
    return said if some == all_of_them and all_of_them else f'<span class="bad">{said}</span>'


def provers(found):
    return '<br>'.join(f'{html.escape(name)}: {count}' for name, count in
                       sorted(found.items(), key=lambda item: (-item[1], item[0]))) or '–'


def killed(m):
    """Of mutants that are not equivalent, how many were killed."""
    counted = m['killed'] + m['survived']
    parts = [of(m['killed'], counted)] if counted else []
    parts += [f'{m["equivalent"]} equivalent'] if m['equivalent'] else []
    parts += [f'<span class="bad">{m["unsound"]} unsound</span>'] if m['unsound'] else []
    return ', '.join(parts) or '–'


# ---- parts of the page -----------------------------------------------------------------------
def head(report):
    run = 'from nothing' if report['fresh'] else 'with stored answers where a question was the same'
    tree = f' Source tree: commit {text(report["tree"])}.' if report['tree'] else ''
    return ('<header><h1>What is proved of wpmalloc</h1>\n<p class="dim">By <code>make prove</code>, which '
            f'ended on {text(report["date"])} and took {report["seconds"]:.0f} seconds, {run}.{tree} '
            'Written by <code>make prove-report</code>.</p></header>')


def banner(report):
    t = report['totals']
    if not report['faults']:
        return (f'<p class="banner"><strong class="good">Passed.</strong> All {t["goals"]} goals of '
                f'{t["proved"]} functions and {t["lemmas"]} lemmas are proved, in {len(report["modules"])} '
                'modules. What is not, stands next.</p>')
    items = ''.join(f'<li>{text(f)}</li>' for f in report['faults'])
    return ('<div class="banner failed"><p><strong class="bad">Not of a complete run of this tree that '
            'passed.</strong> The figures below are not those of the tree:</p>'
            f'<ul>{items}</ul></div>')


def not_proved(report):
    meaning = {'open': ('Open', 'Contracts or proofs are still missing. <code>make prove</code> leaves these '
                        'files out, and no figure on this page counts them.'),
               'trusted': ('Trusted', 'The contract is taken for granted, and stands in the '
                           '<a href="#trusted">list of all that is</a>.'),
               'outside': ('Outside', 'Above what is to be proved.')}
    out = ['<section id="not-proved"><h2>What is not proved</h2>']
    for status, (title, means) in meaning.items():
        rows = [[code('src/' + f['path']), text(f['about'])] for f in report['not_proved']
                if f['status'] == status]
        if rows:
            out.append(f'<p><strong>{title}.</strong> {means}</p>' + table(('file', 'what it is'), rows))
        elif status == 'open':
            out.append('<p><strong>Open.</strong> No file.</p>')
    out.append('<p>Contracts speak of one thread. What else the proof rests on is in the '
               '<a href="#trusted">list of what is taken for granted</a>.</p></section>')
    return '\n'.join(out)


def reading():
    items = ''.join(f'<dt><strong>{name}</strong></dt><dd>{means}</dd>' for name, means in READING)
    return ('<section id="reading"><h2>How to read this page</h2>' +
            details('The words used', f'<dl>{items}</dl>') + '</section>')


def overview(report):
    heads = ('module', 'functions#', 'proved#', 'trusted#', 'lemmas#', 'goals#', 'goals proved#',
             'smoke tests#', 'seconds of provers#', 'seconds of the run#', 'mutants killed#')
    def row(name, f, mutants):
        bad = f['goals'] != f['goals_proved'] or f['functions'] != f['proved'] + f['trusted']
        mark = ' <span class="bad">not proved</span>' if bad else ''
        return [name + mark, f['functions'], f['proved'], f['trusted'], f['lemmas'], f['goals'],
                f['goals_proved'], f['smoke'], seconds(f['prover_seconds']), seconds(f['seconds']), mutants]
    run = report['mutants']['run']
    rows = [row(link(m['name']) + ('' if m['run'] else ' <span class="bad">not run</span>'), m['figures'],
                killed(m['figures']['mutants']) if run else '–') for m in report['modules']]
    foot = row('all', report['totals'], killed(report['mutants']['totals']) if run else '–')
    return ('<section id="modules"><h2>Modules</h2>' + table(heads, rows, foot=foot) +
            untold(report) + mutants_said(report) + second_said(report) + '</section>')


def untold(report):
    count = report['totals']['seconds_untold']
    return f'<p>The seconds of {count} goals are not known, and not counted.</p>' if count else ''


def mutants_said(report):
    """What the figures of mutants are of."""
    m = report['mutants']
    if not m['run']:
        return '<p><strong>The mutants were not run</strong> (<code>make prove-mutants</code>).</p>'
    said = f'<p>Mutants: by <code>make prove-mutants</code>, which ended on {text(m["date"])}'
    if m['changed_since']:
        said += f'; <strong>{len(m["changed_since"])} files have changed since</strong>'
    said += '.'
    if m['not_tried']:
        said += (f' <strong>None were tried in {len(m["not_tried"])} modules</strong>: '
                 f'{text(", ".join(m["not_tried"]))}.')
    if m['of_no_function']:
        said += f' {m["of_no_function"]} are of functions that are no more.'
    found = [(mod['name'], x) for mod in report['modules'] for f in mod['functions']
             for x in f['mutants']['found'] if x['verdict'] in ('survived', 'unsound')]
    items = ''.join(f'<li>{link(name)}, {code("src/" + x["file"])}, line {x["line"]}, {text(x["verdict"])}: '
                    f'{code(x["mutant"])}</li>' for name, x in found)
    return said + '</p>' + (f'<p>Survived or unsound:</p><ul>{items}</ul>' if items else '')


def second_said(report):
    """How many goals a second, different prover has proved, and which it has not."""
    s = report['second']
    if not s['run']:
        return '<p><strong>No second prover was asked</strong> (<code>make prove-second</code>).</p>'
    said = (f'<p>A second, different prover has proved {s["two"]} of the {s["two"] + s["one"]} goals in '
            f'{len(s["modules"])} modules that a prover closed, by <code>make prove-second</code>, which '
            f'ended on {text(s["date"])}')
    if s['changed_since']:
        said += f'; <strong>{len(s["changed_since"])} files have changed since</strong>'
    items = ''.join(f'<li>{link(m["module"])}: {code(", ".join(m["single"]))}</li>'
                    for m in s['modules'] if m['single'])
    return said + '.</p>' + (details(f'goals of one family of provers alone: {s["one"]}',
                                     f'<ul>{items}</ul>') if items else '')


def contract_cell(f):
    """The contract in words; behind a click, as the prover reads it."""
    words = text(f['words']) if f['words'] else '<span class="dim">(no words in the source)</span>'
    if f['ghost']:
        words += ' <span class="dim">(A lemma function: the compiler does not see it.)</span>'
    inside = f'<pre><code>{html.escape(f["contract"])}</code></pre>'
    out = f'<p>{words}</p>' + (details('contract', inside) if f['contract'] else
                               '<p class="bad">no contract in the source</p>')
    found = f['mutants']['found']
    if found:
        items = ''.join(f'<li>{text(x["verdict"])}: {code(x["mutant"])}' +
                        (f' <span class="dim">{html.escape(x["why"])}</span>' if x['why'] else '') + '</li>'
                        for x in found)
        out += details(f'mutants: {len(found)}', f'<ul>{items}</ul>')
    if f['open_goals']:
        out += '<p class="bad">Not proved:</p><ul>' + ''.join(
            f'<li>{code(g)}</li>' for g in f['open_goals']) + '</ul>'
    return out


def function_rows(m, mutants_run):
    for f in m['functions']:
        name = f'<span id="{anchor("function", m["name"], f["name"])}">{code(f["name"])}</span>'
        if f['status'] != 'proved':
            name += f' <span class="bad">{text(f["status"])}</span>'
        name += f'<br><span class="dim">{text(f["place"])}</span>'
        yield [name, contract_cell(f), of(f['goals_proved'], f['goals']), provers(f['provers']),
               seconds(f['seconds']), killed(f['mutants']) if mutants_run else '–']


def lemma_rows(m):
    for x in m['lemmas']:
        words = f'<p>{text(x["words"])}</p>' if x['words'] else ''
        yield [f'{code(x["name"])}<br><span class="dim">{text(x["place"])}</span>',
               words + f'<pre><code>{html.escape(x["statement"])}</code></pre>',
               of(x['goals_proved'], x['goals']), provers(x['provers']), seconds(x['seconds'])]


def module(m, mutants_run):
    files = ''.join(f'<li>{code("src/" + f["path"])}: {text(f["about"])}</li>' for f in m['files'])
    out = [f'<section id="{anchor("module", m["name"])}"><h3>{code(m["name"])}</h3><ul>{files}</ul>']
    if not m['run']:
        out.append('<p class="bad">Not part of the last run: nothing is known of it.</p>')
    if m['errors']:
        out.append('<ul>' + ''.join(f'<li class="bad">{text(e)}</li>' for e in m['errors']) + '</ul>')
    out.append(table(('function', 'contract', 'goals#', 'provers', 'seconds#', 'mutants killed#'),
                     list(function_rows(m, mutants_run)), kind='list'))
    if m['lemmas']:
        f = m['figures']
        out.append(details(f'{f["lemmas"]} lemmas', table(
            ('lemma', 'statement', 'goals#', 'provers', 'seconds#'), list(lemma_rows(m)), kind='list')))
    return '\n'.join(out) + '</section>'


def trusted(report):
    out = ['<section id="trusted">']
    for number, part in enumerate(report['trusted']):
        level = 'h2' if number == 0 else 'h3'
        out.append(f'<{level}>{text(part["title"])}</{level}>')
        out += [f'<p>{text(p)}</p>' for p in part['text']]
        if part['rows']:
            out.append(table([text(c) for c in part['columns']],
                             [[text(c) for c in row] for row in part['rows']]))
    return '\n'.join(out) + '</section>'


def tools(report):
    rows = [[text(t['tool']), text(t['version'])] for t in report['tools']]
    who = [[html.escape(name), count] for name, count in report['provers'].items()]
    return ('<section id="tools"><h2>Tools</h2>' +
            table(('tool', 'its version, in its words'), rows, 'As installed where this page was written.') +
            table(('prover', 'goals proved#'), who, 'As named in the reports of the run.') + '</section>')


def page(report):
    """The whole page."""
    ran = report['mutants']['run']
    parts = [head(report), banner(report), not_proved(report), reading(), overview(report),
             '<section id="functions"><h2>Functions and lemmas, by module</h2>',
             *(module(m, ran) for m in report['modules']), '</section>', trusted(report), tools(report)]
    return ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<title>What is proved of wpmalloc</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n' +
            '\n'.join(parts) + '\n</main>\n</body>\n</html>\n')
