#!/usr/bin/env python3
"""How large a region is large enough: `make fragmentation-bound`; spec/fragmentation.md proves it.

    PROFILE=small|micro|hosted LIVE=bytes LARGEST=bytes    the region that suffices, and its parts
    SIZES=16,24,...                                        the same for these requests alone
    REGION=bytes instead of LIVE                           the most live bytes that it guarantees
    ci/fragmentation.py --profile small --classes          what each class wastes

Live bytes count each request rounded up to 16 bytes (micro: 64). Classes and constants are those that
the compiler reads from src/ (tests/space/constants.c); the arithmetic is of integers, each rounding to
the safe side. Records are the host's, which are no smaller than those of a machine of 32 bits.
"""
import argparse
import functools
import math
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCALE = 1 << 30    # of the weights: fixed point, rounded up
SINGLE = 64        # sizes up to this are a group each; longer ones in groups of a 32nd
CUT = 16           # the theorem may begin anew behind a group up to this size


def divide_up(a, b):
    return -(-a // b)


# ---- first fit: the theorem of section 2 ----------------------------------------------------

def groups_of(sizes):
    """The sizes, an increasing list or range from 1, as groups (least, most)."""
    if isinstance(sizes, range):
        groups, low, top = [], sizes.start, sizes.stop - 1
        while low <= top:
            high = low if low <= SINGLE else min(top, low + low // 32 - 1)
            groups.append((low, high))
            low = high + 1
        return tuple(groups)
    return tuple((s, s) for s in sizes)


def weights(groups, last, unit):
    """W(a..last) for each a, scaled: so many times the live pages bound groups a to last."""
    weight, total, sums = [0] * (last + 1), 0, [0] * (last + 1)
    for k in range(last, -1, -1):
        low, high = groups[k]
        have = sum(weight[j] * low // (low + groups[j][1] - unit) for j in range(k + 1, last + 1)
                   if weight[j])
        if have < SCALE:
            weight[k] = divide_up((SCALE - have) * (low + high - unit), low)
        total += weight[k]
        sums[k] = total
    return sums


def first_fit(groups, live, unit=1):
    """Pages that suffice; live(s): how many are live at most in blocks of s pages and more."""
    ends = [k for k, (_, high) in enumerate(groups) if high <= CUT or k == len(groups) - 1]
    best = {-1: 0}
    for end in ends:
        sums = weights(groups, end, unit)
        best[end] = min(best[start - 1] + live(groups[start][0]) * sums[start] // SCALE
                        for start in range(end + 1) if start - 1 in best)
    return best[len(groups) - 1]


# ---- profiles with size classes -------------------------------------------------------------

def printed(flags, sources):
    """What a program says, line by line as words."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, 'constants')
        subprocess.run(os.environ.get('CC', 'cc').split() + ['-std=c11', '-D_DEFAULT_SOURCE', '-Isrc'] + flags +
                       sources + ['-o', program], cwd=ROOT, check=True)
        lines = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    return [line.split() for line in lines.splitlines()]


@functools.lru_cache(maxsize=None)
def constants(profile):
    """Constants, classes and class_of_16, from a program that prints them."""
    tables = 'src/small/small_tables.c' if profile == 'small' else 'src/sizeclass_tables.c'
    flags = ['-DWPM_PROFILE_SMALL'] if profile == 'small' else []
    value, classes, class_of = {}, [], []
    for name, *numbers in printed(flags, ['tests/space/constants.c', tables]):
        if name == 'class':
            classes.append(tuple(map(int, numbers)))
        elif name == 'class_of':
            class_of.append(int(numbers[0]))
        else:
            value[name] = int(numbers[0])
    text = (ROOT / 'src/metadata.c').read_text(encoding='utf-8')
    for name in ('PAGES_PER_CACHE', 'ARRAY_ALIGN'):
        value[name] = int(re.search(rf'#define {name} (\d+)u', text)[1])
    return value, classes, class_of


class Classes:
    """A heap of spans of size classes, and of large objects of whole pages."""

    def __init__(self, profile, largest, sizes):
        self.profile = profile
        self.c, self.table, self.class_of = constants(profile)
        self.granule = self.c['MALLOC_ALIGN']
        if largest > self.c['MAX_PAGES'] * self.c['PAGE_SIZE']:
            sys.exit('LARGEST is more than a heap can have')
        self.sizes = sorted({self.round(s) for s in sizes}) if sizes else None
        self.largest = self.sizes[-1] if sizes else self.round(largest)

    def round(self, size):
        return max(1, divide_up(size, self.granule)) * self.granule

    def least_of_classes(self, largest):
        """The least request of each class that has one, up to `largest`."""
        small = min(largest, self.c['MAX_SMALL_SIZE'])
        requests = [s for s in self.sizes if s <= small] if self.sizes else \
            range(self.granule, small + 1, self.granule)
        least = {}
        for size in requests:
            least.setdefault(self.class_of[size // self.granule], size)
        return least

    def large_lengths(self, largest):
        """Pages of large objects, increasing, with the least request of each."""
        page, small = self.c['PAGE_SIZE'], self.c['MAX_SMALL_SIZE']
        if self.sizes:
            least = {}
            for size in self.sizes:
                if small < size <= largest:
                    least.setdefault(divide_up(size, page), size)
            return sorted(least.items())
        first = divide_up(small + self.granule, page)
        return LargeLengths(first, divide_up(largest, page), page, small, self.granule) \
            if largest > small else []

    def live_pages(self, live, largest):
        """What can be live at most: {pages of a span: pages in such spans}, slots' bytes, lengths."""
        spans, slots_bytes = {}, live
        for k, least in self.least_of_classes(largest).items():
            size, pages, slots = self.table[k]
            objects = live // least
            spans[pages] = spans.get(pages, 0) + divide_up(objects, slots) * pages
            slots_bytes = max(slots_bytes, objects * size)
        lengths = self.large_lengths(largest)
        return {p: n for p, n in spans.items() if n}, slots_bytes, lengths

    @staticmethod
    def large_pages(lengths, live, least_pages):
        """Pages at most in large objects of `least_pages` and more: by the best of each length."""
        if isinstance(lengths, LargeLengths):
            lengths = lengths.first_two(least_pages)
        return max((live * pages // least for pages, least in lengths if pages >= least_pages),
                   default=0)

    def bound(self, live):
        """The parts of the region that suffices for `live` bytes."""
        largest = min(self.largest, live // self.granule * self.granule)
        if self.sizes:
            largest = max((s for s in self.sizes if s <= live), default=0)
        if largest == 0:
            return dict(pages=0, records=self.records(0), live=0, internal=0, spans=0, fit=0, region=0,
                        lower=0, moved=0)
        page = self.c['PAGE_SIZE']
        spans, slots_bytes, lengths = self.live_pages(live, largest)

        def most(size):
            return sum(n for p, n in spans.items() if p >= size) + self.large_pages(lengths, live, size)
        if isinstance(lengths, LargeLengths) and max(spans, default=0) < lengths.last:
            groups = groups_of(range(1, lengths.last + 1))
        else:
            groups = groups_of(sorted(set(spans) | {pages for pages, _ in lengths}))
        total = most(1)
        pages = first_fit(groups, most, functools.reduce(math.gcd, (g for pair in groups for g in pair)))
        exact = max((live // least * p for p, least in
                     (lengths.first_two(1) if isinstance(lengths, LargeLengths) else lengths)), default=0)
        slots_bytes = max(slots_bytes, exact * page)
        blocks = sum(n // p for p, n in spans.items()) + \
            (live // (self.c['MAX_SMALL_SIZE'] + self.granule) if lengths else 0)
        records = self.records(pages)
        return dict(pages=pages, records=records, live=live, internal=slots_bytes - live,
                    spans=total * page - slots_bytes, fit=(pages - total) * page,
                    region=records + pages * page,
                    lower=(sum(spans.values()) + exact) * page,
                    moved=(total + blocks * (groups[-1][1] - 1)) * page if lengths else 0)

    def records(self, pages):
        """Bytes before the pages at worst: the record, the arrays of metadata.c, all alignments."""
        c = self.c
        caches = min(c['MAX_CACHES'], 1 + pages // c['PAGES_PER_CACHE'])
        capacity = max(1, divide_up(pages, c['CHUNK_PAGES'])) * c['CHUNK_PAGES']
        chunks, ids, words = capacity // c['CHUNK_PAGES'], capacity + 1, c['SPAN_WORDS'] * 8
        summaries = [divide_up(chunks, 16 ** n) * c['sizeof_page_summary'] for n in range(4)]
        arrays = [capacity // 8, capacity // 8, *summaries, caches * c['sizeof_mcache'],
                  (caches + 2) * c['NUM_CLASSES'] * c['sizeof_span_set'], ids * 4,
                  ids * c['sizeof_mspan'], ids * words, ids * words, ids * 4, ids * 4]
        align = c['ARRAY_ALIGN']
        end = c['sizeof_wpm_heap'] + align
        for array in arrays:
            end = divide_up(end, align) * align + array
        return align - 1 + end + c['PAGE_SIZE'] - 1


class LargeLengths:
    """All lengths from `first` to `last` pages; the least request of each by a rule."""

    def __init__(self, first, last, page, small, granule):
        self.first, self.last = first, last
        self.least = lambda pages: max(small + granule, (pages - 1) * page + granule)

    def __iter__(self):
        return ((p, self.least(p)) for p in range(self.first, self.last + 1))

    def first_two(self, pages):
        """Pages per byte fall with the length, but that the first length may be worse than the second."""
        start = max(self.first, pages)
        return [(p, self.least(p)) for p in (start, start + 1) if p <= self.last]


# ---- the micro profile ----------------------------------------------------------------------

class Micro:
    """A heap of runs of granules, first fit (src/micro)."""
    BITMAPS = 3  # free, released, starts: a bit each a granule

    def __init__(self, largest, sizes):
        said = {name: list(map(int, numbers)) for name, *numbers in
                printed(['-DWPM_PROFILE_MICRO'], ['tests/space/micro_constants.c'])}
        self.granule, self.chunk = said['PAGE_SIZE'][0], said['CHUNK_PAGES'][0]
        self.levels, self.summary = said['levels'], said['sizeof_page_summary'][0]
        self.heap = said['sizeof_wpm_heap'][0]
        self.sizes = sorted({max(1, divide_up(s, self.granule)) for s in sizes}) if sizes else None
        self.largest = self.sizes[-1] if sizes else max(1, divide_up(largest, self.granule))

    def bound(self, live):
        granules = live // self.granule
        groups = self.sizes and [s for s in self.sizes if s <= granules] or \
            range(1, min(self.largest, granules) + 1) if granules else []
        if not groups or granules < groups[0]:
            return dict(pages=0, records=self.records(0), live=0, internal=0, spans=0, fit=0, region=0,
                        lower=0, moved=0)
        unit = math.gcd(*groups) if self.sizes else 1
        groups = groups_of(groups)
        last = groups[-1][1]
        units = first_fit(groups, lambda size: granules, unit)
        lower = max((granules // (2 * last_size) * 2 * last_size * (2 + j) // 2
                     for j in range(last.bit_length()) for last_size in [2 ** j]), default=granules)
        if self.sizes:
            lower = granules
        records = self.records(units)
        return dict(pages=units, records=records, live=granules * self.granule, internal=live - granules * self.granule, spans=0,
                    fit=(units - granules) * self.granule, region=records + units * self.granule,
                    lower=max(lower, granules) * self.granule,
                    moved=(granules + granules // groups[0][0] * (last - 1)) * self.granule)

    def records(self, units):
        """Bytes besides `units` granules: arrays are as long as the region, records too, asks for."""
        size = 0
        for _ in range(4):  # a hundredth each time
            granules = divide_up(max(1, units) * self.granule + size, self.granule)
            bits = divide_up(granules, self.chunk) * self.chunk
            levels = sum(divide_up(bits, level) * self.summary for level in self.levels)
            size = self.heap + self.BITMAPS * bits // 8 + levels + 7 + self.granule - 1
        return size


# ---- what is printed ------------------------------------------------------------------------

def most_live(model, region):
    """The most live bytes, a multiple of the granule, for which `region` bytes suffice."""
    low, high = 0, region // model.granule
    while low < high:
        middle = (low + high + 1) // 2
        if model.bound(middle * model.granule)['region'] <= region:
            low = middle
        else:
            high = middle - 1
    return low * model.granule


def show(model, name, live):
    b = model.bound(live)
    unit = 'granules' if name == 'micro' else 'pages'
    rows = [('live objects', b['live'], 'requests rounded up to %d' % model.granule),
            ('internal', b['internal'], 'slots and pages longer than their requests')]
    if name != 'micro':
        rows.append(('spans', b['spans'], 'what classes keep, each at its own most'))
    rows += [(f'first fit of {unit}', b['fit'], 'gaps too short for what comes'),
             ('records', b['records'], "the heap's own, and alignment")]
    print(f'{"region that suffices":<24}{b["region"]:>12} bytes, {b["region"] / max(1, b["live"]):.2f} times live')
    if name != 'micro' and b['pages'] > model.c['MAX_PAGES']:
        print('  which is more than a heap can have')
    for part, size, why in rows:
        print(f'  {part:<22}{size:>12}   {why}')
    print(f'{"an adversary needs":<24}{b["lower"]:>12} bytes of {unit}, records apart')
    if b['moved']:
        print(f'{"with realloc in place":<24}{b["moved"]:>12} bytes of {unit}: the bound for any placement')


def show_classes(profile):
    """Of each class: its slot, the requests that it serves, and what of a span full of the least is theirs."""
    model = Classes(profile, constants(profile)[0]['MAX_SMALL_SIZE'], None)
    page, sum_of_all = model.c['PAGE_SIZE'], 0
    print('class  slot  least request  pages  slots  tail  bytes of span for each live byte')
    for k, least in sorted(model.least_of_classes(model.largest).items()):
        size, pages, slots = model.table[k]
        each = pages * page / (slots * least)
        sum_of_all += each
        print(f'{k:5} {size:5} {least:14} {pages:6} {slots:6} {pages * page - slots * size:5}  {each:.3f}')
    print(f'all classes: {sum_of_all:.2f}')


def points(profile, text):
    """For tests: LIVE:LARGEST,... each as `live largest pages records`."""
    for pair in text.split(','):
        live, largest = map(int, pair.split(':'))
        model = Micro(largest, None) if profile == 'micro' else Classes(profile, largest, None)
        b = model.bound(live)
        print(live, largest, b['pages'], b['records'])


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    p.add_argument('--profile', choices=('small', 'micro', 'hosted'), default='small')
    p.add_argument('--live', type=int)
    p.add_argument('--largest', type=int)
    p.add_argument('--sizes', default='', help='the requests, if they are known')
    p.add_argument('--region', type=int)
    p.add_argument('--points', help='for tests')
    p.add_argument('--classes', action='store_true', help='a table of the classes')
    a = p.parse_args()
    if a.classes and a.profile != 'micro':
        return show_classes(a.profile)
    if a.points:
        return points(a.profile, a.points)
    sizes = [int(s) for s in a.sizes.split(',') if s]
    if (a.live is None) == (a.region is None) or (a.largest is None and not sizes):
        p.error('LIVE or REGION, and LARGEST or SIZES')
    largest = a.largest or max(sizes)
    model = Micro(largest, sizes) if a.profile == 'micro' else Classes(a.profile, largest, sizes)
    live = a.live
    if live is None:
        live = most_live(model, a.region)
        print(f'{"live bytes guaranteed":<24}{live:>12} bytes in a region of {a.region}')
        if not live:
            return 1
    show(model, a.profile, live)
    return 0


if __name__ == '__main__':
    sys.exit(main())
