/* memory.pml -- words that threads share, with stores that the others see late.
 *
 * Included by the models whose property hangs on a fence. A relaxed store waits in the buffer of
 * its thread, one place a word; the thread itself sees it at once, the others when the memory
 * commits it, at any time and in any order of the words. This is weaker than x86 (where stores
 * keep their order) and shows what a fence is for: `store; load` may be seen as `load; store`.
 *
 * What is left out: loads are not moved (a model that needs it reads early by itself), and a store
 * to a word that still waits takes the place of the one before it.
 *
 * The includer defines WORDS and THREADS, and has `me`, the number of its thread, where it uses
 * the operations. They are those of src/atomic.h and src/lock.h.
 */
byte word[WORDS];             /* what all see */
byte held[THREADS * WORDS];   /* what waits in a buffer */
byte waits[THREADS];          /* which words do: one bit each */
bool locked;                  /* the heap lock; lock.pml has its own steps */

#define drained (waits[me] == 0)

/* atomic_write_int, atomic_write32 */
inline store(w, x) {
    d_step { held[me * WORDS + w] = x; waits[me] = waits[me] | (1 << (w)) }
}

/* atomic_read_int, atomic_read32 */
inline load(w, r) {
    d_step {
        if
        :: waits[me] & (1 << (w)) -> r = held[me * WORDS + w]
        :: else -> r = word[w]
        fi
    }
}

/* atomic_fence: all stores of the thread are seen by all. */
inline fence() { drained }

/* lock_take: an acquire, so stores from before may wait on. lock_give: a release, so none may. */
inline lock_take() { atomic { !locked -> locked = true } }
inline lock_give() { atomic { drained -> locked = false } }

/* The memory commits word `w` of thread `t`. */
proctype memory(byte t, w) {
end:
    do
    :: d_step {
           waits[t] & (1 << w) ->
           word[w] = held[t * WORDS + w];
           held[t * WORDS + w] = 0;
           waits[t] = waits[t] & ~(1 << w)
       }
    od
}

/* One for each word of threads 0 .. n - 1. */
inline start_memory(n) {
    for (t : 0 .. n - 1) {
        for (w : 0 .. WORDS - 1) { run memory(t, w) }
    }
}
