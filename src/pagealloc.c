/* pagealloc.c -- see pagealloc.h */
#include "pagealloc.h"

#include <stdbool.h>

#include "../spec/pagealloc_lemmas.acsl"

STATIC_ASSERT(64 * CHUNK_WORDS == CHUNK_PAGES && CHUNK_LAST == CHUNK_WORDS - 1, "a bit a page");
STATIC_ASSERT(L1_PAGES == CHUNK_PAGES && L2_PAGES == 16 * L1_PAGES && L3_PAGES == 16 * L2_PAGES &&
              L4_PAGES == 16 * L3_PAGES, "each level has blocks 16 times as long");

/* ---- Search ---- */

/* Search the blocks of entry `parent` of the level above, one of which holds a run, or two. */
/*@ requires range: LevelSize(size) && size < L4_PAGES && 1 <= n <= np <= MAX_PAGES;
    requires memory: \valid_read(s + (0 .. LevelEntries(np, size) - 1));
    requires parent: parent < LevelEntries(np, 16 * size);
    requires exact: LevelExact(w, np, s, size);
    requires has: BlockHas(w, np, parent * (16 * size), parent * (16 * size) + 16 * size, n);
    requires none: NoRunStarts(w, np, 0, parent * (16 * size), n);
    assigns \nothing;
    ensures found: \result.page != NO_PAGE ==>
      FreeRun(w, np, \result.page, n) && NoRunStarts(w, np, 0, \result.page, n);
    ensures inside: \result.page == NO_PAGE ==>
      \result.entry < LevelEntries(np, size) && n <= s[\result.entry].max &&
      NoRunStarts(w, np, 0, \result.entry * size, n);
*/
static struct page_place find_below(const struct page_summary *s, uint32_t np, uint32_t parent,
                                    uint32_t size, uint32_t n) /*@ ghost (uint64_t *w) */
{
    uint32_t first = parent * PAGESUM_FAN;
    uint32_t count = pagealloc_entries(np, size) - first;
    if (count > PAGESUM_FAN) count = PAGESUM_FAN;
    return pagesum_find_in_row(s, first, count, size, n) /*@ ghost (w, np) */;
}

/* The first run of n free pages in chunk `chunk`, which holds one. */
/*@ requires range: 1 <= n <= np <= MAX_PAGES && np % CHUNK_PAGES == 0;
    requires chunk: chunk < LevelEntries(np, L1_PAGES);
    requires memory: \valid_read(w + (0 .. np / 64 - 1));
    requires has: BlockHas(w, np, chunk * CHUNK_PAGES, chunk * CHUNK_PAGES + CHUNK_PAGES, n);
    requires none: NoRunStarts(w, np, 0, chunk * CHUNK_PAGES, n);
    assigns \nothing;
    ensures some: \result != NO_PAGE;
    ensures found: FreeRun(w, np, \result, n) && NoRunStarts(w, np, 0, \result, n);
*/
static uint32_t find_in_chunk(const uint64_t *w, uint32_t chunk, uint32_t n)
    /*@ ghost (uint32_t np) */
{
    /*@ assert inside: (chunk + 1) * CHUNK_PAGES <= np; */
    uint32_t page = chunk * CHUNK_PAGES;
    /*@ assert words: page / 64 == CHUNK_WORDS * chunk &&
          (page + CHUNK_PAGES - 1) / 64 == CHUNK_WORDS * chunk + CHUNK_LAST &&
          CHUNK_WORDS * chunk + CHUNK_LAST < np / 64; */
    return pagesum_find_in_chunk(w, page, page + CHUNK_PAGES, n) /*@ ghost (np) */;
}

/* The first run of n free pages anywhere. */
/*@ requires memory: PageallocMemory(pa);
    requires summaries: PageallocSummaries(pa);
    requires search: PageallocSearch(pa) && pa->search_page < pa->npages;
    requires length: 1 <= n <= pa->npages;
    assigns \nothing;
    ensures found: \result != NO_PAGE ==> FreeRun(pa->free, pa->npages, \result, n) &&
      NoRunStarts(pa->free, pa->npages, 0, \result, n);
    ensures none: \result == NO_PAGE ==> NoRunStarts(pa->free, pa->npages, 0, pa->npages, n);
*/
static uint32_t find_in_levels(const struct pagealloc *pa, uint32_t n)
{
    uint32_t np = pa->npages;
    uint32_t first = pa->search_page / L4_PAGES, entries = pagealloc_entries(np, L4_PAGES);
    /*@ assert below: NoRunStarts(pa->free, pa->npages, 0, pa->search_page, n); */
    struct page_place place = pagesum_find_in_row(pa->l4, first, entries - first, L4_PAGES, n)
        /*@ ghost (pa->free, np) */;
    if (place.page != NO_PAGE || place.entry == entries) return place.page;
    /*@ assert l4: EntryExact(pa->free, pa->npages, pa->l4, place.entry, L4_PAGES); */
    place = find_below(pa->l3, np, place.entry, L3_PAGES, n) /*@ ghost (pa->free) */;
    if (place.page != NO_PAGE) return place.page;
    /*@ assert l3: EntryExact(pa->free, pa->npages, pa->l3, place.entry, L3_PAGES); */
    place = find_below(pa->l2, np, place.entry, L2_PAGES, n) /*@ ghost (pa->free) */;
    if (place.page != NO_PAGE) return place.page;
    /*@ assert l2: EntryExact(pa->free, pa->npages, pa->l2, place.entry, L2_PAGES); */
    place = find_below(pa->l1, np, place.entry, L1_PAGES, n) /*@ ghost (pa->free) */;
    if (place.page != NO_PAGE) return place.page;
    /*@ assert l1: EntryExact(pa->free, pa->npages, pa->l1, place.entry, L1_PAGES); */
    return find_in_chunk(pa->free, place.entry, n) /*@ ghost (np) */;
}

uint32_t pagealloc_find(const struct pagealloc *pa, uint32_t n)
{
    uint32_t from = pa->search_page, chunk = from / CHUNK_PAGES;
    if (from == pa->npages || n > pa->npages) return NO_PAGE;
    /*@ assert chunk: chunk < LevelEntries(pa->npages, L1_PAGES) &&
          (chunk + 1) * CHUNK_PAGES <= pa->npages; */
    if (pa->l1[chunk].max < n) return find_in_levels(pa, n);
    /*@ assert l1: EntryExact(pa->free, pa->npages, pa->l1, chunk, L1_PAGES); */
    return pagesum_find_in_chunk(pa->free, from - from % 64, (chunk + 1) * CHUNK_PAGES, n)
        /*@ ghost (pa->npages) */;
}

uint32_t pagealloc_free_run(const struct pagealloc *pa, uint32_t page, uint32_t limit)
{
    uint32_t end = limit < pa->npages - page ? page + limit : pa->npages;
    /*@ assert word: page < end ==>
          WordThere(pa->npages, page) && WordThere(pa->npages, end - 1); */
    return bitmap_next_clear(pa->free, page, end) - page;
}

/* ---- Summaries ---- */

/*@ assigns \nothing;
    ensures differs: \result == false <==>
      a.start == b.start && a.max == b.max && a.end == b.end;
*/
static inline bool summary_differs(struct page_summary a, struct page_summary b)
{
    return a.start != b.start || a.max != b.max || a.end != b.end;
}

/* Mend entry i of the first level. Returns whether it has changed. */
/*@ requires memory: PageallocMemory(pa);
    requires entry: i < LevelEntries(pa->npages, L1_PAGES);
    assigns pa->l1[i];
    ensures exact: EntryExact(pa->free, pa->npages, pa->l1, i, L1_PAGES);
    ensures same: \result == false ==> pa->l1[i] == \old(pa->l1[i]);
*/
static bool mend_chunk(struct pagealloc *pa, uint32_t i)
{
    struct page_summary old = pa->l1[i];
    struct page_summary s = pagesum_of_chunk(pa->free, i) /*@ ghost (pa->npages) */;
    pa->l1[i] = s;
    return summary_differs(old, s);
}

/* Mend entry i of a level from the level below, whose entries have `size` pages. */
/*@ requires range: LevelSize(size) && size < L4_PAGES && 1 <= np <= MAX_PAGES;
    requires entry: i < LevelEntries(np, 16 * size);
    requires memory: \valid_read(child + (0 .. LevelEntries(np, size) - 1)) && \valid(parent + i);
    requires apart: \base_addr(child) != \base_addr(parent);
    requires exact: LevelExact(w, np, child, size);
    assigns parent[i];
    ensures exact: EntryExact(w, np, parent, i, 16 * size);
    ensures same: \result == false ==> parent[i] == \old(parent[i]);
*/
static bool mend_entry(const struct page_summary *child, struct page_summary *parent, uint32_t np,
                       uint32_t i, uint32_t size) /*@ ghost (uint64_t *w) */
{
    struct page_summary old = parent[i];
    uint32_t first = i * PAGESUM_FAN;
    uint32_t count = pagealloc_entries(np, size) - first;
    if (count > PAGESUM_FAN) count = PAGESUM_FAN;
    struct page_summary s = pagesum_of_row(child, first, count, size) /*@ ghost (w, np) */;
    parent[i] = s;
    return summary_differs(old, s);
}

/* Mend entries first .. last of a level. */
/*@ requires range: LevelSize(size) && size < L4_PAGES && 1 <= np <= MAX_PAGES;
    requires entries: first <= last < LevelEntries(np, 16 * size);
    requires memory: \valid_read(child + (0 .. LevelEntries(np, size) - 1)) &&
      \valid(parent + (0 .. LevelEntries(np, 16 * size) - 1));
    requires apart: \base_addr(child) != \base_addr(parent);
    requires exact: LevelExact(w, np, child, size);
    requires rest: LevelButEntries(w, np, parent, 16 * size, first, last);
    assigns parent[first .. last];
    ensures exact: LevelExact(w, np, parent, 16 * size);
    ensures others: \forall struct page_summary *s, integer pages;
      \base_addr(s) != \base_addr(parent) ==>
      LevelExact{Pre}(w, np, s, pages) ==> LevelExact(w, np, s, pages);
*/
static void mend_level(const struct page_summary *child, struct page_summary *parent, uint32_t np,
                       uint32_t first, uint32_t last, uint32_t size) /*@ ghost (uint64_t *w) */
{
    /*@ loop invariant range: first <= i <= last + 1;
        loop invariant child: LevelExact(w, np, child, size);
        loop invariant exact: LevelButEntries(w, np, parent, 16 * size, i, last);
        loop assigns i, parent[first .. last];
        loop variant last + 1 - i;
    */
    for (uint32_t i = first; i <= last; i++) {
        mend_entry(child, parent, np, i, size) /*@ ghost (w) */;
        /*@ assert others: LevelButEntries(w, np, parent, 16 * size, i, last); */
    }
}

/* Mend entry i of a level, the only one that may be wrong,
 * if an entry of the level below has changed.
 * Returns whether entry i has. */
/*@ requires range: LevelSize(size) && size < L4_PAGES && 1 <= np <= MAX_PAGES;
    requires entry: i < LevelEntries(np, 16 * size);
    requires memory: \valid_read(child + (0 .. LevelEntries(np, size) - 1)) &&
      \valid(parent + (0 .. LevelEntries(np, 16 * size) - 1));
    requires apart: \base_addr(child) != \base_addr(parent);
    requires exact: LevelExact(w, np, child, size);
    requires rest: LevelButEntries(w, np, parent, 16 * size, i, i);
    requires same: changed == false ==> EntryExact(w, np, parent, i, 16 * size);
    assigns parent[i];
    ensures exact: LevelExact(w, np, parent, 16 * size);
    ensures same: \result == false ==> parent[i] == \old(parent[i]);
*/
static bool mend_parent(const struct page_summary *child, struct page_summary *parent, uint32_t np,
                        uint32_t i, uint32_t size, bool changed)
    /*@ ghost (uint64_t *w) */
{
    if (changed) changed = mend_entry(child, parent, np, i, size) /*@ ghost (w) */;
    /*@ assert others: LevelButEntries(w, np, parent, 16 * size, i, i); */
    /*@ assert entry: EntryExact(w, np, parent, i, 16 * size); */
    return changed;
}

/* Mend the entries of page x in the two lower levels,
 * the only ones that may be wrong. Returns whether
 * the upper one has changed. */
/*@ requires memory: PageallocMemory(pa);
    requires range: x < pa->npages;
    requires rest: LevelButEntries(pa->free, pa->npages, pa->l1, L1_PAGES,
                                   x / L1_PAGES, x / L1_PAGES) &&
      LevelButEntries(pa->free, pa->npages, pa->l2, L2_PAGES, x / L2_PAGES, x / L2_PAGES);
    requires chain: EntryExact(pa->free, pa->npages, pa->l1, x / L1_PAGES, L1_PAGES) ==>
      EntryExact(pa->free, pa->npages, pa->l2, x / L2_PAGES, L2_PAGES);
    assigns pa->l1[x / L1_PAGES], pa->l2[x / L2_PAGES];
    ensures l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES);
    ensures l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES);
    ensures same: \result == false ==> pa->l2[x / L2_PAGES] == \old(pa->l2[x / L2_PAGES]);
*/
static bool mend_lower(struct pagealloc *pa, uint32_t x)
{
    uint32_t np = pa->npages;
    /*@ ghost uint64_t *w = pa->free; */
    bool changed = mend_chunk(pa, x / L1_PAGES);
    /*@ assert others: LevelButEntries(w, np, pa->l1, L1_PAGES, x / L1_PAGES, x / L1_PAGES); */
    /*@ assert l1: LevelExact(w, np, pa->l1, L1_PAGES); */
    return mend_parent(pa->l1, pa->l2, np, x / L2_PAGES, L1_PAGES, changed) /*@ ghost (w) */;
}

/* The same for the two upper levels, when the second has changed. */
/*@ requires memory: PageallocMemory(pa);
    requires range: x < pa->npages;
    requires l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES);
    requires l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES);
    requires rest: LevelButEntries(pa->free, pa->npages, pa->l3, L3_PAGES,
                                   x / L3_PAGES, x / L3_PAGES) &&
      LevelButEntries(pa->free, pa->npages, pa->l4, L4_PAGES, x / L4_PAGES, x / L4_PAGES);
    requires same: changed == false ==>
      EntryExact(pa->free, pa->npages, pa->l3, x / L3_PAGES, L3_PAGES);
    requires chain: EntryExact(pa->free, pa->npages, pa->l3, x / L3_PAGES, L3_PAGES) ==>
      EntryExact(pa->free, pa->npages, pa->l4, x / L4_PAGES, L4_PAGES);
    assigns pa->l3[x / L3_PAGES], pa->l4[x / L4_PAGES];
    ensures l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES);
    ensures l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES);
    ensures l3: LevelExact(pa->free, pa->npages, pa->l3, L3_PAGES);
    ensures l4: LevelExact(pa->free, pa->npages, pa->l4, L4_PAGES);
*/
static void mend_upper(struct pagealloc *pa, uint32_t x, bool changed)
{
    uint32_t np = pa->npages;
    /*@ ghost uint64_t *w = pa->free; */
    changed = mend_parent(pa->l2, pa->l3, np, x / L3_PAGES, L2_PAGES, changed) /*@ ghost (w) */;
    /*@ assert l1: LevelExact(w, np, pa->l1, L1_PAGES); */
    /*@ assert l3: LevelExact(w, np, pa->l3, L3_PAGES); */
    mend_parent(pa->l3, pa->l4, np, x / L4_PAGES, L3_PAGES, changed) /*@ ghost (w) */;
}

/* Mend the summaries after pages of [x, y), in one chunk, have changed: upwards until one stays. */
/*@ requires memory: PageallocMemory(pa);
    requires range: x < y <= pa->npages && x / L1_PAGES == (y - 1) / L1_PAGES;
    requires stale: PageallocStale(pa, x, y);
    assigns pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures exact: PageallocSummaries(pa);
    ensures kept: PageallocKept{Pre,Post}(pa);
*/
static void mend_around_chunk(struct pagealloc *pa, uint32_t x) /*@ ghost (uint32_t y) */
{
    /*@ assert entries: EntryThere(pa->npages, x, L1_PAGES) && EntryThere(pa->npages, x, L2_PAGES)
          && EntryThere(pa->npages, x, L3_PAGES) && EntryThere(pa->npages, x, L4_PAGES); */
    /*@ ghost uint32_t np = pa->npages; */
    /*@ ghost uint64_t *w = pa->free; */
    /*@ assert was3: LevelButEntries(w, np, pa->l3, L3_PAGES, x / L3_PAGES, x / L3_PAGES); */
    /*@ assert was4: LevelButEntries(w, np, pa->l4, L4_PAGES, x / L4_PAGES, x / L4_PAGES); */
    bool changed = mend_lower(pa, x);
    /*@ assert rest3: LevelButEntries(w, np, pa->l3, L3_PAGES, x / L3_PAGES, x / L3_PAGES); */
    /*@ assert rest4: LevelButEntries(w, np, pa->l4, L4_PAGES, x / L4_PAGES, x / L4_PAGES); */
    /*@ assert chain3: changed == false ==> EntryExact(w, np, pa->l3, x / L3_PAGES, L3_PAGES); */
    /*@ assert chain4: EntryExact(w, np, pa->l3, x / L3_PAGES, L3_PAGES) ==>
          EntryExact(w, np, pa->l4, x / L4_PAGES, L4_PAGES); */
    mend_upper(pa, x, changed);
    /*@ assert np: pa->npages == \at(pa->npages, Pre); */
    /*@ assert count: pa->free_pages == \at(pa->free_pages, Pre); */
    /*@ assert search: pa->search_page == \at(pa->search_page, Pre); */
}

/* Mend entries first .. last of the first level. */
/*@ requires memory: PageallocMemory(pa);
    requires entries: first <= last < LevelEntries(pa->npages, L1_PAGES);
    requires rest: LevelButEntries(pa->free, pa->npages, pa->l1, L1_PAGES, first, last);
    assigns pa->l1[first .. last];
    ensures exact: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES);
*/
static void mend_chunks(struct pagealloc *pa, uint32_t first, uint32_t last)
{
    /*@ ghost uint32_t np = pa->npages; */
    /*@ loop invariant range: first <= i <= last + 1;
        loop invariant exact: LevelButEntries(pa->free, np, pa->l1, L1_PAGES, i, last);
        loop assigns i, pa->l1[first .. last];
        loop variant last + 1 - i;
    */
    for (uint32_t i = first; i <= last; i++) {
        mend_chunk(pa, i);
        /*@ assert others: LevelButEntries(pa->free, np, pa->l1, L1_PAGES, i, last); */
    }
}

/* Mend all entries with pages of [x, y) in the two lower levels, */
/*@ requires memory: PageallocMemory(pa);
    requires range: x < y <= pa->npages;
    requires rest1: LevelButEntries(pa->free, pa->npages, pa->l1, L1_PAGES,
                                    x / L1_PAGES, (y - 1) / L1_PAGES);
    requires rest2: LevelButEntries(pa->free, pa->npages, pa->l2, L2_PAGES,
                                    x / L2_PAGES, (y - 1) / L2_PAGES);
    assigns pa->l1[x / L1_PAGES .. (y - 1) / L1_PAGES],
            pa->l2[x / L2_PAGES .. (y - 1) / L2_PAGES];
    ensures l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES);
    ensures l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES);
*/
static void mend_run_lower(struct pagealloc *pa, uint32_t x, uint32_t y)
{
    mend_chunks(pa, x / L1_PAGES, (y - 1) / L1_PAGES);
    mend_level(pa->l1, pa->l2, pa->npages, x / L2_PAGES, (y - 1) / L2_PAGES, L1_PAGES)
        /*@ ghost (pa->free) */;
}

/* and in the two upper levels. */
/*@ requires memory: PageallocMemory(pa);
    requires range: x < y <= pa->npages;
    requires l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES);
    requires l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES);
    requires rest3: LevelButEntries(pa->free, pa->npages, pa->l3, L3_PAGES,
                                    x / L3_PAGES, (y - 1) / L3_PAGES);
    requires rest4: LevelButEntries(pa->free, pa->npages, pa->l4, L4_PAGES,
                                    x / L4_PAGES, (y - 1) / L4_PAGES);
    assigns pa->l3[x / L3_PAGES .. (y - 1) / L3_PAGES],
            pa->l4[x / L4_PAGES .. (y - 1) / L4_PAGES];
    ensures l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES);
    ensures l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES);
    ensures l3: LevelExact(pa->free, pa->npages, pa->l3, L3_PAGES);
    ensures l4: LevelExact(pa->free, pa->npages, pa->l4, L4_PAGES);
*/
static void mend_run_upper(struct pagealloc *pa, uint32_t x, uint32_t y)
{
    uint32_t np = pa->npages;
    mend_level(pa->l2, pa->l3, np, x / L3_PAGES, (y - 1) / L3_PAGES, L2_PAGES)
        /*@ ghost (pa->free) */;
    /*@ assert l1: LevelExact(pa->free, np, pa->l1, L1_PAGES); */
    /*@ assert l2: LevelExact(pa->free, np, pa->l2, L2_PAGES); */
    /*@ assert l3: LevelExact(pa->free, np, pa->l3, L3_PAGES); */
    mend_level(pa->l3, pa->l4, np, x / L4_PAGES, (y - 1) / L4_PAGES, L3_PAGES)
        /*@ ghost (pa->free) */;
    /*@ assert np: pa->npages == np; */
    /*@ assert end1: LevelExact(pa->free, np, pa->l1, L1_PAGES); */
    /*@ assert end2: LevelExact(pa->free, np, pa->l2, L2_PAGES); */
    /*@ assert end3: LevelExact(pa->free, np, pa->l3, L3_PAGES); */
    /*@ assert end4: LevelExact(pa->free, np, pa->l4, L4_PAGES); */
}

/* Mend the summaries after pages of [x, y), in several chunks, have changed. */
/*@ requires memory: PageallocMemory(pa);
    requires range: x < y <= pa->npages;
    requires stale: PageallocStale(pa, x, y);
    assigns pa->l1[x / L1_PAGES .. (y - 1) / L1_PAGES], pa->l2[x / L2_PAGES .. (y - 1) / L2_PAGES],
            pa->l3[x / L3_PAGES .. (y - 1) / L3_PAGES], pa->l4[x / L4_PAGES .. (y - 1) / L4_PAGES];
    ensures exact: PageallocSummaries(pa);
    ensures kept: PageallocKept{Pre,Post}(pa);
*/
static void mend_around_run(struct pagealloc *pa, uint32_t x, uint32_t y)
{
    /*@ assert rest3: LevelButEntries(pa->free, pa->npages, pa->l3, L3_PAGES,
          x / L3_PAGES, (y - 1) / L3_PAGES); */
    /*@ assert rest4: LevelButEntries(pa->free, pa->npages, pa->l4, L4_PAGES,
          x / L4_PAGES, (y - 1) / L4_PAGES); */
    mend_run_lower(pa, x, y);
    /*@ assert kept4: LevelButEntries(pa->free, pa->npages, pa->l4, L4_PAGES,
          x / L4_PAGES, (y - 1) / L4_PAGES); */
    /*@ assert kept3: LevelButEntries(pa->free, pa->npages, pa->l3, L3_PAGES,
          x / L3_PAGES, (y - 1) / L3_PAGES); */
    mend_run_upper(pa, x, y);
    /*@ assert np: pa->npages == \at(pa->npages, Pre); */
    /*@ assert count: pa->free_pages == \at(pa->free_pages, Pre); */
    /*@ assert search: pa->search_page == \at(pa->search_page, Pre); */
}

/* Mend the summaries after pages of [x, y) have changed. */
/*@ requires memory: PageallocMemory(pa);
    requires range: x < y <= pa->npages;
    requires stale: PageallocStale(pa, x, y);
    assigns pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures exact: PageallocSummaries(pa);
    ensures kept: PageallocKept{Pre,Post}(pa);
*/
static void mend_summaries(struct pagealloc *pa, uint32_t x, uint32_t y)
{
    /*@ assert entries: EntryThere(pa->npages, x, L1_PAGES) && EntryThere(pa->npages, x, L2_PAGES)
          && EntryThere(pa->npages, x, L3_PAGES) && EntryThere(pa->npages, x, L4_PAGES); */
    /*@ assert last: EntryThere(pa->npages, y - 1, L1_PAGES) &&
          EntryThere(pa->npages, y - 1, L2_PAGES) && EntryThere(pa->npages, y - 1, L3_PAGES) &&
          EntryThere(pa->npages, y - 1, L4_PAGES); */
    if (x / L1_PAGES == (y - 1) / L1_PAGES) {
        mend_around_chunk(pa, x) /*@ ghost (y) */;
    } else {
        mend_around_run(pa, x, y);
    }
}

/* ---- Pages that change ---- */

/* Write a field or a caller's result: the summaries stay what they are. */
/*@ requires memory: PageallocMemory(pa);
    requires summaries: PageallocSummaries(pa);
    assigns pa->free_pages;
    ensures summaries: PageallocSummaries(pa);
    ensures set: pa->free_pages == count;
*/
static void set_free_pages(struct pagealloc *pa, uint32_t count)
{
    pa->free_pages = count;
    /*@ assert l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES); */
    /*@ assert l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES); */
    /*@ assert l3: LevelExact(pa->free, pa->npages, pa->l3, L3_PAGES); */
    /*@ assert l4: LevelExact(pa->free, pa->npages, pa->l4, L4_PAGES); */
}

/*@ requires memory: PageallocMemory(pa);
    requires rest: PageallocSummaries(pa) && PageallocReleased(pa) && PageallocCount(pa);
    requires range: page <= pa->npages;
    requires used: BitsAre(pa->free, 0, page, 0);
    assigns pa->search_page;
    ensures valid: PageallocValid(pa);
    ensures set: pa->search_page == page;
*/
static void set_search_page(struct pagealloc *pa, uint32_t page)
{
    pa->search_page = page;
    /*@ assert l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES); */
    /*@ assert l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES); */
    /*@ assert l3: LevelExact(pa->free, pa->npages, pa->l3, L3_PAGES); */
    /*@ assert l4: LevelExact(pa->free, pa->npages, pa->l4, L4_PAGES); */
    /*@ assert search: PageallocSearch(pa); */
}

/*@ requires valid: PageallocValid(pa);
    requires out: \valid(out) && PageallocApart(pa, out);
    assigns *out;
    ensures valid: PageallocValid(pa);
    ensures set: *out == value;
    ensures npages: pa->npages == \old(pa->npages);
*/
static inline void set_result(uint32_t *out, uint32_t value) /*@ ghost (struct pagealloc *pa) */
{
    *out = value;
    /*@ assert memory: PageallocMemory(pa); */
    /*@ assert rest: PageallocSearch(pa) && PageallocReleased(pa) && PageallocCount(pa); */
    /*@ assert l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES); */
    /*@ assert l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES); */
    /*@ assert l3: LevelExact(pa->free, pa->npages, pa->l3, L3_PAGES); */
    /*@ assert l4: LevelExact(pa->free, pa->npages, pa->l4, L4_PAGES); */
}

/* Pages [x, y) are marked as not free. The summaries are stale then. */
/*@ requires memory: PageallocMemory(pa);
    requires summaries: PageallocSummaries(pa);
    requires range: x < y <= pa->npages;
    assigns pa->free[x / 64 .. (y - 1) / 64];
    ensures stale: PageallocStale(pa, x, y);
    ensures changed: BitRangeCleared{Pre,Post}(pa->free, x, y);
    ensures memory: BitsSame{Pre,Post}(pa->released);
*/
static void clear_pages(struct pagealloc *pa, uint32_t x, uint32_t y)
{
    /*@ assert words: WordThere(pa->npages, x) && WordThere(pa->npages, y - 1); */
    /*@ assert entries: EntryThere(pa->npages, x, L1_PAGES) && EntryThere(pa->npages, x, L2_PAGES)
          && EntryThere(pa->npages, x, L3_PAGES) && EntryThere(pa->npages, x, L4_PAGES); */
    /*@ assert nested: BlockNested(x, L1_PAGES, L2_PAGES) && BlockNested(x, L2_PAGES, L3_PAGES) &&
          BlockNested(x, L3_PAGES, L4_PAGES); */
    /*@ assert within: x / L1_PAGES == (y - 1) / L1_PAGES ==>
          y <= x / L1_PAGES * L1_PAGES + L1_PAGES; */
    bitmap_clear_range(pa->free, x, y);
    /*@ assert released: BitsSame{Pre,Here}(pa->released); */
    /*@ assert same: SameBut{Pre,Here}(pa->free, pa->npages, x, y); */
    /*@ assert stale1: LevelButEntries(pa->free, pa->npages, pa->l1, L1_PAGES,
          x / L1_PAGES, (y - 1) / L1_PAGES); */
    /*@ assert stale2: LevelButEntries(pa->free, pa->npages, pa->l2, L2_PAGES,
          x / L2_PAGES, (y - 1) / L2_PAGES); */
    /*@ assert stale3: LevelButEntries(pa->free, pa->npages, pa->l3, L3_PAGES,
          x / L3_PAGES, (y - 1) / L3_PAGES); */
    /*@ assert stale4: LevelButEntries(pa->free, pa->npages, pa->l4, L4_PAGES,
          x / L4_PAGES, (y - 1) / L4_PAGES); */
    /*@ assert chain2: x / L1_PAGES == (y - 1) / L1_PAGES ==>
          EntryExact(pa->free, pa->npages, pa->l1, x / L1_PAGES, L1_PAGES) ==>
          EntryExact(pa->free, pa->npages, pa->l2, x / L2_PAGES, L2_PAGES); */
    /*@ assert chain3: x / L1_PAGES == (y - 1) / L1_PAGES ==>
          EntryExact(pa->free, pa->npages, pa->l2, x / L2_PAGES, L2_PAGES) ==>
          EntryExact(pa->free, pa->npages, pa->l3, x / L3_PAGES, L3_PAGES); */
    /*@ assert chain4: x / L1_PAGES == (y - 1) / L1_PAGES ==>
          EntryExact(pa->free, pa->npages, pa->l3, x / L3_PAGES, L3_PAGES) ==>
          EntryExact(pa->free, pa->npages, pa->l4, x / L4_PAGES, L4_PAGES); */
}

/* Pages [x, y) are marked as free. The summaries are stale then. */
/*@ requires memory: PageallocMemory(pa);
    requires summaries: PageallocSummaries(pa);
    requires range: x < y <= pa->npages;
    assigns pa->free[x / 64 .. (y - 1) / 64];
    ensures stale: PageallocStale(pa, x, y);
    ensures changed: BitRangeSet{Pre,Post}(pa->free, x, y);
    ensures memory: BitsSame{Pre,Post}(pa->released);
*/
static void set_pages(struct pagealloc *pa, uint32_t x, uint32_t y)
{
    /*@ assert words: WordThere(pa->npages, x) && WordThere(pa->npages, y - 1); */
    /*@ assert entries: EntryThere(pa->npages, x, L1_PAGES) && EntryThere(pa->npages, x, L2_PAGES)
          && EntryThere(pa->npages, x, L3_PAGES) && EntryThere(pa->npages, x, L4_PAGES); */
    /*@ assert nested: BlockNested(x, L1_PAGES, L2_PAGES) && BlockNested(x, L2_PAGES, L3_PAGES) &&
          BlockNested(x, L3_PAGES, L4_PAGES); */
    /*@ assert within: x / L1_PAGES == (y - 1) / L1_PAGES ==>
          y <= x / L1_PAGES * L1_PAGES + L1_PAGES; */
    bitmap_set_range(pa->free, x, y);
    /*@ assert released: BitsSame{Pre,Here}(pa->released); */
    /*@ assert same: SameBut{Pre,Here}(pa->free, pa->npages, x, y); */
    /*@ assert stale1: LevelButEntries(pa->free, pa->npages, pa->l1, L1_PAGES,
          x / L1_PAGES, (y - 1) / L1_PAGES); */
    /*@ assert stale2: LevelButEntries(pa->free, pa->npages, pa->l2, L2_PAGES,
          x / L2_PAGES, (y - 1) / L2_PAGES); */
    /*@ assert stale3: LevelButEntries(pa->free, pa->npages, pa->l3, L3_PAGES,
          x / L3_PAGES, (y - 1) / L3_PAGES); */
    /*@ assert stale4: LevelButEntries(pa->free, pa->npages, pa->l4, L4_PAGES,
          x / L4_PAGES, (y - 1) / L4_PAGES); */
    /*@ assert chain2: x / L1_PAGES == (y - 1) / L1_PAGES ==>
          EntryExact(pa->free, pa->npages, pa->l1, x / L1_PAGES, L1_PAGES) ==>
          EntryExact(pa->free, pa->npages, pa->l2, x / L2_PAGES, L2_PAGES); */
    /*@ assert chain3: x / L1_PAGES == (y - 1) / L1_PAGES ==>
          EntryExact(pa->free, pa->npages, pa->l2, x / L2_PAGES, L2_PAGES) ==>
          EntryExact(pa->free, pa->npages, pa->l3, x / L3_PAGES, L3_PAGES); */
    /*@ assert chain4: x / L1_PAGES == (y - 1) / L1_PAGES ==>
          EntryExact(pa->free, pa->npages, pa->l3, x / L3_PAGES, L3_PAGES) ==>
          EntryExact(pa->free, pa->npages, pa->l4, x / L4_PAGES, L4_PAGES); */
}

/* Pages [x, y), all free, are so no longer. */
/*@ requires memory: PageallocMemory(pa);
    requires summaries: PageallocSummaries(pa);
    requires count: PageallocCount(pa);
    requires range: x < y <= pa->npages;
    requires free: FreeRun(pa->free, pa->npages, x, y - x);
    assigns pa->free_pages, pa->free[x / 64 .. (y - 1) / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures summaries: PageallocSummaries(pa);
    ensures count: PageallocCount(pa) && pa->free_pages == \old(pa->free_pages) - (y - x);
    ensures changed: BitRangeCleared{Pre,Post}(pa->free, x, y);
    ensures memory: BitsSame{Pre,Post}(pa->released);
    ensures kept: pa->npages == \old(pa->npages) && pa->search_page == \old(pa->search_page);
    ensures arrays: PageallocMemory(pa);
*/
static void claim_pages(struct pagealloc *pa, uint32_t x, uint32_t y)
{
    /*@ assert bits: BitsAre(pa->free, x, y, 1); */
    set_free_pages(pa, pa->free_pages - (y - x));
    clear_pages(pa, x, y);
    mend_summaries(pa, x, y);
    /*@ assert changed: BitRangeCleared{Pre,Here}(pa->free, x, y); */
    /*@ assert count: BitCount(pa->free, 0, pa->npages) ==
          BitCount{Pre}(pa->free, 0, pa->npages) - (y - x); */
}

/* Pages [x, y), none of them free, become free. */
/*@ requires memory: PageallocMemory(pa);
    requires summaries: PageallocSummaries(pa);
    requires count: PageallocCount(pa);
    requires range: x < y <= pa->npages;
    requires used: UsedRun(pa->free, x, y - x);
    assigns pa->free_pages, pa->free[x / 64 .. (y - 1) / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures summaries: PageallocSummaries(pa);
    ensures count: PageallocCount(pa) && pa->free_pages == \old(pa->free_pages) + (y - x);
    ensures changed: BitRangeSet{Pre,Post}(pa->free, x, y);
    ensures memory: BitsSame{Pre,Post}(pa->released);
    ensures kept: pa->npages == \old(pa->npages) && pa->search_page == \old(pa->search_page);
    ensures arrays: PageallocMemory(pa);
*/
static void free_pages(struct pagealloc *pa, uint32_t x, uint32_t y)
{
    /*@ assert bits: BitsAre(pa->free, x, y, 0); */
    set_free_pages(pa, pa->free_pages + (y - x));
    set_pages(pa, x, y);
    mend_summaries(pa, x, y);
    /*@ assert changed: BitRangeSet{Pre,Here}(pa->free, x, y); */
    /*@ assert count: BitCount(pa->free, 0, pa->npages) ==
          BitCount{Pre}(pa->free, 0, pa->npages) + (y - x); */
}

/* Pages [x, y) count as without memory, or will when they are free. */
/*@ requires memory: PageallocMemory(pa);
    requires rest: PageallocSummaries(pa) && PageallocSearch(pa) && PageallocCount(pa);
    requires range: x < y <= pa->npages;
    assigns pa->released[x / 64 .. (y - 1) / 64];
    ensures rest: PageallocSummaries(pa) && PageallocSearch(pa) && PageallocCount(pa);
    ensures changed: BitRangeSet{Pre,Post}(pa->released, x, y);
    ensures same: BitsSame{Pre,Post}(pa->free);
*/
static void set_released(struct pagealloc *pa, uint32_t x, uint32_t y)
{
    /*@ assert words: WordThere(pa->npages, x) && WordThere(pa->npages, y - 1); */
    bitmap_set_range(pa->released, x, y);
    /*@ assert bits: BitsSame{Pre,Here}(pa->free); */
    /*@ assert same: SameBut{Pre,Here}(pa->free, pa->npages, 0, 0); */
    /*@ assert l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES); */
    /*@ assert l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES); */
    /*@ assert l3: LevelExact(pa->free, pa->npages, pa->l3, L3_PAGES); */
    /*@ assert l4: LevelExact(pa->free, pa->npages, pa->l4, L4_PAGES); */
    /*@ assert search: PageallocSearch(pa); */
    /*@ assert count: PageallocCount(pa); */
}

/* They count as pages with memory. */
/*@ requires memory: PageallocMemory(pa);
    requires rest: PageallocSummaries(pa) && PageallocSearch(pa) && PageallocCount(pa);
    requires range: x < y <= pa->npages;
    assigns pa->released[x / 64 .. (y - 1) / 64];
    ensures rest: PageallocSummaries(pa) && PageallocSearch(pa) && PageallocCount(pa);
    ensures changed: BitRangeCleared{Pre,Post}(pa->released, x, y);
    ensures same: BitsSame{Pre,Post}(pa->free);
*/
static void clear_released(struct pagealloc *pa, uint32_t x, uint32_t y)
{
    /*@ assert words: WordThere(pa->npages, x) && WordThere(pa->npages, y - 1); */
    bitmap_clear_range(pa->released, x, y);
    /*@ assert bits: BitsSame{Pre,Here}(pa->free); */
    /*@ assert same: SameBut{Pre,Here}(pa->free, pa->npages, 0, 0); */
    /*@ assert l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES); */
    /*@ assert l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES); */
    /*@ assert l3: LevelExact(pa->free, pa->npages, pa->l3, L3_PAGES); */
    /*@ assert l4: LevelExact(pa->free, pa->npages, pa->l4, L4_PAGES); */
    /*@ assert search: PageallocSearch(pa); */
    /*@ assert count: PageallocCount(pa); */
}

/* Claim the free pages [page, end). Returns how many of them have no memory yet. */
/*@ requires valid: PageallocValid(pa);
    requires range: page < end <= pa->npages;
    requires free: FreeRun(pa->free, pa->npages, page, end - page);
    assigns pa->free_pages, pa->search_page,
            pa->free[page / 64 .. (end - 1) / 64], pa->released[page / 64 .. (end - 1) / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures claimed: BitRangeCleared{Pre,Post}(pa->free, page, end);
    ensures memory: BitRangeCleared{Pre,Post}(pa->released, page, end);
    ensures released: \result == BitCount{Pre}(pa->released, page, end - page);
    ensures count: pa->free_pages == \old(pa->free_pages) - (end - page);
    ensures npages: pa->npages == \old(pa->npages);
*/
static uint32_t claim_run(struct pagealloc *pa, uint32_t page, uint32_t end)
{
    /*@ assert words: WordThere(pa->npages, page) && WordThere(pa->npages, end - 1); */
    /*@ assert below: BitsAre(pa->free, 0, pa->search_page, 0); */
    uint32_t released = bitmap_count_range(pa->released, page, end);
    clear_released(pa, page, end);
    claim_pages(pa, page, end);
    /*@ assert claimed: BitRangeCleared{Pre,Here}(pa->free, page, end); */
    /*@ assert memory: BitRangeCleared{Pre,Here}(pa->released, page, end); */
    /*@ assert released: PageallocReleased(pa); */
    uint32_t search = page == pa->search_page ? end : pa->search_page;
    /*@ assert used: BitsAre(pa->free, 0, search, 0); */
    set_search_page(pa, search);
    return released;
}

void pagealloc_take(struct pagealloc *pa, uint32_t page, uint32_t n, uint32_t *released_pages)
{
    uint32_t released = claim_run(pa, page, page + n);
    set_result(released_pages, released) /*@ ghost (pa) */;
}

/* Move search_page up to the first free page. */
/*@ requires valid: PageallocValid(pa);
    assigns pa->search_page;
    ensures valid: PageallocValid(pa);
    ensures npages: pa->npages == \old(pa->npages);
    ensures first: pa->search_page == pa->npages || BitAt(pa->free, pa->search_page) == 1;
*/
static void skip_used(struct pagealloc *pa)
{
    uint32_t from = pa->search_page;
    if (from == pa->npages || bitmap_test(pa->free, from)) return;
    uint32_t page = pagealloc_find(pa, 1);
    if (page == NO_PAGE) page = pa->npages;
    /*@ assert used: BitsAre(pa->free, 0, page, 0); */
    set_search_page(pa, page);
}

uint32_t pagealloc_alloc(struct pagealloc *pa, uint32_t n, uint32_t *released_pages)
{
    uint32_t released = 0;
    skip_used(pa);
    uint32_t page = pagealloc_find(pa, n);
    /*@ assert place: page != NO_PAGE ==> page + n <= pa->npages &&
          FreeRun(pa->free, pa->npages, page, n) &&
          NoRunStarts(pa->free, pa->npages, 0, page, n); */
    /*@ assert words: page != NO_PAGE ==>
          WordThere(pa->npages, page) && WordThere(pa->npages, page + n - 1); */
    if (page != NO_PAGE) released = claim_run(pa, page, page + n);
    set_result(released_pages, released) /*@ ghost (pa) */;
    return page;
}

/* As pagealloc_free, of pages [page, end). */
/*@ requires valid: PageallocValid(pa);
    requires range: page < end <= pa->npages;
    requires used: UsedRun(pa->free, page, end - page);
    assigns pa->free_pages, pa->search_page, pa->free[page / 64 .. (end - 1) / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures freed: BitRangeSet{Pre,Post}(pa->free, page, end);
    ensures memory: BitsSame{Pre,Post}(pa->released);
    ensures count: pa->free_pages == \old(pa->free_pages) + (end - page);
    ensures npages: pa->npages == \old(pa->npages);
*/
static void give_run(struct pagealloc *pa, uint32_t page, uint32_t end)
{
    free_pages(pa, page, end);
    /*@ assert memory: BitsSame{Pre,Here}(pa->released); */
    /*@ assert released: PageallocReleased(pa); */
    uint32_t search = page < pa->search_page ? page : pa->search_page;
    /*@ assert used: BitsAre(pa->free, 0, search, 0); */
    set_search_page(pa, search);
}

void pagealloc_free(struct pagealloc *pa, uint32_t page, uint32_t n)
{
    give_run(pa, page, page + n);
}

void pagealloc_grow(struct pagealloc *pa, uint32_t page, uint32_t n)
{
    give_run(pa, page, page + n);
    set_released(pa, page, page + n);
    /*@ assert released: PageallocReleased(pa); */
}

void pagealloc_mark_released(struct pagealloc *pa, uint32_t page, uint32_t n)
{
    /*@ assert free: BitsAre(pa->free, page, page + n, 1); */
    set_released(pa, page, page + n);
    /*@ assert released: PageallocReleased(pa); */
}

void pagealloc_init(struct pagealloc *pa)
{
    /*@ assert free: BitsAre(pa->free, 0, pa->npages, 0); */
    /*@ assert released: BitsAre(pa->released, 0, pa->npages, 0); */
    /*@ assert l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES); */
    /*@ assert l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES); */
    /*@ assert l3: LevelExact(pa->free, pa->npages, pa->l3, L3_PAGES); */
    /*@ assert l4: LevelExact(pa->free, pa->npages, pa->l4, L4_PAGES); */
    set_free_pages(pa, 0);
    set_search_page(pa, pa->npages);
}
