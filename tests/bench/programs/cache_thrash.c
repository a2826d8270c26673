/* cache_thrash.c -- active false sharing, after the pattern of cache-thrash.
 *
 * Threads allocate small objects at the same time and write each many times before freeing it. An
 * allocator that serves two threads from one cache line makes the processors fight for it.
 * Arguments: rounds of each thread, threads.
 */
#include "bench.h"

enum { OBJECTS = 16, OBJECT_BYTES = 16, WRITES = 20 };

typedef struct worker {
    long rounds;
    uint64_t sum;
    char pad[64];
} worker;

static void *work(void *argument_of_thread)
{
    worker *w = argument_of_thread;
    uint64_t sum = 0;
    for (long i = 0; i < w->rounds; i++) {
        volatile char *objects[OBJECTS];
        for (int j = 0; j < OBJECTS; j++) {
            objects[j] = need(malloc(OBJECT_BYTES));
            objects[j][0] = (char)j;
        }
        for (int k = 0; k < WRITES; k++) {
            for (int j = 0; j < OBJECTS; j++) {
                objects[j][0]++;
            }
        }
        for (int j = 0; j < OBJECTS; j++) {
            sum += (unsigned char)objects[j][0];
            free((void *)objects[j]);
        }
    }
    w->sum = sum;
    return NULL;
}

int main(int argc, char **argv)
{
    worker workers[64] = { { .rounds = 0 } };
    long rounds = argument(argc, argv, 1, 300000);
    int threads = (int)argument(argc, argv, 2, 2);
    for (int i = 0; i < threads; i++) {
        workers[i].rounds = rounds;
    }
    run_threads(threads, work, workers, sizeof workers[0]);
    uint64_t sum = 0;
    for (int i = 0; i < threads; i++) {
        sum += workers[i].sum;
    }
    printf("cache_thrash: %d threads, %ld rounds, sum %" PRIu64 "\n", threads, rounds, sum);
    return 0;
}
