/* mheap.h -- spans and pages: who has which page.
 *
 * Every page of a span names it in `page_span`; no other page names a span. A span of a class takes the
 * class's number of pages, a large object takes as many as it needs, each from the page allocator:
 * lowest address first, and complete, so a request fails only when no run of pages is long enough.
 * The heap grows by steps until its limit; pages that were never used, or went back to the system, are
 * known to be zero.
 *
 * All functions are called with the heap lock held.
 */
#ifndef WPM_MHEAP_H
#define WPM_MHEAP_H

#include "heap.h"

/* A new span of class `k`, in hand; NO_SPAN when there is no run or record for it. */
uint32_t mheap_alloc_span(struct wpm_heap *h, uint32_t k);

/* A new span for a large object of `npages` pages that starts at a multiple of `align_pages` (a power
 * of two); live from now on. *zero: whether its memory is zero. NO_SPAN when there is no run. */
uint32_t mheap_alloc_large(struct wpm_heap *h, uint32_t npages, uint32_t align_pages, bool *zero);

/* Span `s`, in hand or large, of which no slot is live or claimed, ceases to exist. */
void mheap_free_span(struct wpm_heap *h, uint32_t s);

/* Change large span `s` to `npages` pages where it is; false when the pages behind it are taken. */
bool mheap_resize_large(struct wpm_heap *h, uint32_t s, uint32_t npages);

/* Give the memory of free pages back to the system, all of them; returns the number of pages. */
uint64_t mheap_release_all(struct wpm_heap *h);

#endif
