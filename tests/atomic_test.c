/* Atomics: each operation against the plain access that the prover sees, then under threads, where
 * an update that is lost would show: bits that several threads set and one takes are counted. */
#define _POSIX_C_SOURCE 200809L

#include "atomic.h"
#include "unit.h"

#include <pthread.h>
#include <sched.h>

enum { RANDOM_WORDS = 200000, SETTERS = 3, ROUNDS = 4000000 };

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void test_against_plain(void)
{
    uint64_t seed = 0x9e3779b97f4a7c15u;
    for (int i = 0; i < RANDOM_WORDS; i++) {
        uint64_t start = next_random(&seed), mask = next_random(&seed), word = start;
        uint32_t half = (uint32_t)start;
        bool ok = atomic_read64(&word) == start && atomic_read32(&half) == (uint32_t)start &&
                  atomic_read32_acquire(&half) == (uint32_t)start;
        ok = ok && atomic_or64(&word, mask) == start && word == (start | mask);
        word = start;
        ok = ok && atomic_clear64(&word, mask) == start && word == (start & ~mask);
        atomic_write64(&word, mask);
        atomic_write32(&half, (uint32_t)mask);
        ok = ok && word == mask && half == (uint32_t)mask;
        atomic_write32_release(&half, (uint32_t)start);
        ok = ok && half == (uint32_t)start;
        int64_t whole = (int64_t)start;
        ok = ok && atomic_read_int64(&whole) == (int64_t)start;
        atomic_write_int64(&whole, (int64_t)mask);
        ok = ok && whole == (int64_t)mask;
        if (!CHECK(ok)) return;
    }
}

/* Thread t owns the bits k with k % SETTERS == t: it sets each when it is clear, ROUNDS times. */
static uint64_t shared_word;
static uint64_t times_set[SETTERS], times_seen_set[SETTERS];
static uint32_t setters_done;
static pthread_barrier_t start;

static void *setter(void *argument)
{
    uint64_t *mine = argument;
    uint32_t t = (uint32_t)(mine - times_set);
    pthread_barrier_wait(&start);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint64_t bit = bits_one((t + SETTERS * (i % (64 / SETTERS))) % 64);
        if (atomic_or64(&shared_word, bit) & bit) times_seen_set[t]++;
        else times_set[t]++;
    }
    __atomic_fetch_add(&setters_done, 1, __ATOMIC_RELEASE);
    return NULL;
}

/* Takes what is set until the setters are done, then once more. */
static uint64_t take_all(void)
{
    uint64_t taken = 0;
    bool last;
    do {
        last = atomic_read32_acquire(&setters_done) == SETTERS;
        uint64_t seen = atomic_read64(&shared_word);
        taken += bits_count(atomic_clear64(&shared_word, seen) & seen);
    } while (!last);
    return taken;
}

static void test_threads(void)
{
    pthread_t threads[SETTERS];
    pthread_barrier_init(&start, NULL, SETTERS + 1);
    for (int t = 0; t < SETTERS; t++)
        CHECK_EQ(pthread_create(&threads[t], NULL, setter, &times_set[t]), 0);
    pthread_barrier_wait(&start);
    uint64_t taken = take_all(), set = 0, seen = 0;
    for (int t = 0; t < SETTERS; t++) {
        pthread_join(threads[t], NULL);
        set += times_set[t];
        seen += times_seen_set[t];
    }
    CHECK_EQ(shared_word, 0);
    CHECK_EQ(set, taken);
    CHECK_EQ(set + seen, (uint64_t)SETTERS * ROUNDS);
}

/* Store, fence, load on two sides (the pattern that the fence is for): both may not read 0. The two
 * threads meet before each batch and go through its cells side by side. */
enum { CELLS = 512, BATCHES = 4000 };

static uint32_t flags[2][CELLS], met[2][CELLS];
static uint32_t arrived;

static void meet(uint32_t *meetings)
{
    *meetings += 2;
    __atomic_fetch_add(&arrived, 1, __ATOMIC_ACQ_REL);
    while (atomic_read32_acquire(&arrived) < *meetings) sched_yield();
}

static void *fence_side(void *argument)
{
    uint32_t side = *(uint32_t *)argument, meetings = 0;
    for (uint32_t batch = 0; batch < BATCHES; batch++) {
        meet(&meetings);
        for (uint32_t i = 0; i < CELLS; i++) {
            atomic_write32(&flags[side][i], batch + 1);
            atomic_fence();
            met[side][i] = atomic_read32(&flags[1 - side][i]);
        }
        meet(&meetings);
        for (uint32_t i = 0; side == 0 && i < CELLS; i++)
            CHECK(met[0][i] == batch + 1 || met[1][i] == batch + 1);
    }
    return NULL;
}

static void test_fence(void)
{
    static uint32_t sides[2] = {0, 1};
    pthread_t other;
    CHECK_EQ(pthread_create(&other, NULL, fence_side, &sides[1]), 0);
    fence_side(&sides[0]);
    pthread_join(other, NULL);
}

int main(void)
{
    test_against_plain();
    test_threads();
    test_fence();
    return unit_report("atomic");
}
