/* hardroom.h -- how far one may write from an address on.
 *
 * For a check of bounds where bytes are copied: the room is up to the end of the object, as it was
 * asked for, not up to that of its slot.
 */
#ifndef WPM_HARDROOM_H
#define WPM_HARDROOM_H

#include "harden.h"

/* The room from an address on. */
struct harden_room {
    wpm_status status; /* WPM_OK: in an object. WPM_FOREIGN: not in the heap. Else no object */
    uintptr_t start;   /* of the object, or of the slot that would have it */
    size_t bytes;      /* from the address to the end of the object; 0 in its red zone */
};

#include "../spec/hardroom.acsl"

/* The slot that an address lies in. */
struct harden_place {
    bool inside;     /* the address lies on a page of the heap */
    uintptr_t start; /* of the slot */
    size_t bytes;    /* its room; 0: in no slot, or in a guard page */
};

/* The slot that `address` lies in, whether its object lives or not. Total: any address. */
/*@ requires shapes: ShapesValid(h);
    requires inside: SlotsInside(h);
    requires guard: RedzoneValid(g);
    assigns \nothing;
    ensures outside: \result.inside == false ==> NoSlotOf(h, address) && \result.bytes == 0;
    ensures slot: \result.bytes != 0 ==> SlotAround(g, h, \result.start, \result.bytes) &&
      \result.start <= address < \result.start + \result.bytes;
    ensures start: \result.start <= address;
    ensures limit: \result.bytes != 0 ==> CANARY_BYTES <= \result.bytes &&
      \result.start + \result.bytes <= ADDRESS_LIMIT;
*/
static inline struct harden_place harden_place_of(struct redzone g, const struct wpm_heap *h,
                                                  uintptr_t address)
{
    struct harden_place out = {false, address, 0};
    uintptr_t distance = arenamap_distance(&h->map, address);
    if (distance / PAGE_SIZE >= atomic_read32(&h->npages)) return out;
    //@ assert page: address == h->map.base + distance && distance < 0x100000000000;
    out.inside = true;
    size_t s = atomic_read32(&h->page_span[distance / PAGE_SIZE]);
    if (s == NO_SPAN) return out;
    const struct mspan *span = &h->span[s];
    //@ assert used: InUse(h, s);
    //@ assert inside: span->first <= distance < span->first + span->npages * PAGE_SIZE;
    size_t offset = distance - (uintptr_t)span->first;
    if (span->span_class == 0) {
        size_t room = redzone_room(g, (size_t)span->npages * PAGE_SIZE);
        out.start = address - offset;
        //@ assert large: SlotStarts(h, s, 0, out.start) && Room(g, SlotBytes(h, s)) == room;
        //@ ghost alloc_lemma_inside(h, (uint32_t)s, 0);
        //@ assert around: SlotAround(g, h, out.start, room);
        if (offset >= room) return out;
        out.bytes = room;
        //@ assert within: out.start <= address < out.start + out.bytes;
        return out;
    }
    /*@ ghost class_lemma_offset((uint32_t)offset, span->slot_bytes, span->npages, span->nslots,
                                 span->magic); */
    uint32_t i = magic_quotient(magic_product((uint32_t)offset, span->magic))
        /*@ ghost ((uint32_t)offset, span->slot_bytes, span->magic) */;
    if (i >= span->nslots) return out;
    //@ assert rest: 0 <= offset - i * span->slot_bytes < span->slot_bytes;
    out.start = address - ((uint32_t)offset - i * span->slot_bytes);
    out.bytes = span->slot_bytes;
    //@ assert small: SlotStarts(h, s, i, out.start) && SlotBytes(h, s) == out.bytes;
    //@ assert whole: out.bytes <= MAX_SMALL_SIZE && Room(g, out.bytes) == out.bytes;
    //@ ghost alloc_lemma_inside(h, (uint32_t)s, i);
    //@ assert around: SlotAround(g, h, out.start, out.bytes);
    //@ assert within: out.start <= address < out.start + out.bytes;
    return out;
}

/* The room at `address`. WPM_DOUBLE_FREE: in a slot whose object is dead; WPM_INTERIOR: on a page
 * of the heap, but in no slot, or in the guard page of one; WPM_OVERRUN: in a slot that does not
 * end as its object left it, or whose object has been retired. Total: any address. */
/*@ requires valid: HeapValid(h);
    requires guard: RedzoneValid(g);
    assigns \nothing;
    ensures status: \result.status == WPM_OK || \result.status == WPM_FOREIGN ||
      \result.status == WPM_INTERIOR || \result.status == WPM_DOUBLE_FREE ||
      \result.status == WPM_OVERRUN;
    ensures room: \result.status == WPM_OK ==>
      RoomOf(g, h, address, \result.start, \result.bytes);
    ensures foreign: \result.status == WPM_FOREIGN ==> NoSlotOf(h, address);
    ensures dead: \result.status == WPM_DOUBLE_FREE ==> NotHeld(h, \result.start);
    ensures overrun: \result.status == WPM_OVERRUN ==> Overrun(g, h, \result.start);
    ensures none: \result.status != WPM_OK ==> \result.bytes == 0;
    ensures start: \result.start <= address;
*/
struct harden_room harden_room(struct redzone g, const struct wpm_heap *h, uintptr_t address);

/* Whether it is plain that `bytes` bytes from `address` on may be written: they are not in the
 * heap, or before the canary of their slot, and no object there that ends as it must is shorter.
 * False: harden_room tells more. Total: any address. */
/*@ requires shapes: ShapesValid(h);
    requires inside: SlotsInside(h);
    requires guard: RedzoneValid(g);
    assigns \nothing;
    ensures fits: \result == true ==> NoSlotOf(h, address) || RoomFits(g, h, address, bytes);
*/
static inline bool harden_fits(struct redzone g, const struct wpm_heap *h, uintptr_t address,
                               size_t bytes)
{
    struct harden_place slot = harden_place_of(g, h, address);
    if (slot.bytes == 0) return !slot.inside;
    uintptr_t end = slot.start + slot.bytes - CANARY_BYTES;
    uint64_t word = edge_word(end);
    uint64_t first = canary_key(g.secret, slot.start);
    if (word < first || address > end) return false;
    uint64_t mark = (word - first) / 256 % CANARY_MARKS;
    /*@ assert one: \forall integer m; 0 <= m < CANARY_MARKS ==>
          word == first + m * CANARY_STEP ==> m == mark; */
    //@ assert word: word == EdgeWord(slot.start + slot.bytes - CANARY_BYTES);
    //@ assert key: first == CanaryKey(SECRET(g.secret), slot.start);
    /*@ assert only: \forall integer m; 0 <= m < CANARY_MARKS ==>
          word == CanaryWord(SECRET(g.secret), slot.start, m) ==> m == mark; */
    /*@ assert marks: \forall integer n, k; 0 <= n <= CANARY_SLACK ==> 0 <= k < CANARY_KINDS ==>
          0 <= CanaryMark(n, k) < CANARY_MARKS; */
    uint64_t slack = mark % CANARY_KIND_STEP;
    if (slack > end - address) return false;
    /*@ assert marked: \forall integer n, k;
          CanaryWhole(SECRET(g.secret), slot.start, slot.bytes, n, k) ==>
          CanaryMark(slot.bytes - CANARY_BYTES - n, k) == mark; */
    /*@ assert parts: \forall integer n, k; 0 <= n <= CANARY_SLACK ==> 0 <= k ==>
          CanaryMark(n, k) == mark ==> n == slack; */
    /*@ assert whole: \forall integer n, k;
          CanaryWhole(SECRET(g.secret), slot.start, slot.bytes, n, k) ==>
          slot.bytes - CANARY_BYTES - n == slack; */
    //@ assert fits: bytes <= end - address - slack ==> RoomFits(g, h, address, bytes);
    return bytes <= end - address - slack;
}

#endif
