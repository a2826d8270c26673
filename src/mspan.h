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

/*@ ghost
  /@ requires inside: offset < bytes;
     requires reach: bytes * (size - 1) < 0x100000000 && 1 <= size;
     assigns \nothing;
     ensures reach: MagicReach(offset, size);
  @/
  static inline void lemma_offset_reach(uint32_t offset, uint32_t bytes, uint32_t size) {
    /@ assert offset * (size - 1) <= bytes * (size - 1); @/
  }
*/

/* Which slot of small span `s` starts at `address`: WPM_OK and the slot in *slot when it is live;
 * WPM_INTERIOR when no slot starts there; WPM_DOUBLE_FREE when one does and is not live. */
/*@ requires memory: HeapMemory(h) && \valid(slot) && \separated(slot, h);
    requires small: SpanSmall(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0;
    requires inside: h->span[s].base <= address <
                     h->span[s].base + h->span[s].npages * PAGE_SIZE;
    assigns *slot;
    ensures slot: *slot == (address - h->span[s].base) / h->span[s].slot_bytes;
    ensures interior: \result == WPM_INTERIOR <==>
      (address - h->span[s].base) % h->span[s].slot_bytes != 0 || *slot >= h->span[s].nslots;
    ensures ok: \result == WPM_OK ==> *slot < h->span[s].nslots &&
      address == h->span[s].base + *slot * h->span[s].slot_bytes &&
      SlotBit(h->live, s, *slot) == 1;
    ensures not_live: \result == WPM_DOUBLE_FREE ==> *slot < h->span[s].nslots &&
      SlotBit(h->live, s, *slot) == 0;
    ensures total: \result == WPM_OK || \result == WPM_INTERIOR || \result == WPM_DOUBLE_FREE;
*/
static inline wpm_status mspan_find(const struct wpm_heap *h, uint32_t s, uintptr_t address,
                                    uint32_t *slot)
{
    const struct mspan *span = &h->span[s];
    uint32_t offset = (uint32_t)(address - span->base);
    uint64_t product = magic_product(offset, span->magic);
    //@ ghost lemma_offset_reach(offset, span->npages * PAGE_SIZE, span->slot_bytes);
    uint32_t i = magic_quotient(product) /*@ ghost (offset, span->slot_bytes, span->magic) */;
    *slot = i;
    if (!magic_exact(product, span->magic) /*@ ghost (offset, span->slot_bytes) */ ||
        i >= span->nslots)
        return WPM_INTERIOR;
    uint64_t word = atomic_read64(&h->live[s * SPAN_WORDS + i / 64]);
    return bits_test(word, i % 64) ? WPM_OK : WPM_DOUBLE_FREE;
}

/* Note the slot of word `k` of span `s` that both its owner and a stranger have freed. */
void mspan_note_stray(struct wpm_heap *h, uint32_t s, uint32_t k, uint32_t bit);

/* Merge word `k` of span `s`: slots that others have freed are no longer live. */
/*@ HEAP_NEEDS(h)
    requires span: 0 < s < h->nspans && k < SPAN_WORDS;
    assigns h->live[s * SPAN_WORDS + k], h->freed[s * SPAN_WORDS + k], h->span[s].used, h->stray;
    HEAP_KEEPS(h)
    ensures merged: \forall integer j; 0 <= j < 64 ==>
      Bit(h->live[s * SPAN_WORDS + k], j) ==
        (Bit(\old(h->freed[s * SPAN_WORDS + k]), j) == 1 ? 0
                                                       : Bit(\old(h->live[s * SPAN_WORDS + k]), j));
    ensures taken: \forall integer j; 0 <= j < 64 ==> Bit(h->freed[s * SPAN_WORDS + k], j) == 0;
    ensures fewer: h->span[s].used <= \old(h->span[s].used);
*/
static inline void mspan_merge_word(struct wpm_heap *h, uint32_t s, uint32_t k)
{
    uint32_t w = s * SPAN_WORDS + k;
    uint64_t freed = atomic_read64(&h->freed[w]);
    if (freed == 0) return;
    uint64_t live = h->live[w];
    uint64_t gone = bits_and(live, freed);
    uint64_t stray = bits_andnot(freed, live);
    uint64_t rest = bits_andnot(live, freed);
    //@ assert split: Ones(live, 64) == Ones(gone, 64) + Ones(rest, 64);
    //@ assert counted: Ones(live, 64) <= h->span[s].used;
    h->span[s].used -= bits_count(gone);
    atomic_write64(&h->live[w], rest);
    (void)atomic_clear64(&h->freed[w], freed);
    if (stray != 0) mspan_note_stray(h, s, k, bits_lowest(stray));
}

/* Claim the free slots of word `k` of span `s`; returns them, 0 when there are none. */
static inline uint64_t mspan_claim_word(struct wpm_heap *h, uint32_t s, uint32_t k)
{
    mspan_merge_word(h, s, k);
    uint32_t first = k * 64;
    uint32_t nslots = h->span[s].nslots;
    if (first >= nslots) return 0;
    uint32_t n = nslots - first < 64 ? nslots - first : 64;
    uint64_t claimed = bits_andnot(bits_below(n), h->live[s * SPAN_WORDS + k]);
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
