/* mleak.c -- threads that live shortly, after the pattern of mleak.
 *
 * One thread after another starts, allocates a set of objects, and ends; its successor frees them.
 * An allocator that does not take back the caches of ended threads, or what was freed into them,
 * grows with every thread: peak memory is the figure to read here. Arguments: threads that run one
 * after another.
 */
#include "bench.h"

enum { OBJECTS = 3000, BYTES_MIN = 16, BYTES_MAX = 2048, SLACK = 4 };

typedef struct worker {
    rng random;
    unsigned char *objects[OBJECTS];
    uint64_t sum;
} worker;

static void *work(void *argument_of_thread)
{
    worker *w = argument_of_thread;
    for (int i = 0; i < OBJECTS; i++) {
        if (w->objects[i] != NULL) {
            w->sum += w->objects[i][0];
            free(w->objects[i]);
        }
        size_t bytes = rng_between(&w->random, BYTES_MIN, BYTES_MAX);
        w->objects[i] = need(malloc(bytes));
        w->objects[i][0] = (unsigned char)bytes;
        /* Objects that die where they were born, too. */
        for (int j = 0; j < SLACK; j++) {
            free(need(malloc(rng_between(&w->random, BYTES_MIN, BYTES_MAX))));
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    long threads = argument(argc, argv, 1, 1500);
    worker *w = need(calloc(1, sizeof *w));
    w->random = rng_seed(4);
    for (long i = 0; i < threads; i++) {
        run_threads(1, work, w, sizeof *w);
    }
    for (int i = 0; i < OBJECTS; i++) {
        free(w->objects[i]);
    }
    printf("mleak: %ld threads, sum %" PRIu64 "\n", threads, w->sum);
    free(w);
    return 0;
}
