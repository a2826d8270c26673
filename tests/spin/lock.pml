/* lock.pml -- the lock of one word with waiting by futex.
 *
 * Mirrors lock_take and lock_give of src/lock.h, and platform_lock_wait and platform_lock_wake of
 * src/platform/posix_lock.c. The word: 0 free, 1 taken, 2 taken and others wait.
 *
 * Abstracted: the futex. FUTEX_WAIT compares the word and goes to sleep in one step, or returns at
 * once; FUTEX_WAKE wakes any one sleeper; a sleeper may also be woken by a signal, once in all. The
 * memory order of the lock (acquire, release) is not seen: all steps here are on one word.
 *
 * Properties: at most one thread is between lock_take and lock_give; no wake-up is lost: every
 * thread takes the lock as often as it wants to and comes to its end (else spin reports an invalid
 * end state, threads asleep for ever); the word is 0 then.
 *
 * Seeded faults: SPLIT_CAS (the first step of lock_take in two), TAKE_ONE (who has waited takes the
 * lock with 1, so that those who wait still are forgotten), SLEEP_UNASKED (the wait does not
 * compare the word), NO_WAKE (lock_give wakes nobody).
 */
#define THREADS 3
#define ROUNDS 2

byte state;             /* l->state */
bool asleep[THREADS];   /* in FUTEX_WAIT on the word */
byte inside;            /* threads that have the lock */
byte signals = 1;
byte done;

/* platform_lock_wait(&l->state, 2) */
inline platform_lock_wait() {
    if
#ifdef SLEEP_UNASKED
    :: asleep[me] = true;
#else
    :: atomic { state == 2 -> asleep[me] = true };
#endif
        if
        :: !asleep[me]                                          /* woken */
        :: atomic { asleep[me] && signals > 0 -> signals--; asleep[me] = false }
        fi
#ifndef SLEEP_UNASKED
    :: state != 2                                               /* EAGAIN */
#endif
    fi
}

/* platform_lock_wake(&l->state) */
inline platform_lock_wake() {
    atomic {
        if
        :: asleep[0] -> asleep[0] = false
        :: asleep[1] -> asleep[1] = false
        :: asleep[2] -> asleep[2] = false
        :: else
        fi
    }
}

inline lock_take() {
#ifdef SPLIT_CAS
    was = state;
    if
    :: was == 0 -> state = 1
    :: else
    fi;
#else
    atomic {                            /* __atomic_compare_exchange_n(&l->state, 0, 1) */
        was = state;
        if
        :: was == 0 -> state = 1
        :: else
        fi
    };
#endif
    do
    :: was == 0 -> break
    :: else ->
#ifdef TAKE_ONE
        atomic { was = state; state = (was == 0 && waited -> 1 : 2); waited = true };
#else
        atomic { was = state; state = 2 };      /* __atomic_exchange_n(&l->state, 2) */
#endif
        if
        :: was != 0 -> platform_lock_wait()
        :: else
        fi
    od
}

inline lock_give() {
    atomic { was = state; state = 0 };  /* __atomic_exchange_n(&l->state, 0) */
    if
#ifndef NO_WAKE
    :: was == 2 -> platform_lock_wake()
#endif
    :: else
    fi;
    was = 0; waited = false
}

active [THREADS] proctype thread() {
    byte me = _pid, was, n;
    bool waited;
    do
    :: n < ROUNDS ->
        n++;
        lock_take();
        inside++;
        assert(inside == 1);
        inside--;
        lock_give()
    :: else -> break
    od;
    done++
}

active proctype judge() {
    done == THREADS;
    assert(state == 0 && inside == 0)
}
