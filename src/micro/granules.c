/* granules.c -- see granules.h */
#include "granules.h"

#include "../../spec/granules_lemmas.acsl"

/* ---- Granules that change ---- */

/* The n granules from p on, all free, are taken. */
/*@ requires memory: GranulesMemory(g);
    requires pages: PageallocValid(&g->pages);
    requires range: 1 <= n && p + n <= g->pages.npages;
    requires free: FreeRun(g->pages.free, g->pages.npages, p, n);
    assigns g->pages.free_pages, g->pages.search_page,
            g->pages.free[0 .. g->pages.npages / 64 - 1],
            g->pages.released[0 .. g->pages.npages / 64 - 1],
            GRANULES_SUMMARIES(*g);
    ensures memory: GranulesMemory(g) && GranulesShape{Pre,Post}(g);
    ensures pages: PageallocValid(&g->pages);
    ensures taken: BitRangeCleared{Pre,Post}(g->pages.free, p, p + n);
    ensures starts: BitsSame{Pre,Post}(g->starts);
    ensures count: g->pages.free_pages == \old(g->pages.free_pages) - n;
*/
static void take_run(struct granules *g, uint32_t p, uint32_t n)
{
    /*@ assert words: (p + n - 1) / 64 < g->pages.npages / 64; */
    /*@ assert apart: \base_addr(g) != \base_addr(g->pages.l1) &&
          \base_addr(g) != \base_addr(g->pages.l2) && \base_addr(g) != \base_addr(g->pages.l3) &&
          \base_addr(g) != \base_addr(g->pages.l4); */
    uint32_t released;
    pagealloc_take(&g->pages, p, n, &released);
    /*@ assert npages: g->pages.npages == \at(g->pages.npages, Pre); */
    /*@ assert number: g->count == \at(g->count, Pre); */
    /*@ assert words_kept: \forall integer k; 0 <= k ==>
          g->starts[k] == \at(g->starts[k], Pre); */
    /*@ assert kept: \forall integer q; 0 <= q ==>
          BitAt(g->starts, q) == BitAt{Pre}(g->starts, q); */
    /*@ assert pages: PageallocMemory(&g->pages); */
    /*@ assert valid: \valid(g->starts + (0 .. g->pages.npages / 64 - 1)); */
}

/* The n granules from p on, none of them free, become free. */
/*@ requires memory: GranulesMemory(g);
    requires pages: PageallocValid(&g->pages);
    requires range: 1 <= n && p + n <= g->pages.npages;
    requires taken: UsedRun(g->pages.free, p, n);
    assigns g->pages.free_pages, g->pages.search_page,
            g->pages.free[0 .. g->pages.npages / 64 - 1],
            GRANULES_SUMMARIES(*g);
    ensures memory: GranulesMemory(g) && GranulesShape{Pre,Post}(g);
    ensures pages: PageallocValid(&g->pages);
    ensures free: BitRangeSet{Pre,Post}(g->pages.free, p, p + n);
    ensures starts: BitsSame{Pre,Post}(g->starts);
    ensures count: g->pages.free_pages == \old(g->pages.free_pages) + n;
*/
static void give_run(struct granules *g, uint32_t p, uint32_t n)
{
    /*@ assert words: (p + n - 1) / 64 < g->pages.npages / 64; */
    /*@ assert apart: \base_addr(g) != \base_addr(g->pages.l1) &&
          \base_addr(g) != \base_addr(g->pages.l2) && \base_addr(g) != \base_addr(g->pages.l3) &&
          \base_addr(g) != \base_addr(g->pages.l4); */
    pagealloc_free(&g->pages, p, n);
    /*@ assert npages: g->pages.npages == \at(g->pages.npages, Pre); */
    /*@ assert number: g->count == \at(g->count, Pre); */
    /*@ assert words_kept: \forall integer k; 0 <= k ==>
          g->starts[k] == \at(g->starts[k], Pre); */
    /*@ assert kept: \forall integer q; 0 <= q ==>
          BitAt(g->starts, q) == BitAt{Pre}(g->starts, q); */
}

/* Granule p starts an object now. */
/*@ requires memory: GranulesMemory(g);
    requires pages: PageallocValid(&g->pages);
    requires range: p < g->pages.npages;
    assigns g->starts[p / 64];
    ensures memory: GranulesMemory(g) && GranulesShape{Pre,Post}(g);
    ensures pages: PageallocValid(&g->pages);
    ensures set: BitRangeSet{Pre,Post}(g->starts, p, p + 1);
    ensures same: BitsSame{Pre,Post}(g->pages.free);
*/
static void set_start(struct granules *g, uint32_t p)
{
    bitmap_set(g->starts, p);
    /*@ assert free: BitsSame{Pre,Here}(g->pages.free); */
    /*@ assert released: BitsSame{Pre,Here}(g->pages.released); */
    /*@ assert kept: SameBut{Pre,Here}(g->pages.free, g->pages.npages, 0, 0); */
    /*@ assert l1: LevelExact(g->pages.free, g->pages.npages, g->pages.l1, L1_PAGES); */
    /*@ assert l2: LevelExact(g->pages.free, g->pages.npages, g->pages.l2, L2_PAGES); */
    /*@ assert l3: LevelExact(g->pages.free, g->pages.npages, g->pages.l3, L3_PAGES); */
    /*@ assert l4: LevelExact(g->pages.free, g->pages.npages, g->pages.l4, L4_PAGES); */
    /*@ assert rest: PageallocSearch(&g->pages) && PageallocReleased(&g->pages) &&
          PageallocCount(&g->pages); */
}

/* It starts none any more. */
/*@ requires memory: GranulesMemory(g);
    requires pages: PageallocValid(&g->pages);
    requires range: p < g->pages.npages;
    assigns g->starts[p / 64];
    ensures memory: GranulesMemory(g) && GranulesShape{Pre,Post}(g);
    ensures pages: PageallocValid(&g->pages);
    ensures cleared: BitRangeCleared{Pre,Post}(g->starts, p, p + 1);
    ensures same: BitsSame{Pre,Post}(g->pages.free);
*/
static void clear_start(struct granules *g, uint32_t p)
{
    bitmap_clear(g->starts, p);
    /*@ assert free: BitsSame{Pre,Here}(g->pages.free); */
    /*@ assert released: BitsSame{Pre,Here}(g->pages.released); */
    /*@ assert kept: SameBut{Pre,Here}(g->pages.free, g->pages.npages, 0, 0); */
    /*@ assert l1: LevelExact(g->pages.free, g->pages.npages, g->pages.l1, L1_PAGES); */
    /*@ assert l2: LevelExact(g->pages.free, g->pages.npages, g->pages.l2, L2_PAGES); */
    /*@ assert l3: LevelExact(g->pages.free, g->pages.npages, g->pages.l3, L3_PAGES); */
    /*@ assert l4: LevelExact(g->pages.free, g->pages.npages, g->pages.l4, L4_PAGES); */
    /*@ assert rest: PageallocSearch(&g->pages) && PageallocReleased(&g->pages) &&
          PageallocCount(&g->pages); */
}

void granules_init(struct granules *g)
{
    pagealloc_init(&g->pages);
    /*@ assert free: BitsAre(g->pages.free, 0, g->pages.npages, 0); */
    /*@ assert starts: BitsAre(g->starts, 0, g->pages.npages, 0); */
    give_run(g, 0, g->count);
    /*@ assert none: \forall integer p; 0 <= p < g->pages.npages ==> !Start(g, p); */
    /*@ assert beyond: BeyondTaken(g); */
    /*@ assert some: \forall integer p; 0 <= p < g->count ==> Free(g, p); */
    /*@ assert rest: StartsTaken(g) && TakenStarts(g); */
}

/* ---- Objects ---- */

uint32_t granules_end(const struct granules *g, uint32_t p)
{
    /*@ assert words: (g->count - 1) / 64 < g->pages.npages / 64; */
    uint32_t end = bitmap_next_set(g->pages.free, p + 1, g->count);
    return bitmap_next_set(g->starts, p + 1, end);
}

uint32_t granules_start_below(const struct granules *g, uint32_t p)
{
    /*@ loop invariant range: 0 <= p <= \at(p, Pre) && !Free(g, p);
        loop invariant none: \forall integer q; p < q <= \at(p, Pre) ==>
          !Start(g, q) && !Free(g, q);
        loop assigns p;
        loop variant p;
    */
    while (!granules_starts(g, p)) p--;
    return p;
}

uint32_t granules_next(const struct granules *g, uint32_t p)
{
    /*@ assert words: (g->count - 1) / 64 < g->pages.npages / 64; */
    return bitmap_next_set(g->starts, p, g->count);
}

/* What to add to `place` for a multiple of `align`. */
/*@ requires range: 1 <= align && place <= 2 * MAX_PAGES;
    assigns \nothing;
    ensures less: \result < align;
    ensures aligned: (place + \result) % align == 0;
*/
static uint32_t skip_to_align(uint32_t place, uint32_t align)
{
    uint32_t over = place % align;
    uint32_t rest = over == 0 ? 0 : align - over;
    /*@ assert parts: place == place / align * align + over; */
    /*@ assert multiple: place + rest == (place / align + (over == 0 ? 0 : 1)) * align; */
    return rest;
}

uint32_t granules_alloc(struct granules *g, uint32_t n, uint32_t align, uint32_t before)
{
    uint32_t page = pagealloc_find(&g->pages, n + align - 1);
    if (page == NO_PAGE) return NO_PAGE;
    /*@ ghost uint32_t found = page; */
    page += skip_to_align(page + before, align);
    /*@ assert place: found <= page && page + n <= found + n + align - 1; */
    /*@ assert free: FreeRun(g->pages.free, g->pages.npages, page, n); */
    /*@ assert inside: page + n <= g->count; */
    take_run(g, page, n);
    set_start(g, page);
    /*@ assert was_free: \forall integer q; page <= q < page + n ==> Free{Pre}(g, q); */
    /*@ assert shape: GranulesShape{Pre,Here}(g); */
    /*@ assert taken: RunTaken{Pre,Here}(g, page, page + n); */
    /*@ assert starts: StartSet{Pre,Here}(g, page); */
    /*@ assert bits: GranulesBits(g); */
    return page;
}

void granules_free(struct granules *g, uint32_t p)
{
    uint32_t end = granules_end(g, p);
    give_run(g, p, end - p);
    clear_start(g, p);
    /*@ assert shape: GranulesShape{Pre,Here}(g); */
    /*@ assert freed: RunFreed{Pre,Here}(g, p, end); */
    /*@ assert starts: StartCleared{Pre,Here}(g, p); */
    /*@ assert bits: GranulesBits(g); */
}

/* The object of granules [p, end) becomes one of n granules. */
/*@ requires valid: GranulesValid(g);
    requires object: Object(g, p, end) && p + n < end && 1 <= n;
    assigns g->pages.free_pages, g->pages.search_page,
            g->pages.free[0 .. g->pages.npages / 64 - 1],
            GRANULES_SUMMARIES(*g);
    ensures valid: GranulesValid(g);
    ensures shape: GranulesShape{Pre,Post}(g);
    ensures object: Object(g, p, p + n);
    ensures kept: ObjectsKept{Pre,Post}(g, p);
    ensures only: ObjectsOnly{Pre,Post}(g, p);
*/
static void shrink(struct granules *g, uint32_t p, uint32_t end, uint32_t n)
{
    give_run(g, p + n, end - p - n);
    /*@ assert shape: GranulesShape{Pre,Here}(g); */
    /*@ assert freed: RunFreed{Pre,Here}(g, p + n, end); */
    /*@ assert starts: StartsSame{Pre,Here}(g); */
    /*@ assert bits: GranulesBits(g); */
}

/* The object of granules [p, end) goes on for `more` granules, all free. */
/*@ requires valid: GranulesValid(g);
    requires object: Object(g, p, end) && 1 <= more && end + more <= g->count;
    requires free: FreeRun(g->pages.free, g->pages.npages, end, more);
    assigns g->pages.free_pages, g->pages.search_page,
            g->pages.free[0 .. g->pages.npages / 64 - 1],
            g->pages.released[0 .. g->pages.npages / 64 - 1],
            GRANULES_SUMMARIES(*g);
    ensures valid: GranulesValid(g);
    ensures shape: GranulesShape{Pre,Post}(g);
    ensures object: Object(g, p, end + more);
    ensures kept: ObjectsKept{Pre,Post}(g, p);
    ensures only: ObjectsOnly{Pre,Post}(g, p);
*/
static void grow(struct granules *g, uint32_t end, uint32_t more) /*@ ghost (uint32_t p) */
{
    /*@ assert was_free: \forall integer q; end <= q < end + more ==> Free(g, q); */
    take_run(g, end, more);
    /*@ assert shape: GranulesShape{Pre,Here}(g); */
    /*@ assert taken: RunTaken{Pre,Here}(g, end, end + more); */
    /*@ assert starts: StartsSame{Pre,Here}(g); */
    /*@ assert bits: GranulesBits(g); */
}

bool granules_resize(struct granules *g, uint32_t p, uint32_t n)
{
    uint32_t end = granules_end(g, p);
    if (n == end - p) {
        /*@ assert object: p + n == end && Object(g, p, p + n); */
        return true;
    }
    if (n < end - p) {
        shrink(g, p, end, n);
        /*@ assert shrunk: Object(g, p, p + n); */
        return true;
    }
    uint32_t more = n - (end - p);
    uint32_t run = pagealloc_free_run(&g->pages, end, more);
    if (run < more) return false;
    /*@ assert last: Free(g, end + more - 1); */
    grow(g, end, more) /*@ ghost (p) */;
    /*@ assert length: end + more == p + n; */
    /*@ assert grown: Object(g, p, p + n); */
    return true;
}
