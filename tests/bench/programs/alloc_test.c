/* alloc_test.c -- random replacement in a table, after the pattern of alloc-test.
 *
 * Each thread holds a table of slots; every step draws a slot, frees what is there or fills it with
 * an object whose size is drawn so that small ones are common, and touches what it got. Few live
 * objects have a regular neighbour: caches of the processor see the allocator's own layout.
 * Arguments: steps of each thread, threads.
 */
#include "bench.h"

enum { SLOTS = 65536, SIZE_BITS_MAX = 10 };

typedef struct worker {
    rng random;
    long steps;
    uint64_t sum;
    char pad[64];
} worker;

/* 8 to 2047 bytes: each power of two half as likely as the one below it. */
static size_t draw_size(rng *random)
{
    uint64_t bits = rng_next(random) >> 32;
    int rank = __builtin_ctzll(bits | UINT64_C(1) << (SIZE_BITS_MAX - 3));
    size_t base = (size_t)8 << rank;
    return base + rng_below(random, (uint32_t)base);
}

static void *work(void *argument_of_thread)
{
    worker *w = argument_of_thread;
    char **slots = need(calloc(SLOTS, sizeof *slots));
    size_t *sizes = need(calloc(SLOTS, sizeof *sizes));
    for (long i = 0; i < w->steps; i++) {
        uint32_t at = rng_below(&w->random, SLOTS);
        if (slots[at] != NULL) {
            w->sum += (unsigned char)slots[at][0] + (unsigned char)slots[at][sizes[at] - 1];
            free(slots[at]);
            slots[at] = NULL;
        } else {
            sizes[at] = draw_size(&w->random);
            slots[at] = need(malloc(sizes[at]));
            slots[at][0] = (char)i;
            slots[at][sizes[at] - 1] = (char)at;
        }
    }
    for (uint32_t at = 0; at < SLOTS; at++) {
        free(slots[at]);
    }
    free(slots);
    free(sizes);
    return NULL;
}

int main(int argc, char **argv)
{
    worker workers[64] = { { .steps = 0 } };
    long steps = argument(argc, argv, 1, 8000000);
    int threads = (int)argument(argc, argv, 2, 1);
    for (int i = 0; i < threads; i++) {
        workers[i].random = rng_seed((uint64_t)i);
        workers[i].steps = steps;
    }
    run_threads(threads, work, workers, sizeof workers[0]);
    uint64_t sum = 0;
    for (int i = 0; i < threads; i++) {
        sum = sum * 31 + workers[i].sum;
    }
    printf("alloc_test: %d threads, %ld steps, sum %016" PRIx64 "\n", threads, steps, sum);
    return 0;
}
