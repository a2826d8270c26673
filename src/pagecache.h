/* pagecache.h -- a few free pages of one thread, claimed by the word and handed out without a
 * lock.
 *
 * A cache holds the free pages of one block of 64, aligned to 64: a bit for each. Filling takes
 * all that is free in the first block with any; requests of a few pages are then served by a
 * search in a word; what is left goes back at a flush. Meanwhile the page allocator has these
 * pages as not free.
 *
 * One thread owns a cache and needs no lock for pagecache_alloc; filling and flushing change the
 * page allocator, under the lock that guards it. Larger requests than 64 pages never fit: they,
 * and those of many pages, belong to the page allocator. The invariant is PagecacheValid in
 * spec/pagecache.acsl.
 */
#ifndef WPM_PAGECACHE_H
#define WPM_PAGECACHE_H

#include <stdint.h>

#include "pagealloc.h"

/* All zero: an empty cache. */
struct pagecache {
    uint32_t base;     /* page of bit 0: a multiple of 64 */
    uint64_t free;     /* bit j: page base + j is in the cache */
    uint64_t released; /* bit j: it is, has no memory, and will read as zero */
};

#include "../spec/pagecache.acsl"

/* Take the lowest run of n pages out of the cache: its first page, or NO_PAGE when no such run is
 * in it. *released_pages: how many of them have no memory yet. */
/*@ requires memory: \valid(c) && \valid(released_pages) && \separated(c, released_pages);
    requires block: c->base % 64 == 0 && c->base + 64 <= MAX_PAGES;
    requires within: BitsWithin(c->released, c->free);
    requires length: 1 <= n;
    assigns *released_pages, c->free, c->released;
    ensures within: BitsWithin(c->released, c->free);
    behavior found:
      assumes some: \exists integer j; 0 <= j && j + n <= 64 && OnesRun(c->free, j, n);
      ensures inside: c->base <= \result && \result + n <= c->base + 64;
      ensures was_free: OnesRun(\old(c->free), \result - c->base, n);
      ensures first: \forall integer j; 0 <= j < \result - c->base ==>
        !OnesRun(\old(c->free), j, n);
      ensures taken: \forall integer j; 0 <= j < 64 ==> Bit(c->free, j) ==
        (\result <= c->base + j < \result + n ? 0 : Bit(\old(c->free), j));
      ensures memory: \forall integer j; 0 <= j < 64 ==> Bit(c->released, j) ==
        (\result <= c->base + j < \result + n ? 0 : Bit(\old(c->released), j));
      ensures released: *released_pages == OnesFrom(\old(c->released), \result - c->base, n);
    behavior none:
      assumes none: \forall integer j; 0 <= j ==> j + n <= 64 ==> !OnesRun(c->free, j, n);
      ensures none: \result == NO_PAGE && *released_pages == 0;
      ensures same: c->free == \old(c->free) && c->released == \old(c->released);
    complete behaviors; disjoint behaviors;
*/
uint32_t pagecache_alloc(struct pagecache *c, uint32_t n, uint32_t *released_pages);

/* Give all pages of the cache back to the allocator, and forget them. */
/*@ requires valid: PageallocValid(pa);
    requires memory: \valid(c) && PagecacheApart(c, pa);
    requires cache: PagecacheValid(c, pa);
    assigns *c, pa->free_pages, pa->search_page,
            pa->free[c->base / 64], pa->released[c->base / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures empty: c->free == 0 && c->released == 0 && c->base == \old(c->base);
    ensures pages: WordReturned{Pre,Post}(pa->free, c->base, \old(c->free), 64);
    ensures memory: WordReturned{Pre,Post}(pa->released, c->base, \old(c->released), 64);
*/
void pagecache_flush(struct pagecache *c, struct pagealloc *pa);

/* Fill an empty cache with all that is free in the first block of 64 pages that has free pages. It
 * stays empty when there is none. */
/*@ requires valid: PageallocValid(pa);
    requires memory: \valid(c) && PagecacheApart(c, pa);
    requires empty: c->free == 0;
    assigns *c, pa->free_pages, pa->search_page,
            pa->free[0 .. pa->npages / 64 - 1], pa->released[0 .. pa->npages / 64 - 1],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures cache: PagecacheValid(c, pa);
    ensures pages: WordBits{Pre}(pa->free, c->base, c->free);
    ensures memory: WordBits{Pre}(pa->released, c->base, c->released);
    ensures claimed: BitRangeCleared{Pre,Post}(pa->free, c->base, c->base + 64);
    ensures cleared: BitRangeCleared{Pre,Post}(pa->released, c->base, c->base + 64);
    ensures first: BitsAre{Pre}(pa->free, 0, c->base, 0);
    ensures some: (\forall integer j; 0 <= j < 64 ==> Bit(c->free, j) == 0) ==>
      BitsAre{Pre}(pa->free, 0, pa->npages, 0);
*/
void pagecache_fill(struct pagecache *c, struct pagealloc *pa);

#endif
