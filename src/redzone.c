/* redzone.c -- see redzone.h */
#include "redzone.h"

#include "platform.h"

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
