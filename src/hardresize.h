/* hardresize.h -- realloc in a heap with red zones: in its slot if that serves, else by a move.
 *
 * The bytes behind the object are looked at first; what both sizes have stays; the new size has its
 * canary. An object that has moved is still there where it was: the caller ends it.
 */
#ifndef WPM_HARDRESIZE_H
#define WPM_HARDRESIZE_H

#include "edge.h"

#include "../spec/copied.acsl"

#include "harden.h"

#include "../spec/hardresize.acsl"

/* As wpm_realloc, but for the end of an object that has moved; also WPM_OVERRUN of the object,
 * WPM_MISMATCH when it is not malloc's, and what harden_malloc may say of a new slot. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires guard: RedzoneValid(g);
    assigns HEAP_REMADE(h), edge_byte[0 .. ADDRESS_LIMIT - 1],
            guardpage_mark[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures status: \result.status == WPM_OK || \result.status == WPM_FOREIGN ||
      \result.status == WPM_INTERIOR || \result.status == WPM_DOUBLE_FREE ||
      \result.status == WPM_OVERRUN || \result.status == WPM_UNDERRUN ||
      \result.status == WPM_MISMATCH ||
      \result.status == WPM_CHANGED || \result.status == WPM_CORRUPT;
    ensures none: \result.address == 0 ==> HeldKept{Pre,Post}(h) && BytesKept{Pre,Post}(0, 0);
    ensures foreign: \result.status == WPM_FOREIGN ==> \result.address == 0 &&
      NoSlotOf{Pre}(h, address);
    ensures interior: \result.status == WPM_INTERIOR ==> \result.address == 0 &&
      NoSlotStarts{Pre}(h, address);
    ensures dead: \result.status == WPM_DOUBLE_FREE ==> \result.address == 0 &&
      NotHeld{Pre}(h, address);
    ensures overrun: \result.status == WPM_OVERRUN ==> \result.address == 0 &&
      Overrun{Pre}(g, h, address);
    ensures underrun: \result.status == WPM_UNDERRUN ==> \result.address == 0;
    ensures mismatch: \result.status == WPM_MISMATCH ==> \result.address == 0 &&
      !Claimed{Pre}(g, h, address, HARDEN_ANY_BYTES, HARDEN_KIND_MALLOC);
    ensures changed: \result.status == WPM_CHANGED ==> Changed{Pre,Post}(g, h, \result.address);
    ensures stays: address != 0 ==> \result.address == address ==> HeldKept{Pre,Post}(h);
    ensures other: \result.address != 0 ==> \result.address != address ==>
      SlotGiven{Pre,Post}(h, \result.address, bytes);
    ensures guarded: \result.address != 0 ==> \result.status == WPM_OK ==>
      \exists integer slot; SlotHeld(h, \result.address, slot) && bytes <= Room(g, slot) &&
        Guarded(g, \result.address, Room(g, slot), bytes, HARDEN_KIND_MALLOC) &&
        BytesKept{Pre,Post}(\result.address, slot);
    ensures prefix: address != 0 ==> \result.address != 0 ==> \result.status == WPM_OK ==>
      \forall integer n; Sized{Pre}(g, h, address, n, HARDEN_KIND_MALLOC) ==>
      BytesSame{Post,Pre}(\result.address, address, n < bytes ? n : bytes);
*/
struct object_resized harden_realloc(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                     uintptr_t address, size_t bytes);

#endif
