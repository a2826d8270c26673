/* find.h -- the slot that an address lies in: from any pointer into an object to its start.
 *
 * What a collector does with each word that may be a pointer: one compare tells whether the heap
 * has the page, one table its span, one multiplication the slot. No lock: the page table, the
 * shapes of spans and their bits are read as a free reads them (mspan.h).
 */
#ifndef WPM_GC_FIND_H
#define WPM_GC_FIND_H

#include "../mspan.h"

#include "../../spec/find.acsl"

/* A slot, by its span. */
struct found {
    uint32_t span; /* NO_SPAN: the address is in no slot */
    uint32_t slot; /* index of the slot in the span */
};

/* The slot that `address` lies in, whether the program holds it or not. Total: any address. */
/*@ requires shapes: ShapesValid(h);
    assigns \nothing;
    ensures found: \result.span != NO_SPAN ==> SlotHas(h, \result.span, \result.slot, address);
    ensures none: \result.span == NO_SPAN ==> NoSlotHas(h, address);
*/
static inline struct found find_slot(const struct wpm_heap *h, uintptr_t address)
{
    struct found none = {NO_SPAN, 0};
    uintptr_t distance = arenamap_distance(&h->map, address);
    if (distance / PAGE_SIZE >= atomic_read32(&h->npages)) return none;
    //@ assert page: address == h->map.base + distance && distance < 0x100000000000;
    uint32_t s = atomic_read32(&h->page_span[distance / PAGE_SIZE]);
    if (s == NO_SPAN) return none;
    const struct mspan *span = &h->span[s];
    //@ assert used: InUse(h, s);
    //@ assert inside: span->first <= distance < span->first + span->npages * PAGE_SIZE;
    /*@ assert alone: \forall integer t, i; SlotHas(h, t, i, address) ==> t == s; */
    if (span->span_class == 0) return (struct found){s, 0};
    uint32_t offset = (uint32_t)(distance - (uintptr_t)span->first);
    /*@ ghost class_lemma_offset(offset, span->slot_bytes, span->npages, span->nslots,
                                 span->magic); */
    uint32_t i = magic_quotient(magic_product(offset, span->magic))
        /*@ ghost (offset, span->slot_bytes, span->magic) */;
    //@ assert rest: 0 <= offset - i * span->slot_bytes < span->slot_bytes;
    /*@ assert here: SlotAddress(h, s, i) <= address < SlotAddress(h, s, i) + span->slot_bytes; */
    /*@ assert one: \forall integer j; 0 <= j < span->nslots ==> j != i ==>
          !SlotHas(h, s, j, address); */
    if (i >= span->nslots) return none;
    return (struct found){s, i};
}

/* Does the program hold the object of a slot? */
/*@ requires shapes: ShapesValid(h);
    requires slot: InUse(h, at.span) && at.slot < h->span[at.span].nslots;
    requires small: at.slot < SPAN_SLOTS;
    assigns \nothing;
    ensures held: \result == true <==> HeldSlot(h, at.span, at.slot);
*/
static inline bool find_held(const struct wpm_heap *h, struct found at)
{
    size_t w = (size_t)at.span * SPAN_WORDS + at.slot / 64;
    return bits_test(atomic_read64(&h->live[w]), at.slot % 64) != 0 &&
           bits_test(atomic_read64(&h->freed[w]), at.slot % 64) == 0;
}

/* Bytes of a slot of span `s`. */
/*@ requires shapes: ShapesValid(h);
    requires span: InUse(h, s);
    assigns \nothing;
    ensures bytes: \result == SlotBytes(h, s) && 0 < \result;
*/
static inline uint64_t find_bytes(const struct wpm_heap *h, uint32_t s)
{
    const struct mspan *span = &h->span[s];
    return span->span_class == 0 ? (uint64_t)span->npages * PAGE_SIZE : span->slot_bytes;
}

/* Where a slot starts. */
/*@ requires shapes: ShapesValid(h);
    requires slot: InUse(h, at.span) && at.slot < h->span[at.span].nslots;
    assigns \nothing;
    ensures start: \result == SlotAddress(h, at.span, at.slot);
    ensures limit: 0 < \result && \result + SlotBytes(h, at.span) <= ADDRESS_LIMIT;
*/
static inline uintptr_t find_start(const struct wpm_heap *h, struct found at)
{
    const struct mspan *span = &h->span[at.span];
    /*@ assert inside: SpanAddress(h, at.span) <= SlotAddress(h, at.span, at.slot) &&
          SlotAddress(h, at.span, at.slot) + SlotBytes(h, at.span) <=
          SpanAddress(h, at.span) + h->span[at.span].npages * PAGE_SIZE; */
    /*@ assert end: SpanAddress(h, at.span) + h->span[at.span].npages * PAGE_SIZE <=
          ADDRESS_LIMIT; */
    return arenamap_address(&h->map, span->start) + (uintptr_t)at.slot * span->slot_bytes;
}

#endif
