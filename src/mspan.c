/* mspan.c -- see mspan.h */
#include "mspan.h"

void mspan_merge(struct wpm_heap *h, uint32_t s)
{
    for (uint32_t k = 0; k < SPAN_WORDS; k++) mspan_merge_word(h, s, s * SPAN_WORDS + k);
}

bool mspan_has_freed(const struct wpm_heap *h, uint32_t s)
{
    for (uint32_t k = 0; k < SPAN_WORDS; k++) {
        if (atomic_read64(&h->freed[s * SPAN_WORDS + k]) != 0) return true;
    }
    return false;
}
