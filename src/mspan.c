/* mspan.c -- see mspan.h */
#include "mspan.h"

void mspan_note_stray(struct wpm_heap *h, uint32_t s, uint32_t k, uint32_t bit)
{
    h->stray = h->span[s].base + (uint64_t)(k * 64 + bit) * h->span[s].slot_bytes;
}

void mspan_merge(struct wpm_heap *h, uint32_t s)
{
    for (uint32_t k = 0; k < SPAN_WORDS; k++) mspan_merge_word(h, s, k);
}

bool mspan_has_freed(const struct wpm_heap *h, uint32_t s)
{
    for (uint32_t k = 0; k < SPAN_WORDS; k++) {
        if (atomic_read64(&h->freed[s * SPAN_WORDS + k]) != 0) return true;
    }
    return false;
}
