"""What else an assessor asks for, read from the tree: tables of Markdown, versions of tools, footprint, limits.

proofs/REQUIREMENTS.md, OBJECTIVES.md, TOOLS.md, MISRA.md and TRUSTED.md are tables that people keep; a table
that is not as it must be is a broken input, and ends the run."""
import fnmatch
import os
import re
import shutil
import subprocess
import sys

import layermap
from programs import program

CODE = re.compile(r'`([^`]+)`')
PAIR = 'build/embedded/wpmalloc.c'  # the library as one source, which make evidence makes
CORE = ['arm-none-eabi-gcc', '-mcpu=cortex-m4', '-mthumb']
STACK_ROW = re.compile(r'^(\S.*?)\s+(\d+)\s+(\d+)\s+(.*)$')
# Sentences of README.md that say what is not so.
LIMIT = re.compile(r'\b[Nn]ot (proved|there yet|measured|under)\b|does not pass|\bis not\b.{0,40}\bproved|'
                   r'[(]Trusted|\bone thread\b|\bis under way\b|what it passes over|are proved for the .* alone|'
                   r'which no .* proves|proved in the linear layout|are theirs')
VERDICTS = ('met', 'in part', 'not')


class Broken(Exception):
    """An input that cannot be read as what it must be."""


def sections(root, path):
    """(title, paragraphs, columns, rows) of each section of a file of Markdown; a row is its cells."""
    whole, found = os.path.join(root, path), []
    if not os.path.exists(whole):
        raise Broken(f'{path}: missing')
    for block in re.split(r'\n\s*\n', layermap.read(whole).strip()):
        if block.startswith('#'):
            found.append([block.split('\n')[0].lstrip('# ').strip(), [], [], []])
            block = '\n'.join(block.split('\n')[1:]).strip()
        if block.startswith('|'):
            cells = [split_row(line) for line in block.split('\n')]
            if any(len(row) != len(cells[0]) for row in cells):
                raise Broken(f'{path}: {found[-1][0]}: rows of different lengths')
            found[-1][2], found[-1][3] = cells[0], cells[2:]
        elif block:
            found[-1][1].append(' '.join(block.split()))
    return found


def split_row(line):
    """The cells of a row; a bar in code is no border."""
    masked = re.sub(r'`[^`]*`', lambda m: m[0].replace('|', '\0'), line.strip())
    return [c.strip().replace('\0', '|') for c in masked.strip('|').split('|')]


def table(root, path, columns):
    """All rows of the tables of a file, which must have these columns."""
    rows = []
    for title, _, heads, body in sections(root, path):
        if heads and [h.lower() for h in heads] != list(columns):
            raise Broken(f'{path}: {title}: columns are not {", ".join(columns)}')
        rows += [(title, row) for row in body]
    if not rows:
        raise Broken(f'{path}: no rows')
    return rows


def words(root, path):
    """The paragraphs at the head of a file of Markdown."""
    return sections(root, path)[0][1]


def lines(root, path):
    """The lines of a list, without its head."""
    whole = os.path.join(root, path)
    if not os.path.exists(whole):
        return []
    return [line for line in layermap.read(whole).split('\n') if line and not line.startswith('#')]


# ---- high-level requirements -------------------------------------------------------------------
class HighLevel:
    """A row of proofs/REQUIREMENTS.md with the requirements that its patterns name."""

    def __init__(self, ident, words, requirements, tests):
        self.id, self.words, self.requirements, self.tests = ident, words, requirements, tests


def high_level(root, requirements):
    path, found = 'proofs/REQUIREMENTS.md', []
    by_id = {r.id: r for r in requirements}
    for _, (ident, words, clauses, tests) in table(
            root, path, ('id', 'what is required', 'clauses and theorems', 'tests')):
        name = CODE.findall(ident)
        if len(name) != 1 or name[0] in [h.id for h in found]:
            raise Broken(f'{path}: {ident}: not one name of its own')
        mine = {}
        for pattern in CODE.findall(clauses):
            hits = fnmatch.filter(by_id, pattern)
            if not hits:
                raise Broken(f'{path}: {name[0]}: no clause {pattern}')
            mine.update((h, by_id[h]) for h in hits)
        named = CODE.findall(tests)
        for test in named:
            if not os.path.exists(os.path.join(root, test)):
                raise Broken(f'{path}: {name[0]}: no test {test}')
        found.append(HighLevel(name[0], words, list(mine.values()), named))
    return found


# ---- tools, deviations, trust --------------------------------------------------------------------
def version(command):
    """The first line that a tool says, however it ends; '' when it is not installed."""
    words = command.split()
    if not shutil.which(words[0]):
        return ''
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60,
                              errors='replace')
    except (OSError, subprocess.TimeoutExpired):
        return ''
    said = re.sub(r'\x1b\[[\d;]*m', '', done.stdout + done.stderr)
    lines = [line.strip() for line in said.split('\n') if line.strip()]
    # LLVM's tools begin with a line that is no version.
    return next((line for line in lines if re.search(r'\d+\.\d+', line)), lines[0] if lines else '')


TOOL_COLUMNS = ('tool', 'command', 'used for', 'insert', 'miss', 'ti', 'td', 'tcl', 'criterion',
                'what would find an error of it')


def tools(root):
    """Rows of proofs/TOOLS.md with the version installed here behind the tool's name."""
    asked, rows = {}, []
    for _, row in table(root, 'proofs/TOOLS.md', TOOL_COLUMNS):
        command = (CODE.findall(row[1]) or [''])[0]
        if command not in asked:
            asked[command] = version(command) if command else ''
        rows.append([row[0], asked[command] or 'not installed here', *row[2:]])
    return rows


def deviations(root):
    rows = [row for _, row in table(root, 'proofs/MISRA.md', ('rule', 'places', 'why'))]
    for row in rows:
        if not row[1].isdigit():
            raise Broken(f'proofs/MISRA.md: {row[0]}: {row[1]} is no number')
    return rows


def trusted(root):
    """(section, what, why, test) of proofs/TRUSTED.md."""
    rows = [(title, *row) for title, _, heads, body in sections(root, 'proofs/TRUSTED.md') if heads
            for row in body]
    if not rows or any(len(row) != 4 for row in rows):
        raise Broken('proofs/TRUSTED.md: not tables of three columns')
    return rows


def objectives(root):
    """(table, objective, what it asks, here, evidence, what is missing) of proofs/OBJECTIVES.md."""
    path = 'proofs/OBJECTIVES.md'
    rows = [(title, *row) for title, row in table(
        root, path, ('objective', 'what it asks', 'here', 'evidence', 'what is missing'))]
    for _, name, _, here, evidence, missing in rows:
        if here not in VERDICTS:
            raise Broken(f'{path}: {name}: {here} is none of {", ".join(VERDICTS)}')
        if here != 'not' and not evidence:
            raise Broken(f'{path}: {name}: {here}, without evidence')
        for path_named in re.findall(r'`((?:src|spec|tests|proofs|ci|fuzz)/[^`\s]+)`', evidence + missing):
            if not os.path.exists(os.path.join(root, path_named)):
                raise Broken(f'{path}: {name}: no {path_named}')
    return rows


# ---- limits --------------------------------------------------------------------------------------
def limits(root):
    """Sentences of README.md that say what is not proved, done or so: (section, sentence, line)."""
    found, section = [], ''
    text = re.sub(r'```.*?```', layermap.blank, layermap.read(os.path.join(root, 'README.md')), flags=re.S)
    at = 0
    for block in re.split(r'(\n\s*\n)', text):
        line = text.count('\n', 0, at) + 1
        at += len(block)
        if block.startswith('#'):
            section = block.split('\n')[0].lstrip('# ')
        elif block.strip() and not block.startswith(('|', '    ', '<')):
            flat = ' '.join(block.split())
            for sentence in re.split(r'(?<=[.)])\s+(?=[A-Z(`*])', flat):
                if LIMIT.search(sentence):
                    found.append((section, re.sub(r'\[([^\]]+)\]\([^)]*\)', r'\1', sentence), line))
    return found


def unproved(rows):
    """Files of the map that are not proved: (status, file, what it is)."""
    return [(r.proof, 'src/' + r.path, r.about) for r in rows if r.proof in ('open', 'trusted', 'outside')]


def quoted(root):
    """Sentences of README.md that give a figure of the last mutants, for a run without any."""
    return [line.strip() for line in layermap.read(os.path.join(root, 'README.md')).split('\n')
            if 'prove-mutants' in line and re.search(r'\d', line)]


# ---- code and stack on a device ------------------------------------------------------------------
def footprint(root):
    """(heads, rows, words): code and stack by function, on a Cortex-M4; rows are None where there are none."""
    script = os.path.join(root, 'tests/device/footprint.py')
    if not os.path.exists(script) or not shutil.which(CORE[0]):
        return [], None, f'not measured in this run: no {CORE[0]} here'
    if not os.path.exists(os.path.join(root, PAIR)):
        return [], None, f'not measured in this run: no {PAIR} (make embedded)'
    done = subprocess.run([sys.executable, 'tests/device/footprint.py', *CORE], cwd=root, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        raise Broken('tests/device/footprint.py: ' + (done.stderr or done.stdout).strip()[-300:])
    rows = [list(m.groups()) for m in map(STACK_ROW.match, done.stdout.split('\n')[1:]) if m]
    if not rows:
        raise Broken('tests/device/footprint.py: no table')
    return (['function', 'code, bytes#', 'stack, bytes#', 'deepest calls'], rows,
            'By the call graph of ' + ' '.join(CORE) + ' -Os; of ' + PAIR)


def profile_gaps(root):
    """Modules that the settings say are not proved yet in a profile: (module, profile)."""
    options = program('prove').read_options(root)
    return sorted((name, o['open']) for name, o in options.items() if 'open' in o)
