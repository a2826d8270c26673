/* dead.h -- the latest objects that have ended: the watched build.
 *
 * A span that has no live object any more is given back, and with it goes all that the heap knows
 * of its slots. So that a use after free can be told from a stray pointer even then, the latest
 * ends are kept here, of all heaps. For reports alone.
 */
#ifndef WPM_WATCHED_DEAD_H
#define WPM_WATCHED_DEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEAD_KEPT 4096u

struct dead_object {
    uintptr_t address;
    size_t bytes;      /* that were asked for */
    size_t slot_bytes; /* of its slot */
    uint32_t size_class;
};

void dead_keep(const struct dead_object *object);

/* The latest object whose slot `address` was in. False: none of those that are kept. */
bool dead_find(uintptr_t address, struct dead_object *object);

#endif
