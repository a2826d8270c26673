/* waiting.h -- the quarantine of a process: rows of slots (quarantine.h) for each thread and class.
 *
 * A thread's rows go with its cache. A thread without a cache, or for whose rows the system refuses
 * the memory, has none: what it ends is free at once.
 */
#ifndef WPM_WAITING_H
#define WPM_WAITING_H

#include "process.h"
#include "quarantine.h"

/* The calling thread's rows, by class; NULL: none yet. */
extern __thread struct quarantine *waiting_rows;

/* Largest slot that waits. Of those above ZERO_WRITTEN the address space waits, without memory. */
#define WAITING_MOST 0x2000000u

/* The slot at `address`, of class `k` (0: a large object), waits, or is free now; what has waited
 * is free now. */
void waiting_put_long(uintptr_t address, uint32_t k);

/* The same by the short way. */
static inline void waiting_put(uintptr_t address, uint32_t k)
{
    struct quarantine *rows = waiting_rows;
    if (rows == NULL || !quarantine_put(&rows[k], address)) waiting_put_long(address, k);
}

/* Whether a slot waits in a row of any thread. Reads what others write: for a report that ends the
 * process. */
bool waiting_holds(uintptr_t address, uint32_t k);

/* What waits in the calling thread's rows is free now; whether that is something. For when memory
 * has run out. */
bool waiting_flush(void);

/* The calling thread ends: what waits in its rows is free now. Before its cache goes back. */
void waiting_thread_end(void);

/* After fork, in the child: rows of threads that are no more may be half written; what waits there
 * stays taken for ever. */
void waiting_fork_child(void);

#endif
