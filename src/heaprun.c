/* heaprun.c -- see heaprun.h */
#include "heaprun.h"

#include "metadata.h"
#include "../spec/heaprun.acsl"
#include "../spec/multiple.acsl"

/* Pages that a small heap grows by (512 KiB): what lies beyond faults when it is touched. */
#define GROW_PAGES 64u

/* What an operation of the page pool promises when it leaves alone what is not the pool's. */
#define ENSURES_KEPT(h) ensures pool: PageallocMemory(&h->pages); \
    ensures pointers: PointersSame{Pre,Post}(h); ensures counts: CountsSame{Pre,Post}(h); \
    ensures cells: CellsKept{Pre,Post}(h); ensures sound: PagesSound(h); \
    ensures released: ReleasedCounted(h, \old(h->pages.npages));

/* heappool_claim_at, and that it leaves alone what is none of the page pool's. */
/*@ requires writable: \valid(h) && PageallocMemory(&h->pages);
    requires pages: PagesValid(h);
    requires counter: -0x100000000 <= h->span_pages <= 0x100000000;
    requires range: 0 < npages && page + npages <= h->pages.npages;
    requires free: FreeRun(h->pages.free, h->pages.npages, page, npages);
    assigns h->released_pages, h->span_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ENSURES_KEPT(h)
    ensures count: h->pages.free_pages == \old(h->pages.free_pages) - npages &&
      h->span_pages == \old(h->span_pages) + npages;
    ensures claimed: BitRangeCleared{Pre,Post}(h->pages.free, page, page + npages);
    ensures zero: \result == npages ==> \forall integer p; page <= p < page + npages ==>
      BitAt{Pre}(h->pages.released, p) == 1;
*/
static uint32_t claim_kept(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h)
{
    uint32_t released = heappool_claim_at(h, page, npages);
    /*@ assert cells: ShapeCellsKept{Pre,Here}(h) && BitCellsKept{Pre,Here}(h); */
    return released;
}

uint32_t heaprun_claim_at(struct wpm_heap *h, uint32_t page, uint32_t npages)
{
    /*@ assert free: BitsAre(h->pages.free, page, page + npages, 1); */
    uint32_t released = claim_kept(h, page, npages);
    /*@ assert apart: HeapApart(h) && PoolsApart(h) && PoolSizes(h); */
    /*@ assert ids: FixallocMemory(&h->ids); */
    /*@ assert arrays: HeapArrays(h); */
    /*@ assert names: NamesKept{Pre,Here}(h); */
    return released;
}

/* heappool_free, and that it leaves alone what is none of the page pool's. */
/*@ requires writable: \valid(h) && PageallocMemory(&h->pages);
    requires pages: PagesValid(h);
    requires counter: -0x100000000 <= h->span_pages <= 0x100000000;
    requires range: 0 < npages && page + npages <= h->pages.npages;
    requires taken: UsedRun(h->pages.free, page, npages);
    assigns h->span_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ENSURES_KEPT(h)
    ensures count: h->pages.free_pages == \old(h->pages.free_pages) + npages &&
      h->span_pages == \old(h->span_pages) - npages;
    ensures freed: BitRangeSet{Pre,Post}(h->pages.free, page, page + npages);
    ensures kept_memory: \forall integer p; page <= p < page + npages ==>
      BitAt(h->pages.released, p) == 0;
*/
static void free_kept(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h)
{
    heappool_free(h, page, npages);
    /*@ assert cells: ShapeCellsKept{Pre,Here}(h) && BitCellsKept{Pre,Here}(h); */
}

void heaprun_give(struct wpm_heap *h, uint32_t page, uint32_t npages)
{
    free_kept(h, page, npages);
    /*@ assert apart: CountsSame{Pre,Here}(h) && HeapApart(h) && PoolsApart(h); */
    /*@ assert memory: HeapMemory(h) && PoolSizes(h); */
    /*@ assert pools: PageallocMemory(&h->pages) && FixallocMemory(&h->ids); */
    /*@ assert names: NamesKept{Pre,Here}(h); */
}

/* heappool_add of pages behind a fence of `fence` pages, which count as a span's; what is none of
 * the page pool's stays as it is. */
/*@ requires writable: \valid(h) && PageallocMemory(&h->pages);
    requires pages: PagesValid(h);
    requires counter: -0x100000000 <= h->span_pages <= 0x100000000;
    requires range: 0 < npages && fence <= 1 && page + fence + npages <= h->pages.npages;
    requires taken: UsedRun(h->pages.free, page + fence, npages);
    assigns h->span_pages, h->released_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ENSURES_KEPT(h)
    ensures count: h->pages.free_pages == \old(h->pages.free_pages) + npages &&
      h->span_pages == \old(h->span_pages) + fence;
    ensures freed: BitRangeSet{Pre,Post}(h->pages.free, page + fence, page + fence + npages);
    ensures memory: ReleasedKept{Pre,Post}(h, page);
*/
static void add_kept(struct wpm_heap *h, uint32_t page, uint32_t fence, uint32_t npages, bool fresh)
    HEAP_LOCKED(h)
{
    h->span_pages += fence;
    heappool_add(h, page + fence, npages, fresh);
    /*@ assert bits: BitCellsKept{Pre,Here}(h); */
    /*@ assert shapes: ShapeCellsKept{Pre,Here}(h); */
}

/* The pages from `page` to the heap's end, all new, become free; `fresh`: they are zero. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires taken: PagesTaken(h); requires beyond: PagesBeyond(h);
    requires range: 0 < npages && page + npages == h->npages;
    requires run: RunInHand(h, page, page + npages);
    requires kept: PagesKeptBut(h, page, page + npages);
    requires counted: h->span_pages == page - h->pages.free_pages;
    assigns h->span_pages, h->released_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures taken: PagesTaken(h); ensures kept: PagesKept(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures ids_same: IdsSame{Pre,Post}(h);
    ensures counts: CountsSame{Pre,Post}(h);
    ensures memory_old: ReleasedKept{Pre,Post}(h, page);
*/
static void give_new(struct wpm_heap *h, uint32_t page, uint32_t npages, bool fresh) HEAP_LOCKED(h)
{
    uint32_t fence = arenamap_fence(&h->map, page);
    add_kept(h, page, fence, npages - fence, fresh);
    /*@ assert arrays: HeapArrays(h); */
    /*@ assert ids: FixallocMemory(&h->ids); */
    /*@ assert apart: HeapApart(h) && PoolsApart(h) && PoolSizes(h); */
    /*@ assert names: NamesKept{Pre,Here}(h); */
}

/* Grow the heap by `npages` pages. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h); requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires range: 0 < npages <= h->grow_limit - h->npages;
    assigns h->span_pages, h->npages, h->nspans, h->ids.capacity, h->released_pages,
            h->page_span[h->npages .. h->map.npages - 1], h->span[h->nspans .. h->map.npages],
            h->live[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->ids.stack[h->nspans .. h->map.npages], h->ids.where[h->nspans .. h->map.npages],
            h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures taken: PagesTaken(h); ensures kept: PagesKept(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures sizes: h->npages == \old(h->npages) + (\result == true ? npages : 0);
    ensures limits: LimitsSame{Pre,Post}(h);
    ensures refused: \result == false ==> BitsSame{Pre,Post}(h->pages.free) &&
      SizesSame{Pre,Post}(h);
    ensures none: \result == false ==> NoneStill{Pre,Post}(h);
    ensures memory_old: ReleasedKept{Pre,Post}(h, \old(h->npages));
*/
static bool extend(struct wpm_heap *h, uint32_t npages) HEAP_LOCKED(h)
{
    uint32_t old = h->npages;
    bool fresh = false;
    bool more = metadata_extend(h, old + npages, &fresh);
    /*@ assert limit: h->grow_limit == \at(h->grow_limit, Pre); */
    /*@ assert reserved: h->map.npages == \at(h->map.npages, Pre); */
    /*@ assert spans: SpansChanged{Pre,Here}(h, NO_SPAN); */
    /*@ assert bits: BitsSame{Pre,Here}(h->pages.free) && ReleasedKept{Pre,Here}(h, old); */
    /*@ assert limits: LimitsSame{Pre,Here}(h); */
    /*@ assert pages: PagesValid(h) && PagesBeyond(h) && PagesTaken(h); */
    /*@ assert ids: IdsValid(h) && IdsTaken(h); */
    /*@ assert same: more == false ==> PagesKept(h) && SizesSame{Pre,Here}(h); */
    /*@ assert none: NoneStill{Pre,Here}(h); */
    /*@ assert new: more == true ==> RunInHand(h, old, h->npages); */
    /*@ assert kept: more == true ==> PagesKeptBut(h, old, h->npages); */
    if (more) give_new(h, old, npages, fresh);
    return more;
}

/* By how many pages to try to grow first, `least` at least but for what memory reserved in one
 * piece leaves. */
/*@ requires memory: \valid_read(h) && ArenamapValid(&h->map) && h->npages <= h->map.npages;
    requires range: 0 < least <= room;
    assigns \nothing;
    ensures range: 0 < \result <= room;
*/
static uint32_t grow_step(const struct wpm_heap *h, uint32_t least, uint32_t room) HEAP_LOCKED(h)
{
    uint32_t ahead = arenamap_ahead(&h->map, h->npages);
    uint32_t step = h->npages / 8 < GROW_PAGES ? GROW_PAGES : h->npages / 8;
    if (step < least) step = least;
    if (step > room) step = room;
    if (step > ahead && ahead != 0) step = ahead;
    return step;
}

/* Grow the heap by a step: so that `npages` more pages are free at its end, or as many as its
 * limit, or the memory reserved in one piece, leaves. False: nothing more is to be had. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h); requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires length: 0 < npages;
    assigns h->span_pages, h->npages, h->nspans, h->ids.capacity, h->released_pages,
            h->page_span[h->npages .. h->map.npages - 1], h->span[h->nspans .. h->map.npages],
            h->live[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->ids.stack[h->nspans .. h->map.npages], h->ids.where[h->nspans .. h->map.npages],
            h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures taken: PagesTaken(h); ensures kept: PagesKept(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures limits: LimitsSame{Pre,Post}(h);
    ensures ends: h->map.npages == \old(h->map.npages) &&
      h->pages.npages == \old(h->pages.npages) && h->grow_limit == \old(h->grow_limit);
    ensures more: h->npages >= \old(h->npages) && h->nspans >= \old(h->nspans);
    ensures grown: \result == true ==> h->npages > \old(h->npages);
    ensures refused: \result == false ==> BitsSame{Pre,Post}(h->pages.free) &&
      SizesSame{Pre,Post}(h);
    ensures none: \result == false ==> NoneStill{Pre,Post}(h);
    ensures memory_old: ReleasedKept{Pre,Post}(h, \old(h->npages));
*/
static bool grow(struct wpm_heap *h, uint32_t npages) HEAP_LOCKED(h)
{
    uint32_t room = h->grow_limit - h->npages;
    if (room == 0) return false;
    uint32_t least = npages < room ? npages + 1 : room;
    uint32_t step = grow_step(h, least, room);
    if (least > step) least = step;
    if (extend(h, step)) return true;
    /*@ assert same: SizesSame{Pre,Here}(h) && LimitsSame{Pre,Here}(h); */
    /*@ assert old: h->npages == \at(h->npages, Pre) && h->nspans == \at(h->nspans, Pre); */
    /*@ assert ends: h->map.npages == \at(h->map.npages, Pre) &&
          h->pages.npages == \at(h->pages.npages, Pre); */
    /*@ assert refused: BitsSame{Pre,Here}(h->pages.free) && NoneStill{Pre,Here}(h); */
    bool more = extend(h, least);
    /*@ assert spans: SpansChanged{Pre,Here}(h, NO_SPAN); */
    /*@ assert limits: LimitsSame{Pre,Here}(h); */
    /*@ assert same_then: more == false ==> SizesSame{Pre,Here}(h) && NoneStill{Pre,Here}(h); */
    return more;
}

/* The first page of the lowest run of `npages` free pages, for which the heap grows if it must;
 * NO_PAGE: there is none. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h); requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires length: 0 < npages;
    assigns h->span_pages, h->npages, h->nspans, h->ids.capacity, h->released_pages,
            h->page_span[h->npages .. h->map.npages - 1], h->span[h->nspans .. h->map.npages],
            h->live[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->ids.stack[h->nspans .. h->map.npages], h->ids.where[h->nspans .. h->map.npages],
            h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures taken: PagesTaken(h); ensures kept: PagesKept(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures limits: LimitsSame{Pre,Post}(h);
    ensures memory_old: ReleasedKept{Pre,Post}(h, \old(h->npages));
    ensures inside: \result != NO_PAGE ==> \result + npages <= h->npages;
    ensures free: \result != NO_PAGE ==>
      FreeRun(h->pages.free, h->pages.npages, \result, npages);
    ensures none: \result == NO_PAGE ==>
      NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages, npages);
*/
static uint32_t find_or_grow(struct wpm_heap *h, uint32_t npages) HEAP_LOCKED(h)
{
    uint32_t page = heappool_find(h, npages);
    /*@ loop invariant memory: HeapMemory(h);
      loop invariant pools: PoolsMemory(h);
      loop invariant pages: PagesValid(h);
      loop invariant taken: PagesTaken(h);
      loop invariant kept: PagesKept(h);
      loop invariant beyond: PagesBeyond(h);
      loop invariant counted: PagesCounted(h);
      loop invariant ids: IdsValid(h);
      loop invariant ids_taken: IdsTaken(h);
      loop invariant spans: SpansChanged{Pre,Here}(h, NO_SPAN);
      loop invariant limits: LimitsSame{Pre,Here}(h);
      loop invariant ends: h->map.npages == \at(h->map.npages, Pre) &&
        h->pages.npages == \at(h->pages.npages, Pre) &&
        h->grow_limit == \at(h->grow_limit, Pre) && h->npages <= h->grow_limit;
      loop invariant more: h->npages >= \at(h->npages, Pre) && h->nspans >= \at(h->nspans, Pre);
      loop invariant memory_old: ReleasedKept{Pre,Here}(h, \at(h->npages, Pre));
      loop invariant inside: page != NO_PAGE ==> page + npages <= h->pages.npages;
      loop invariant free: page != NO_PAGE ==>
        FreeRun(h->pages.free, h->pages.npages, page, npages);
      loop invariant none: page == NO_PAGE ==>
        NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages, npages);
      loop assigns page, h->span_pages, h->npages, h->nspans, h->ids.capacity, h->released_pages,
        h->page_span[\at(h->npages, Pre) .. \at(h->map.npages, Pre) - 1],
        h->span[\at(h->nspans, Pre) .. \at(h->map.npages, Pre)],
        h->live[\at(h->nspans * SPAN_WORDS, Pre) ..
                \at(h->map.npages * SPAN_WORDS + SPAN_WORDS - 1, Pre)],
        h->freed[\at(h->nspans * SPAN_WORDS, Pre) ..
                 \at(h->map.npages * SPAN_WORDS + SPAN_WORDS - 1, Pre)],
        h->ids.stack[\at(h->nspans, Pre) .. \at(h->map.npages, Pre)],
        h->ids.where[\at(h->nspans, Pre) .. \at(h->map.npages, Pre)],
        h->pages.free_pages, h->pages.search_page,
        h->pages.free[0 .. \at(h->pages.npages, Pre) / 64 - 1],
        h->pages.released[0 .. \at(h->pages.npages, Pre) / 64 - 1],
        HEAP_SUMMARIES_OF(h, \at(h->pages.npages, Pre));
      loop variant h->grow_limit - h->npages;
    */
    while (page == NO_PAGE && grow(h, npages)) page = heappool_find(h, npages);
    /*@ assert none: page == NO_PAGE ==>
          NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages, npages); */
    return page;
}

struct page_run heaprun_take(struct wpm_heap *h, uint32_t npages)
{
    struct page_run run = {find_or_grow(h, npages), 0};
    /*@ assert ends: h->map.npages == \at(h->map.npages, Pre) &&
          h->pages.npages == \at(h->pages.npages, Pre); */
    if (run.page == NO_PAGE) return run;
    run.released = heaprun_claim_at(h, run.page, npages);
    /*@ assert spans: SpansChanged{Pre,Here}(h, NO_SPAN); */
    /*@ assert ids: IdsValid(h) && IdsTaken(h); */
    return run;
}

/* Pages to skip from `page` on to a multiple of `align` pages, as addresses count. */
/*@ requires memory: \valid_read(h) && ArenamapValid(&h->map) && page < h->map.npages;
    requires align: 0 < align <= MAX_PAGES;
    assigns \nothing;
    ensures less: \result < align;
    ensures aligned: (PageAddress(&h->map, page) + \result * PAGE_SIZE) % (align * PAGE_SIZE) == 0;
*/
static uint32_t align_skip(const struct wpm_heap *h, uint32_t page, uint32_t align)
{
    uint64_t address = arenamap_address(&h->map, page);
    uint64_t bytes = (uint64_t)align * PAGE_SIZE;
    uint64_t over = address % bytes;
    uint64_t rest = over == 0 ? 0 : bytes - over;
    /*@ assert base: address == (address / PAGE_SIZE) * PAGE_SIZE; */
    /*@ assert over: over == (over / PAGE_SIZE) * PAGE_SIZE; */
    /*@ assert pages: rest == (rest / PAGE_SIZE) * PAGE_SIZE; */
    /*@ assert aligned: (address + rest) % bytes == 0; */
    return (uint32_t)(rest / PAGE_SIZE);
}

struct page_run heaprun_take_aligned(struct wpm_heap *h, uint32_t npages, uint32_t align)
{
    struct page_run run = {NO_PAGE, 0};
    if (npages > MAX_PAGES - align) return run;
    uint32_t page = find_or_grow(h, npages + align);
    /*@ assert ends: h->map.npages == \at(h->map.npages, Pre) &&
          h->pages.npages == \at(h->pages.npages, Pre); */
    if (page == NO_PAGE) return run;
    run.page = page + align_skip(h, page, align);
    /*@ assert free: FreeRun(h->pages.free, h->pages.npages, run.page, npages); */
    run.released = heaprun_claim_at(h, run.page, npages);
    /*@ assert spans: SpansChanged{Pre,Here}(h, NO_SPAN); */
    /*@ assert ids: IdsValid(h) && IdsTaken(h); */
    return run;
}
