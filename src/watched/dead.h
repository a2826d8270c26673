/* dead.h -- the latest objects that have ended: the watched build.
 *
 * A span that has no live object any more is given back, and with it goes all that the heap knows
 * of its slots. So that a use after free can be told from a stray pointer even then, the latest
 * ends are kept here, of all heaps, in a ring that all threads write. For reports alone.
 *
 * Rely/guarantee: no lock, and nothing that orders one thread's work before another's, which would
 * hide races from ThreadSanitizer. An entry that two threads write at once may be torn, or an end
 * be lost; an entry is believed no further than for the words of a report. dead_next stays below
 * DEAD_KEPT whoever writes it. The contracts speak of one thread.
 */
#ifndef WPM_WATCHED_DEAD_H
#define WPM_WATCHED_DEAD_H

#include "../atomic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEAD_KEPT 4096u

struct dead_object {
    uintptr_t address;
    size_t bytes;      /* that were asked for */
    size_t slot_bytes; /* of its slot; 0: no object */
    uint32_t size_class;
};

extern struct dead_object dead_ring[DEAD_KEPT];
extern uint32_t dead_next; /* the entry that is written next; the one before it is the latest */

#include "../../spec/dead.acsl"

/* Keep `object`, in place of the one that has been kept longest. */
/*@ requires object: \valid_read(object) && \separated(object, dead_ring + (0 .. DEAD_KEPT - 1));
    requires apart: \separated(object, &dead_next);
    requires ring: dead_next < DEAD_KEPT;
    assigns dead_ring[dead_next], dead_next;
    ensures ring: dead_next < DEAD_KEPT;
    ensures latest: DeadEntry(1) == \old(dead_next);
    ensures kept: dead_ring[\old(dead_next)] == *object;
*/
void dead_keep(const struct dead_object *object);

/* The latest object whose slot `address` was in. False: none of those that are kept. */
/*@ requires object: \valid(object) && \separated(object, dead_ring + (0 .. DEAD_KEPT - 1));
    requires apart: \separated(object, &dead_next);
    requires ring: dead_next < DEAD_KEPT;
    assigns *object;
    ensures found: \result == true ==> \exists integer back; 1 <= back <= DEAD_KEPT &&
      *object == dead_ring[DeadEntry(back)] && DeadHolds(DeadEntry(back), address) &&
      \forall integer b; 1 <= b < back ==> !DeadHolds(DeadEntry(b), address);
    ensures none: \result == false ==>
      \forall integer b; 1 <= b <= DEAD_KEPT ==> !DeadHolds(DeadEntry(b), address);
*/
bool dead_find(uintptr_t address, struct dead_object *object);

#endif
