/* walk.h -- the objects of a heap, one after another.
 *
 * A walk asks for the first slot that the program holds from a place on, then from the place behind
 * it: spans by id, slots of a span by address. A place is a span and a slot of it, and need not
 * exist. All under the heap lock, so no span begins or ends meanwhile; a thread that allocates or
 * frees at the same time may be seen or not, object by object.
 */
#ifndef WPM_WALK_H
#define WPM_WALK_H

#include "heap.h"

#include <stddef.h>

#include "../spec/walk.acsl"

/* An object. */
struct walk_object {
    uintptr_t address; /* 0: there is none */
    size_t slot_bytes; /* size of its slot, bytes */
    uint32_t span;     /* id of its span */
    uint32_t slot;     /* index of its slot in the span */
};

/* Slot `i` of span `s`, whether the program holds it or not. */
/*@ requires valid: HeapValid(h);
    requires slot: InUse(h, s) && i < h->span[s].nslots;
    assigns \nothing;
    ensures address: \result.address != 0 && SlotStarts(h, s, i, \result.address);
    ensures bytes: \result.slot_bytes == SlotBytes(h, s);
    ensures place: \result.span == s && \result.slot == i;
*/
struct walk_object walk_slot(const struct wpm_heap *h, uint32_t s, uint32_t i);

/* The first object from slot `slot` of span `span` on. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
    ensures object: \result.address != 0 ==> HeldSlot(h, \result.span, \result.slot) &&
      SlotStarts(h, \result.span, \result.slot, \result.address) &&
      \result.slot_bytes == SlotBytes(h, \result.span);
    ensures behind: \result.address != 0 ==>
      !SlotBefore(\result.span, \result.slot, span, slot);
    ensures first: \result.address != 0 ==>
      NoneBetween(h, span, slot, \result.span, \result.slot);
    ensures none: \result.address == 0 ==> NoneBetween(h, span, slot, h->nspans, 0);
*/
struct walk_object walk_next(const struct wpm_heap *h, uint32_t span, uint32_t slot)
    HEAP_LOCKED(h);

#endif
