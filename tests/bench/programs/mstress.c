/* mstress.c -- random objects that change hands, after the pattern of mimalloc's test-stress.
 *
 * Several generations of threads allocate objects of random size, mostly small, now and then large;
 * keep some for the whole generation, free most, and swap others with a table that all threads
 * share, by an atomic exchange, from where whoever comes frees them, in this generation or a later
 * one. Every word of every object is checked when it dies. Arguments: generations, threads.
 */
#include "bench.h"

#include <stdatomic.h>

enum { SHARED = 1000, STEPS = 80000, RETAINED = STEPS / 16, LIVE = 512 };

typedef struct object {
    size_t words;     /* behind this one */
    uint64_t word[];  /* each a function of its place */
} object;

typedef struct worker {
    rng random;
    uint64_t made, ended;
    char pad[64];
} worker;

static _Atomic(object *) shared[SHARED];

static object *object_new(worker *w)
{
    uint32_t dice = rng_below(&w->random, 2000);
    uint32_t words_max = dice == 0 ? 16384 : dice < 20 ? 1024 : dice < 400 ? 64 : 12;
    size_t words = rng_between(&w->random, 1, words_max);
    object *o = need(dice % 8 == 1 ? calloc(words + 1, sizeof o->word[0])
                                   : malloc((words + 1) * sizeof o->word[0]));
    o->words = words;
    for (size_t i = 0; i < words; i++) {
        o->word[i] = (words - i) ^ UINT64_C(0x5DEECE66D);
    }
    w->made += words;
    return o;
}

static void object_end(worker *w, object *o)
{
    if (o == NULL) {
        return;
    }
    for (size_t i = 0; i < o->words; i++) {
        expect(o->word[i] == ((o->words - i) ^ UINT64_C(0x5DEECE66D)), "an object's contents");
    }
    w->ended += o->words;
    free(o);
}

static void *work(void *argument_of_thread)
{
    worker *w = argument_of_thread;
    object **retained = need(calloc(RETAINED, sizeof *retained));
    object *live[LIVE] = { NULL };
    size_t kept = 0;
    for (int i = 0; i < STEPS; i++) {
        uint32_t dice = rng_below(&w->random, 100);
        uint32_t at = rng_below(&w->random, LIVE);
        if (dice < 5 && kept < RETAINED) {
            retained[kept++] = object_new(w);
        } else if (dice < 25) {
            _Atomic(object *) *place = &shared[rng_below(&w->random, SHARED)];
            live[at] = atomic_exchange(place, live[at]);
        } else {
            object_end(w, live[at]);
            live[at] = object_new(w);
        }
    }
    for (int i = 0; i < LIVE; i++) {
        object_end(w, live[i]);
    }
    for (size_t i = 0; i < kept; i++) {
        object_end(w, retained[i]);
    }
    free(retained);
    return NULL;
}

int main(int argc, char **argv)
{
    worker workers[64] = { { .made = 0 } };
    long generations = argument(argc, argv, 1, 40);
    int threads = (int)argument(argc, argv, 2, 2);
    for (int i = 0; i < threads; i++) {
        workers[i].random = rng_seed((uint64_t)i);
    }
    for (long generation = 0; generation < generations; generation++) {
        run_threads(threads, work, workers, sizeof workers[0]);
        /* Some of what is shared dies between generations, in the main thread. */
        for (int i = 0; i < SHARED; i += 3) {
            object_end(&workers[0], atomic_exchange(&shared[i], NULL));
        }
    }
    for (int i = 0; i < SHARED; i++) {
        object_end(&workers[0], atomic_exchange(&shared[i], NULL));
    }
    uint64_t made = 0;
    uint64_t ended = 0;
    for (int i = 0; i < threads; i++) {
        made += workers[i].made;
        ended += workers[i].ended;
    }
    expect(made == ended, "every object ends once");
    printf("mstress: %d threads, %ld generations, words %" PRIu64 "\n", threads, generations, made);
    return 0;
}
