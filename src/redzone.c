/* redzone.c -- see redzone.h */
#include "redzone.h"

#include "platform.h"

wpm_status redzone_begin(const struct redzone *g, struct slot slot, size_t bytes)
{
    bool clean = slot.zero;
    if (g->canary && slot.bytes - CANARY_BYTES - bytes > CANARY_SLACK) return WPM_CORRUPT;
    if (!clean && redzone_watched(g, slot.bytes)) {
        if (!canary_clean(slot.address, slot.bytes)) return WPM_CHANGED;
        clean = true;
    }
    if (!g->canary) return WPM_OK;
    if (!clean) {
        edge_zero(slot.address + bytes, slot.bytes - CANARY_BYTES - bytes);
        //@ ghost edge_lemma_clean(slot.address + bytes, slot.bytes - CANARY_BYTES - bytes);
    }
    canary_put(&g->secret, slot.address, slot.bytes, bytes);
    return WPM_OK;
}

void redzone_resize(const struct redzone *g, struct slot slot, size_t old_bytes, size_t bytes)
{
    if (!g->canary) return;
    if (bytes < old_bytes) {
        edge_zero(slot.address + bytes, old_bytes - bytes);
        //@ ghost edge_lemma_clean(slot.address + bytes, old_bytes - bytes);
    }
    canary_put(&g->secret, slot.address, slot.bytes, bytes);
}

void redzone_wipe(uintptr_t address, size_t slot_bytes)
{
    if (slot_bytes > ZERO_WRITTEN && platform_release(address, slot_bytes)) {
        //@ ghost edge_clean(address, slot_bytes);
        //@ ghost edge_lemma_clean(address, slot_bytes);
        return;
    }
    edge_zero(address, slot_bytes);
    //@ ghost edge_lemma_clean(address, slot_bytes);
}
