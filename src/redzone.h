/* redzone.h -- what is done to the bytes of a slot when its object begins and ends.
 *
 * Four things, each with a switch:
 * - a canary (canary.h) behind the object, looked at when it ends or changes its size;
 * - zero on free: what a dead object held is gone, and calloc needs to write nothing;
 * - a look at reuse: a slot that was written after its end of life is not zero when its turn comes;
 * - a guard page (guardpage.h) at the end of each large slot. What lies before it is the room of
 *   the slot; all the rest speaks of that.
 * Memory that nobody holds is then zero everywhere; who frees owes that. A red zone does not change
 * while it is used.
 */
#ifndef WPM_REDZONE_H
#define WPM_REDZONE_H

#include "absent.h"
#include "canary.h"
#include "guardpage.h"
#include "wpmalloc.h"

/* Longest slot that is made zero by writing; the pages of longer ones go back to the system. */
#define ZERO_WRITTEN 0x40000u
#define LOOKED_WHOLE 0x10000u /* longest room of which every byte is written and looked at */

#define WIPED_SHORT 64u /* longest slot that is wiped in a short way */

/* Whether large slots end with a guard page. */
#define FENCE_NONE 0u
#define FENCE_OFFERED 1u /* where the system grants one */
#define FENCE_DEMANDED 2u /* else there is no object */

struct redzone {
    struct canary_secret secret;
    bool canary;         /* a canary behind each object */
    bool zero;           /* zero on free */
    bool reuse;          /* a look at reuse; needs `zero` */
    bool before;         /* a look at what lies before an object; needs `canary` and `zero` */
    uint32_t short_most; /* largest object that goes the short ways; 0: none. Needs all of them */
    uint32_t fence;      /* FENCE_NONE, FENCE_OFFERED or FENCE_DEMANDED */
};

/* A slot that has been taken. */
struct slot {
    uintptr_t address; /* 0: none */
    size_t bytes;      /* its length */
    bool zero;         /* nobody has written it since the system gave its memory */
};

#include "../spec/redzone.acsl"

/* Bytes that a slot needs for an object of `bytes` bytes. */
/*@ requires guard: RedzoneValid(g);
    assigns \nothing;
    ensures total: bytes <= MAX_PAGES * PAGE_SIZE ==> \result == RedzoneTotal(g, bytes);
    ensures over: MAX_PAGES * PAGE_SIZE < bytes ==> \result == bytes;
*/
static inline size_t redzone_total(struct redzone g, size_t bytes)
{
    if (bytes > (size_t)MAX_PAGES * PAGE_SIZE) return bytes;
    size_t total = g.canary ? bytes + CANARY_BYTES : bytes;
    return g.fence != FENCE_NONE && total > MAX_SMALL_SIZE ? total + PAGE_SIZE : total;
}

/* The room of a slot of `slot_bytes` bytes: all but its guard page, if it is one to have one. */
/*@ requires guard: RedzoneValid(g);
    assigns \nothing;
    ensures room: \result == Room(g, slot_bytes);
*/
static inline size_t redzone_room(struct redzone g, size_t slot_bytes)
{
    bool fenced = g.fence != FENCE_NONE && slot_bytes > MAX_SMALL_SIZE;
    return fenced ? slot_bytes - PAGE_SIZE : slot_bytes;
}

/* Raise the guard page of a slot of `slot_bytes` bytes that has been taken, if it is to have one.
 * False: the slot must not be handed out. */
/*@ requires guard: RedzoneValid(g);
    requires place: address + slot_bytes <= ADDRESS_LIMIT;
    assigns guardpage_mark[address .. address + slot_bytes - 1],
            edge_byte[address .. address + slot_bytes - 1];
    ensures fenced: \result == true ==> Fenced(g, address, slot_bytes);
    ensures demanded: \result == false ==>
      g.fence == FENCE_DEMANDED && MAX_SMALL_SIZE < slot_bytes;
    ensures room: \forall integer a; address <= a < address + Room(g, slot_bytes) ==>
      edge_byte[a] == \old(edge_byte[a]);
    ensures refused: \result == false ==> MarksKept{Pre,Post}(0, 0) && BytesKept{Pre,Post}(0, 0);
    ensures zero: Clean{Pre}(address, address + slot_bytes) ==>
      Clean(address, address + slot_bytes);
*/
bool redzone_fence(struct redzone g, uintptr_t address, size_t slot_bytes);

/* Lower it again, before the slot is free. False: the system refuses, and the slot stays taken. */
/*@ requires guard: RedzoneValid(g);
    requires place: address + slot_bytes <= ADDRESS_LIMIT;
    assigns guardpage_mark[address .. address + slot_bytes - 1];
    ensures lowered: \result == true ==>
      Lowered(address + Room(g, slot_bytes), slot_bytes - Room(g, slot_bytes));
    ensures refused: \result == false ==> MarksKept{Pre,Post}(0, 0) &&
      Room(g, slot_bytes) < slot_bytes;
    ensures none: Room(g, slot_bytes) == slot_bytes ==> MarksKept{Pre,Post}(0, 0);
*/
bool redzone_open(struct redzone g, uintptr_t address, size_t slot_bytes);

/* Whether a slot of `bytes` bytes is looked at before it is handed out. */
/*@ requires guard: RedzoneValid(g);
    assigns \nothing;
    ensures watched: \result == true <==> Watched(g, bytes);
*/
static inline bool redzone_watched(struct redzone g, size_t bytes)
{
    return g.reuse && bytes <= LOOKED_WHOLE;
}

/* Whether a byte of a slot of `bytes` bytes is seen not to be zero. Memory without a page is passed
 * over: nobody has written there since it was zero, or the page has been swapped out. */
/*@ requires place: address + bytes <= ADDRESS_LIMIT && bytes % 16 == 0;
    assigns \nothing;
    ensures stained: \result == true ==> !Clean(address, address + bytes);
*/
bool redzone_stained(uintptr_t address, size_t bytes);

/* The slot is an object of `bytes` bytes, of a kind, from now on. WPM_CHANGED: it was written since
 * it died; WPM_CORRUPT: it is too long for its canary. */
/*@ requires guard: RedzoneValid(g);
    requires slot: bytes + CanaryRoom(g) <= slot.bytes && slot.bytes % 16 == 0 &&
      slot.address + slot.bytes <= ADDRESS_LIMIT;
    requires kind: kind < CANARY_KINDS;
    requires zero: slot.zero == true ==> Clean(slot.address, slot.address + slot.bytes);
    assigns edge_byte[slot.address .. slot.address + slot.bytes - 1];
    ensures status: \result == WPM_OK || \result == WPM_CHANGED || \result == WPM_CORRUPT;
    ensures changed: \result == WPM_CHANGED ==>
      !Clean{Pre}(slot.address, slot.address + slot.bytes);
    ensures corrupt: \result == WPM_CORRUPT ==> g.canary == true &&
      bytes + CANARY_BYTES + CANARY_SLACK < slot.bytes;
    ensures same: \result != WPM_OK ==> BytesKept{Pre,Post}(0, 0);
    ensures zero: \result == WPM_OK ==> Watched(g, slot.bytes) ==>
      Clean{Pre}(slot.address, slot.address + slot.bytes);
    ensures object: \result == WPM_OK ==> \forall integer a;
      slot.address <= a < slot.address + bytes ==> edge_byte[a] == \old(edge_byte[a]);
    ensures guarded: \result == WPM_OK ==> Guarded(g, slot.address, slot.bytes, bytes, kind);
*/
static inline wpm_status redzone_begin(struct redzone g, struct slot slot, size_t bytes,
                                       uint32_t kind)
{
    bool clean = slot.zero;
    if (g.canary && slot.bytes - CANARY_BYTES - bytes > CANARY_SLACK) return WPM_CORRUPT;
    if (!clean && redzone_watched(g, slot.bytes)) {
        if (!clean_all(slot.address, slot.bytes)) return WPM_CHANGED;
        clean = true;
    }
    if (!clean && g.reuse && redzone_stained(slot.address, slot.bytes)) return WPM_CHANGED;
    if (!g.canary) return WPM_OK;
    if (!clean) {
        edge_zero(slot.address + bytes, slot.bytes - CANARY_BYTES - bytes);
        //@ ghost edge_lemma_clean(slot.address + bytes, slot.bytes - CANARY_BYTES - bytes);
    }
    canary_put(g.secret, slot.address, slot.bytes, bytes, kind);
    return WPM_OK;
}

/* The object of `old_bytes` bytes has `bytes` bytes from now on, in the slot that it has. */
/*@ requires guard: RedzoneValid(g) && kind < CANARY_KINDS;
    requires slot: slot.address + slot.bytes <= ADDRESS_LIMIT &&
      bytes + CanaryRoom(g) <= slot.bytes && old_bytes + CanaryRoom(g) <= slot.bytes;
    requires slack: g.canary == true ==> slot.bytes <= bytes + CANARY_BYTES + CANARY_SLACK;
    requires guarded: Guarded(g, slot.address, slot.bytes, old_bytes, kind);
    assigns edge_byte[slot.address .. slot.address + slot.bytes - 1];
    ensures guarded: Guarded(g, slot.address, slot.bytes, bytes, kind);
    ensures object: \forall integer a; slot.address <= a < slot.address + bytes ==>
      a < slot.address + old_bytes ==> edge_byte[a] == \old(edge_byte[a]);
*/
void redzone_resize(struct redzone g, struct slot slot, size_t old_bytes, size_t bytes,
                    uint32_t kind);

/* Whether the slot before the one at `address`, slot `slot` of its span, ends as it may. */
/*@ requires guard: RedzoneValid(g);
    requires place: address < ADDRESS_LIMIT && CANARY_BYTES <= slot_bytes;
    assigns \nothing;
    ensures before: \result == true <==> Before(g, address, slot_bytes, slot);
*/
static inline bool redzone_before(struct redzone g, uintptr_t address, size_t slot_bytes,
                                  uint32_t slot)
{
    if (!g.before || !g.canary || slot == 0 || address < slot_bytes) return true;
    return canary_ends(g.secret, address - slot_bytes, slot_bytes);
}

/* The bytes of a slot are zero; a long one. */
/*@ requires place: address + slot_bytes <= ADDRESS_LIMIT;
    assigns edge_byte[address .. address + slot_bytes - 1];
    ensures zero: Clean(address, address + slot_bytes);
*/
void redzone_wipe_long(uintptr_t address, size_t slot_bytes);

/* The bytes of a slot are zero. */
/*@ requires place: address + slot_bytes <= ADDRESS_LIMIT && slot_bytes % 16 == 0;
    assigns edge_byte[address .. address + slot_bytes - 1];
    ensures zero: Clean(address, address + slot_bytes);
*/
static inline void redzone_wipe(uintptr_t address, size_t slot_bytes)
{
    if (slot_bytes > WIPED_SHORT) {
        redzone_wipe_long(address, slot_bytes);
        return;
    }
    /*@ loop invariant range: 0 <= i <= slot_bytes && i % 16 == 0;
        loop invariant clean: Clean(address, address + i);
        loop assigns i, edge_byte[address .. address + slot_bytes - 1];
        loop variant slot_bytes - i;
    */
    for (size_t i = 0; i < slot_bytes; i += 16) {
        edge_zero(address + i, 16);
        //@ ghost edge_lemma_clean((uintptr_t)(address + i), 16);
    }
}

#endif
