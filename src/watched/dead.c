/* dead.c -- see dead.h */
#include "dead.h"

#include "../platform/watch.h"

struct dead_object dead_ring[DEAD_KEPT];
uint32_t dead_next;

UNWATCHED void dead_keep(const struct dead_object *object)
{
    uint32_t i = atomic_read32(&dead_next);
    atomic_write32(&dead_next, i + 1 < DEAD_KEPT ? i + 1 : 0);
    dead_ring[i] = *object;
}

UNWATCHED bool dead_find(uintptr_t address, struct dead_object *object)
{
    uint32_t next = atomic_read32(&dead_next);
    /*@ loop invariant range: 1 <= back <= DEAD_KEPT + 1;
        loop invariant none: \forall integer b; 1 <= b < back ==> !DeadHolds(DeadEntry(b), address);
        loop assigns back;
        loop variant DEAD_KEPT + 1 - back;
    */
    for (uint32_t back = 1; back <= DEAD_KEPT; back++) {
        const struct dead_object *one = &dead_ring[(next + DEAD_KEPT - back) % DEAD_KEPT];
        //@ assert entry: one == dead_ring + DeadEntry(back);
        if (address < one->address || address - one->address >= one->slot_bytes) continue;
        *object = *one;
        return true;
    }
    return false;
}
