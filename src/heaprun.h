/* heaprun.h -- runs of pages of a heap: taken for a span, given back, and how the heap grows.
 *
 * A run is in hand when its pages are neither free nor a span's: between the page allocator, which
 * has claimed it, and the span that is to have it. Runs are taken at the lowest address, and the
 * search is complete: it fails only when no run of pages is long enough in a heap that can grow no
 * further. The heap grows by 512 KiB or an eighth of its size, by less when its limit is near or
 * the system refuses.
 *
 * All functions are called with the heap lock held.
 */
#ifndef WPM_HEAPRUN_H
#define WPM_HEAPRUN_H

#include "heappool.h"
#include "../spec/heaprun_kept.acsl"

/* Claim the `npages` pages from `page` on, all free; returns how many of them the system had. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h);
    requires range: 0 < npages && page + npages <= h->npages;
    requires free: FreeRun(h->pages.free, h->pages.npages, page, npages);
    assigns h->released_pages, h->span_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures taken: PagesTaken(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures ids_same: IdsSame{Pre,Post}(h);
    ensures counts: CountsSame{Pre,Post}(h);
    ensures kept: PagesKeptBut(h, page, page + npages);
    ensures run: RunInHand(h, page, page + npages);
    ensures zero: \result == npages ==> RunWasZero{Pre}(h, page, page + npages);
*/
uint32_t heaprun_claim_at(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h);

/* Free the run of `npages` pages at `page`, in hand. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires taken: PagesTaken(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h);
    requires length: 0 < npages;
    requires run: RunInHand(h, page, page + npages);
    requires kept: PagesKeptBut(h, page, page + npages);
    assigns h->span_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures taken: PagesTaken(h); ensures kept: PagesKept(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures ids_same: IdsSame{Pre,Post}(h);
    ensures counts: CountsSame{Pre,Post}(h);
    ensures free: FreeRun(h->pages.free, h->pages.npages, page, npages);
    ensures kept_memory: \forall integer p; page <= p < page + npages ==>
      BitAt(h->pages.released, p) == 0;
*/
void heaprun_give(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h);

/* The lowest run of `npages` free pages, claimed; the heap grows if it must. */
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
    ensures taken: PagesTaken(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN); ensures limits: LimitsSame{Pre,Post}(h);
    ensures kept: \result.page != NO_PAGE ==>
      PagesKeptBut(h, \result.page, \result.page + npages);
    ensures run: \result.page != NO_PAGE ==>
      RunInHand(h, \result.page, \result.page + npages);
    ensures zero: \result.page != NO_PAGE ==> \result.released == npages ==>
      RunWasZero{Pre}(h, \result.page, \result.page + npages);
    ensures none: \result.page == NO_PAGE ==> PagesKept(h) &&
      NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages, npages);
*/
struct page_run heaprun_take(struct wpm_heap *h, uint32_t npages) HEAP_LOCKED(h);

/* A run of `npages` free pages at a multiple of `align` pages: part of the lowest run that is long
 * enough wherever it starts. Claimed; the heap grows if it must. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h); requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires length: 0 < npages <= MAX_PAGES && 0 < align <= MAX_PAGES;
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
    ensures taken: PagesTaken(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN); ensures limits: LimitsSame{Pre,Post}(h);
    ensures kept: \result.page != NO_PAGE ==>
      PagesKeptBut(h, \result.page, \result.page + npages);
    ensures run: \result.page != NO_PAGE ==>
      RunInHand(h, \result.page, \result.page + npages);
    ensures aligned: \result.page != NO_PAGE ==>
      PageAddress(&h->map, \result.page) % (align * PAGE_SIZE) == 0;
    ensures zero: \result.page != NO_PAGE ==> \result.released == npages ==>
      RunWasZero{Pre}(h, \result.page, \result.page + npages);
    ensures none: \result.page == NO_PAGE ==> PagesKept(h) && (npages + align > MAX_PAGES ||
      NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages, npages + align));
*/
struct page_run heaprun_take_aligned(struct wpm_heap *h, uint32_t npages, uint32_t align)
    HEAP_LOCKED(h);

#endif
