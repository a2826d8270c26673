/* cache_scratch.c -- passive false sharing, after the pattern of cache-scratch.
 *
 * The main thread allocates small objects side by side and hands one to each thread. A thread frees
 * what it was given, then again and again allocates an object of that size, writes it many times
 * and frees it. An allocator that gives each thread back the neighbour of the other's object makes
 * the two processors fight for one cache line. Arguments: rounds of each thread, threads.
 */
#include "bench.h"

enum { OBJECT_BYTES = 8, WRITES = 200 };

typedef struct worker {
    char *given;
    long rounds;
    uint64_t sum;
    char pad[64];
} worker;

static void *work(void *argument_of_thread)
{
    worker *w = argument_of_thread;
    uint64_t sum = (unsigned char)w->given[0];
    free(w->given);
    for (long i = 0; i < w->rounds; i++) {
        volatile char *object = need(malloc(OBJECT_BYTES));
        for (int j = 0; j < OBJECT_BYTES; j++) {
            object[j] = (char)i;
        }
        for (int k = 0; k < WRITES; k++) {
            object[k % OBJECT_BYTES]++;
        }
        sum += (unsigned char)object[0];
        free((void *)object);
    }
    w->sum = sum;
    return NULL;
}

int main(int argc, char **argv)
{
    worker workers[64] = { { .rounds = 0 } };
    long rounds = argument(argc, argv, 1, 1000000);
    int threads = (int)argument(argc, argv, 2, 1);
    for (int i = 0; i < threads; i++) {
        workers[i].given = need(malloc(OBJECT_BYTES));
        workers[i].given[0] = (char)i;
        workers[i].rounds = rounds;
    }
    run_threads(threads, work, workers, sizeof workers[0]);
    uint64_t sum = 0;
    for (int i = 0; i < threads; i++) {
        sum += workers[i].sum;
    }
    printf("cache_scratch: %d threads, %ld rounds, sum %" PRIu64 "\n", threads, rounds, sum);
    return 0;
}
