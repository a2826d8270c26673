/* larson.c -- a server's connections, after the pattern of larson.
 *
 * Each thread owns a table of objects and replaces them at random. When a thread has done its share
 * it ends, and a fresh thread takes over a table, not the one of the same place: so objects are
 * freed by threads that did not allocate them, whose allocators are gone. The work is fixed, where
 * the original's time is, so that processor time can be compared. Arguments: generations of
 * threads, threads of each.
 */
#include "bench.h"

enum { SLOTS = 5000, STEPS = 50000, BYTES_MIN = 8, BYTES_MAX = 1000 };

typedef struct table {
    char *slots[SLOTS];
} table;

typedef struct worker {
    rng random;
    table *objects;
    uint64_t sum;
    char pad[64];
} worker;

static char *object_new(rng *random)
{
    size_t bytes = rng_between(random, BYTES_MIN, BYTES_MAX);
    char *object = need(malloc(bytes));
    object[0] = 'a';
    object[bytes - 1] = 'z';
    return object;
}

static void *work(void *argument_of_thread)
{
    worker *w = argument_of_thread;
    for (long i = 0; i < STEPS; i++) {
        char **slot = &w->objects->slots[rng_below(&w->random, SLOTS)];
        w->sum += (unsigned char)**slot;
        free(*slot);
        *slot = object_new(&w->random);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    worker workers[64] = { { .sum = 0 } };
    table *tables[64];
    long generations = argument(argc, argv, 1, 100);
    int threads = (int)argument(argc, argv, 2, 2);
    for (int i = 0; i < threads; i++) {
        workers[i].random = rng_seed((uint64_t)i);
        tables[i] = need(malloc(sizeof *tables[i]));
        for (int j = 0; j < SLOTS; j++) {
            tables[i]->slots[j] = object_new(&workers[i].random);
        }
    }
    for (long generation = 0; generation < generations; generation++) {
        for (int i = 0; i < threads; i++) {
            workers[i].objects = tables[(i + generation) % threads];
        }
        run_threads(threads, work, workers, sizeof workers[0]);
    }
    uint64_t sum = 0;
    for (int i = 0; i < threads; i++) {
        sum += workers[i].sum;
        for (int j = 0; j < SLOTS; j++) {
            free(tables[i]->slots[j]);
        }
        free(tables[i]);
    }
    printf("larson: %d threads, %ld generations, sum %" PRIu64 "\n", threads, generations, sum);
    return 0;
}
