/* mheap.c -- see mheap.h */
#include "mheap.h"

#include "atomic.h"
#include "heaprun.h"
#include "platform.h"
#include "../spec/heaprun.acsl"
#include "../spec/mheap_lemmas.acsl"

/* Pages of free runs whose memory is kept for reuse: this many, and an eighth of those in spans. */
#define RETAIN_PAGES 4096

/* Runs below this many pages are not worth a system call of their own. */
#define RELEASE_MIN_PAGES 16u

/* An id that is in no use, taken; NO_SPAN: there is none. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires ids: IdsValid(h);
    requires ids_taken: IdsTaken(h);
    assigns h->ids.used, h->ids.depth, h->ids.where[0 .. h->ids.capacity - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures pages_same: PagesSame{Pre,Post}(h);
    ensures ids: IdsValid(h);
    ensures range: \result < h->nspans;
    ensures taken: IdsTakenBut(h, \result);
    ensures some: \result != NO_SPAN ==>
      IdTaken(&h->ids, \result) == 1 && h->span[\result].npages == 0;
    ensures none: \result == NO_SPAN ==> IdsTaken(h) &&
      \forall integer t; 0 < t < h->nspans ==> h->span[t].npages > 0;
*/
static uint32_t take_id(struct wpm_heap *h) { return heappool_take_id(h); }

/* The id of span `s`, which is no more, can be taken again. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires ids: IdsValid(h); requires but: IdsTakenBut(h, s);
    requires span: 0 < s < h->nspans && h->span[s].npages == 0 && IdTaken(&h->ids, s) == 1;
    assigns h->ids.depth, h->ids.stack[0 .. h->ids.capacity - 1], h->ids.where[s];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures pages_same: PagesSame{Pre,Post}(h); ensures ids: IdsValid(h);
    ensures ids_taken: IdsTaken(h);
*/
static void give_id(struct wpm_heap *h, uint32_t s) { heappool_give_id(h, s); }

/* Name span `s` in `npages` page records from `page` on. */
/*@ requires memory: HeapMemory(h);
    requires range: page + npages <= h->npages;
    assigns h->page_span[page .. page + npages - 1];
    ensures named: \forall integer p; page <= p < page + npages ==> h->page_span[p] == s;
*/
static void name_pages(struct wpm_heap *h, uint32_t page, uint32_t npages, uint32_t s)
{
    /*@ loop invariant range: 0 <= i <= npages;
        loop invariant named: \forall integer p; page <= p < page + i ==> h->page_span[p] == s;
        loop assigns i, h->page_span[page .. page + npages - 1];
        loop variant npages - i;
    */
    for (uint32_t i = 0; i < npages; i++) atomic_write32(&h->page_span[page + i], s);
}

/* A span to be: its id and its pages, all taken. */
struct draft {
    uint32_t id;   /* NO_SPAN: there is no run or no id */
    uint32_t page; /* the first */
    bool zero;     /* its memory is zero */
};

/* Pages, at a multiple of `align` pages, and an id for a span of `npages` pages. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h); requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires length: 0 < npages <= MAX_PAGES && align <= MAX_PAGES;
    assigns h->ids.used, h->ids.depth, h->ids.where[0 .. h->map.npages],
            h->span_pages, h->npages, h->nspans, h->ids.capacity, h->released_pages,
            h->page_span[h->npages .. h->map.npages - 1], h->span[h->nspans .. h->map.npages],
            h->live[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->ids.stack[h->nspans .. h->map.npages], h->ids.where[h->nspans .. h->map.npages],
            h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            h->pages.l1[0 .. LevelEntries(h->pages.npages, L1_PAGES) - 1],
            h->pages.l2[0 .. LevelEntries(h->pages.npages, L2_PAGES) - 1],
            h->pages.l3[0 .. LevelEntries(h->pages.npages, L3_PAGES) - 1],
            h->pages.l4[0 .. LevelEntries(h->pages.npages, L4_PAGES) - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures taken: PagesTaken(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures ids: IdsValid(h);
    ensures taken_but: IdsTakenBut(h, \result.id);
    ensures range: \result.id < h->nspans;
    ensures kept: \result.id != NO_SPAN ==>
      PagesKeptBut(h, \result.page, \result.page + npages);
    ensures run: \result.id != NO_SPAN ==>
      RunInHand(h, \result.page, \result.page + npages);
    ensures free: \result.id != NO_SPAN ==>
      IdTaken(&h->ids, \result.id) == 1 && h->span[\result.id].npages == 0;
    ensures aligned: \result.id != NO_SPAN ==> align > 1 ==>
      PageAddress(&h->map, \result.page) % (align * PAGE_SIZE) == 0;
    ensures zero: \result.id != NO_SPAN ==> \result.zero == true ==>
      RunWasZero{Pre}(h, \result.page, \result.page + npages);
    ensures none: \result.id == NO_SPAN ==> PagesKept(h) && IdsTaken(h) &&
      (npages + align > MAX_PAGES ||
       NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages,
                   align <= 1 ? npages : npages + align) ||
       \forall integer t; 0 < t < h->nspans ==> h->span[t].npages > 0);
*/
static struct draft draft_span(struct wpm_heap *h, uint32_t npages, uint32_t align)
{
    struct page_run run =
        align <= 1 ? heaprun_take(h, npages) : heaprun_take_aligned(h, npages, align);
    struct draft draft = {NO_SPAN, run.page, run.released == npages};
    if (run.page == NO_PAGE) return draft;
    draft.id = take_id(h);
    if (draft.id == NO_SPAN) heaprun_give(h, run.page, npages);
    return draft;
}

/* Begin span `s` of class `k` (0: large) at `page`; `shape`: its pages and slots. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires span: 0 < s < h->nspans && h->span[s].npages == 0;
    requires id: IdTaken(&h->ids, s) == 1 && IdsTakenBut(h, s);
    requires pages: 0 < shape.span_pages && RunInHand(h, page, page + shape.span_pages);
    requires unnamed: \forall integer p; 0 <= p < h->npages ==> h->page_span[p] != s;
    requires taken: PagesTaken(h); requires kept: PagesKeptBut(h, page, page + shape.span_pages);
    assigns h->span[s].first, h->span[s].start, h->span[s].npages, h->span[s].slot_bytes,
            h->span[s].magic, h->span[s].nslots, h->span[s].span_class, h->span[s].owner,
            h->span[s].place, h->span[s].next, h->span[s].prev, h->span[s].used,
            h->page_span[page .. page + shape.span_pages - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, s);
    ensures pages_same: PagesSame{Pre,Post}(h); ensures ids_same: IdsSame{Pre,Post}(h);
    ensures taken: PagesTaken(h); ensures kept: PagesKept(h); ensures ids_taken: IdsTaken(h);
    ensures named: NamesOf(h, s); ensures shape: ShapeAt(h, s);
    ensures names_same: NamesSameBut{Pre,Post}(h, page, page + shape.span_pages);
    ensures set: h->span[s].start == page && h->span[s].npages == shape.span_pages &&
      h->span[s].slot_bytes == shape.size_bytes && h->span[s].magic == shape.magic &&
      h->span[s].nslots == shape.slots && h->span[s].span_class == k &&
      h->span[s].owner == OWNER_NONE && h->span[s].place == (k == 0 ? PLACE_LARGE : PLACE_HAND);
*/
static void begin_span(struct wpm_heap *h, uint32_t s, uint32_t page, uint32_t k,
                       struct size_class shape)
{
    struct mspan *span = &h->span[s];
    span->first = (int64_t)page * PAGE_SIZE;
    span->start = page;
    span->npages = shape.span_pages;
    span->slot_bytes = shape.size_bytes;
    span->magic = shape.magic;
    span->nslots = shape.slots;
    span->span_class = k;
    span->owner = OWNER_NONE;
    span->place = k == 0 ? PLACE_LARGE : PLACE_HAND;
    span->next = NO_SPAN;
    span->prev = NO_SPAN;
    span->used = k == 0;
    name_pages(h, page, shape.span_pages, s);
}

uint32_t mheap_alloc_span(struct wpm_heap *h, uint32_t k)
{
    struct draft draft = draft_span(h, class_table[k].span_pages, 1);
    uint32_t s = draft.id;
    if (s == NO_SPAN) return NO_SPAN;
    begin_span(h, s, draft.page, k, class_table[k]);
    h->span[s].dirty_words = draft.zero ? 0 : SPAN_WORDS;
    return s;
}

uint32_t mheap_alloc_large(struct wpm_heap *h, uint32_t npages, uint32_t align_pages, bool *zero)
{
    struct draft draft = draft_span(h, npages, align_pages);
    struct size_class shape = {0, npages, 1, 0};
    uint32_t s = draft.id;
    if (s == NO_SPAN) return NO_SPAN;
    begin_span(h, s, draft.page, 0, shape);
    atomic_write64(&h->live[s * SPAN_WORDS], bits_one(0));
    *zero = draft.zero;
    return s;
}

/* Give the memory of a run that was just freed back to the system when enough is kept already. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h);
    requires range: 0 < npages && page + npages <= h->npages;
    requires free: FreeRun(h->pages.free, h->pages.npages, page, npages);
    requires kept_memory: \forall integer p; page <= p < page + npages ==>
      BitAt(h->pages.released, p) == 0;
    assigns h->released_pages, h->pages.released[page / 64 .. (page + npages - 1) / 64];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures taken: PagesTaken(h); ensures kept: PagesKept(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures ids_same: IdsSame{Pre,Post}(h);
*/
static void release_surplus(struct wpm_heap *h, uint32_t page, uint32_t npages)
{
    if (!h->owned || npages < RELEASE_MIN_PAGES) return;
    if (heappool_kept_pages(h) <= RETAIN_PAGES + h->span_pages / 8) return;
    if (platform_release(arenamap_address(&h->map, page), (size_t)npages * PAGE_SIZE))
        heappool_mark_released(h, page, npages);
}

/* End span `s`; its pages are in hand then, its id not yet given back. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires span: InUse(h, s) && h->span[s].start + h->span[s].npages <= h->npages;
    requires names: NamesOf(h, s);
    requires ids_taken: IdsTaken(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h);
    requires slots: SlotsAt(h, s);
    requires empty: h->span[s].span_class != 0 || h->span[s].nslots != 1 ==>
      \forall integer w; WordOf(s, w) ==> h->live[w] == 0;
    requires merged: \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==>
      Bit(h->freed[w], j) == 0;
    assigns h->span[s].npages, h->span[s].nslots, h->span[s].used, h->span[s].owner,
            h->span[s].place, h->live[s * SPAN_WORDS],
            h->page_span[h->span[s].start .. h->span[s].start + h->span[s].npages - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, s);
    ensures pages_same: PagesSame{Pre,Post}(h); ensures ids_same: IdsSame{Pre,Post}(h);
    ensures taken: PagesTaken(h);
    ensures kept: PagesKeptBut(h, h->span[s].start,
                               h->span[s].start + \old(h->span[s].npages));
    ensures run: RunInHand(h, h->span[s].start, h->span[s].start + \old(h->span[s].npages));
    ensures ids_taken: IdsTakenBut(h, s) && IdTaken(&h->ids, s) == 1;
    ensures named: NamesOf(h, s); ensures slots: SlotsAt(h, s); ensures freed: FreedAt(h, s);
    ensures names_same: NamesSameBut{Pre,Post}(h, h->span[s].start,
                               h->span[s].start + \old(h->span[s].npages));
    ensures gone: h->span[s].npages == 0 && h->span[s].nslots == 0 &&
      h->span[s].place == PLACE_NONE && h->span[s].owner == OWNER_NONE;
*/
static void end_span(struct wpm_heap *h, uint32_t s)
{
    struct mspan *span = &h->span[s];
    name_pages(h, span->start, span->npages, NO_SPAN);
    atomic_write64(&h->live[s * SPAN_WORDS], 0);
    span->npages = 0;
    span->nslots = 0;
    span->used = 0;
    atomic_write_int(&span->owner, OWNER_NONE);
    span->place = PLACE_NONE;
}

void mheap_free_span(struct wpm_heap *h, uint32_t s)
{
    uint32_t page = h->span[s].start;
    uint32_t npages = h->span[s].npages;
    end_span(h, s);
    give_id(h, s);
    heaprun_give(h, page, npages);
    release_surplus(h, page, npages);
}

/* Give the pages of span `s` from its `npages`th on up; they are in hand then. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires span: InUse(h, s) && h->span[s].start + h->span[s].npages <= h->npages;
    requires fewer: 1 <= npages < h->span[s].npages;
    requires names: NamesOf(h, s); requires ids_taken: IdsTaken(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h);
    assigns h->span[s].npages, h->page_span[h->span[s].start + npages ..
                                            h->span[s].start + h->span[s].npages - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, s);
    ensures pages_same: PagesSame{Pre,Post}(h); ensures ids_same: IdsSame{Pre,Post}(h);
    ensures taken: PagesTaken(h); ensures ids_taken: IdsTaken(h); ensures named: NamesOf(h, s);
    ensures kept: PagesKeptBut(h, h->span[s].start + npages,
                               h->span[s].start + \old(h->span[s].npages));
    ensures run: RunInHand(h, h->span[s].start + npages,
                           h->span[s].start + \old(h->span[s].npages));
    ensures names_same: NamesSameBut{Pre,Post}(h, h->span[s].start + npages,
                                               h->span[s].start + \old(h->span[s].npages));
    ensures set: h->span[s].npages == npages;
*/
static void shrink_span(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    struct mspan *span = &h->span[s];
    name_pages(h, span->start + npages, span->npages - npages, NO_SPAN);
    span->npages = npages;
}

/* The pages in hand behind span `s`, up to its `npages`th, become its own. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires span: InUse(h, s) && h->span[s].start + npages <= h->npages;
    requires more: h->span[s].npages < npages;
    requires names: NamesOf(h, s); requires ids_taken: IdsTaken(h);
    requires run: RunInHand(h, h->span[s].start + h->span[s].npages, h->span[s].start + npages);
    requires taken: PagesTaken(h);
    requires kept: PagesKeptBut(h, h->span[s].start + h->span[s].npages,
                                h->span[s].start + npages);
    assigns h->span[s].npages, h->page_span[h->span[s].start + h->span[s].npages ..
                                            h->span[s].start + npages - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, s);
    ensures pages_same: PagesSame{Pre,Post}(h); ensures ids_same: IdsSame{Pre,Post}(h);
    ensures taken: PagesTaken(h); ensures ids_taken: IdsTaken(h); ensures named: NamesOf(h, s);
    ensures kept: PagesKept(h);
    ensures names_same: NamesSameBut{Pre,Post}(h, h->span[s].start + \old(h->span[s].npages),
                                               h->span[s].start + npages);
    ensures set: h->span[s].npages == npages;
*/
static void stretch_span(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    struct mspan *span = &h->span[s];
    name_pages(h, span->start + span->npages, npages - span->npages, s);
    span->npages = npages;
}

bool mheap_resize_large(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    uint32_t old = h->span[s].npages;
    uint32_t behind = h->span[s].start + old;
    if (npages < old) {
        shrink_span(h, s, npages);
        heaprun_give(h, behind - (old - npages), old - npages);
        release_surplus(h, behind - (old - npages), old - npages);
    } else if (npages > old) {
        uint32_t more = npages - old;
        if (more > h->npages - behind || heappool_free_run(h, behind, more) < more) return false;
        (void)heaprun_claim_at(h, behind, more);
        stretch_span(h, s, npages);
    }
    return true;
}

uint64_t mheap_release_all(struct wpm_heap *h)
{
    uint64_t total = 0;
    uint32_t end = h->npages;
    uint32_t page = 0;
    if (!h->owned) return 0;
    /*@ loop invariant range: 0 <= page <= end;
        loop invariant memory: HeapMemory(h); loop invariant pools: PoolsMemory(h);
        loop invariant pages: PagesValid(h);
        loop invariant beyond: PagesBeyond(h);
        loop invariant count: total == h->released_pages - \at(h->released_pages, Pre);
        loop invariant some: total <= page;
        loop invariant more: \forall integer p; 0 <= p < h->npages ==>
          BitAt(h->pages.released, p) >= BitAt{Pre}(h->pages.released, p);
        loop assigns page, total, h->released_pages,
                     h->pages.released[0 .. h->pages.npages / 64 - 1];
        loop variant end - page;
    */
    while (page < end) {
        uint32_t first = bitmap_next_set(h->pages.free, page, end);
        uint32_t behind = bitmap_next_clear(h->pages.free, first, end);
        uint32_t from = bitmap_next_clear(h->pages.released, first, behind);
        page = bitmap_next_set(h->pages.released, from, behind);
        if (from == page) continue;
        size_t bytes = (size_t)(page - from) * PAGE_SIZE;
        if (!platform_release(arenamap_address(&h->map, from), bytes)) continue;
        heappool_mark_released(h, from, page - from);
        total += page - from;
    }
    return total;
}
