/* waiting.h -- the quarantine of a process: a ring and a pool of slots (quarantine.h) for each
 * thread and class.
 *
 * They go with the thread's cache. A thread without a cache, or for whose rings the system refuses
 * the memory, has none: what it ends is free at once.
 */
#ifndef WPM_WAITING_H
#define WPM_WAITING_H

#include "process.h"
#include "quarantine.h"

/* The calling thread's rings and pools, by class; NULL: none yet. */
extern __thread struct quarantine *waiting_rings;

/* Largest slot that waits. Of those above ZERO_WRITTEN the address space waits, without memory. */
#define WAITING_MOST 0x2000000u

/* The slot at `address`, of class `k` (0: a large object), waits from now on; without a ring it is
 * free at once. Of a pool that is full, half is free now. */
void waiting_put_long(uintptr_t address, uint32_t k);

/* The same by the short way. */
static inline void waiting_put(uintptr_t address, uint32_t k)
{
    struct quarantine *rings = waiting_rings;
    if (rings == NULL || !quarantine_put(&rings[k], address)) waiting_put_long(address, k);
}

/* A slot of class `k` that has waited, of the pool the one that `turn` says; 0: none, or too few
 * for chance to choose from. The slot is as its end has left it, or was written since. */
static inline uintptr_t waiting_take(uint32_t k, uint32_t turn)
{
    struct quarantine *rings = waiting_rings;
    return rings != NULL ? quarantine_take(&rings[k], turn) : 0;
}

/* Whether a slot lies in a ring or a pool of any thread. Reads what others write: for a report that
 * ends the process. */
bool waiting_holds(uintptr_t address, uint32_t k);

/* All of the calling thread's rings and pools is free now; whether that is something. For when
 * memory has run out. */
bool waiting_flush(void);

/* The calling thread ends: its rings and pools are free now. Before its cache goes back. */
void waiting_thread_end(void);

/* After fork, in the child: rings of threads that are no more may be half written, and an object
 * that lay in one may live in memory that was copied later. What lies in them stays taken. */
void waiting_fork_child(void);

#endif
