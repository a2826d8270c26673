/* harden.h -- objects that tell of their misuse: malloc and free with red zones (redzone.h).
 *
 * A fault that is found has the status WPM_OVERRUN or WPM_CHANGED; the object stays as it is, or
 * its slot is never handed out again.
 */
#ifndef WPM_HARDEN_H
#define WPM_HARDEN_H

#include "objects.h"
#include "redzone.h"

#include "../spec/harden.acsl"

/* An object of `bytes` bytes by cache `c`; address 0: there is no room. Status WPM_CHANGED: the
 * slot at the address had been written after its end of life. (WPM_CORRUPT, a slot that is too long
 * for its size, does not happen.) */
/*@ HARDENED_GIVES(g, h, c)
    ensures why: \result.address == 0 ==> MAX_PAGES * PAGE_SIZE < bytes ||
      NoRoomFor(h, c, bytes + CanaryRoom(g));
    ensures some: \result.address != 0 ==> SlotGiven{Pre,Post}(h, \result.address, bytes);
    ensures handed: \result.address != 0 ==> \result.status == WPM_OK ==>
      Handed{Pre,Post}(g, h, \result.address, bytes);
    ensures changed: \result.status == WPM_CHANGED ==> Changed{Pre,Post}(h, \result.address);
*/
struct object_resized harden_malloc(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                    size_t bytes);

/* The same, all of its bytes zero. */
/*@ HARDENED_GIVES(g, h, c)
    ensures why: \result.address == 0 ==> MAX_PAGES * PAGE_SIZE < count * bytes ||
      NoRoomFor(h, c, count * bytes + CanaryRoom(g));
    ensures some: \result.address != 0 ==> SlotGiven{Pre,Post}(h, \result.address, count * bytes);
    ensures zero: \result.address != 0 ==> \result.status == WPM_OK ==>
      BytesZero(\result.address, count * bytes);
    ensures changed: \result.status == WPM_CHANGED ==> Changed{Pre,Post}(h, \result.address);
*/
struct object_resized harden_calloc(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                    size_t count, size_t bytes);

/* The same as harden_malloc, at a multiple of `align`. */
/*@ HARDENED_GIVES(g, h, c)
    ensures some: \result.address != 0 ==> SlotGiven{Pre,Post}(h, \result.address, bytes) &&
      \result.address % align == 0;
    ensures handed: \result.address != 0 ==> \result.status == WPM_OK ==>
      Handed{Pre,Post}(g, h, \result.address, bytes);
    ensures changed: \result.status == WPM_CHANGED ==> Changed{Pre,Post}(h, \result.address);
*/
struct object_resized harden_aligned(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                     size_t align, size_t bytes);

/* As wpm_free. Total: any address. What dies is zero, all of its slot. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires guard: RedzoneValid(g);
    assigns HEAP_FREED(h), h->large_frees, HEAP_CACHES(h), edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures status: \result == WPM_OK || \result == WPM_FOREIGN || \result == WPM_INTERIOR ||
      \result == WPM_DOUBLE_FREE || \result == WPM_OVERRUN;
    ensures null: address == 0 ==> \result == WPM_OK && HeldKept{Pre,Post}(h);
    ensures freed: \result == WPM_OK ==> address != 0 ==> SlotEnded{Pre,Post}(h, address);
    ensures wiped: \result == WPM_OK ==> address != 0 ==> g.zero == true ==>
      Wiped{Pre,Post}(h, address);
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(h) && BytesKept{Pre,Post}(0, 0);
    ensures foreign: \result == WPM_FOREIGN ==> NoSlotOf{Pre}(h, address);
    ensures interior: \result == WPM_INTERIOR ==> NoSlotStarts{Pre}(h, address);
    ensures dead: \result == WPM_DOUBLE_FREE ==> NotHeld{Pre}(h, address);
    ensures overrun: \result == WPM_OVERRUN ==> Overrun{Pre}(g, h, address);
    ensures whole: \result == WPM_OK ==> address != 0 ==> !Overrun{Pre}(g, h, address);
*/
wpm_status harden_free(struct redzone g, struct wpm_heap *h, struct mcache *c,
                       uintptr_t address);

/* An object with its size. */
struct harden_info {
    wpm_info slot; /* its slot, and what harden_free would say of it */
    size_t bytes;  /* its size, when that is WPM_OK */
};

/* As wpm_describe, with the size that was asked for. */
/*@ requires valid: HeapValid(h);
    requires guard: RedzoneValid(g);
    assigns \nothing;
    ensures status: \result.slot.status == WPM_OK || \result.slot.status == WPM_FOREIGN ||
      \result.slot.status == WPM_INTERIOR || \result.slot.status == WPM_DOUBLE_FREE ||
      \result.slot.status == WPM_OVERRUN;
    ensures object: \result.slot.status == WPM_OK || \result.slot.status == WPM_OVERRUN ==>
      ObjectAt(h, address, \result.slot.size_class, \result.slot.slot_bytes);
    ensures size: \result.slot.status == WPM_OK ==>
      \result.bytes + CanaryRoom(g) <= \result.slot.slot_bytes &&
      Guarded(g, address, \result.slot.slot_bytes, \result.bytes);
    ensures foreign: \result.slot.status == WPM_FOREIGN ==> NoSlotOf(h, address);
    ensures interior: \result.slot.status == WPM_INTERIOR ==> NoSlotStarts(h, address);
    ensures dead: \result.slot.status == WPM_DOUBLE_FREE ==> NotHeld(h, address);
    ensures overrun: \result.slot.status == WPM_OVERRUN ==> Overrun(g, h, address);
*/
struct harden_info harden_describe(struct redzone g, const struct wpm_heap *h,
                                   uintptr_t address);

#endif
