"""Faults seeded into the allocator, one at a time: does a fuzzer find each, and how soon?

`ci/fuzz --self-test`. A copy of the tree gets one change in src; the harness that is named is built
from it by libFuzzer and run from nothing, without a corpus, until it crashes or LIMIT seconds have
passed. What it said is shown. A fault that is not found, a change that no longer fits the text, or a
median above MEDIAN seconds is a failure; so is a harness that crashes within CONTROL seconds on the
text as it is, where a crash would mean nothing.
"""
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time

LIMIT, MEDIAN, CONTROL = 120, 10, 5  # seconds

# What is wrong, in which file: the text, what stands there instead, the harness that must find it.
FAULTS = [
    ('a class too small', 'sizeclass.h', '(bytes + (MALLOC_ALIGN - 1)) / MALLOC_ALIGN];',
     'bytes / MALLOC_ALIGN];', 'heap_fuzz'),
    ('a run given back a page short', 'heaprun.c', '    free_kept(h, page, npages);',
     '    if (npages > 1) free_kept(h, page, npages - 1);', 'heap_fuzz'),
    ('a range of bits ends one early', 'bitmap.c', 'i % 64 + (stop - i));',
     'i % 64 + (stop - i) - (stop % 64 == 63));', 'bitmap_fuzz'),
    ('a remote free is lost', 'alloc.c', 'atomic_or64(&h->freed[w], bits_one(i % 64));',
     'atomic_read64(&h->freed[w]);', 'caches_fuzz'),
    ('a free of the owner does not see a remote one', 'alloc.c',
     'if (bits_test(freed, i % 64)) return WPM_DOUBLE_FREE;', '(void)freed;', 'caches_fuzz'),
    ('a merge forgets what it has merged', 'mspan.c', '(void)atomic_clear64(&h->freed[w], freed);',
     '', 'mspan_fuzz'),
    ('a stray free is not noted', 'mspan.c', 'if (bit < 64) mspan_note_stray(h, s, k, bit);',
     '(void)bit;', 'mspan_fuzz'),
    ('a stale window', 'window.c', 'put_slots(h, c, k, 0, c->entry[k].base, claimed);',
     'put_slots(h, c, k, c->entry[k].window, c->entry[k].base, claimed);', 'caches_fuzz'),
    ('a summary is not updated', 'pagealloc.c', '    pa->l1[i] = s;', '', 'pagealloc_fuzz'),
    ('searches begin too high', 'pagealloc.c',
     'page < pa->search_page ? page : pa->search_page;', 'pa->search_page;', 'pagealloc_fuzz'),
    ('a flushed cache forgets which pages are fresh', 'pagecache.c', '    release_word(pa, base, y);',
     '    release_word(pa, base, y - y);', 'pagealloc_fuzz'),
    ('memory that is not zero is called so', 'mheap.c', 'zero ? 0 : SPAN_WORDS;', '0 * zero;',
     'heap_fuzz'),
    ('a moved object loses its end', 'objects.c', 'bytes < info.slot_bytes ? bytes : info.slot_bytes)',
     'bytes < info.slot_bytes ? bytes - bytes % 16 : info.slot_bytes)', 'heap_fuzz'),
    ('an alignment is not kept', 'objects.c', 'sizeclass_of_aligned(least, align);',
     'sizeclass_of(least);', 'heap_fuzz'),
    ('pages cut off still have a name', 'heapspan.c', '    name_pages(h, from, end - from, NO_SPAN);',
     '    (void)from, (void)end;', 'heap_fuzz'),
    ('an id does not know its place', 'fixalloc.c', '    f->where[id] = f->depth;',
     '    f->where[id] = f->depth - 1;', 'heap_fuzz'),
    ('an address inside a slot is taken for its start', 'mspan.h', 'return NO_SLOT;\n    return i <',
     '{\n    }\n    return i <', 'heap_fuzz'),
    ('a trigger that knows no runway', 'gc/pacer.c', 'ratio_less(goal, runway)', 'ratio_max(goal, runway)',
     'pacer_fuzz'),
    ('work is credited twice', 'gc/credit.h', '    b->work -= claimed;', '', 'pacer_fuzz'),
    ('a full bucket limits nothing', 'gc/limiter.h', 'l->on = more >= room;', 'l->on = more > room;',
     'pacer_fuzz'),
    ('a link of a set is left', 'spanset.c', 'h->span[next].prev = prev;', ';', 'spanset_fuzz'),
    ('half a canary is looked at', 'canary.h',
     'if (word - first != mark * CANARY_STEP) return out;', '', 'harden_fuzz'),
    ('a dead slot is not wiped to its end', 'redzone.c', '    edge_zero(address, slot_bytes);',
     '    edge_zero(address, slot_bytes - 16);', 'harden_fuzz'),
    ('an end of another kind', 'harden.c', 'info.kind != claim.kind', 'info.kind > claim.kind',
     'harden_fuzz'),
    ('a product that overflows', 'malloc_abi.c',
     'if (__builtin_mul_overflow(count, bytes, &total)) return process_no_memory();\n    return realloc',
     'total = count * bytes;\n    return realloc', 'abi_fuzz'),
]


def run(tree, harness, limit):
    """Seconds until the harness has crashed, None when it has not; and what it said then."""
    work = os.path.join(tree, 'work')
    shutil.rmtree(work, ignore_errors=True)
    os.mkdir(work)
    start = time.time()
    done = subprocess.run(
        [os.path.join(tree, 'build/fuzz', harness), f'-max_total_time={limit}', '-max_len=3072', '-seed=1',
         f'-artifact_prefix={work}/found-', work],
        cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', check=False)
    said = re.findall(r'line \d+: not true: .*|SUMMARY: .*|runtime error: .*', done.stdout)
    return (time.time() - start if done.returncode != 0 else None), (said or ['?'])[0][:60]


def build(tree, harness):
    """What make said when it failed, '' when it did not."""
    made = subprocess.run(['make', '--no-print-directory', '-s', '-j2', 'build/fuzz/' + harness], cwd=tree,
                          check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return '' if made.returncode == 0 else 'does not compile: ' + ' '.join(made.stdout.split())[-300:]


def control(tree):
    """Harnesses that fail on the text as it is."""
    failed = []
    for harness in sorted({fault[4] for fault in FAULTS}):
        told = build(tree, harness)
        seconds, said = (None, '') if told else run(tree, harness, CONTROL)
        if told or seconds is not None:
            failed.append(f'{harness}: {told or said}')
    return failed


def try_fault(tree, fault):
    """Seconds, or what went wrong, as a text; and what the harness said."""
    _, name, old, new, harness = fault
    path = os.path.join(tree, 'src', name)
    with open(path, encoding='utf-8') as f:
        text = f.read()
    if text.count(old) != 1:
        return 'the text to change is not there once', ''
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text.replace(old, new))
    try:
        told = build(tree, harness)
        if told:
            return told, ''
        seconds, said = run(tree, harness, LIMIT)
        return ('NOT FOUND' if seconds is None else seconds), said
    finally:
        with open(path, 'w', encoding='utf-8') as out:
            out.write(text)


def main(root):
    """Try all; 0 when each was found soon enough."""
    found, bad = [], 0
    with tempfile.TemporaryDirectory() as top:
        tree = os.path.join(top, 'tree')
        os.mkdir(tree)
        for part in ('Makefile', 'src', 'spec', 'fuzz'):
            whole = os.path.join(root, part)
            (shutil.copytree if os.path.isdir(whole) else shutil.copy)(whole, os.path.join(tree, part))
        print(f'{len(FAULTS)} faults, at most {LIMIT} s each; first the text as it is', flush=True)
        broken = control(tree)
        for text in broken:
            print(text)
        for number, fault in enumerate(FAULTS, 1):
            result, said = try_fault(tree, fault)
            good = not isinstance(result, str)
            found += [result] if good else []
            bad += not good
            print(f'[{number}/{len(FAULTS)}] {fault[4]:<15} {fault[0]:<48} '
                  + (f'{result:6.1f} s  {said}' if good else result), flush=True)
    median = statistics.median(found) if found else LIMIT
    print(f'\nfuzz self-test: {len(found)} of {len(FAULTS)} faults found, median {median:.1f} s')
    return 1 if bad or broken or median > MEDIAN else 0
