"""Which tests exercise a function, and what was measured of it: coverage and mutants.

From the text: a test exercises the functions that it, or a helper that it includes or is linked with,
calls or hands over; directly these, and by calls all that their bodies call in turn. That is what can run,
not what has run; what has, coverage tells where it was measured. Callers are told the same way: the
functions of the public interface from whose bodies a function is reached are those that it serves.
"""
import collections
import glob
import json
import os
import re

import evidence_contracts
import layermap
import mutate
from programs import program

# What kinds of tests there are, and their files.
KINDS = (
    ('unit test', ('tests/*_test.c', 'tests/linear/*_test.c', 'tests/sparse/*_test.c',
                   'tests/checked/*_test.c')),
    ('fuzz harness', ('fuzz/*_fuzz.c',)),
    ('test on a device', ('tests/device/*_test.c', 'tests/device/freertos_heap.c')),
    ('test of failing calls', ('tests/fault/*_test.c',)),
    ('test in all schedules', ('tests/interleave/*_test.c',)),
    ('test of the libc names', ('tests/abi/*_test.c', 'tests/abi/*_test.cc')),
    ('example', ('tests/examples/*.c',)),
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)
CALL = re.compile(r'\b([A-Za-z_]\w*)\s*\(')
VALUE = re.compile(r'[(,=&?:]\s*([A-Za-z_]\w*)\s*(?=[),;}:])')
HELPERS = {'fuzz': ('fuzz/calls.c',)}  # sources that all tests of a folder are linked with
NAMES_LAYER = 9  # the names of libc, which programs call without a header of ours


def bodies(text):
    """As mutate.bodies, with any attributes between a head and its body: (name, head, body)."""
    found, masked = evidence_contracts.heads(text)
    for m in found:
        at = mutate.closing(masked, m.end() - 1, '()')
        while word := re.match(r'\s*[A-Za-z_]\w*\s*(\()?', masked[at:]):
            at = mutate.closing(masked, at + word.end() - 1, '()') if word[1] else at + word.end()
        brace = re.match(r'\s*\{', masked[at:])
        if brace:
            start = at + brace.end() - 1
            yield m[1], m[0], masked[start:mutate.closing(masked, start, '{}')]


def named(text):
    """The names that a text calls, or hands over as values."""
    return set(CALL.findall(text)) | set(VALUE.findall(text))


class Calls:
    """The functions of src and which of them the body of each calls; a static one is its own file's."""

    def __init__(self, root):
        self.names, self.where = collections.defaultdict(set), collections.defaultdict(set)
        found, local = [], set()
        for path in layermap.source_files(root):
            for name, head, body in bodies(layermap.read(os.path.join(root, 'src', path))):
                found.append((path, name, named(body)))
                self.where[name].add(path)
                if path.endswith('.c') and re.search(r'\bstatic\b', head):
                    local.add((path, name))
        for path, name, said in found:
            for other in said & self.where.keys() - {name}:
                places = {(p, other) for p in self.where[other] if (p, other) not in local}
                self.names[path, name] |= {(path, other)} if (path, other) in local else places
        self.memory = {}
        self.where = {name: {p for p in paths if (p, name) not in local}
                      for name, paths in self.where.items()}
        self.where = {name: paths for name, paths in self.where.items() if paths}

    def nodes(self, name):
        return {(path, name) for path in self.where.get(name, ())}

    def reached(self, node):
        """All that is named from a function's body, and from theirs, itself too."""
        if node not in self.memory:
            seen, todo = set(), [node]
            while todo:
                one = todo.pop()
                if one not in seen:
                    seen.add(one)
                    todo += self.names.get(one, ())
            self.memory[node] = {name for _, name in seen}
        return self.memory[node]

    def callers(self, name):
        """The functions whose bodies name it: pairs of a file and a name."""
        wanted = self.nodes(name)
        return sorted(node for node, named in self.names.items() if named & wanted or (
            not wanted and name in {n for _, n in named}))


class Test:
    def __init__(self, path, kind, direct, reached):
        self.path, self.kind, self.direct, self.reached = path, kind, direct, reached


def words_of(root, path, seen=None):
    """What a test's text calls, with what it includes from tests and fuzz."""
    seen = set() if seen is None else seen
    if path in seen or not os.path.exists(os.path.join(root, path)):
        return set()
    seen.add(path)
    text = layermap.read(os.path.join(root, path))
    found = named(layermap.without_comments(text))
    folder = os.path.dirname(path)
    for name in INCLUDE.findall(layermap.COMMENT.sub(layermap.blank, text)):
        for top in dict.fromkeys((folder, 'tests', 'fuzz')):
            found |= words_of(root, os.path.normpath(os.path.join(top, name)), seen)
    for helper in HELPERS.get(folder, ()):
        found |= words_of(root, helper, seen)
    return found


def read_tests(root, calls, functions):
    """All tests, with the functions of src that each names and reaches."""
    found, known = [], calls.where.keys() | {f.name for f in functions}
    for kind, patterns in KINDS:
        for pattern in patterns:
            for path in sorted(glob.glob(os.path.join(root, pattern))):
                path = os.path.relpath(path, root)
                direct = words_of(root, path) & known
                reached = direct.union(*(calls.reached(n) for name in direct
                                        for n in calls.nodes(name)))
                found.append(Test(path, kind, direct, reached))
    return found


# ---- what was measured -------------------------------------------------------------------------
class Coverage:
    """What the last `make coverage` has left: by file, and by function where it says so."""

    def __init__(self, root):
        report = program('prove-report')
        path = os.path.join(root, 'build/coverage/report.json')
        data = report.load(path)
        self.measured = data is not None
        self.files = data or {}
        self.functions = report.load(os.path.join(root, 'build/coverage/functions.json')) or {}
        self.date = report.date(os.path.getmtime(path)) if self.measured else ''
        self.changed = report.changed_since(root, os.path.getmtime(path)) if self.measured else []

    def of(self, header, name, files):
        """(reached, words) of a function; reached is None where it was not measured."""
        if not self.measured:
            return None, 'not measured in this run'
        places = ['src/' + f for f in files]
        elsewhere = [p for p in self.functions if name in self.functions[p]]
        for place in places + (elsewhere if len(elsewhere) == 1 else []):
            counts = self.functions.get(place, {}).get(name)
            if counts:
                parts = ', '.join(f'{kind} {a} of {b}' for kind, (a, b) in counts.items() if b)
                return counts['lines'][0] > 0, parts
        known = [p for p in places if p in self.files]
        if not known:
            return None, 'file not measured'
        parts = []
        for place in known:
            for kind, (reached, there) in self.files[place].items():
                if there:
                    parts.append(f'{os.path.basename(place)} {kind} {reached} of {there}')
        return None, 'by file: ' + ', '.join(parts)


class Mutants:
    """What the last `make prove-mutants` has left, and how much of it is of the text as it is."""

    def __init__(self, root):
        report = program('prove-report')
        path = os.path.join(root, 'build/mutants/report.json')
        results = report.load(path)
        self.measured = results is not None
        self.date = report.date(os.path.getmtime(path)) if self.measured else ''
        self.state = program('prove-mutants').text_of_tree(root) if self.measured else ''
        self.stale = sum(r.get('state') != self.state for r in results or [])
        self.by_function = collections.defaultdict(list)
        for r in results or []:
            self.by_function[r['module'], r['function']].append(r)
        self.totals = collections.Counter(r['verdict'] for r in results or [])

    def of(self, module, name):
        """(tally or None, words) of a function."""
        if not self.measured:
            return None, 'not measured in this run'
        mine = self.by_function.get((module, name))
        if not mine:
            return None, 'not tried'
        tally = collections.Counter(r['verdict'] for r in mine)
        stale = sum(r.get('state') != self.state for r in mine)
        return tally, ', '.join(f'{count} {verdict}' for verdict, count in sorted(tally.items())) + (
            f' ({stale} of an earlier text)' if stale else '')


def attach(root, functions, rows, public):
    """Give each function its tests, whom it serves, and what was measured; returns what was known of all."""
    calls = Calls(root)
    tests = read_tests(root, calls, functions)
    coverage, mutants = Coverage(root), Mutants(root)
    reached = {name: set().union(*(calls.reached(n) for n in calls.nodes(name)), {name})
               for name in public}
    libc = {r.path for r in rows if r.layer == NAMES_LAYER}
    outer = set().union(*(calls.reached((path, name)) for name, paths in calls.where.items()
                          for path in paths & libc))
    status = {r.path: r.proof for r in rows}
    for f in functions:
        files = [r.path for r in rows if os.path.splitext(os.path.basename(r.path))[0] == f.module]
        f.tests = [t for t in tests if f.name in t.direct]
        f.reached_by = [t for t in tests if f.name in t.reached and f.name not in t.direct]
        f.serves = [name for name in public if f.name in reached[name]]
        f.serves += ['the libc names'] if f.name in outer else []
        f.callers = [(status.get(path, '–'), path, name) for path, name in calls.callers(f.name)]
        f.coverage = coverage.of(f.header, f.name, files)
        f.mutants = mutants.of(f.module, f.name)
    return tests, coverage, mutants


def excuses(root):
    """Lines of tests/coverage.txt, as rows: file, function, kind, code, reason."""
    path = os.path.join(root, 'tests/coverage.txt')
    if not os.path.exists(path):
        return []
    return [[*key, why] for key, why in program('coverage').read_excuses(layermap.read(path)).items()]


def counted_corpus(root):
    """Harness -> how many inputs are in its corpus."""
    return {os.path.basename(folder): len(os.listdir(folder))
            for folder in sorted(glob.glob(os.path.join(root, 'fuzz/corpus/*')))}


def devices(root):
    """What each core's last run on qemu has said: (core, date, text, files that have changed since)."""
    report, found = program('prove-report'), []
    for path in sorted(glob.glob(os.path.join(root, 'build/device/*.said'))):
        core, when = os.path.basename(path)[:-len('.said')], os.path.getmtime(path)
        if core != 'unmasked':
            found.append((core, report.date(when), layermap.read(path), report.changed_since(root, when)))
    return found


def worst(root):
    """Tables of time and space, as `make worst-case` leaves them: (name, date, data)."""
    report, found = program('prove-report'), []
    for path in sorted(glob.glob(os.path.join(root, 'build/worst/*.json'))):
        with open(path, encoding='utf-8') as f:
            found.append((os.path.basename(path), report.date(os.path.getmtime(path)), json.load(f)))
    return found
