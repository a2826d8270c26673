#!/usr/bin/env python3
"""Worst cases of malloc, free and realloc in instructions, and the room that workloads need.

A search on each machine looks for sequences of calls that cost an allocator most (search.h); then
all allocators play all sequences found. Counts are exact (counter.h); each search's result must come
out the same when it is played again, and a slow allocator must be found to be slow, from nothing.
Tables on the output, all figures in build/worst/worst.json. `--smoke` plays the stored sequences on
ours alone, and fails when a count exceeds ceilings.txt by more than a tenth.
"""
import argparse
import json
import os
import sys
import time

import machines
from machines import HERE, MACHINES, OUT, ROOT, Failure

# Our builds, by profile: the amalgamated text, and what is defined for wpmalloc_side.c. GROWN: the
# heap has its whole region in use before anything is counted, which changes nothing of the room.
OURS = {
    'wpmalloc-small': {'text': 'build/embedded/wpmalloc.c', 'define': []},
    'wpmalloc-small-grown': {'text': 'build/embedded/wpmalloc.c', 'define': ['-DGROWN=1']},
    'wpmalloc-micro': {'text': 'build/micro/embedded/wpmalloc.c', 'define': []},
}
ROOMLESS = {'wpmalloc-small-grown'}
REGIONS = (65536, 1048576)
CALLS = ('malloc', 'refused', 'free', 'realloc', 'aligned')
LONGEST = 1 << 22   # bytes of the longest region, for workloads
MARGIN = 1.1        # what a count may exceed its ceiling by: compilers differ
SLOWER = 20         # times the least malloc of the slow allocator that its search must reach
SPACE_MACHINE = 'm4'
SEQUENCES, CEILINGS = f'{HERE}/sequences.txt', f'{HERE}/ceilings.txt'


def sides(arguments):
    """The allocators that are compared: name, how each is built."""
    found = {name: {'side': 'wpmalloc', 'sources': [b['text']], 'define': b['define'],
                    'include': [os.path.dirname(b['text'])]} for name, b in OURS.items()}
    for name, folder in (('o1heap', arguments.o1heap), ('tlsf', arguments.tlsf)):
        if folder:
            found[name] = {'side': name, 'sources': [os.path.join(folder, f'{name}.c')],
                           'define': [], 'include': [folder]}
    return found


SLOW = {'side': 'slow', 'sources': [], 'define': [], 'include': []}


class Run:
    def __init__(self, arguments):
        self.arguments, self.start = arguments, time.time()
        self.flags = arguments.cflags.split()
        self.sides = sides(arguments)
        self.programs = {}

    def say(self, text):
        print(f'# {time.time() - self.start:4.0f} s  {text}', file=sys.stderr, flush=True)

    def build(self, machine, name):
        key = machine, name
        if key not in self.programs:
            side = SLOW if name == 'slow' else self.sides[name]
            self.programs[key] = machines.build(machine, name, side, self.flags)
        return self.programs[key]

    def search(self, machine, name, region, *more):
        """{call: (instructions, sequence)}"""
        found = {}
        for line in machines.call(machine, self.build(machine, name), 'search', region,
                                  self.arguments.seed, self.arguments.budget, *more):
            word, kind, count, sequence = line.split()
            if word != 'worst':
                raise Failure(line)
            found[kind] = int(count), sequence
        self.say(f'search {machine}, {name}, {region}: '
                 + ', '.join(f'{k} {v[0]}' for k, v in found.items()))
        return found

    def play(self, machine, name, sequences):
        """Instructions by call of each (region, sequence)."""
        os.makedirs(OUT, exist_ok=True)
        path = os.path.join(OUT, 'play.txt')
        with open(path, 'w', encoding='ascii') as f:
            f.writelines(f'{region} {sequence}\n' for region, sequence in sequences)
        lines = machines.call(machine, self.build(machine, name), 'play', path)
        rows = [[int(n) for n in line.split()[1:]] for line in lines if line.startswith('played ')]
        if len(rows) != len(sequences):
            raise Failure(f'{machine}, {name}: {lines[-1:]}')
        return [dict(zip(CALLS + ('calls', 'failed'), row)) for row in rows]


# ---- Time ----

def self_check(run, machine):
    """A slow allocator, from nothing: the search must find out."""
    quick = run.play(machine, 'slow', [(REGIONS[0], '00000500')])[0]['malloc']
    found = run.search(machine, 'slow', REGIONS[0], 'nothing')['malloc'][0]
    if found < SLOWER * quick:
        raise Failure(f'a slow allocator was not found: malloc {quick} at least, {found} at most')
    return {'quick': quick, 'found': found}


def searches(run, searching):
    """All (machine, allocator, region, call, instructions, sequence)."""
    found = []
    for machine in searching:
        for name in run.sides:
            for region in REGIONS:
                for kind, (count, sequence) in run.search(machine, name, region).items():
                    found.append((machine, name, region, kind, count, sequence))
    return found


def play_all(run, found, playing):
    """{machine: {allocator: {region: {call: {own, others}}}}}, the most instructions of a call on the
    sequences found for the allocator, and on those found for others."""
    table = {}
    for machine in playing:
        # One signal for each instruction: the long region would take too long.
        regions = REGIONS[:1] if machine == 'x86-64' else REGIONS
        union = sorted({(f[2], f[5]) for f in found if f[2] in regions})
        for name in run.sides:
            rows = dict(zip(union, run.play(machine, name, union)))
            check_again(machine, name, found, rows)
            own = {(f[2], f[5]) for f in found if f[1] == name}
            table.setdefault(machine, {})[name] = {region: {kind: {
                'own': max((r[kind] for k, r in rows.items() if k[0] == region and k in own), default=0),
                'others': max((r[kind] for k, r in rows.items() if k[0] == region and k not in own),
                              default=0)} for kind in CALLS} for region in regions}
            run.say(f'play {machine}, {name}: {len(union)} sequences')
    return table


def check_again(machine, name, found, rows):
    """Every count of a search must come again."""
    for f_machine, f_name, region, kind, count, sequence in found:
        if (f_machine, f_name) != (machine, name):
            continue
        again = rows[region, sequence][kind]
        if again != count:
            raise Failure(f'{machine}, {name}: {kind} took {count} instructions, then {again}')


def number(n):
    return f'{n:,}' if n else '–'


CELLS = '''A cell: the most instructions of one call on the sequences that were found for the allocator / on
those found for the others. malloc, aligned: of calls that served; refused: of those that did not;
realloc: of calls that left the object where it was. What a search has found is no bound.'''


def print_time(table, title):
    print(CELLS)
    for region in REGIONS:
        print(f'\n### {title}, {region >> 10} KiB\n')
        print('| machine | allocator | ' + ' | '.join(CALLS) + ' |')
        print('|---|---|' + '---|' * len(CALLS))
        for machine, names in table.items():
            for name, by_region in names.items():
                if region not in by_region:
                    continue
                cells = [f'{number(c["own"])} / {number(c["others"])}' if c['own'] or c['others']
                         else '–' for c in by_region[region].values()]
                print(f'| {MACHINES[machine][0]} | {name} | ' + ' | '.join(cells) + ' |')
    print()


# ---- Space ----

def workloads():
    """(title, its name to the program)"""
    traces = os.path.join(ROOT, HERE, 'traces')
    return [('uniform, 64 KiB', '65536'), ('uniform, 1 MiB', '1048576'), ('caps', 'caps')] + [
        (name[:-4], f'{HERE}/traces/{name}') for name in sorted(os.listdir(traces))]


def measure_space(run):
    """{workload: {region, peak, allocators: {name: {asked, failed, least}}}}. The region is what the
    workload is for, or a quarter more than the peak of a trace."""
    table, machine = {}, SPACE_MACHINE

    def say(name, *words):
        line = machines.call(machine, run.build(machine, name), *words, counted=False)[-1]
        return [int(n) for n in line.split()[1:]]

    for title, word in workloads():
        reference = next(iter(run.sides))
        peak = say(reference, 'space', word, LONGEST)[2]
        region = {'65536': 65536, '1048576': 1048576, 'caps': 65536}.get(word)
        region = region or -(-peak * 5 // 4 // 4096) * 4096
        table[title] = {'region': region, 'peak': peak, 'allocators': {}}
        for name in [n for n in run.sides if n not in ROOMLESS]:
            asked, failed, _ = say(name, 'space', word, region)
            table[title]['allocators'][name] = {'asked': asked, 'failed': failed,
                                                'least': say(name, 'least', word)[0]}
        run.say(f'space {title}')
    return table


WORKLOADS = '''Workloads, on a Cortex-M4, each byte of each object written. uniform, B: 60 times 100 mallocs of 1
to B / 1000 bytes and 50 frees of any that live ("random A" of o1heap's tests/test_general.cpp, there for
an arena of 300 MiB until 1000 requests have failed). caps: 48 times objects of 1 to cap bytes, cap
from 1 to 8 KiB, until 8 to 48 KiB are asked for, one in ten resized; then all freed in random order
(random_test of jserv/tlsf-bsd's test.c without its aligned half; mattconte/tlsf has no test). lua,
sqlite, jq: recorded, sizes halved for pointers of 32 bits; their region is a quarter more than the
peak. A region is the least of a search by halving.
'''


def print_space(table):
    print(WORKLOADS)
    print('| workload | peak alive | region | allocator | requests served | least region | peak / least |')
    print('|---|---|---|---|---|---|---|')
    for title, row in table.items():
        for name, a in row['allocators'].items():
            served = f'{100 * (1 - a["failed"] / a["asked"]):.2f} %' if a['asked'] else 'region refused'
            least = f'{a["least"]:,}' if a['least'] else '> 4 MiB'
            use = f'{100 * row["peak"] / a["least"]:.1f} %' if a['least'] else '–'
            print(f'| {title} | {row["peak"]:,} | {row["region"]:,} | {name} | {served} | {least} | {use} |')
    print()


# ---- Stored worst cases ----

def read_words(path):
    with open(os.path.join(ROOT, path), encoding='ascii') as f:
        return [line.split() for line in f if line.strip() and not line.startswith('#')]


def store(run, found):
    """Keep what was found for ours, and what it costs."""
    kept = sorted({(f[2], f[5]) for f in found if f[1] in OURS})
    with open(os.path.join(ROOT, SEQUENCES), 'w', encoding='ascii') as f:
        f.write('# Region, sequence: the worst ones that `make worst-case STORE=1` found for ours.\n')
        f.writelines(f'{region} {sequence}\n' for region, sequence in kept)
    with open(os.path.join(ROOT, CEILINGS), 'w', encoding='ascii') as f:
        f.write('# Machine, region, the most instructions on sequences.txt of malloc that serves and that'
                ' does not,\n# free, realloc, aligned malloc; build.\n')
        for line in ceilings_now(run, kept):
            f.write(' '.join(str(w) for w in line) + '\n')


def ceilings_now(run, kept):
    for machine in [m for m in run.arguments.machines if MACHINES[m][3]]:
        for name in OURS:
            rows = list(zip(kept, run.play(machine, name, kept)))
            for region in REGIONS:
                most = [max(r[kind] for k, r in rows if k[0] == region) for kind in CALLS]
                yield [machine, region] + most + [name]


def smoke(run):
    """The stored sequences against their ceilings; the slow allocator must exceed them."""
    kept = [(int(region), sequence) for region, sequence in read_words(SEQUENCES)]
    ceilings = {(w[0], int(w[1]), w[-1]): [int(n) for n in w[2:-1]] for w in read_words(CEILINGS)}
    above = below = compared = 0
    print('| machine | build | region | ' + ' | '.join(CALLS) + ' |\n|---|---|---|' + '---|' * len(CALLS))
    for machine, region, *most, name in ceilings_now(run, kept):
        limits = ceilings.get((machine, region, name))
        if limits is None:
            raise Failure(f'no ceilings for {machine}, {region}, {name}: make worst-case STORE=1')
        cells = []
        for n, limit in zip(most, limits):
            compared += 1
            too_many = n > limit * MARGIN
            above += too_many
            below += n * MARGIN < limit
            cells.append(f'{n:,} of {limit:,}' + (' **above**' if too_many else ''))
        print(f'| {MACHINES[machine][0]} | {name} | {region >> 10} KiB | '
              + ' | '.join(cells) + ' |')
    machine, short = next(iter(ceilings))[0], [k for k in kept if k[0] == REGIONS[0]]
    slow = max(r['free'] for r in run.play(machine, 'slow', short))
    limit = max(v[2] for k, v in ceilings.items() if k[:2] == (machine, REGIONS[0]))
    if slow <= limit * MARGIN:
        raise Failure(f'a slow allocator does not exceed a ceiling: free {slow} of {limit}')
    print(f'\nA slow allocator: free {slow:,} of {limit:,}, found. {compared} counts, {above} above'
          f' their ceilings by more than a tenth, {below} as far below'
          + (': make worst-case STORE=1 lowers them.' if below else '.'))
    return 1 if above or not compared else 0


def full(run):
    searching = [m for m in run.arguments.machines if MACHINES[m][3]]
    result = {'seed': run.arguments.seed, 'budget_millions': run.arguments.budget,
              'flags': run.arguments.cflags, 'slow': self_check(run, searching[0])}
    found = searches(run, searching)
    result['found'] = found
    result['time'] = play_all(run, found, run.arguments.machines)
    result['space'] = measure_space(run)
    result['compilers'] = {m: machines.version(m) for m in run.arguments.machines}
    with open(os.path.join(OUT, 'worst.json'), 'w', encoding='utf-8') as f:
        json.dump(result, f, indent=1)
    print(f'Seed {result["seed"]}, {result["budget_millions"]} million instructions a search; allocators'
          f' compiled with `{result["flags"]} -DNDEBUG`, without hooks;')
    print('; '.join(sorted(set(result['compilers'].values()))) + '.')
    print(f'A slow allocator was found from nothing: a malloc of {result["slow"]["found"]:,}'
          f' instructions, {result["slow"]["quick"]:,} on an empty heap.\n')
    print_time(result['time'], 'Instructions')
    print('### Room\n')
    print_space(result['space'])
    with open(os.path.join(ROOT, HERE, 'bounds.md'), encoding='utf-8') as f:
        print(f.read())
    if run.arguments.store:
        store(run, found)
    return 0


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--o1heap', help='folder of o1heap.c and o1heap.h')
    p.add_argument('--tlsf', help='folder of tlsf.c and tlsf.h')
    p.add_argument('--machines', nargs='+', choices=MACHINES, default=list(MACHINES))
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--budget', type=int, default=1000, help='millions of instructions of a search')
    p.add_argument('--cflags', default='-O2', help='how the allocators are compiled: --cflags=-Os')
    p.add_argument('--smoke', action='store_true', help='the stored sequences on ours alone')
    p.add_argument('--store', action='store_true', help='write sequences.txt and ceilings.txt')
    arguments = p.parse_args()
    for name in ('o1heap', 'tlsf'):
        folder = getattr(arguments, name)
        if folder:
            setattr(arguments, name, os.path.abspath(folder))
    run = Run(arguments)
    try:
        return smoke(run) if arguments.smoke else full(run)
    except Failure as failure:
        print(f'worst-case: {failure}', file=sys.stderr)
        return 1


if __name__ == '__main__':
    sys.exit(main())
