/* hardresize.c -- see hardresize.h */
#include "hardresize.h"

/* The object of `old_bytes` bytes goes on in a new one of `bytes` bytes. */
static struct object_resized move(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                  uintptr_t address, size_t old_bytes, size_t bytes)
{
    struct object_resized out = harden_malloc(g, h, c, bytes);
    if (out.address == 0 || out.status != WPM_OK) return out;
    edge_copy(out.address, address, old_bytes < bytes ? old_bytes : bytes);
    out.status = harden_free(g, h, c, address);
    return out;
}

/* Whether an object in a slot of `slot_bytes` bytes serves for `total` bytes where it lies. */
static bool stays(size_t slot_bytes, size_t total)
{
    if (total > slot_bytes) return false;
    return slot_bytes > MAX_SMALL_SIZE ? slot_bytes - total < PAGE_SIZE : total >= slot_bytes / 2;
}

struct object_resized harden_realloc(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                     uintptr_t address, size_t bytes)
{
    struct object_resized out = {0, WPM_OK};
    size_t total = redzone_total(g, bytes);
    if (address == 0) return harden_malloc(g, h, c, bytes);
    struct harden_info info = harden_describe(g, h, address);
    out.status = info.slot.status;
    if (out.status != WPM_OK) return out;
    struct slot slot = {address, info.slot.slot_bytes, false};
    if (!stays(slot.bytes, total)) {
        out = move(g, h, c, address, info.bytes, bytes);
        if (out.address != 0 || total > slot.bytes) return out;
        if (slot.bytes - total > CANARY_SLACK) return out;
    }
    redzone_resize(g, slot, info.bytes, bytes);
    out.address = address;
    return out;
}
