/* mcentral.c -- see mcentral.h */
#include "mcentral.h"

#include "mheap.h"
#include "mspan.h"
#include "spanset.h"

uint32_t mcentral_take(struct wpm_heap *h, uint32_t k) { return spanset_pop(h, set_partial(h, k)); }

uint32_t mcentral_new(struct wpm_heap *h, uint32_t k) { return mheap_alloc_span(h, k); }

void mcentral_free(struct wpm_heap *h, uint32_t s) { mheap_free_span(h, s); }

void mcentral_file(struct wpm_heap *h, uint32_t s)
{
    uint32_t k = h->span[s].span_class;
    atomic_write_int(&h->span[s].owner, OWNER_NONE);
    spanset_push(h, set_full(h, k), s);
    atomic_fence();
    mcentral_refile(h, s);
}

void mcentral_refile(struct wpm_heap *h, uint32_t s)
{
    uint32_t k = h->span[s].span_class;
    mspan_merge(h, s);
    if (h->span[s].used == h->span[s].nslots) return;
    spanset_remove(h, s);
    if (mspan_is_empty(h, s)) {
        mcentral_free(h, s);
    } else {
        atomic_write_int(&h->span[s].owner, OWNER_CENTRAL);
        spanset_push(h, set_partial(h, k), s);
    }
}
