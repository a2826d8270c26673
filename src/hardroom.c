/* hardroom.c -- see hardroom.h */
#include "hardroom.h"

struct harden_room harden_room(struct redzone g, const struct wpm_heap *h, uintptr_t address)
{
    struct harden_room out = {WPM_FOREIGN, address, 0};
    //@ ghost class_table_fact();
    //@ assert shapes: ShapesValid(h);
    struct harden_place slot = harden_place_of(g, h, address);
    if (!slot.inside) return out;
    out.status = WPM_INTERIOR;
    out.start = slot.start;
    if (slot.bytes == 0) return out;
    wpm_info info = object_describe(h, out.start);
    if (info.status == WPM_DOUBLE_FREE) out.status = WPM_DOUBLE_FREE;
    if (info.status != WPM_OK) return out;
    //@ assert held: RoomHeld(g, h, out.start, slot.bytes);
    size_t offset = address - out.start;
    size_t bytes = slot.bytes;
    //@ ghost uint32_t kind = HARDEN_KIND_MALLOC;
    if (g.canary) {
        struct canary_mark mark = canary_read(g.secret, out.start, slot.bytes);
        if (mark.bytes == CANARY_BROKEN) {
            out.status = WPM_OVERRUN;
            //@ assert overrun: Overrun(g, h, out.start);
            return out;
        }
        /*@ assert whole: CanaryWhole(SECRET(g.secret), out.start, slot.bytes, mark.bytes,
                                      mark.kind); */
        bytes = mark.bytes;
        //@ ghost kind = mark.kind;
        //@ assert sized: Sized(g, h, out.start, mark.bytes, mark.kind);
    }
    //@ assert one: Sized(g, h, out.start, bytes, kind);
    out.status = WPM_OK;
    if (offset < bytes) out.bytes = bytes - offset;
    //@ assert inside: out.start <= address < out.start + slot.bytes;
    //@ assert left: out.bytes == (address < out.start + bytes ? out.start + bytes - address : 0);
    //@ assert room: RoomOf(g, h, address, out.start, out.bytes);
    return out;
}
