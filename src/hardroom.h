/* hardroom.h -- how far one may write from an address on.
 *
 * For a check of bounds where bytes are copied: the room is up to the end of the object, as it was
 * asked for, not up to that of its slot.
 */
#ifndef WPM_HARDROOM_H
#define WPM_HARDROOM_H

#include "harden.h"

/* The room from an address on. */
struct harden_room {
    wpm_status status; /* WPM_OK: in an object. WPM_FOREIGN: in no span. Else there is no object */
    uintptr_t start;   /* of the object, or of the slot that would have it */
    size_t bytes;      /* from the address to the end of the object; 0 in its red zone */
};

#include "../spec/hardroom.acsl"

/* The room at `address`. WPM_DOUBLE_FREE: in a slot whose object is dead; WPM_INTERIOR: in no slot
 * of its span; WPM_OVERRUN: in a slot that does not end as its object left it, or whose object has
 * been retired. Total: any address. */
/*@ requires valid: HeapValid(h);
    requires guard: RedzoneValid(g);
    assigns \nothing;
    ensures status: \result.status == WPM_OK || \result.status == WPM_FOREIGN ||
      \result.status == WPM_INTERIOR || \result.status == WPM_DOUBLE_FREE ||
      \result.status == WPM_OVERRUN;
    ensures room: \result.status == WPM_OK ==>
      RoomOf(g, h, address, \result.start, \result.bytes);
    ensures foreign: \result.status == WPM_FOREIGN ==> NoSlotOf(h, address);
    ensures dead: \result.status == WPM_DOUBLE_FREE ==> NotHeld(h, \result.start);
    ensures overrun: \result.status == WPM_OVERRUN ==> Overrun(g, h, \result.start);
    ensures none: \result.status != WPM_OK ==> \result.bytes == 0;
    ensures start: \result.start <= address;
*/
struct harden_room harden_room(struct redzone g, const struct wpm_heap *h, uintptr_t address);

#endif
