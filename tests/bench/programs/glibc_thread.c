/* glibc_thread.c -- random sizes in threads, after the pattern of glibc's bench-malloc-thread.
 *
 * Each thread has a working set of slots; a step frees one slot and fills it anew. Sizes run from 4
 * to 32,768 bytes and fall off with the square of the size, so that most are tiny and a few are
 * large. Arguments: steps of each thread, threads.
 */
#include "bench.h"

enum { SLOTS = 1024, DRAWS = 8192, BYTES_MIN = 4, BYTES_MAX = 32768 };

typedef struct worker {
    rng random;
    long steps;
    uint64_t sum;
    char pad[64];
} worker;

static size_t drawn[DRAWS];

/* Sizes whose density is proportional to 1 / size^2: the inverse of their distribution function. */
static void fill_draws(void)
{
    rng random = rng_seed(100);
    for (int i = 0; i < DRAWS; i++) {
        double u = rng_below(&random, 1000000) / 1000000.0;
        double inverse = 1.0 / BYTES_MIN - u * (1.0 / BYTES_MIN - 1.0 / BYTES_MAX);
        drawn[i] = (size_t)(1.0 / inverse);
    }
}

static void *work(void *argument_of_thread)
{
    worker *w = argument_of_thread;
    char *slots[SLOTS] = { NULL };
    for (long i = 0; i < w->steps; i++) {
        uint64_t bits = rng_next(&w->random) >> 32;
        char **slot = &slots[bits % SLOTS];
        if (*slot != NULL) {
            w->sum += (unsigned char)**slot;
            free(*slot);
        }
        *slot = need(malloc(drawn[(bits >> 10) % DRAWS]));
        **slot = (char)i;
    }
    for (int i = 0; i < SLOTS; i++) {
        free(slots[i]);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    worker workers[64] = { { .steps = 0 } };
    long steps = argument(argc, argv, 1, 10000000);
    int threads = (int)argument(argc, argv, 2, 2);
    fill_draws();
    for (int i = 0; i < threads; i++) {
        workers[i].random = rng_seed((uint64_t)i);
        workers[i].steps = steps;
    }
    run_threads(threads, work, workers, sizeof workers[0]);
    uint64_t sum = 0;
    for (int i = 0; i < threads; i++) {
        sum = sum * 31 + workers[i].sum;
    }
    printf("glibc_thread: %d threads, %ld steps, sum %016" PRIx64 "\n", threads, steps, sum);
    return 0;
}
