/* mspan.h -- one span: from an address to its slot, and the bits of its slots.
 *
 * `live` is written by the span's owner alone. A slot given back by another thread waits as a bit of
 * `freed` until the owner merges the word: live := live and not freed. A claimed word leaves its free
 * slots to the owner's window: those are neither live nor available to anyone else, so live, window
 * and free partition the slots of a span, and `used` counts the first two.
 *
 * Rely/guarantee of a `freed` word: anyone may set bits of live slots; the owner alone clears, and
 * only bits it has seen set, after it has cleared them in `live`.
 */
#ifndef WPM_MSPAN_H
#define WPM_MSPAN_H

#include "atomic.h"
#include "heap.h"
#include "wpmalloc.h"

/* Which slot of small span `s` starts at `address`: WPM_OK and the slot in *slot when it is live;
 * WPM_INTERIOR when no slot starts there; WPM_DOUBLE_FREE when one does and is not live. */
static inline wpm_status mspan_find(const struct wpm_heap *h, uint32_t s, uintptr_t address,
                                    uint32_t *slot)
{
    const struct mspan *span = &h->span[s];
    uint32_t offset = (uint32_t)(address - span->base);
    uint64_t product = magic_product(offset, span->magic);
    uint32_t i = magic_quotient(product);
    *slot = i;
    if (!magic_exact(product, span->magic) || i >= span->nslots) return WPM_INTERIOR;
    uint64_t word = atomic_read64(&h->live[s * SPAN_WORDS + i / 64]);
    return bits_test(word, i % 64) ? WPM_OK : WPM_DOUBLE_FREE;
}

/* Merge word `w` of span `s`: slots that others have freed are no longer live. */
static inline void mspan_merge_word(struct wpm_heap *h, uint32_t s, uint32_t w)
{
    uint64_t freed = atomic_read64(&h->freed[w]);
    if (freed == 0) return;
    uint64_t live = h->live[w];
    atomic_write64(&h->live[w], bits_andnot(live, freed));
    (void)atomic_clear64(&h->freed[w], freed);
    h->span[s].used -= bits_count(freed);
}

/* Claim the free slots of word `w` of span `s`; returns them, 0 when there are none. */
static inline uint64_t mspan_claim_word(struct wpm_heap *h, uint32_t s, uint32_t w)
{
    mspan_merge_word(h, s, w);
    uint32_t first = (w - s * SPAN_WORDS) * 64;
    uint32_t nslots = h->span[s].nslots;
    if (first >= nslots) return 0;
    uint32_t n = nslots - first < 64 ? nslots - first : 64;
    uint64_t claimed = bits_andnot(bits_below(n), h->live[w]);
    h->span[s].used += bits_count(claimed);
    return claimed;
}

/* Slot `i` of span `s`, live and in no window, is live no more. The owner calls. */
static inline void mspan_clear_slot(struct wpm_heap *h, uint32_t s, uint32_t i)
{
    uint32_t w = s * SPAN_WORDS + i / 64;
    atomic_write64(&h->live[w], bits_clear(h->live[w], i % 64));
    h->span[s].used -= 1;
}

/* Merge all words of span `s`. */
void mspan_merge(struct wpm_heap *h, uint32_t s);

/* Whether another thread has freed a slot of span `s` since the last merge. */
bool mspan_has_freed(const struct wpm_heap *h, uint32_t s);

#endif
