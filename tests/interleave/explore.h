/* explore.h -- all schedules of a few threads, on the real code, one after another.
 *
 * The threads of a scenario are coroutines. At each access to a word they share, the explorer
 * decides who goes on, and whether a relaxed store is seen by the others at once or only when its
 * thread comes to a fence, a read-modify-write, a release or a lock. It runs the scenario again and
 * again from the same start until every sequence of decisions within two bounds has been tried:
 * `switches`, how often a thread that could go on is interrupted, and `delays`, how many stores are
 * held back. What it does not see: loads that are moved, and plain accesses, which only matter
 * under a lock or to their owner.
 *
 * Which words are shared it finds out: those that two threads touched, one of them writing, in any
 * schedule so far. When there is a new one it starts over.
 */
#ifndef WPM_TESTS_EXPLORE_H
#define WPM_TESTS_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPLORE_THREADS 3

/* A few threads and what must hold afterwards. */
struct scenario {
    const char *name;
    unsigned threads;
    unsigned switches;                      /* bound on interruptions */
    unsigned delays;                        /* bound on stores held back */
    void (*set_up)(void);                   /* before each schedule: the same start */
    void (*body[EXPLORE_THREADS])(void);    /* one a thread */
    const char *(*judge)(void);             /* after each schedule: NULL, or what is wrong */
};

/* What came of a scenario. */
struct outcome {
    uint64_t schedules;
    unsigned words;    /* shared words that it found */
    const char *fault; /* NULL: none */
};

/* Try all schedules within the bounds, or up to the first fault. */
struct outcome explore(const struct scenario *s);

/* ---- for the layer of atomics (hooks.h) ---- */

/* The calling thread is about to read or write the word at `p`. */
void explore_access(const void *p, bool writes);

/* The calling thread writes: `old` of `size` bytes was there; others may go on seeing it. */
void explore_store(const void *p, uint64_t old, size_t size);

/* What the calling thread sees at `p`, where `now` stands. */
uint64_t explore_load(const void *p, uint64_t now);

/* All stores of the calling thread are seen by all from now on; of any thread: those to `p`. */
void explore_flush(void);
void explore_flush_word(const void *p);

/* The calling thread waits until `*word` is 0. */
void explore_wait(const uint32_t *word);

#endif
