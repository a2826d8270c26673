/* marker.h -- from the roots to every object that can be reached: precise marking in steps.
 *
 * Its contracts are not proved yet, so it stands among the tests, as a part of collector.h.
 *
 * Objects that may hold pointers live in one heap, those that hold none in another, so that a look
 * at an object's place says whether to look inside. An object of the first begins with a header of
 * two words: its type, which says by a bitmap that is repeated over the object which of its words
 * are pointers, and its length. Reached objects are marked at once and wait on a stack to be looked
 * into; when that is full they wait for a pass over the heap instead. What the stack says is looked
 * up again when it is used, so that the program may free objects meanwhile, and an address that is
 * no object's costs a look and nothing more.
 */
#ifndef WPM_GC_MARKER_H
#define WPM_GC_MARKER_H

#include "../../src/edgeword.h"
#include "../../src/gc/marks.h"

#define HEADER_BYTES 16u               /* before an object with pointers: MALLOC_ALIGN is kept */
#define OBLET_BYTES ((uint64_t)128 << 10) /* of an object that are looked into at once */

/* Which words of an object are pointers: `words` bits from bit `first` of the table, repeated. */
struct type {
    uint32_t first;
    uint32_t words; /* at least 1 */
};

struct types {
    const struct type *type;
    const uint64_t *pointers; /* the bits of all types */
    uint32_t count;           /* types */
    uint32_t bits;            /* all bits */
};

/* An object that is still to be looked into. */
struct gray_object {
    int64_t address; /* of its slot */
    int64_t from;    /* bytes of it that have been looked into */
};

struct gray {
    struct gray_object *object;
    uint32_t depth;
    uint32_t limit;
    bool full; /* an object that is marked did not fit: it waits for a pass over the heap */
};

struct marker {
    struct marks scan; /* of objects that may hold pointers */
    struct marks flat; /* of objects without */
    struct types types;
    struct gray gray;
};

#include "marker.acsl"

/* What a step of marking may write. */
#define MARKER_STATE(m) \
    (m)->gray.depth, (m)->gray.full, (m)->gray.object[0 .. (m)->gray.limit - 1], \
    (m)->scan.bit[0 .. (m)->scan.heap->nspans * SPAN_WORDS - 1], \
    (m)->flat.bit[0 .. (m)->flat.heap->nspans * SPAN_WORDS - 1]

/* The object that `address` lies in, in either heap, is reached. Total: any address, as of a root,
 * a register or a word that only looks like a pointer. */
/*@ requires valid: MarkerValid(m);
    assigns MARKER_STATE(m);
    ensures valid: MarkerValid(m);
    ensures scan: MarksGrown{Pre,Post}(m->scan);
    ensures flat: MarksGrown{Pre,Post}(m->flat);
    ensures marked: \forall integer s, i; SlotHas(m->scan.heap, s, i, address) ==>
      HeldSlot(m->scan.heap, s, i) ==> Marked(m->scan, s, i);
    ensures marked_flat: NoSlotHas(m->scan.heap, address) ==>
      \forall integer s, i; SlotHas(m->flat.heap, s, i, address) ==>
      HeldSlot(m->flat.heap, s, i) ==> Marked(m->flat, s, i);
*/
void marker_reach(struct marker *m, uintptr_t address);

/* Look into one waiting object, or into OBLET_BYTES of it. Bytes that were looked into, at least 1;
 * 0 when nothing waits on the stack. */
/*@ requires valid: MarkerValid(m);
    assigns MARKER_STATE(m);
    ensures valid: MarkerValid(m);
    ensures scan: MarksGrown{Pre,Post}(m->scan);
    ensures flat: MarksGrown{Pre,Post}(m->flat);
    ensures done: \result == 0 <==> \old(m->gray.depth) == 0;
*/
uint64_t marker_step(struct marker *m);

/* The first marked object from slot `from` on waits once more to be looked into, if the stack has
 * room. The slot behind it; of span heap->nspans when there is none. For a pass over the heap, when
 * objects that were reached did not fit. */
/*@ requires valid: MarkerValid(m);
    assigns m->gray.depth, m->gray.full, m->gray.object[0 .. m->gray.limit - 1];
    ensures valid: MarkerValid(m);
    ensures behind: \result.span >= m->scan.heap->nspans || \result.span > from.span ||
      (\result.span == from.span && \result.slot > from.slot);
    ensures between: \forall integer s, i; 0 < s < m->scan.heap->nspans ==>
      0 <= i < m->scan.heap->span[s].nslots ==> !SlotBefore(s, i, from.span, from.slot) ==>
      SlotBefore(s, i, \result.span, \result.slot) ==>
      (s == \result.span && i == \result.slot - 1) || !Marked(m->scan, s, i);
*/
struct found marker_again(struct marker *m, struct found from);

#endif
