/* lock.h -- a mutual exclusion lock of one word, and the order in which locks are taken.
 *
 * Zero-filled memory is a free lock. Uncontended, taking and giving are one atomic operation each;
 * waiting is the platform's business (platform_lock_wait). Lock order, first taken first:
 *
 *   shared (the cache that threads without one use)  <  heap (pages, spans, central sets, queues)
 *
 * A lock is a monitor: who takes it may rely on the invariant of what it guards, who gives it back
 * owes it. Clang's -Wthread-safety checks that guarded fields are touched inside only.
 */
#ifndef WPM_LOCK_H
#define WPM_LOCK_H

#include "platform.h"

#include <stdint.h>

#if defined(__clang__) && !defined(__FRAMAC__)
#define LOCK_ATTRIBUTE(x) __attribute__((x))
#else
#define LOCK_ATTRIBUTE(x)
#endif

struct LOCK_ATTRIBUTE(capability("lock")) lock {
    uint32_t state; /* 0 free, 1 taken, 2 taken and others wait */
};

/* Take the lock; waits for as long as another thread has it. To the prover a lock has no state:
 * no contract speaks of its word, and nothing but the functions here writes it
 * (proofs/TRUSTED.md). */
/*@ requires writable: \valid(l);
    assigns \nothing;
*/
static inline void lock_take(struct lock *l) LOCK_ATTRIBUTE(acquire_capability(*l))
    LOCK_ATTRIBUTE(no_thread_safety_analysis);

/* Give the lock back. */
/*@ requires writable: \valid(l);
    assigns \nothing;
*/
static inline void lock_give(struct lock *l) LOCK_ATTRIBUTE(release_capability(*l))
    LOCK_ATTRIBUTE(no_thread_safety_analysis);

/* The lock is free: in a forked child, of which the only thread is the one that has it. */
/*@ requires writable: \valid(l);
    assigns \nothing;
*/
static inline void lock_forget(struct lock *l)
{
#ifdef __FRAMAC__
    (void)l;
#else
    l->state = 0;
#endif
}

static inline void lock_take(struct lock *l)
{
#ifdef __FRAMAC__
    (void)l;
#else
    uint32_t free_state = 0;
    if (!__atomic_compare_exchange_n(&l->state, &free_state, 1, 0, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED)) {
        while (__atomic_exchange_n(&l->state, 2, __ATOMIC_ACQUIRE) != 0)
            platform_lock_wait(&l->state, 2);
    }
#endif
}

static inline void lock_give(struct lock *l)
{
#ifdef __FRAMAC__
    (void)l;
#else
    if (__atomic_exchange_n(&l->state, 0, __ATOMIC_RELEASE) == 2) platform_lock_wake(&l->state);
#endif
}

#endif
