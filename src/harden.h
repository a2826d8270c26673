/* harden.h -- objects that tell of their misuse: malloc and free with red zones (redzone.h).
 *
 * A fault that is found has the status WPM_OVERRUN or WPM_CHANGED; the object stays as it is, or
 * its slot is never handed out again.
 */
#ifndef WPM_HARDEN_H
#define WPM_HARDEN_H

#include "objects.h"
#include "redzone.h"

#define HARDEN_KIND_MALLOC 0u        /* malloc and its like; ended by free or realloc */
#define HARDEN_KIND_NEW 1u           /* new */
#define HARDEN_KIND_ARRAY 2u         /* new[] */
#define HARDEN_KIND_ALIGNED 4u       /* with one of these two: with an alignment */
#define HARDEN_ANY_BYTES ((size_t)-1) /* an end of life that does not say the size */

/* What the end of an object's life says of it. */
struct harden_claim {
    uint32_t kind;
    size_t bytes; /* its size, or HARDEN_ANY_BYTES */
};

#include "../spec/harden.acsl"

/* An object of `bytes` bytes, of a kind, by cache `c`; address 0: there is no room, or no guard
 * page though one is demanded. Status WPM_CHANGED: the slot at the address had been written after
 * its end of life. (WPM_CORRUPT, a slot that is too long for its size, does not happen.) */
/*@ HARDENED_GIVES(g, h, c, kind)
    ensures why: \result.address == 0 ==> g.fence != FENCE_DEMANDED ==>
      MAX_PAGES * PAGE_SIZE < bytes || NoRoomFor(h, c, RedzoneTotal(g, bytes));
    ensures some: \result.address != 0 ==> SlotGiven{Pre,Post}(h, \result.address, bytes);
    ensures base: h->map.base == \old(h->map.base);
    ensures room: \result.address != 0 ==> RoomFor(g, h, \result.address, bytes);
    ensures handed: \result.address != 0 ==> \result.status == WPM_OK ==>
      Handed{Pre,Post}(g, h, \result.address, bytes, kind);
    ensures changed: \result.status == WPM_CHANGED ==> Changed{Pre,Post}(g, h, \result.address);
*/
struct object_resized harden_malloc(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                    size_t bytes, uint32_t kind);

/* The same of kind HARDEN_KIND_MALLOC, all of its bytes zero. */
/*@ HARDENED_GIVES(g, h, c, HARDEN_KIND_MALLOC)
    ensures why: \result.address == 0 ==> g.fence != FENCE_DEMANDED ==>
      MAX_PAGES * PAGE_SIZE < count * bytes || NoRoomFor(h, c, RedzoneTotal(g, count * bytes));
    ensures some: \result.address != 0 ==> SlotGiven{Pre,Post}(h, \result.address, count * bytes);
    ensures zero: \result.address != 0 ==> \result.status == WPM_OK ==>
      BytesZero(\result.address, count * bytes);
    ensures changed: \result.status == WPM_CHANGED ==> Changed{Pre,Post}(g, h, \result.address);
*/
struct object_resized harden_calloc(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                    size_t count, size_t bytes);

/* The same as harden_malloc, at a multiple of `align`. */
/*@ HARDENED_GIVES(g, h, c, kind)
    ensures some: \result.address != 0 ==> SlotGiven{Pre,Post}(h, \result.address, bytes) &&
      \result.address % align == 0;
    ensures handed: \result.address != 0 ==> \result.status == WPM_OK ==>
      Handed{Pre,Post}(g, h, \result.address, bytes, kind);
    ensures changed: \result.status == WPM_CHANGED ==> Changed{Pre,Post}(g, h, \result.address);
*/
struct object_resized harden_aligned(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                     size_t align, size_t bytes, uint32_t kind);

/* An object with its size. */
struct harden_info {
    wpm_info slot; /* its slot, and what harden_free would say of it */
    size_t room;   /* of the slot, when there is one */
    size_t bytes;  /* its size, when that is WPM_OK */
    uint32_t kind; /* its kind, likewise */
};

/* As wpm_describe, with the size and kind that were asked for. Without a canary the size is the
 * room's, and the kind HARDEN_KIND_MALLOC. */
/*@ requires valid: HeapValid(h);
    requires guard: RedzoneValid(g);
    assigns \nothing;
    ensures status: \result.slot.status == WPM_OK || \result.slot.status == WPM_FOREIGN ||
      \result.slot.status == WPM_INTERIOR || \result.slot.status == WPM_DOUBLE_FREE ||
      \result.slot.status == WPM_OVERRUN || \result.slot.status == WPM_UNDERRUN;
    ensures object: \result.slot.status == WPM_OK || \result.slot.status == WPM_OVERRUN ||
      \result.slot.status == WPM_UNDERRUN ==>
      ObjectAt(h, address, \result.slot.size_class, \result.slot.slot_bytes);
    ensures room: \result.slot.status == WPM_OK ==>
      \result.room == Room(g, \result.slot.slot_bytes);
    ensures size: \result.slot.status == WPM_OK ==>
      \result.bytes + CanaryRoom(g) <= \result.room &&
      Guarded(g, address, \result.room, \result.bytes, \result.kind) &&
      \result.kind < CANARY_KINDS;
    ensures before: \result.slot.status == WPM_OK ==>
      Before(g, address, \result.room, \result.slot.slot);
    ensures underrun: \result.slot.status == WPM_UNDERRUN ==>
      !Before(g, address, \result.room, \result.slot.slot);
    ensures sized: \result.slot.status == WPM_OK ==>
      Sized(g, h, address, \result.bytes, \result.kind);
    ensures foreign: \result.slot.status == WPM_FOREIGN ==> NoSlotOf(h, address);
    ensures interior: \result.slot.status == WPM_INTERIOR ==> NoSlotStarts(h, address);
    ensures dead: \result.slot.status == WPM_DOUBLE_FREE ==> NotHeld(h, address);
    ensures overrun: \result.slot.status == WPM_OVERRUN ==> Overrun(g, h, address);
*/
struct harden_info harden_describe(struct redzone g, const struct wpm_heap *h,
                                   uintptr_t address);

/* The object at `address` dies, but its slot stays taken: its room is zero, so a second end of its
 * life finds no canary, and its guard page stays. Total: any address. The result is of the object
 * before, its status that of this call. */
/*@ requires valid: HeapValid(h);
    requires guard: RedzoneValid(g);
    assigns edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures status: \result.slot.status == WPM_OK || \result.slot.status == WPM_FOREIGN ||
      \result.slot.status == WPM_INTERIOR || \result.slot.status == WPM_DOUBLE_FREE ||
      \result.slot.status == WPM_OVERRUN || \result.slot.status == WPM_UNDERRUN ||
      \result.slot.status == WPM_MISMATCH;
    ensures object: \result.slot.status == WPM_OK ==>
      ObjectAt(h, address, \result.slot.size_class, \result.slot.slot_bytes);
    ensures wiped: \result.slot.status == WPM_OK ==> g.zero == true ==>
      Wiped{Pre,Post}(g, h, address);
    ensures others: \result.slot.status == WPM_OK ==> EndedAlone{Pre,Post}(h, address);
    ensures refused: \result.slot.status != WPM_OK ==> BytesKept{Pre,Post}(0, 0);
    ensures foreign: \result.slot.status == WPM_FOREIGN ==> NoSlotOf(h, address);
    ensures interior: \result.slot.status == WPM_INTERIOR ==> NoSlotStarts(h, address);
    ensures dead: \result.slot.status == WPM_DOUBLE_FREE ==> NotHeld(h, address);
    ensures overrun: \result.slot.status == WPM_OVERRUN ==> Overrun{Pre}(g, h, address);
    ensures whole: \result.slot.status == WPM_OK ==> !Overrun{Pre}(g, h, address);
    ensures claimed: \result.slot.status == WPM_OK ==>
      Claimed{Pre}(g, h, address, claim.bytes, claim.kind);
    ensures mismatch: \result.slot.status == WPM_MISMATCH ==>
      !Claimed{Pre}(g, h, address, claim.bytes, claim.kind);
*/
struct harden_info harden_retire(struct redzone g, const struct wpm_heap *h, uintptr_t address,
                                 struct harden_claim claim);

/* The slot at `address` of an object that was retired is free now. WPM_OK also when the system does
 * not lower its guard page: it stays taken then. Total: any address. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires guard: RedzoneValid(g);
    assigns HEAP_FREED(h), h->large_frees, HEAP_CACHES(h), guardpage_mark[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures status: \result == WPM_OK || \result == WPM_FOREIGN || \result == WPM_INTERIOR ||
      \result == WPM_DOUBLE_FREE;
    ensures freed: \result == WPM_OK ==> Released{Pre,Post}(g, h, address) ||
      GuardStays{Pre,Post}(g, h, address);
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(h) && MarksKept{Pre,Post}(0, 0);
    ensures foreign: \result == WPM_FOREIGN ==> NoSlotOf{Pre}(h, address);
    ensures interior: \result == WPM_INTERIOR ==> NoSlotStarts{Pre}(h, address);
    ensures dead: \result == WPM_DOUBLE_FREE ==> NotHeld{Pre}(h, address);
*/
wpm_status harden_release(struct redzone g, struct wpm_heap *h, struct mcache *c,
                          uintptr_t address);

/* As wpm_free at once, and as harden_release. Total: any address. The room of what dies is zero. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires guard: RedzoneValid(g);
    assigns HEAP_FREED(h), h->large_frees, HEAP_CACHES(h), edge_byte[0 .. ADDRESS_LIMIT - 1],
            guardpage_mark[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures status: \result == WPM_OK || \result == WPM_FOREIGN || \result == WPM_INTERIOR ||
      \result == WPM_DOUBLE_FREE || \result == WPM_OVERRUN || \result == WPM_UNDERRUN ||
      \result == WPM_MISMATCH;
    ensures null: address == 0 ==> \result == WPM_OK && HeldKept{Pre,Post}(h);
    ensures freed: \result == WPM_OK ==> address != 0 ==> Released{Pre,Post}(g, h, address) ||
      GuardStays{Pre,Post}(g, h, address);
    ensures wiped: \result == WPM_OK ==> address != 0 ==> g.zero == true ==>
      Wiped{Pre,Post}(g, h, address);
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(h) && BytesKept{Pre,Post}(0, 0) &&
      MarksKept{Pre,Post}(0, 0);
    ensures foreign: \result == WPM_FOREIGN ==> NoSlotOf{Pre}(h, address);
    ensures interior: \result == WPM_INTERIOR ==> NoSlotStarts{Pre}(h, address);
    ensures dead: \result == WPM_DOUBLE_FREE ==> NotHeld{Pre}(h, address);
    ensures overrun: \result == WPM_OVERRUN ==> Overrun{Pre}(g, h, address);
    ensures whole: \result == WPM_OK ==> address != 0 ==> !Overrun{Pre}(g, h, address);
    ensures claimed: \result == WPM_OK ==> address != 0 ==>
      Claimed{Pre}(g, h, address, claim.bytes, claim.kind);
    ensures mismatch: \result == WPM_MISMATCH ==>
      !Claimed{Pre}(g, h, address, claim.bytes, claim.kind);
*/
wpm_status harden_free(struct redzone g, struct wpm_heap *h, struct mcache *c,
                       uintptr_t address, struct harden_claim claim);

#endif
