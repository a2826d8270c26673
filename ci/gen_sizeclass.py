#!/usr/bin/env python3
"""Writes the tables of size classes, of each profile and of Go; --check only compares.

The sizes are Go's 68 classes (runtime/mksizeclasses.go, rule restated): steps of 8 bytes that widen
with the size, each class in the fewest pages that leave at most an eighth as a tail, classes that would
hold as many slots in as many pages merged, each size then stretched over what its slots leave. The
spans of the hosted profile are this allocator's own: see span_pages. The small profile has the same rule
for its own pages, with spans as small as they can be: a device counts its pages one by one.
tests/sizeclass_test.c compares with tests/data.
"""
import sys
from collections import namedtuple
from pathlib import Path

# page and largest small size in bytes, most slots of a span, pages of a span where the size allows
# (None: the fewest), as in src/config.h
Profile = namedtuple('Profile', 'page max_small span_slots span_target')
HOSTED = Profile(8192, 32768, 512, 8)
SMALL = Profile(4096, 2048, 256, None)


def step_from(size, step):
    """The step that begins at this size; it changes at powers of two alone."""
    if size & (size - 1):
        return step
    if size >= 2048:
        return 256
    if size >= 128:
        return size // 8
    return 16 if size >= 32 else step


def go_pages(size, page):
    """Fewest pages with a tail of at most an eighth."""
    pages = 1
    while (pages * page) % size > pages * page // 8:
        pages += 1
    return pages


def go_classes(profile):
    """(size, pages) of each class; class 0 is none. Of two that stretch to one size the shorter span stays."""
    classes, page = [(0, 0)], profile.page
    size, step = 8, 8
    while size <= profile.max_small:
        step = step_from(size, step)
        pages = go_pages(size, page)
        last_size, last_pages = classes[-1]
        if last_pages == pages and last_pages * page // last_size == pages * page // size:
            classes.pop()
        classes.append((size, pages))
        size += step
    stretched = [(0, 0)]
    for size, pages in classes[1:]:
        slots = pages * page // size
        size = max(size, pages * page // slots // 128 * 128)
        if stretched[-1][0] == size:
            pages = min(pages, stretched.pop()[1])
        stretched.append((size, pages))
    return stretched


def span_pages(size, profile):
    """Pages of our spans: as many as the most slots fill, at most about 64 KiB. From 128 bytes on
    the target's pages if the tail is at most a 64th, else the count of 5..10 with the least tail."""
    target, page = profile.span_target, profile.page
    if target is None:
        return go_pages(size, page)
    most = max(1, profile.span_slots * size // page)
    if most <= target:
        return most

    def tail(pages):
        return (pages * page) % size / (pages * page)
    if tail(target) <= 1 / 64:
        return target
    return min(range(5, min(10, most) + 1), key=lambda p: (tail(p), abs(p - target)))


def first_class(classes, bytes_, skip=()):
    return next(k for k, (size, _) in enumerate(classes)
                if size >= bytes_ and k not in skip and (k or not bytes_))


def table(name, values, per_line=20):
    lines = [f"const uint8_t {name}[{len(values)}] = {{"]
    for i in range(0, len(values), per_line):
        lines.append("    " + ", ".join(f"{v}" for v in values[i:i + per_line]) + ",")
    return lines + ["};"]


def magic(size):
    return -(-2**32 // size) if size else 0


def own_tables(classes, profile, name, include):
    page = profile.page
    lines = [f"/* {name} -- written by ci/gen_sizeclass.py; edit that. */",
             f'#include "{include}"', "",
             "/* bytes, pages, slots, magic; the comment gives the tail in bytes. */",
             "const struct size_class class_table[NUM_CLASSES] = {"]
    for k, (size, _) in enumerate(classes):
        pages = span_pages(size, profile) if size else 0
        slots = min(profile.span_slots, pages * page // size) if size else 0
        lines.append(f"    {{{size}, {pages}, {slots}, {magic(size)}u}}, "
                     f"/* {k}: {pages * page - slots * size} */")
    lines += ["};", "", "/* Class of 16 u bytes; classes 1 and 3 are not multiples of 16. */"]
    units = [max(2, first_class(classes, max(1, 16 * u), (0, 1, 3)))
             for u in range(profile.max_small // 16 + 1)]
    fact = ["", "/*@ ghost void class_table_fact(void) { } */"]
    return "\n".join(lines + table("class_of_16", units) + fact) + "\n"


def go_tables(classes):
    lines = ["/* sizeclass_go_tables.c -- written by ci/gen_sizeclass.py; edit that. */",
             '#include "sizeclass_go.h"', "",
             "/* bytes, pages, slots, magic */",
             "const struct go_class go_class_table[NUM_CLASSES] = {"]
    for k, (size, pages) in enumerate(classes):
        slots = pages * HOSTED.page // size if size else 0
        lines.append(f"    {{{size}, {pages}, {slots}, {magic(size)}u}}, /* {k} */")
    lines += ["};", "", "/* Class of 8 u bytes, up to 1024. */"]
    lines += table("go_class_of_8", [first_class(classes, 8 * u) for u in range(129)])
    lines += ["", "/* Class of 1024 + 128 u bytes. */"]
    lines += table("go_class_of_128", [first_class(classes, 1024 + 128 * u) for u in range(249)])
    lines += ["", "/*@ ghost void go_table_fact(void) { } */"]
    return "\n".join(lines) + "\n"


def main():
    classes, small = go_classes(HOSTED), go_classes(SMALL)
    assert len(classes) == 68 and classes[-1][0] == HOSTED.max_small
    assert len(small) == 36 and small[-1][0] == SMALL.max_small
    src = Path(__file__).resolve().parent.parent / "src"
    stale = 0
    for name, text in (
            ("sizeclass_tables.c", own_tables(classes, HOSTED, "sizeclass_tables.c", "sizeclass.h")),
            ("small/small_tables.c", own_tables(small, SMALL, "small_tables.c", "../sizeclass.h")),
            ("sizeclass_go_tables.c", go_tables(classes))):
        path = src / name
        if "--check" in sys.argv[1:]:
            if not path.exists() or path.read_text() != text:
                print(f"{name} is not what ci/gen_sizeclass.py writes")
                stale = 1
        else:
            path.write_text(text)
    return stale


if __name__ == "__main__":
    sys.exit(main())
