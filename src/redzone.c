/* redzone.c -- see redzone.h */
#include "redzone.h"

#include "platform.h"

#define LOOK_BYTES 0x10000u /* that are looked at before the system is asked again */

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
        i += absent_bytes(address + i, bytes - i);
        size_t look = bytes - i < LOOK_BYTES ? bytes - i : LOOK_BYTES;
        if (!clean_all(address + i, look)) return true;
        i += look;
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

void redzone_wipe_long(uintptr_t address, size_t slot_bytes)
{
    if (slot_bytes > ZERO_WRITTEN && platform_release(address, slot_bytes)) {
        //@ ghost edge_clean(address, slot_bytes);
        //@ ghost edge_lemma_clean(address, slot_bytes);
        return;
    }
    edge_zero(address, slot_bytes);
    //@ ghost edge_lemma_clean(address, slot_bytes);
}
