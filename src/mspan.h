/* mspan.h -- one span: from an address to its slot, and the bits of its slots.
 *
 * `live` is written by the span's owner alone. A slot given back by another thread waits as a bit
 * of `freed` until the owner merges the word: live := live and not freed. A claimed word leaves
 * its free slots to the owner's window: those are neither live nor available to anyone else, so
 * live, window and free partition the slots of a span. `used` counts the first two, to steer
 * policy.
 *
 * Rely/guarantee of a `freed` word: anyone may set bits of live slots; the owner alone clears, and
 * only bits it has seen set, after it has cleared them in `live`.
 */
#ifndef WPM_MSPAN_H
#define WPM_MSPAN_H

#include "atomic.h"
#include "heap.h"
#include "wpmalloc.h"

#define NO_SLOT 0xffffffffu /* not a slot's index */

/* Index of the slot of small span `s` that starts at `address`, inside the span; NO_SLOT when none
 * does. */
/*@ requires memory: HeapMemory(h);
    requires small: SpanSmall(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0;
    requires shape: SpanShape(h);
    requires inside: SpanAddress(h, s) <= address <
                     SpanAddress(h, s) + h->span[s].npages * PAGE_SIZE;
    assigns \nothing;
    ensures slot: \result != NO_SLOT ==> \result < h->span[s].nslots &&
      address == SpanAddress(h, s) + \result * h->span[s].slot_bytes;
    ensures none: \result == NO_SLOT ==>
      (address - SpanAddress(h, s)) % h->span[s].slot_bytes != 0 ||
      (address - SpanAddress(h, s)) / h->span[s].slot_bytes >= h->span[s].nslots;
*/
static inline uint32_t mspan_slot_at(const struct wpm_heap *h, uint32_t s, uintptr_t address)
{
    const struct mspan *span = &h->span[s];
    uint32_t offset = (uint32_t)(address - arenamap_address(&h->map, span->start));
    uint64_t product = magic_product(offset, span->magic);
    /*@ ghost class_lemma_offset(offset, span->slot_bytes, span->npages, span->nslots,
                                 span->magic); */
    uint32_t i = magic_quotient(product) /*@ ghost (offset, span->slot_bytes, span->magic) */;
    if (!magic_exact(product, span->magic) /*@ ghost (offset, span->slot_bytes) */) return NO_SLOT;
    return i < span->nslots ? i : NO_SLOT;
}

/* Whether slot `i` of span `s` is live: 0 or 1. */
/*@ requires memory: HeapMemory(h);
    requires slot: s < h->nspans && i < SPAN_SLOTS;
    assigns \nothing;
    ensures live: \result == SlotBit(h->live, s, i);
*/
static inline uint32_t mspan_is_live(const struct wpm_heap *h, uint32_t s, uint32_t i)
{
    return bits_test(atomic_read64(&h->live[s * SPAN_WORDS + i / 64]), i % 64);
}

/* Note the slot of word `k` of span `s` that both its owner and a stranger have freed. */
/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    requires span: InUse(h, s) && k < SPAN_WORDS && bit < 64;
    assigns h->stray;
    ensures noted: h->stray == SpanAddress(h, s) + (k * 64 + bit) * h->span[s].slot_bytes;
*/
void mspan_note_stray(struct wpm_heap *h, uint32_t s, uint32_t k, uint32_t bit);

/* a less b, 0 when that is negative. */
/*@ assigns \nothing;
    ensures less: \result == (a > b ? a - b : 0);
*/
static inline uint16_t mspan_less(uint16_t a, uint32_t b) { return a > b ? (uint16_t)(a - b) : 0; }

/* Merge word `k` of span `s`: slots that others have freed are no longer live. */
/*@ requires memory: HeapMemory(h);
    requires inside: SlotsInside(h);
    requires windows: WindowsFree(h);
    requires shape: SpanShape(h);
    requires span: InUse(h, s) && k < SPAN_WORDS;
    assigns h->live[s * SPAN_WORDS + k], h->freed[s * SPAN_WORDS + k], h->span[s].used, h->stray;
    ensures inside: SlotsInside(h);
    ensures windows: WindowsFree(h);
    ensures merged: \forall integer j; 0 <= j < 64 ==>
      Bit(h->live[s * SPAN_WORDS + k], j) ==
        (Bit(\old(h->freed[s * SPAN_WORDS + k]), j) == 1 ? 0
                                                       : Bit(\old(h->live[s * SPAN_WORDS + k]), j));
    ensures taken: \forall integer j; 0 <= j < 64 ==> Bit(h->freed[s * SPAN_WORDS + k], j) == 0;
    ensures held: HeldSame{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
*/
void mspan_merge_word(struct wpm_heap *h, uint32_t s, uint32_t k);

/* The slots of word `k` of span `s` that are not live. */
/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans && k < SPAN_WORDS && k * 64 < h->span[s].nslots;
    assigns \nothing;
    ensures free: \forall integer j; 0 <= j < 64 ==>
      Bit(\result, j) == (k * 64 + j < h->span[s].nslots ? 1 - Bit(h->live[s * SPAN_WORDS + k], j)
                                                         : 0);
*/
static inline uint64_t mspan_free_slots(const struct wpm_heap *h, uint32_t s, uint32_t k)
{
    uint64_t slots = bits_not(h->live[s * SPAN_WORDS + k]);
    uint32_t left = h->span[s].nslots - k * 64;
    return left < 64 ? bits_and(slots, bits_below(left)) : slots;
}

/* Count `n` more slots of span `s` as used. */
/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans && n <= 64;
    assigns h->span[s].used;
    ensures counted: h->span[s].used == (uint16_t)(\old(h->span[s].used) + n);
*/
static inline void mspan_count_used(struct wpm_heap *h, uint32_t s, uint32_t n)
{
    h->span[s].used = (uint16_t)(h->span[s].used + n);
}

/* Slot `i` of span `s`, live and in no window, is live no more. The owner calls. */
/*@ requires memory: HeapMemory(h);
    requires inside: SlotsInside(h);
    requires windows: WindowsFree(h);
    requires slot: 0 < s < h->nspans && i < SPAN_SLOTS;
    requires live: SlotBit(h->live, s, i) == 1;
    assigns h->live[s * SPAN_WORDS + i / 64], h->span[s].used;
    ensures inside: SlotsInside(h);
    ensures windows: WindowsFree(h);
    ensures cleared: SlotBit(h->live, s, i) == 0;
    ensures others: \forall integer j; 0 <= j < 64 && j != i % 64 ==>
      Bit(h->live[s * SPAN_WORDS + i / 64], j) == Bit(\old(h->live[s * SPAN_WORDS + i / 64]), j);
    ensures used: h->span[s].used == (\old(h->span[s].used) > 1 ? \old(h->span[s].used) - 1 : 0);
*/
static inline void mspan_clear_slot(struct wpm_heap *h, uint32_t s, uint32_t i)
{
    uint32_t w = s * SPAN_WORDS + i / 64;
    atomic_write64(&h->live[w], bits_clear(h->live[w], i % 64));
    h->span[s].used = mspan_less(h->span[s].used, 1);
}

/* Merge all words of span `s`. */
/*@ requires memory: HeapMemory(h);
    requires inside: SlotsInside(h);
    requires windows: WindowsFree(h);
    requires shape: SpanShape(h);
    requires span: InUse(h, s);
    assigns h->live[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1], h->span[s].used, h->stray;
    ensures inside: SlotsInside(h);
    ensures windows: WindowsFree(h);
    ensures merged: \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==>
      Bit(h->live[w], j) ==
        (Bit(\at(h->freed[w], Pre), j) == 1 ? 0 : Bit(\at(h->live[w], Pre), j));
    ensures taken: \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==>
      Bit(h->freed[w], j) == 0;
    ensures held: HeldSame{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
*/
void mspan_merge(struct wpm_heap *h, uint32_t s);

/* Whether no slot of span `s` is live. */
/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures empty: \result == true ==>
      \forall integer w; WordOf(s, w) ==> h->live[w] == 0;
    ensures some: \result == false ==>
      \exists integer w, j; WordOf(s, w) && 0 <= j < 64 && Bit(h->live[w], j) == 1;
*/
bool mspan_is_empty(const struct wpm_heap *h, uint32_t s);

/* Whether another thread has freed a slot of span `s` since the last merge. */
/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures none: \result == false ==>
      \forall integer w; WordOf(s, w) ==> h->freed[w] == 0;
    ensures some: \result == true ==>
      \exists integer w; WordOf(s, w) && h->freed[w] != 0;
*/
bool mspan_has_freed(const struct wpm_heap *h, uint32_t s);

/* Whether a slot of span `s` is not live. */
/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    requires span: InUse(h, s);
    assigns \nothing;
    ensures full: \result == false ==> \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==>
      (w - s * SPAN_WORDS) * 64 + j < h->span[s].nslots ==> Bit(h->live[w], j) == 1;
    ensures some: \result == true ==> \exists integer w, j; WordOf(s, w) && 0 <= j < 64 &&
      (w - s * SPAN_WORDS) * 64 + j < h->span[s].nslots && Bit(h->live[w], j) == 0;
*/
bool mspan_has_free(const struct wpm_heap *h, uint32_t s);

#endif
