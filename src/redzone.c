/* redzone.c -- see redzone.h */
#include "redzone.h"

#include "platform.h"

bool redzone_fence(struct redzone g, uintptr_t address, size_t slot_bytes)
{
    size_t room = redzone_room(g, slot_bytes);
    if (room == slot_bytes) return true;
    bool raised = guardpage_raise(address + room, slot_bytes - room);
    //@ ghost if (raised) edge_lemma_clean((uintptr_t)(address + room), slot_bytes - room);
    return raised || g.fence != FENCE_DEMANDED;
}

bool redzone_open(struct redzone g, uintptr_t address, size_t slot_bytes)
{
    size_t room = redzone_room(g, slot_bytes);
    return room == slot_bytes || guardpage_lower(address + room, slot_bytes - room);
}

bool redzone_stained(uintptr_t address, size_t bytes)
{
    size_t i = 0;
    /*@ loop invariant range: 0 <= i <= bytes && i % 16 == 0;
        loop assigns i;
        loop variant bytes - i;
    */
    while (i < bytes) {
        bool absent = false;
        size_t run = absent_run(address + i, bytes - i, &absent);
        if (!absent && !clean_all(address + i, run)) return true;
        i += run;
    }
    return false;
}

void redzone_resize(struct redzone g, struct slot slot, size_t old_bytes, size_t bytes,
                    uint32_t kind)
{
    if (!g.canary) return;
    if (bytes < old_bytes) {
        edge_zero(slot.address + bytes, old_bytes - bytes);
        //@ ghost edge_lemma_clean(slot.address + bytes, old_bytes - bytes);
    }
    canary_put(g.secret, slot.address, slot.bytes, bytes, kind);
}

/* The bytes of a slot are zero: pages that it has are written, the others stay away. */
/*@ requires place: address + bytes <= ADDRESS_LIMIT;
    assigns edge_byte[address .. address + bytes - 1];
    ensures zero: Clean(address, address + bytes);
*/
static void wipe_pages(uintptr_t address, size_t bytes)
{
    size_t i = 0;
    /*@ loop invariant range: 0 <= i <= bytes;
        loop invariant clean: Clean(address, address + i);
        loop assigns i, edge_byte[address .. address + bytes - 1];
        loop variant bytes - i;
    */
    while (i < bytes) {
        bool absent = false;
        size_t run = absent_run(address + i, bytes - i, &absent);
        if (absent && platform_release(address + i, run)) {
            //@ ghost edge_clean((uintptr_t)(address + i), run);
        } else {
            edge_zero(address + i, run);
        }
        //@ ghost edge_lemma_clean((uintptr_t)(address + i), run);
        i += run;
    }
}

void redzone_wipe_long(uintptr_t address, size_t slot_bytes)
{
    if (slot_bytes > ZERO_WRITTEN && platform_release(address, slot_bytes)) {
        //@ ghost edge_clean(address, slot_bytes);
        //@ ghost edge_lemma_clean(address, slot_bytes);
        return;
    }
    if (slot_bytes > LOOKED_WHOLE) {
        wipe_pages(address, slot_bytes);
        return;
    }
    edge_zero(address, slot_bytes);
    //@ ghost edge_lemma_clean(address, slot_bytes);
}
