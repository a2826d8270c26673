/* large.c -- see large.h */
#include "large.h"

#include "counter.h"
#include "mheap.h"
#include "mspan.h"

uint32_t large_alloc(struct wpm_heap *h, uint32_t npages, uint32_t align_pages, bool *zero)
{
    lock_take(&h->lock);
    uint32_t s = mheap_alloc_large(h, npages, align_pages, zero);
    if (s != NO_SPAN) h->large_allocs = counter_add(h->large_allocs, 1);
    lock_give(&h->lock);
    return s;
}

/* As large_free, under the heap lock. */
static wpm_status free_locked(struct wpm_heap *h, uint32_t s, uintptr_t address)
{
    if (h->span[s].place != PLACE_LARGE || mspan_is_live(h, s, 0) == 0) return WPM_DOUBLE_FREE;
    if (arenamap_address(&h->map, h->span[s].start) != address) return WPM_INTERIOR;
    mheap_free_span(h, s);
    h->large_frees = counter_add(h->large_frees, 1);
    return WPM_OK;
}

wpm_status large_free(struct wpm_heap *h, uint32_t s, uintptr_t address)
{
    lock_take(&h->lock);
    wpm_status status = free_locked(h, s, address);
    lock_give(&h->lock);
    return status;
}

bool large_resize(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    lock_take(&h->lock);
    bool done = h->span[s].place == PLACE_LARGE && mheap_resize_large(h, s, npages);
    lock_give(&h->lock);
    return done;
}
