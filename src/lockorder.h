/* lockorder.h -- the order in which a thread takes locks.
 *
 *   rank         lock            guards
 *   LOCK_SHARED  h->shared_lock  cache 0, which threads without a cache use
 *   LOCK_HEAP    h->lock         pages, ids, queues, counters, spans that no cache owns (heap.h)
 *
 * A thread that holds a lock takes only locks of a higher rank, so no two threads wait for each
 * other. Two heaps' locks of one rank are never held at once. The checked build (make CHECKED=1)
 * notes what each thread holds and ends the process when it goes against the order; clang checks
 * the order of one heap's locks in the text (lock.h).
 */
#ifndef WPM_LOCKORDER_H
#define WPM_LOCKORDER_H

enum lock_rank { LOCK_SHARED = 1, LOCK_HEAP = 2 };

/* The checked build: this thread is about to take a lock of this rank, and has given one back. */
/*@ assigns \nothing; */
void lockorder_take(enum lock_rank rank);
/*@ assigns \nothing; */
void lockorder_give(enum lock_rank rank);

#endif
