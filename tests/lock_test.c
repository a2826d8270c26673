/* Locks: exclusion counted, waiting seen, zero-filled memory a free lock. */
#define _POSIX_C_SOURCE 200809L

#include "lock.h"
#include "unit.h"

#include <pthread.h>
#include <time.h>

enum { THREADS = 4, ROUNDS = 100000 };

static struct lock guard; /* zero-filled: free */
static uint64_t guarded[2];
static uint32_t inside, broken;

static void *worker(void *argument)
{
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        lock_take(&guard, LOCK_HEAP);
        if (inside++ != 0) broken++;
        guarded[0]++;
        guarded[1] += guarded[0];
        inside--;
        lock_give(&guard, LOCK_HEAP);
    }
    return NULL;
}

static void test_exclusion(void)
{
    pthread_t threads[THREADS];
    for (int t = 0; t < THREADS; t++)
        CHECK_EQ(pthread_create(&threads[t], NULL, worker, NULL), 0);
    for (int t = 0; t < THREADS; t++) pthread_join(threads[t], NULL);
    uint64_t n = (uint64_t)THREADS * ROUNDS;
    CHECK_EQ(broken, 0);
    CHECK_EQ(guarded[0], n);
    CHECK_EQ(guarded[1], n * (n + 1) / 2);
    CHECK_EQ(guard.state, 0);
}

static struct lock gate;
static uint32_t passed_gate;

static void *waiter(void *argument)
{
    (void)argument;
    lock_take(&gate, LOCK_HEAP);
    passed_gate++;
    lock_give(&gate, LOCK_HEAP);
    return NULL;
}

/* Threads that find the lock taken wait, and all come through once it is given back. */
static void test_waiting(void)
{
    pthread_t threads[THREADS];
    const struct timespec nap = {0, 20000000};
    lock_take(&gate, LOCK_HEAP);
    CHECK_EQ(gate.state, 1);
    for (int t = 0; t < THREADS; t++)
        CHECK_EQ(pthread_create(&threads[t], NULL, waiter, NULL), 0);
    for (int i = 0; i < 200 && __atomic_load_n(&gate.state, __ATOMIC_RELAXED) != 2; i++)
        nanosleep(&nap, NULL);
    CHECK_EQ(__atomic_load_n(&gate.state, __ATOMIC_RELAXED), 2);
    CHECK_EQ(__atomic_load_n(&passed_gate, __ATOMIC_RELAXED), 0);
    lock_give(&gate, LOCK_HEAP);
    for (int t = 0; t < THREADS; t++) pthread_join(threads[t], NULL);
    CHECK_EQ(passed_gate, THREADS);
    CHECK_EQ(gate.state, 0);
}

/* A lock that is forgotten is free, whoever had it and whoever waits. */
static void test_forgetting(void)
{
    for (uint32_t state = 0; state <= 2; state++) {
        struct lock l = {0};
        lock_take(&l, LOCK_HEAP);
        l.state = state;
        lock_forget(&l, LOCK_HEAP);
        CHECK_EQ(l.state, 0);
        lock_take(&l, LOCK_HEAP);
        CHECK_EQ(l.state, 1);
        lock_give(&l, LOCK_HEAP);
    }
}

int main(void)
{
    test_exclusion();
    test_waiting();
    test_forgetting();
    return unit_report("lock");
}
