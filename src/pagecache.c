/* pagecache.c -- a cache is claimed and given back run by run, with the page allocator's own
 * functions. */
#include "pagecache.h"

#include "../spec/pagealloc_lemmas.acsl"

uint32_t pagecache_alloc(struct pagecache *c, uint32_t n, uint32_t *released_pages)
{
    *released_pages = 0;
    uint32_t first = n <= 64 ? bits_find_run(c->free, n) : 64;
    if (first == 64) return NO_PAGE;
    uint64_t run = bits_between(first, first + n);
    uint64_t moved = bits_shift_down(bits_and(c->released, run), first);
    /*@ assert moved: \forall integer j; 0 <= j < n ==>
          Bit(c->released, first + j) == Bit(moved, j); */
    /*@ assert rest: \forall integer j; n <= j < 64 ==> Bit(moved, j) == 0; */
    /*@ assert count: OnesFrom(c->released, first, n) == Ones(moved, n) == Ones(moved, 64); */
    *released_pages = bits_count(moved);
    c->free = bits_andnot(c->free, run);
    c->released = bits_andnot(c->released, run);
    return c->base + first;
}

/* Length of the run of set bits of x that starts at bit k. */
/*@ requires start: k < 64 && Bit(x, k) == 1;
    assigns \nothing;
    ensures range: 1 <= \result && k + \result <= 64;
    ensures run: OnesRun(x, k, \result);
    ensures next: k + \result < 64 ==> Bit(x, k + \result) == 0;
*/
static inline uint32_t run_at(uint64_t x, uint32_t k)
{
    uint64_t shifted = bits_shift_down(x, k);
    uint64_t gaps = bits_not(shifted);
    uint32_t n = bits_lowest(gaps);
    /*@ assert shifted: \forall integer i; k <= i < 64 ==> Bit(x, i) == Bit(shifted, i - k); */
    /*@ assert start: Bit(gaps, 0) == 0; */
    /*@ assert end: k > 0 ==> Bit(gaps, 64 - k) == 1; */
    /*@ assert ones: \forall integer j; 0 <= j < n ==> Bit(shifted, j) == 1; */
    return n;
}

/* Pages k .. k + n - 1 of the block at base become free. */
/*@ requires valid: PageallocValid(pa);
    requires block: base % 64 == 0 && base + 64 <= pa->npages;
    requires range: 1 <= n && k + n <= 64;
    requires used: UsedRun(pa->free, base + k, n);
    assigns pa->free_pages, pa->search_page, pa->free[base / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures freed: BitRangeSet{Pre,Post}(pa->free, base + k, base + k + n);
    ensures memory: BitsSame{Pre,Post}(pa->released);
    ensures npages: pa->npages == \old(pa->npages);
*/
static inline void free_run(struct pagealloc *pa, uint32_t base, uint32_t k, uint32_t n)
{
    /*@ assert apart: LengthApart(pa); */
    /*@ assert word: (base + k) / 64 == base / 64 && (base + k + n - 1) / 64 == base / 64; */
    pagealloc_free(pa, base + k, n);
}

/* The pages that x has of the block at base become free, with memory. */
/*@ requires valid: PageallocValid(pa);
    requires block: base % 64 == 0 && base + 64 <= pa->npages;
    requires used: \forall integer j; 0 <= j < 64 ==> Bit(x, j) == 1 ==>
      BitAt(pa->free, base + j) == 0;
    assigns pa->free_pages, pa->search_page, pa->free[base / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures pages: WordReturned{Pre,Post}(pa->free, base, x, 64);
    ensures memory: BitsSame{Pre,Post}(pa->released);
    ensures npages: pa->npages == \old(pa->npages);
*/
static void free_word(struct pagealloc *pa, uint32_t base, uint64_t x)
{
    uint64_t rest = x;
    uint32_t k = bits_lowest(rest);
    /*@ assert apart: LengthApart(pa); */
    /*@ loop invariant rest: WordRest(x, rest, k);
        loop invariant npages: pa->npages == \at(pa->npages, Pre);
        loop invariant valid: PageallocValid(pa);
        loop invariant pages: WordReturned{Pre,Here}(pa->free, base, x, k);
        loop invariant memory: BitsSame{Pre,Here}(pa->released);
        loop assigns rest, k, pa->free_pages, pa->search_page, pa->free[base / 64],
                     pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
                     pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
                     pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
                     pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
        loop variant 64 - k;
    */
    while (k < 64) {
        uint32_t n = run_at(rest, k);
        free_run(pa, base, k, n);
        rest = bits_andnot(rest, bits_below(k + n));
        k = bits_lowest(rest);
    }
}

/* Pages k .. k + n - 1 of the block at base, all free, are without memory. */
/*@ requires valid: PageallocValid(pa);
    requires block: base % 64 == 0 && base + 64 <= pa->npages;
    requires range: 1 <= n && k + n <= 64;
    requires free: FreeRun(pa->free, pa->npages, base + k, n);
    assigns pa->released[base / 64];
    ensures valid: PageallocValid(pa);
    ensures memory: BitRangeSet{Pre,Post}(pa->released, base + k, base + k + n);
    ensures pages: BitsSame{Pre,Post}(pa->free);
*/
static inline void release_run(struct pagealloc *pa, uint32_t base, uint32_t k, uint32_t n)
{
    /*@ assert word: (base + k) / 64 == base / 64 && (base + k + n - 1) / 64 == base / 64; */
    pagealloc_mark_released(pa, base + k, n);
}

/* Of the pages of the block at base, all free, those that x has are without memory. */
/*@ requires valid: PageallocValid(pa);
    requires block: base % 64 == 0 && base + 64 <= pa->npages;
    requires free: \forall integer j; 0 <= j < 64 ==> Bit(x, j) == 1 ==>
      BitAt(pa->free, base + j) == 1;
    assigns pa->released[base / 64];
    ensures valid: PageallocValid(pa);
    ensures pages: BitsSame{Pre,Post}(pa->free);
    ensures memory: WordReturned{Pre,Post}(pa->released, base, x, 64);
*/
static void release_word(struct pagealloc *pa, uint32_t base, uint64_t x)
{
    uint64_t rest = x;
    uint32_t k = bits_lowest(rest);
    /*@ loop invariant rest: WordRest(x, rest, k);
        loop invariant npages: pa->npages == \at(pa->npages, Pre);
        loop invariant valid: PageallocValid(pa);
        loop invariant pages: BitsSame{Pre,Here}(pa->free);
        loop invariant memory: WordReturned{Pre,Here}(pa->released, base, x, k);
        loop assigns rest, k, pa->released[base / 64];
        loop variant 64 - k;
    */
    while (k < 64) {
        uint32_t n = run_at(rest, k);
        release_run(pa, base, k, n);
        rest = bits_andnot(rest, bits_below(k + n));
        k = bits_lowest(rest);
    }
}

/* Set what is in the cache; the allocator stays as it is. */
/*@ requires valid: PageallocValid(pa);
    requires memory: \valid(c) && PagecacheApart(c, pa);
    assigns *c;
    ensures valid: PageallocValid(pa);
    ensures cache: c->base == base && c->free == x && c->released == y;
    ensures npages: pa->npages == \old(pa->npages);
    ensures pages: BitsSame{Pre,Post}(pa->free);
    ensures memory: BitsSame{Pre,Post}(pa->released);
*/
static void set_cache(struct pagecache *c, uint32_t base, uint64_t x, uint64_t y)
    /*@ ghost (struct pagealloc *pa) */
{
    c->base = base;
    c->free = x;
    c->released = y;
    /*@ assert pages: BitsSame{Pre,Here}(pa->free); */
    /*@ assert memory: BitsSame{Pre,Here}(pa->released); */
    /*@ assert same: SameBut{Pre,Here}(pa->free, pa->npages, 0, 0); */
    /*@ assert l1: LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES); */
    /*@ assert l2: LevelExact(pa->free, pa->npages, pa->l2, L2_PAGES); */
    /*@ assert l3: LevelExact(pa->free, pa->npages, pa->l3, L3_PAGES); */
    /*@ assert l4: LevelExact(pa->free, pa->npages, pa->l4, L4_PAGES); */
    /*@ assert count: PageallocCount(pa); */
}

void pagecache_flush(struct pagecache *c, struct pagealloc *pa)
{
    uint32_t base = c->base;
    uint64_t x = c->free, y = c->released;
    free_word(pa, base, x);
    release_word(pa, base, y);
    /*@ assert pages: WordReturned{Pre,Here}(pa->free, base, x, 64); */
    /*@ assert memory: WordReturned{Pre,Here}(pa->released, base, y, 64); */
    set_cache(c, base, 0, 0) /*@ ghost (pa) */;
}

/* Pages k .. k + n - 1 of the block at base, all free, are so no longer. */
/*@ requires valid: PageallocValid(pa);
    requires block: base % 64 == 0 && base + 64 <= pa->npages;
    requires range: 1 <= n && k + n <= 64;
    requires free: FreeRun(pa->free, pa->npages, base + k, n);
    assigns pa->free_pages, pa->search_page, pa->free[base / 64], pa->released[base / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures claimed: BitRangeCleared{Pre,Post}(pa->free, base + k, base + k + n);
    ensures memory: BitRangeCleared{Pre,Post}(pa->released, base + k, base + k + n);
    ensures npages: pa->npages == \old(pa->npages);
*/
static inline void take_run(struct pagealloc *pa, uint32_t base, uint32_t k, uint32_t n)
{
    /*@ assert apart: LengthApart(pa); */
    uint32_t released = 0;
    /*@ assert word: (base + k) / 64 == base / 64 && (base + k + n - 1) / 64 == base / 64; */
    pagealloc_take(pa, base + k, n, &released);
}

/* The free pages of the block at base, which are those that x has, are so no longer. */
/*@ requires valid: PageallocValid(pa);
    requires block: base % 64 == 0 && base + 64 <= pa->npages;
    requires word: x == pa->free[base / 64];
    assigns pa->free_pages, pa->search_page, pa->free[base / 64], pa->released[base / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures pages: BitRangeCleared{Pre,Post}(pa->free, base, base + 64);
    ensures memory: BitRangeCleared{Pre,Post}(pa->released, base, base + 64);
    ensures npages: pa->npages == \old(pa->npages);
*/
static void take_word(struct pagealloc *pa, uint32_t base, uint64_t x)
{
    uint64_t rest = x;
    uint32_t k = bits_lowest(rest);
    /*@ assert apart: LengthApart(pa); */
    /*@ assert word: WordBits(pa->free, base, x); */
    /*@ assert memory: \forall integer q; base <= q < base + 64 ==> Bit(x, q - base) == 0 ==>
          BitAt(pa->released, q) == 0; */
    /*@ loop invariant rest: WordRest(x, rest, k);
        loop invariant npages: pa->npages == \at(pa->npages, Pre);
        loop invariant valid: PageallocValid(pa);
        loop invariant pages: WordTaken{Pre,Here}(pa->free, base, x, k);
        loop invariant memory: WordTaken{Pre,Here}(pa->released, base, x, k);
        loop assigns rest, k, pa->free_pages, pa->search_page, pa->free[base / 64],
                     pa->released[base / 64],
                     pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
                     pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
                     pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
                     pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
        loop variant 64 - k;
    */
    while (k < 64) {
        uint32_t n = run_at(rest, k);
        /*@ assert run: OnesRun(x, k, n); */
        /*@ assert free: BitsAre(pa->free, base + k, base + k + n, 1); */
        take_run(pa, base, k, n);
        rest = bits_andnot(rest, bits_below(k + n));
        k = bits_lowest(rest);
    }
}

/* First page of the first block of 64 with a free page; NO_PAGE when there is none. */
/*@ requires valid: PageallocValid(pa);
    assigns \nothing;
    ensures block: \result != NO_PAGE ==> \result % 64 == 0 && \result + 64 <= pa->npages;
    ensures first: \result != NO_PAGE ==> BitsAre(pa->free, 0, \result, 0);
    ensures some: \result != NO_PAGE ==>
      \exists integer q; \result <= q < \result + 64 && BitAt(pa->free, q) == 1;
    ensures none: \result == NO_PAGE ==> BitsAre(pa->free, 0, pa->npages, 0);
*/
static uint32_t first_block(const struct pagealloc *pa)
{
    uint32_t page = pagealloc_find(pa, 1);
    if (page == NO_PAGE) return NO_PAGE;
    /*@ assert free: page < pa->npages && BitAt(pa->free, page) == 1; */
    /*@ assert used: BitsAre(pa->free, 0, page, 0); */
    /*@ assert words: pa->npages == 64 * (pa->npages / 64) && page / 64 < pa->npages / 64; */
    uint32_t base = page - page % 64;
    /*@ assert block: base == 64 * (page / 64) && page == base + page % 64; */
    return base;
}

/* Fill the cache with all that is free in the block at base. */
/*@ requires valid: PageallocValid(pa);
    requires memory: \valid(c) && PagecacheApart(c, pa);
    requires block: base % 64 == 0 && base + 64 <= pa->npages;
    requires some: \exists integer q; base <= q < base + 64 && BitAt(pa->free, q) == 1;
    assigns *c, pa->free_pages, pa->search_page, pa->free[base / 64], pa->released[base / 64],
            pa->l1[0 .. LevelEntries(pa->npages, L1_PAGES) - 1],
            pa->l2[0 .. LevelEntries(pa->npages, L2_PAGES) - 1],
            pa->l3[0 .. LevelEntries(pa->npages, L3_PAGES) - 1],
            pa->l4[0 .. LevelEntries(pa->npages, L4_PAGES) - 1];
    ensures valid: PageallocValid(pa);
    ensures cache: PagecacheValid(c, pa);
    ensures base: c->base == base;
    ensures pages: WordBits{Pre}(pa->free, c->base, c->free);
    ensures memory: WordBits{Pre}(pa->released, c->base, c->released);
    ensures claimed: BitRangeCleared{Pre,Post}(pa->free, base, base + 64);
    ensures cleared: BitRangeCleared{Pre,Post}(pa->released, base, base + 64);
    ensures some: \exists integer j; 0 <= j < 64 && Bit(c->free, j) == 1;
*/
static void fill_block(struct pagecache *c, struct pagealloc *pa, uint32_t base)
{
    uint64_t x = pa->free[base / 64], y = pa->released[base / 64];
    /*@ assert pages: WordBits(pa->free, base, x); */
    /*@ assert memory: WordBits(pa->released, base, y); */
    /*@ assert within: BitsWithin(y, x); */
    take_word(pa, base, x);
    set_cache(c, base, x, y) /*@ ghost (pa) */;
    /*@ assert block: PagecacheBlock(c, pa); */
    /*@ assert owned: PagecacheOwned(c, pa); */
}

/* No page is free: the cache gets none, and stands at a block that has none. */
/*@ requires valid: PageallocValid(pa);
    requires memory: \valid(c) && PagecacheApart(c, pa);
    requires none: BitsAre(pa->free, 0, pa->npages, 0);
    assigns *c;
    ensures valid: PageallocValid(pa);
    ensures cache: PagecacheValid(c, pa);
    ensures base: c->base == 0;
    ensures pages: WordBits{Pre}(pa->free, c->base, c->free);
    ensures memory: WordBits{Pre}(pa->released, c->base, c->released);
    ensures claimed: BitRangeCleared{Pre,Post}(pa->free, 0, 64);
    ensures cleared: BitRangeCleared{Pre,Post}(pa->released, 0, 64);
*/
static void fill_none(struct pagecache *c, struct pagealloc *pa)
{
    /*@ assert zero: \forall integer j; 0 <= j < 64 ==> Bit(0, j) == 0; */
    /*@ assert free: BitsAre(pa->free, 0, 64, 0); */
    /*@ assert released: BitsAre(pa->released, 0, 64, 0); */
    set_cache(c, 0, 0, 0) /*@ ghost (pa) */;
    (void)pa;
}

void pagecache_fill(struct pagecache *c, struct pagealloc *pa)
{
    uint32_t base = first_block(pa);
    if (base == NO_PAGE) {
        fill_none(c, pa);
    } else {
        fill_block(c, pa, base);
    }
}
