/* mheap.c -- see mheap.h */
#include "mheap.h"

#include "atomic.h"
#include "heaprun.h"
#include "heapspan.h"
#include "platform.h"
#include "../spec/heaprun.acsl"
#include "../spec/mheap_lemmas.acsl"

/* Pages of free runs whose memory is kept for reuse: this many, and an eighth of those in spans. */
#define RETAIN_PAGES 4096

/* Runs below this many pages are not worth a system call of their own. */
#define RELEASE_MIN_PAGES 16u

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
    draft.id = heapspan_take_id(h);
    if (draft.id == NO_SPAN) heaprun_give(h, run.page, npages);
    return draft;
}

uint32_t mheap_alloc_span(struct wpm_heap *h, uint32_t k)
{
    struct draft draft = draft_span(h, class_table[k].span_pages, 1);
    uint32_t s = draft.id;
    if (s == NO_SPAN) return NO_SPAN;
    heapspan_begin(h, s, draft.page, k, class_table[k]);
    h->span[s].dirty_words = draft.zero ? 0 : SPAN_WORDS;
    return s;
}

uint32_t mheap_alloc_large(struct wpm_heap *h, uint32_t npages, uint32_t align_pages, bool *zero)
{
    struct draft draft = draft_span(h, npages, align_pages);
    struct size_class shape = {0, npages, 1, 0};
    uint32_t s = draft.id;
    if (s == NO_SPAN) return NO_SPAN;
    heapspan_begin(h, s, draft.page, 0, shape);
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

void mheap_free_span(struct wpm_heap *h, uint32_t s)
{
    uint32_t page = h->span[s].start;
    uint32_t npages = h->span[s].npages;
    heapspan_end(h, s);
    heapspan_give_id(h, s);
    heaprun_give(h, page, npages);
    release_surplus(h, page, npages);
}

bool mheap_resize_large(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    uint32_t old = h->span[s].npages;
    uint32_t behind = h->span[s].start + old;
    if (npages < old) {
        heapspan_shrink(h, s, npages);
        heaprun_give(h, behind - (old - npages), old - npages);
        release_surplus(h, behind - (old - npages), old - npages);
    } else if (npages > old) {
        uint32_t more = npages - old;
        if (more > h->npages - behind || heappool_free_run(h, behind, more) < more) return false;
        (void)heaprun_claim_at(h, behind, more);
        heapspan_stretch(h, s, npages);
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
