/* heappool.h -- the pools of a heap, pages and ids, with the counters that go with them.
 *
 * The page allocator (pagealloc.h) and the pool of span ids (fixalloc.h) know nothing of heaps.
 * Here each of their operations also keeps the heap's counters: pages in spans, and free pages
 * whose memory the system has. What the pools promise of themselves is closed to everyone above:
 * the predicates PagesValid and IdsValid say that they hold, and only this module's proofs look
 * inside.
 *
 * All functions are called with the heap lock held.
 */
#ifndef WPM_HEAPPOOL_H
#define WPM_HEAPPOOL_H

#include "heap.h"

/* A run of pages, claimed. */
struct page_run {
    uint32_t page;     /* the first; NO_PAGE: there is no run */
    uint32_t released; /* how many of them the system had */
};

/* Claim the `npages` pages from `page` on, all free; returns how many of them the system had. */
/*@ requires writable: \valid(h) && PageallocMemory(&h->pages);
    requires pages: PagesValid(h);
    requires counter: -0x100000000 <= h->span_pages <= 0x100000000;
    requires range: 0 < npages && page + npages <= h->pages.npages;
    requires free: FreeRun(h->pages.free, h->pages.npages, page, npages);
    assigns h->released_pages, h->span_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures sound: PagesSound(h);
    ensures released: ReleasedCounted(h, \old(h->pages.npages));
    ensures count: h->pages.free_pages == \old(h->pages.free_pages) - npages &&
      h->span_pages == \old(h->span_pages) + npages;
    ensures claimed: BitRangeCleared{Pre,Post}(h->pages.free, page, page + npages);
    ensures zero: \result == npages ==> \forall integer p; page <= p < page + npages ==>
      BitAt{Pre}(h->pages.released, p) == 1;
*/
uint32_t heappool_claim_at(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h);

/* Free the `npages` pages from `page` on, none of them free. */
/*@ requires writable: \valid(h) && PageallocMemory(&h->pages);
    requires pages: PagesValid(h);
    requires counter: -0x100000000 <= h->span_pages <= 0x100000000;
    requires range: 0 < npages && page + npages <= h->pages.npages;
    requires taken: UsedRun(h->pages.free, page, npages);
    assigns h->span_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures sound: PagesSound(h);
    ensures released: ReleasedCounted(h, \old(h->pages.npages));
    ensures count: h->pages.free_pages == \old(h->pages.free_pages) + npages &&
      h->span_pages == \old(h->span_pages) - npages;
    ensures freed: BitRangeSet{Pre,Post}(h->pages.free, page, page + npages);
    ensures kept_memory: \forall integer p; page <= p < page + npages ==>
      BitAt(h->pages.released, p) == 0;
*/
void heappool_free(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h);

/* The `npages` pages from `page` on, new in the heap, become free; `fresh`: the system has them. */
/*@ requires writable: \valid(h) && PageallocMemory(&h->pages);
    requires pages: PagesValid(h);
    requires range: 0 < npages && page + npages <= h->pages.npages;
    requires taken: UsedRun(h->pages.free, page, npages);
    assigns h->released_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures sound: PagesSound(h);
    ensures released: ReleasedCounted(h, \old(h->pages.npages));
    ensures count: h->pages.free_pages == \old(h->pages.free_pages) + npages;
    ensures freed: BitRangeSet{Pre,Post}(h->pages.free, page, page + npages);
    ensures memory: \forall integer p; 0 <= p < page ==>
      BitAt(h->pages.released, p) == BitAt{Pre}(h->pages.released, p);
*/
void heappool_add(struct wpm_heap *h, uint32_t page, uint32_t npages, bool fresh) HEAP_LOCKED(h);

/* The memory of the `npages` pages from `page` on, all free and none with the system, is so now. */
/*@ requires writable: \valid(h) && PageallocMemory(&h->pages);
    requires pages: PagesValid(h);
    requires range: 0 < npages && page + npages <= h->pages.npages;
    requires free: FreeRun(h->pages.free, h->pages.npages, page, npages);
    requires kept: \forall integer p; page <= p < page + npages ==>
      BitAt(h->pages.released, p) == 0;
    assigns h->released_pages, h->pages.released[0 .. h->pages.npages / 64 - 1];
    ensures sound: PagesSound(h);
    ensures released: ReleasedCounted(h, \old(h->pages.npages));
    ensures memory: BitRangeSet{Pre,Post}(h->pages.released, page, page + npages);
    ensures free: BitsSame{Pre,Post}(h->pages.free);
    ensures count: h->released_pages == \old(h->released_pages) + npages;
*/
void heappool_mark_released(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h);

/* The first page of the lowest run of `npages` free pages; NO_PAGE: there is none. */
/*@ requires readable: \valid_read(h) && PageallocMemory(&h->pages);
    requires pages: PagesValid(h);
    requires length: 0 < npages;
    assigns \nothing;
    ensures inside: \result != NO_PAGE ==> \result + npages <= h->pages.npages;
    ensures free: \result != NO_PAGE ==>
      FreeRun(h->pages.free, h->pages.npages, \result, npages);
    ensures none: \result == NO_PAGE ==>
      NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages, npages);
*/
uint32_t heappool_find(const struct wpm_heap *h, uint32_t npages) HEAP_LOCKED(h);

/* How many pages from `page` on are free, `limit` at most. */
/*@ requires readable: \valid_read(h) && PageallocMemory(&h->pages);
    requires pages: PagesValid(h);
    requires range: page <= h->pages.npages;
    assigns \nothing;
    ensures limit: \result <= limit && page + \result <= h->pages.npages;
    ensures free: FreeRun(h->pages.free, h->pages.npages, page, \result);
    ensures next: \result < limit ==>
      PageFree(h->pages.free, h->pages.npages, page + \result) == 0;
*/
uint32_t heappool_free_run(const struct wpm_heap *h, uint32_t page, uint32_t limit) HEAP_LOCKED(h);

/* How many free pages have memory. */
/*@ requires readable: \valid_read(h) && PageallocMemory(&h->pages);
    requires pages: PagesValid(h);
    assigns \nothing;
    ensures kept: \result == h->pages.free_pages - h->released_pages;
*/
int64_t heappool_kept_pages(const struct wpm_heap *h) HEAP_LOCKED(h);

/* A free id, now in use; NO_SPAN: there is none. */
/*@ requires ids: IdsValid(h);
    assigns h->ids.used, h->ids.depth, h->ids.where[0 .. h->ids.capacity - 1];
    ensures id_memory: FixallocMemory(&h->ids);
    ensures ids: IdsValid(h);
    ensures used: h->ids.used < h->ids.capacity;
    ensures range: \result < h->ids.capacity;
    ensures taken: \result != NO_SPAN ==>
      IdTaken{Pre}(&h->ids, \result) == 0 && IdTaken(&h->ids, \result) == 1;
    ensures others: \forall integer t; t != \result ==>
      IdTaken(&h->ids, t) == IdTaken{Pre}(&h->ids, t);
    ensures none: \result == NO_SPAN ==>
      \forall integer t; 1 <= t < h->ids.capacity ==> IdTaken(&h->ids, t) == 1;
*/
uint32_t heappool_take_id(struct wpm_heap *h) HEAP_LOCKED(h);

/* Give id `s`, in use, back. */
/*@ requires ids: IdsValid(h);
    requires taken: IdTaken(&h->ids, s) == 1;
    assigns h->ids.depth, h->ids.stack[0 .. h->ids.capacity - 1], h->ids.where[s];
    ensures id_memory: FixallocMemory(&h->ids);
    ensures ids: IdsValid(h);
    ensures free: IdTaken(&h->ids, s) == 0;
    ensures others: \forall integer t; t != s ==> IdTaken(&h->ids, t) == IdTaken{Pre}(&h->ids, t);
*/
void heappool_give_id(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h);

#endif
