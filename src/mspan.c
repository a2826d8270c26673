/* mspan.c -- see mspan.h */
#include "mspan.h"

void mspan_note_stray(struct wpm_heap *h, uint32_t s, uint32_t k, uint32_t bit)
{
    uint64_t offset = (uint64_t)(k * 64 + bit) * h->span[s].slot_bytes;
    atomic_write_int64(&h->stray,
                       (int64_t)(arenamap_address(&h->map, h->span[s].start) + offset));
}

void mspan_merge_word(struct wpm_heap *h, uint32_t s, uint32_t k)
{
    uint32_t w = s * SPAN_WORDS + k;
    uint64_t freed = atomic_read64(&h->freed[w]);
    if (freed == 0) return;
    uint64_t live = h->live[w];
    uint64_t stray = bits_andnot(freed, live);
    h->span[s].used = mspan_less(h->span[s].used, bits_count(bits_and(live, freed)));
    atomic_write64(&h->live[w], bits_andnot(live, freed));
    (void)atomic_clear64(&h->freed[w], freed);
    uint32_t bit = bits_lowest(stray);
    if (bit < 64) mspan_note_stray(h, s, k, bit);
}

void mspan_merge(struct wpm_heap *h, uint32_t s)
{
    /*@ loop invariant range: 0 <= k <= SPAN_WORDS;
        loop invariant memory: HeapMemory(h);
        loop invariant inside: SlotsInside(h);
        loop invariant windows: WindowsFree(h);
        loop invariant merged: \forall integer w, j; WordOf(s, w) ==> w < s * SPAN_WORDS + k ==>
          0 <= j < 64 ==> Bit(h->live[w], j) ==
            (Bit(\at(h->freed[w], Pre), j) == 1 ? 0 : Bit(\at(h->live[w], Pre), j));
        loop invariant taken: \forall integer w, j; WordOf(s, w) ==> w < s * SPAN_WORDS + k ==>
          0 <= j < 64 ==> Bit(h->freed[w], j) == 0;
        loop invariant rest: \forall integer w; WordOf(s, w) ==> s * SPAN_WORDS + k <= w ==>
          h->live[w] == \at(h->live[w], Pre) && h->freed[w] == \at(h->freed[w], Pre);
        loop invariant held: HeldSame{Pre,Here}(h);
        loop invariant entries: EntriesSame{Pre,Here}(h);
        loop assigns k, h->live[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1], h->span[s].used, h->stray;
        loop variant SPAN_WORDS - k;
    */
    for (uint32_t k = 0; k < SPAN_WORDS; k++) {
        mspan_merge_word(h, s, k);
        /*@ assert before: \forall integer w; WordOf(s, w) ==> w < s * SPAN_WORDS + k ==>
              h->freed[w] == \at(h->freed[w], LoopCurrent); */
    }
}

/* Whether a bit of `x` is set. */
/*@ assigns \nothing;
    ensures some: \result == true ==> \exists integer j; 0 <= j < 64 && Bit(x, j) == 1;
    ensures none: \result == false ==> x == 0;
*/
static inline bool has_bit(uint64_t x)
{
    uint32_t i = bits_lowest(x);
    //@ ghost if (i == 64) bits_lemma_zero(x);
    return i < 64;
}

bool mspan_is_empty(const struct wpm_heap *h, uint32_t s)
{
    /*@ loop invariant range: 0 <= k <= SPAN_WORDS;
        loop invariant zero: \forall integer w; s * SPAN_WORDS <= w < s * SPAN_WORDS + k ==>
          h->live[w] == 0;
        loop assigns k;
        loop variant SPAN_WORDS - k;
    */
    for (uint32_t k = 0; k < SPAN_WORDS; k++) {
        if (has_bit(atomic_read64(&h->live[s * SPAN_WORDS + k]))) return false;
    }
    return true;
}

bool mspan_has_freed(const struct wpm_heap *h, uint32_t s)
{
    /*@ loop invariant range: 0 <= k <= SPAN_WORDS;
        loop invariant zero: \forall integer w; s * SPAN_WORDS <= w < s * SPAN_WORDS + k ==>
          h->freed[w] == 0;
        loop assigns k;
        loop variant SPAN_WORDS - k;
    */
    for (uint32_t k = 0; k < SPAN_WORDS; k++) {
        if (atomic_read64(&h->freed[s * SPAN_WORDS + k]) != 0) return true;
    }
    return false;
}

bool mspan_has_free(const struct wpm_heap *h, uint32_t s)
{
    /*@ loop invariant range: 0 <= k <= SPAN_WORDS;
        loop invariant full: \forall integer w, j; s * SPAN_WORDS <= w < s * SPAN_WORDS + k ==>
          0 <= j < 64 ==> (w - s * SPAN_WORDS) * 64 + j < h->span[s].nslots ==>
          Bit(h->live[w], j) == 1;
        loop assigns k;
        loop variant SPAN_WORDS - k;
    */
    for (uint32_t k = 0; k < SPAN_WORDS && k * 64 < h->span[s].nslots; k++) {
        uint64_t slots = mspan_free_slots(h, s, k);
        uint32_t i = bits_lowest(slots);
        /*@ assert free: i < 64 ==> k * 64 + i < h->span[s].nslots &&
              Bit(h->live[s * SPAN_WORDS + k], i) == 0; */
        if (i < 64) return true;
        /*@ assert none: \forall integer j; 0 <= j < 64 ==> Bit(slots, j) == 0; */
    }
    return false;
}
