/* lock.h -- a mutual exclusion lock of one word.
 *
 * Zero-filled memory is a free lock. Uncontended, taking and giving are one atomic operation each;
 * waiting is the platform's business (platform_lock_wait). heaplock.h says what a heap's locks
 * promise, lockorder.h in which order they are taken. Clang checks that guarded state is not
 * touched without its lock: see below.
 */
#ifndef WPM_LOCK_H
#define WPM_LOCK_H

#include "config.h"
#include "lockorder.h"
#include "platform.h"

#include <stdint.h>
#ifndef __FRAMAC__
#include "platform/bare.h"
#endif

/* How clang's thread safety analysis is told of locks, function by function; to the prover and to
 * other compilers these are nothing. ci/check_locks.py runs it; ci/check_selftest.py seeds faults.
 *
 * Checked: a guarded field (HEAP_GUARDED in heap.h) is named with a heap lock held; a function is
 * called with the lock of the very heap that it is given when it is marked HEAP_LOCKED, without it
 * when it is HEAP_UNLOCKED; a lock that is taken is given back on every path, is not taken twice,
 * and not before one that goes first.
 *
 * Not checked: fields without a mark; what is reached through the address of a field, as atomic.h
 * and the pools of pages and ids do; that the lock which guards a field is of the field's heap and
 * not of another; calls through a pointer (the visitor of wpm_walk); what the shared lock guards,
 * for an element of an array cannot be marked; functions marked no_thread_safety_analysis: the two
 * below, `enter` and `leave` in alloc.c, which take the shared lock or not, and the set-up of a
 * heap in metadata.c, of which no other thread knows yet. Older clangs know the attributes, but not
 * of a field that names another. */
#if defined(__clang__) && __clang_major__ >= 19 && !defined(__FRAMAC__)
#define LOCK_ATTRIBUTE(x) __attribute__((x))
#define LOCK_DECLARATION(x) x
#else
#define LOCK_ATTRIBUTE(x)
#define LOCK_DECLARATION(x)
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
static inline void lock_take(struct lock *l, enum lock_rank rank)
    LOCK_ATTRIBUTE(acquire_capability(*l)) LOCK_ATTRIBUTE(no_thread_safety_analysis);

/* Give the lock back. */
/*@ requires writable: \valid(l);
    assigns \nothing;
*/
static inline void lock_give(struct lock *l, enum lock_rank rank)
    LOCK_ATTRIBUTE(release_capability(*l)) LOCK_ATTRIBUTE(no_thread_safety_analysis);

/* The lock is free: in a forked child, of which the only thread is the one that has it. */
/*@ requires writable: \valid(l);
    assigns \nothing;
*/
static inline void lock_forget(struct lock *l, enum lock_rank rank)
{
    CHECKED_BUILD(lockorder_give(rank);)
    (void)rank;
#ifdef __FRAMAC__
    (void)l;
#else
    l->state = 0;
#endif
}

static inline void lock_take(struct lock *l, enum lock_rank rank)
{
    CHECKED_BUILD(lockorder_take(rank);)
    (void)rank;
#ifdef __FRAMAC__
    (void)l;
#else
    if (LOCK_BY_HOOKS) {
        bare_lock_enter(&l->state, rank);
        return;
    }
    uint32_t free_state = 0;
    if (!__atomic_compare_exchange_n(&l->state, &free_state, 1, 0, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED)) {
        while (__atomic_exchange_n(&l->state, 2, __ATOMIC_ACQUIRE) != 0)
            platform_lock_wait(&l->state, 2);
    }
#endif
}

static inline void lock_give(struct lock *l, enum lock_rank rank)
{
    CHECKED_BUILD(lockorder_give(rank);)
    (void)rank;
#ifdef __FRAMAC__
    (void)l;
#else
    if (LOCK_BY_HOOKS) {
        bare_lock_leave(&l->state, rank);
        return;
    }
    if (__atomic_exchange_n(&l->state, 0, __ATOMIC_RELEASE) == 2) platform_lock_wake(&l->state);
#endif
}

#endif
