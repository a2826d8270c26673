/* pagealloc.h -- which pages of a heap are free: claimed in address order, found by summaries.
 *
 * A bitmap has a bit for each page, set when it is free. Chunks of pages have a summary of their
 * free runs (pagesum.h), 16 of them one of the next level, and so on for four levels (L1_PAGES and
 * so on in config.h): the first fit among 2^27 pages is found in a few dozen steps, and a claim
 * mends four summaries. A second bitmap tells which free pages have no memory behind them: never
 * used, or given back to the system.
 *
 * Zero-filled arrays are an allocator with nothing free: pages become free by pagealloc_grow, or
 * when their user gives them back. The owner of the struct guards it by a lock of his own. The
 * invariant is PageallocValid in spec/pagealloc.acsl; nothing fails but the search, and only when
 * no run is there.
 */
#ifndef WPM_PAGEALLOC_H
#define WPM_PAGEALLOC_H

#include <stdint.h>

#include "pagesum.h"

struct pagealloc {
    uint32_t npages;         /* pages it can manage: a multiple of CHUNK_PAGES, to MAX_PAGES */
    uint32_t free_pages;     /* pages that are free */
    uint32_t search_page;    /* no page below is free */
    uint64_t *free;          /* npages bits: the page is free */
    uint64_t *released;      /* npages bits: it is free, has no memory, and will read as zero */
    struct page_summary *l1; /* pagealloc_entries(npages, L1_PAGES) entries, and so on */
    struct page_summary *l2;
    struct page_summary *l3;
    struct page_summary *l4;
};

#include "../spec/pagealloc.acsl"

/* Entries of a level whose entries have `size` pages. */
/*@ requires range: npages <= MAX_PAGES && 1 <= size <= MAX_PAGES;
    assigns \nothing;
    ensures entries: \result == LevelEntries(npages, size);
*/
static inline uint32_t pagealloc_entries(uint32_t npages, uint32_t size)
{
    return (npages + size - 1) / size;
}

/* Begin, with npages and the arrays set and the arrays zero: nothing is free. */
/*@ requires memory: PageallocMemory(pa);
    requires bits: \forall integer k; 0 <= k < pa->npages / 64 ==>
      pa->free[k] == 0 && pa->released[k] == 0;
    requires l1: LevelZero(pa->l1, LevelEntries(pa->npages, L1_PAGES));
    requires l2: LevelZero(pa->l2, LevelEntries(pa->npages, L2_PAGES));
    requires l3: LevelZero(pa->l3, LevelEntries(pa->npages, L3_PAGES));
    requires l4: LevelZero(pa->l4, LevelEntries(pa->npages, L4_PAGES));
    assigns pa->free_pages, pa->search_page;
    ensures valid: PageallocValid(pa);
    ensures none: pa->free_pages == 0;
*/
void pagealloc_init(struct pagealloc *pa);

/* The first page of the lowest run of n free pages; NO_PAGE when no such run exists. */
/*@ requires valid: PageallocValid(pa);
    requires length: 1 <= n;
    assigns \nothing;
    behavior found:
      assumes some: !NoRunStarts(pa->free, pa->npages, 0, pa->npages, n);
      ensures inside: \result + n <= pa->npages;
      ensures free: FreeRun(pa->free, pa->npages, \result, n);
      ensures first: NoRunStarts(pa->free, pa->npages, 0, \result, n);
    behavior full:
      assumes none: NoRunStarts(pa->free, pa->npages, 0, pa->npages, n);
      ensures none: \result == NO_PAGE;
    complete behaviors; disjoint behaviors;
*/
uint32_t pagealloc_find(const struct pagealloc *pa, uint32_t n);

/* Claim the lowest run of n free pages: its first page, or NO_PAGE when no such run exists.
 * *released_pages: how many of them have no memory yet. */
/*@ requires valid: PageallocValid(pa);
    requires length: 1 <= n;
    requires out: \valid(released_pages) && PageallocApart(pa, released_pages);
    assigns *released_pages, pa->free_pages, pa->search_page,
            pa->free[0 .. pa->npages / 64 - 1], pa->released[0 .. pa->npages / 64 - 1],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    behavior found:
      assumes some: !NoRunStarts(pa->free, pa->npages, 0, pa->npages, n);
      ensures inside: \result + n <= pa->npages;
      ensures was_free: FreeRun{Pre}(pa->free, pa->npages, \result, n);
      ensures first: NoRunStarts{Pre}(pa->free, pa->npages, 0, \result, n);
      ensures claimed: BitRangeCleared{Pre,Post}(pa->free, \result, \result + n);
      ensures memory: BitRangeCleared{Pre,Post}(pa->released, \result, \result + n);
      ensures released: *released_pages == BitCount{Pre}(pa->released, \result, n);
      ensures count: pa->free_pages == \old(pa->free_pages) - n;
    behavior full:
      assumes none: NoRunStarts(pa->free, pa->npages, 0, pa->npages, n);
      ensures none: \result == NO_PAGE && *released_pages == 0;
      ensures same: BitsSame{Pre,Post}(pa->free) && BitsSame{Pre,Post}(pa->released);
      ensures count: pa->free_pages == \old(pa->free_pages);
    complete behaviors; disjoint behaviors;
*/
uint32_t pagealloc_alloc(struct pagealloc *pa, uint32_t n, uint32_t *released_pages);

/* Claim the n pages from `page` on, all free. */
/*@ requires valid: PageallocValid(pa);
    requires range: 1 <= n && page + n <= pa->npages;
    requires free: FreeRun(pa->free, pa->npages, page, n);
    requires out: \valid(released_pages) && PageallocApart(pa, released_pages);
    assigns *released_pages, pa->free_pages, pa->search_page,
            pa->free[page / 64 .. (page + n - 1) / 64],
            pa->released[page / 64 .. (page + n - 1) / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures claimed: BitRangeCleared{Pre,Post}(pa->free, page, page + n);
    ensures memory: BitRangeCleared{Pre,Post}(pa->released, page, page + n);
    ensures released: *released_pages == BitCount{Pre}(pa->released, page, n);
    ensures count: pa->free_pages == \old(pa->free_pages) - n;
*/
void pagealloc_take(struct pagealloc *pa, uint32_t page, uint32_t n, uint32_t *released_pages);

/* The n pages from `page` on, none of them free, become free. Their memory is kept. */
/*@ requires valid: PageallocValid(pa);
    requires range: 1 <= n && page + n <= pa->npages;
    requires used: UsedRun(pa->free, page, n);
    assigns pa->free_pages, pa->search_page, pa->free[page / 64 .. (page + n - 1) / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures freed: BitRangeSet{Pre,Post}(pa->free, page, page + n);
    ensures memory: BitsSame{Pre,Post}(pa->released);
    ensures count: pa->free_pages == \old(pa->free_pages) + n;
*/
void pagealloc_free(struct pagealloc *pa, uint32_t page, uint32_t n);

/* The n pages from `page` on, none of them free, become free without memory: fresh from the
 * system. */
/*@ requires valid: PageallocValid(pa);
    requires range: 1 <= n && page + n <= pa->npages;
    requires used: UsedRun(pa->free, page, n);
    assigns pa->free_pages, pa->search_page, pa->free[page / 64 .. (page + n - 1) / 64],
            pa->released[page / 64 .. (page + n - 1) / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures freed: BitRangeSet{Pre,Post}(pa->free, page, page + n);
    ensures memory: BitRangeSet{Pre,Post}(pa->released, page, page + n);
    ensures count: pa->free_pages == \old(pa->free_pages) + n;
*/
void pagealloc_grow(struct pagealloc *pa, uint32_t page, uint32_t n);

/* The memory of the n pages from `page` on, all free, is with the system now. */
/*@ requires valid: PageallocValid(pa);
    requires range: 1 <= n && page + n <= pa->npages;
    requires free: FreeRun(pa->free, pa->npages, page, n);
    assigns pa->released[page / 64 .. (page + n - 1) / 64];
    ensures valid: PageallocValid(pa);
    ensures memory: BitRangeSet{Pre,Post}(pa->released, page, page + n);
    ensures pages: BitsSame{Pre,Post}(pa->free);
*/
void pagealloc_mark_released(struct pagealloc *pa, uint32_t page, uint32_t n);

/* How many pages from `page` on are free, `limit` at most. */
/*@ requires valid: PageallocValid(pa);
    requires range: page <= pa->npages;
    assigns \nothing;
    ensures limit: \result <= limit && page + \result <= pa->npages;
    ensures free: FreeRun(pa->free, pa->npages, page, \result);
    ensures next: \result < limit ==> PageFree(pa->free, pa->npages, page + \result) == 0;
*/
uint32_t pagealloc_free_run(const struct pagealloc *pa, uint32_t page, uint32_t limit);

#endif
