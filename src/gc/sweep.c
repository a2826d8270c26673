#include "sweep.h"

#include "../walk.h"

/* The object of slot `i` of span `s` ends. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires held: HeldSlot(h, s, i);
    assigns HEAP_SWEPT(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures ended: HeldLess{Pre,Post}(h, s, i);
    ensures still: HeldStill{Pre,Post}(h);
*/
static void end_slot(struct wpm_heap *h, struct mcache *c, uint32_t s, uint32_t i) HEAP_UNLOCKED(h)
{
    uintptr_t address = walk_slot(h, s, i).address;
    //@ assert shapes: ShapesValid(h);
    /*@ assert one: \forall integer t, j; SlotStarts(h, t, j, address) ==> t == s && j == i; */
    //@ assert limits: BoundsLimited(h);
    wpm_status status = alloc_free(h, c, edge_pointer(address));
    //@ assert there: status == WPM_OK;
    (void)status;
}

/* Sweep word `k` of span `s`. How many objects have ended. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires span: 0 < s < h->nspans && k < SPAN_WORDS;
    requires marks: MarksGiven(h, mark, h->nspans * SPAN_WORDS);
    assigns HEAP_SWEPT(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures swept: Swept{Pre,Post}(h, mark, s * SPAN_WORDS + k, s * SPAN_WORDS + k + 1);
    ensures few: \result <= 64;
*/
static uint32_t sweep_word(struct wpm_heap *h, struct mcache *c, const uint64_t *mark, uint32_t s,
                           uint32_t k) HEAP_UNLOCKED(h)
{
    size_t w = (size_t)s * SPAN_WORDS + k;
    uint64_t held = bits_andnot(atomic_read64(&h->live[w]), atomic_read64(&h->freed[w]));
    uint64_t dead = bits_andnot(held, mark[w]);
    uint32_t i = bits_lowest(dead);
    /*@ loop invariant valid: HeapValid(h);
        loop invariant cache: CacheGiven(h, c);
        loop invariant next: 0 <= i <= 64 && (i < 64 ==> Bit(dead, i) == 1);
        loop invariant part: SweptPart{Pre,Here}(h, w, dead, i);
        loop assigns i, HEAP_SWEPT(h);
        loop variant 64 - i;
    */
    while (i < 64) {
        /*@ ghost Before: ; */
        //@ assert dead: HeldBit{Pre}(h, w, i) && \let v = w; Bit(\at(mark[v], Pre), i) == 0;
        //@ assert held: HeldBit(h, w, i) && WordOf(s, w);
        //@ assert index: (k * 64 + i) / 64 == k && (k * 64 + i) % 64 == i;
        //@ assert live: Bit(h->live[w], i) == 1 && SlotsInside(h) && SpanUnused(h);
        //@ assert inside: h->span[s].npages > 0 && k * 64 + i < h->span[s].nslots;
        end_slot(h, c, s, k * 64 + i);
        /*@ assert bit: \forall integer v, j; BitOf(v, j, s, k * 64 + i) <==> v == w && j == i; */
        //@ assert less: HeldLess{Before,Here}(h, s, k * 64 + i) && HeldStill{Before,Here}(h);
        //@ assert here: SweptPart{Pre,Here}(h, w, dead, i + 1);
        i = bits_lowest(bits_andnot(dead, bits_below(i + 1)));
    }
    return bits_count(dead);
}

uint32_t sweep_span(struct wpm_heap *h, struct mcache *c, const uint64_t *mark, uint32_t s)
{
    uint32_t ended = 0;
    /*@ loop invariant range: 0 <= k <= SPAN_WORDS;
        loop invariant valid: HeapValid(h);
        loop invariant cache: CacheGiven(h, c);
        loop invariant swept: Swept{Pre,Here}(h, mark, s * SPAN_WORDS, s * SPAN_WORDS + k);
        loop invariant few: ended <= 64 * k;
        loop invariant given: MarksGiven(h, mark, h->nspans * SPAN_WORDS);
        loop invariant marks: \forall integer w; 0 <= w < h->nspans * SPAN_WORDS ==>
          mark[w] == \at(mark[w], Pre);
        loop assigns k, ended, HEAP_SWEPT(h);
        loop variant SPAN_WORDS - k;
    */
    for (uint32_t k = 0; k < SPAN_WORDS; k++) {
        /*@ ghost Before: ; */
        ended += sweep_word(h, c, mark, s, k);
        /*@ assert cells: \forall uint64_t *q; \base_addr(q) == \base_addr(mark) ==>
              *q == \at(*q, Before); */
        /*@ assert same: \forall integer w; 0 <= w < h->nspans * SPAN_WORDS ==>
              mark[w] == \at(mark[w], Before); */
        //@ assert one: Swept{Before,Here}(h, mark, s * SPAN_WORDS + k, s * SPAN_WORDS + k + 1);
    }
    return ended;
}
