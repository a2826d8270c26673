/* heaplock.h -- a heap's locks as monitors: who takes one may rely on the heap's invariant, who
 * gives it back owes it.
 *
 * Both contracts say so for the whole invariant, not for what the lock guards alone: a thread that
 * gives a lock back has left everything in order. The prover follows one thread; that no other
 * touches what a lock guards in between is checked by clang (lock.h), that the order holds by the
 * checked build (lockorder.h), which also runs the proved check of the whole heap (heapcheck.h)
 * where the lock is given back.
 */
#ifndef WPM_HEAPLOCK_H
#define WPM_HEAPLOCK_H

#include "config.h"
#include "heap.h"
#include "heapguard.h"

#include "../spec/heap.acsl"

/* Take the heap lock; waits for as long as another thread has it. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
    ensures valid: HeapValid(h);
*/
static inline void heap_lock(struct wpm_heap *h) LOCK_ATTRIBUTE(acquire_capability(h->lock))
{
    lock_take(&h->lock, LOCK_HEAP);
}

/* Give the heap lock back. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
*/
static inline void heap_unlock(struct wpm_heap *h) LOCK_ATTRIBUTE(release_capability(h->lock))
{
    CHECKED_BUILD(heapguard_look(h);)
    lock_give(&h->lock, LOCK_HEAP);
}

/* Take the lock of the shared cache. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
    ensures valid: HeapValid(h);
*/
static inline void shared_lock(struct wpm_heap *h)
    LOCK_ATTRIBUTE(acquire_capability(h->shared_lock))
{
    lock_take(&h->shared_lock, LOCK_SHARED);
}

/* Give it back. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
*/
static inline void shared_unlock(struct wpm_heap *h)
    LOCK_ATTRIBUTE(release_capability(h->shared_lock))
{
    lock_give(&h->shared_lock, LOCK_SHARED);
}

#endif
