/* bench.h -- what the benchmark programs share.
 *
 * Every program takes its amount of work as its first argument (and its threads as the second,
 * where it has any), draws from generators with fixed seeds, and prints one line that depends on
 * the work alone: not on addresses, on time or on how threads interleave. So the lines can be
 * compared between allocators, and processor time is spent on the same operations everywhere.
 */
#ifndef BENCH_H
#define BENCH_H

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A generator; never 0. */
typedef uint64_t rng;

/* Generator number `stream`: the streams of different threads differ. */
static inline rng rng_seed(uint64_t stream)
{
    return UINT64_C(0x9E3779B97F4A7C15) * (2 * stream + 1);
}

/* The next 64 bits: xorshift with a multiplied output. */
static inline uint64_t rng_next(rng *state)
{
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C(2685821657736338717);
}

/* Uniform in [0, bound). */
static inline uint32_t rng_below(rng *state, uint32_t bound)
{
    return (uint32_t)(((rng_next(state) >> 32) * bound) >> 32);
}

/* Uniform in [low, high]. */
static inline uint32_t rng_between(rng *state, uint32_t low, uint32_t high)
{
    return low + rng_below(state, high - low + 1);
}

/* `object` itself; a program that gets no memory ends with status 2. */
static inline void *need(void *object)
{
    if (object == NULL) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return object;
}

/* End with status 3 when a program finds its own data damaged. */
static inline void expect(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "wrong: %s\n", what);
        exit(3);
    }
}

/* Argument `index` as a number; `fallback` when it is absent. */
static inline long argument(int argc, char **argv, int index, long fallback)
{
    return index < argc ? strtol(argv[index], NULL, 10) : fallback;
}

/* Run `body` in `count` threads (64 at most), thread i on the i-th of the records at `records`. */
static inline void run_threads(int count, void *(*body)(void *), void *records, size_t record_bytes)
{
    pthread_t threads[64];
    expect(count >= 1 && count <= 64, "number of threads");
    for (int i = 0; i < count; i++) {
        void *record = (char *)records + (size_t)i * record_bytes;
        expect(pthread_create(&threads[i], NULL, body, record) == 0, "pthread_create");
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}

#endif
