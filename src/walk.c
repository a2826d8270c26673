/* walk.c -- see walk.h */
#include "walk.h"

#include "atomic.h"

/* The first slot of span `s` from `slot` on that the program holds; SPAN_SLOTS: there is none. */
/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures held: \result < SPAN_SLOTS ==> slot <= \result &&
      HeldBit(h, s * SPAN_WORDS + \result / 64, \result % 64);
    ensures range: \result <= SPAN_SLOTS;
    ensures before: NoneOfSpan(h, s, slot, \result);
*/
static uint32_t next_held(const struct wpm_heap *h, uint32_t s, uint32_t slot) HEAP_LOCKED(h)
{
    uint32_t i = slot;
    /*@ loop invariant range: slot <= i && (i <= SPAN_SLOTS || i == slot);
        loop invariant before: NoneOfSpan(h, s, slot, i);
        loop assigns i;
        loop variant SPAN_SLOTS - i;
    */
    while (i < SPAN_SLOTS) {
        uint32_t w = s * SPAN_WORDS + i / 64, first = i - i % 64;
        uint64_t held = bits_andnot(atomic_read64(&h->live[w]), atomic_read64(&h->freed[w]));
        uint32_t j = bits_lowest(bits_andnot(held, bits_below(i % 64)));
        /*@ assert word: \forall integer k; first <= k < first + 64 ==>
              k / 64 == i / 64 && k % 64 == k - first; */
        if (j < 64) return first + j;
        i = first + 64;
    }
    return SPAN_SLOTS;
}

struct walk_object walk_slot(const struct wpm_heap *h, uint32_t s, uint32_t i)
{
    const struct mspan *span = &h->span[s];
    struct walk_object object = {0, (size_t)span->npages * PAGE_SIZE, s, i};
    //@ assert shapes: ShapesValid(h);
    if (span->span_class != 0) object.slot_bytes = span->slot_bytes;
    object.address = arenamap_address(&h->map, span->start);
    /*@ assert inside: SpanAddress(h, s) <= SlotAddress(h, s, i) && SlotAddress(h, s, i) +
          SlotBytes(h, s) <= SpanAddress(h, s) + h->span[s].npages * PAGE_SIZE; */
    /*@ assert end: SpanAddress(h, s) + h->span[s].npages * PAGE_SIZE <= ADDRESS_LIMIT; */
    object.address += (size_t)i * span->slot_bytes;
    return object;
}

struct walk_object walk_next(const struct wpm_heap *h, uint32_t span, uint32_t slot)
{
    uint32_t i = slot;
    /*@ loop invariant range: span <= s;
        loop invariant place: i == (s == span ? slot : 0);
        loop invariant none: NoneBetween(h, span, slot, s, i);
        loop assigns s, i;
        loop variant h->nspans - s;
    */
    for (uint32_t s = span; s < h->nspans; s++) {
        uint32_t k = h->span[s].npages == 0 ? SPAN_SLOTS : next_held(h, s, i);
        //@ assert word: WordOf(s, s * SPAN_WORDS + k / 64) || k >= SPAN_SLOTS;
        if (k < SPAN_SLOTS) return walk_slot(h, s, k);
        i = 0;
    }
    return (struct walk_object){0, 0, 0, 0};
}
