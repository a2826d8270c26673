/* dead.c -- see dead.h: a ring that all threads write.
 *
 * No lock, and nothing that orders one thread's work before another's: that would hide races from
 * ThreadSanitizer. An entry that two threads write at once may be torn; it is believed no further
 * than for the words of a report.
 */
#include "dead.h"

#include "../platform/watch.h"

static struct dead_object kept[DEAD_KEPT];
static uint64_t count; /* that have ended so far */

UNWATCHED void dead_keep(const struct dead_object *object)
{
    kept[__atomic_fetch_add(&count, 1, __ATOMIC_RELAXED) % DEAD_KEPT] = *object;
}

UNWATCHED bool dead_find(uintptr_t address, struct dead_object *object)
{
    uint64_t ended = __atomic_load_n(&count, __ATOMIC_RELAXED);
    for (uint64_t back = 1; back <= DEAD_KEPT && back <= ended; back++) {
        const struct dead_object *one = &kept[(ended - back) % DEAD_KEPT];
        if (address - one->address >= one->slot_bytes) continue;
        *object = *one;
        return true;
    }
    return false;
}
