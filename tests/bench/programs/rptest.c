/* rptest.c -- random sizes, freed across threads, after the pattern of rptest.
 *
 * In each loop a thread allocates a list of objects of 16 to 8,000 bytes, frees part of it in steps
 * that scatter over the list, then leaves the rest on a board for the others and frees the list
 * that another thread has left there. Arguments: loops of each thread, threads.
 */
#include "bench.h"

#include <stdatomic.h>

enum { LIST = 1000, BYTES_MIN = 16, BYTES_MAX = 8000, STRIDE = 5 };

typedef struct list {
    unsigned char *objects[LIST];
} list;

typedef struct worker {
    rng random;
    int index, threads;
    long loops;
    uint64_t made, ended;
    char pad[64];
} worker;

static _Atomic(list *) board[64];

static void object_end(worker *w, unsigned char **object)
{
    if (*object != NULL) {
        w->ended += **object;
        free(*object);
        *object = NULL;
    }
}

static void list_end(worker *w, list *l)
{
    if (l != NULL) {
        for (int i = 0; i < LIST; i++) {
            object_end(w, &l->objects[i]);
        }
        free(l);
    }
}

static list *list_new(worker *w)
{
    list *l = need(malloc(sizeof *l));
    for (int i = 0; i < LIST; i++) {
        size_t bytes = rng_between(&w->random, BYTES_MIN, BYTES_MAX);
        l->objects[i] = need(malloc(bytes));
        l->objects[i][0] = (unsigned char)bytes;
        l->objects[i][bytes / 2] = 1;
        w->made += l->objects[i][0];
    }
    return l;
}

static void *work(void *argument_of_thread)
{
    worker *w = argument_of_thread;
    for (long loop = 0; loop < w->loops; loop++) {
        list *l = list_new(w);
        for (int start = 0; start < STRIDE - 2; start++) {
            for (int i = start; i < LIST; i += STRIDE) {
                object_end(w, &l->objects[i]);
            }
        }
        list_end(w, atomic_exchange(&board[w->index], l));
        list_end(w, atomic_exchange(&board[(w->index + 1) % w->threads], NULL));
    }
    return NULL;
}

int main(int argc, char **argv)
{
    worker workers[64] = { { .made = 0 } };
    long loops = argument(argc, argv, 1, 3000);
    int threads = (int)argument(argc, argv, 2, 2);
    for (int i = 0; i < threads; i++) {
        workers[i].random = rng_seed((uint64_t)i);
        workers[i].index = i;
        workers[i].threads = threads;
        workers[i].loops = loops;
    }
    run_threads(threads, work, workers, sizeof workers[0]);
    uint64_t made = 0;
    uint64_t ended = 0;
    for (int i = 0; i < threads; i++) {
        list_end(&workers[i], atomic_exchange(&board[i], NULL));
        made += workers[i].made;
        ended += workers[i].ended;
    }
    expect(made == ended, "every object ends once");
    printf("rptest: %d threads, %ld loops, sum %" PRIu64 "\n", threads, loops, made);
    return 0;
}
