#include "marker.h"

/* An object is to be looked into from byte `from` on. */
/*@ requires gray: GrayValid(g);
    assigns g->depth, g->full, g->object[g->depth];
    ensures gray: GrayValid(g);
    ensures pushed: \old(g->depth) < g->limit ==> g->depth == \old(g->depth) + 1 &&
      g->object[\old(g->depth)].address == (int64_t)address;
    ensures full: \old(g->depth) == g->limit ==> g->depth == \old(g->depth) && g->full == true;
*/
static void gray_push(struct gray *g, uintptr_t address, uint64_t from)
{
    if (g->depth == g->limit) {
        g->full = true;
        return;
    }
    g->object[g->depth] = (struct gray_object){(int64_t)address, (int64_t)from};
    g->depth++;
}

void marker_reach(struct marker *m, uintptr_t address)
{
    struct found at = find_slot(m->scan.heap, address);
    if (at.span != NO_SPAN) {
        if (find_held(m->scan.heap, at) && marks_set(m->scan, at.span, at.slot))
            gray_push(&m->gray, find_start(m->scan.heap, at), 0);
        return;
    }
    at = find_slot(m->flat.heap, address);
    if (at.span != NO_SPAN && find_held(m->flat.heap, at)) marks_set(m->flat, at.span, at.slot);
}

/* Bytes of an object that may be looked into, and where its words of pointers are told. */
struct layout {
    uint64_t bytes; /* of the object behind its header, as far as its slot goes */
    struct type type;
};

/* What the header of the object in a slot of `room` bytes says; no bytes when it says no type. */
/*@ requires types: TypesValid(t);
    requires room: HEADER_BYTES <= room && start + room <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures inside: \result.bytes <= room - HEADER_BYTES;
    ensures type: 1 <= \result.type.words &&
      \result.type.first + \result.type.words <= t.bits || \result.bytes == 0;
*/
static struct layout layout_of(struct types t, uintptr_t start, uint64_t room)
{
    struct layout none = {0, {0, 1}};
    uint64_t type = edge_word(start), bytes = edge_word(start + EDGE_WORD_BYTES);
    if (type >= t.count) return none;
    if (bytes > room - HEADER_BYTES) bytes = room - HEADER_BYTES;
    return (struct layout){bytes, t.type[type]};
}

/* Look into the object at `start` from byte `from` on, OBLET_BYTES of it. */
/*@ requires valid: MarkerValid(m);
    requires room: HEADER_BYTES <= room && start + room <= ADDRESS_LIMIT;
    assigns MARKER_STATE(m);
    ensures valid: MarkerValid(m);
    ensures scan: MarksGrown{Pre,Post}(m->scan);
    ensures flat: MarksGrown{Pre,Post}(m->flat);
    ensures most: \result <= OBLET_BYTES;
*/
static uint64_t look_into(struct marker *m, uintptr_t start, uint64_t room, uint64_t from)
{
    struct layout o = layout_of(m->types, start, room);
    uint64_t end = o.bytes;
    if (from > end) return 0;
    if (end - from > OBLET_BYTES) {
        end = from + OBLET_BYTES;
        gray_push(&m->gray, start, end);
    }
    uint32_t k = (uint32_t)(from / EDGE_WORD_BYTES % o.type.words);
    for (uint64_t at = from; end - at >= EDGE_WORD_BYTES; at += EDGE_WORD_BYTES) {
        if (bitmap_test(m->types.pointers, o.type.first + k) != 0)
            marker_reach(m, edge_word(start + HEADER_BYTES + at));
        k = k + 1 < o.type.words ? k + 1 : 0;
    }
    return end - from;
}

uint64_t marker_step(struct marker *m)
{
    if (m->gray.depth == 0) return 0;
    m->gray.depth--;
    struct gray_object o = m->gray.object[m->gray.depth];
    struct found at = find_slot(m->scan.heap, (uintptr_t)o.address);
    if (at.span == NO_SPAN || !find_held(m->scan.heap, at)) return 1;
    uint64_t room = find_bytes(m->scan.heap, at.span);
    if (room < HEADER_BYTES) return 1;
    return 1 + look_into(m, find_start(m->scan.heap, at), room, (uint64_t)o.from);
}

struct found marker_again(struct marker *m, struct found from)
{
    const struct wpm_heap *h = m->scan.heap;
    struct found at = from;
    while (at.span < h->nspans) {
        if (at.slot >= h->span[at.span].nslots) {
            at.span++;
            at.slot = 0;
        } else if (marks_test(m->scan, at.span, at.slot)) {
            gray_push(&m->gray, find_start(h, at), 0);
            at.slot++;
            return at;
        } else {
            at.slot++;
        }
    }
    return at;
}
