/* collector.h -- a collected heap out of the parts of src/gc, for tests: objects that nothing
 * reaches any more end by themselves.
 *
 * It is no part of the library: what is proved are the parts, not how this puts them together.
 *
 * Objects with pointers say by a type which of their words are pointers; a collection marks what
 * the registered roots reach, a step at a time, and ends the rest, a span at a time. Both are done
 * in small steps by who allocates, as much as the pacer asks, so that no call takes long. Explicit
 * free works beside it. Nothing aborts: out of memory is NULL, after a whole collection; misuse is
 * a status.
 *
 * The program promises two things: it stores a pointer into an object by wpm_gc_write, and what it
 * holds across a call into the heap it also holds in a root. One thread at a time uses a heap.
 */
#ifndef WPM_TESTS_GC_COLLECTOR_H
#define WPM_TESTS_GC_COLLECTOR_H

#include "../../src/wpmalloc.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct wpm_gc wpm_gc;

/* Which words of an object are pointers. */
typedef uint32_t wpm_gc_type;

#define WPM_GC_FLAT 0u     /* none is */
#define WPM_GC_NO_TYPE UINT32_MAX

/* Figures of a heap at one moment. Bytes unless named otherwise. */
typedef struct wpm_gc_statistics {
    uint64_t live_bytes; /* slots of objects that have not ended, whole slots counted */
    uint64_t goal_bytes; /* what the heap may grow to before a collection has to be done */
    uint64_t marked_bytes;   /* slots that the last collection reached */
    uint64_t scanned_bytes;  /* of objects, looked into since the start */
    uint64_t ended_objects;  /* number that collections have ended since the start */
    uint64_t cycles;         /* collections since the start */
} wpm_gc_statistics;

/* What a heap is to be. Zero-filled is usual. */
typedef struct wpm_gc_options {
    size_t limit_bytes;  /* at most for objects with pointers, and as much for others; 0: 1 GiB */
    uint32_t percent;    /* it grows by this of what lives before it is collected; 0: 100 */
    uint64_t least_bytes; /* no goal of 100 percent is lower; 0: 4 MiB */
    uint32_t waiting;    /* objects that fit on the stack of those to be looked into; 0: as many */
} wpm_gc_options;        /* as there is room for */

/* A collected heap on address space that it reserves. NULL when the system refuses. */
wpm_gc *wpm_gc_create(const wpm_gc_options *options);

/* Give the heap back, objects and all. */
void wpm_gc_destroy(wpm_gc *gc);

/* A type of `words` words, of which those are pointers whose bits are set in `pointers`, the first
 * word's in bit 0 of the first. An object longer than that repeats it, as an array does.
 * WPM_GC_NO_TYPE when there is no room for another type, or `words` is 0. */
wpm_gc_type wpm_gc_add_type(wpm_gc *gc, const uint64_t *pointers, uint32_t words);

/* An object of `bytes` bytes, all zero, aligned to 16. May mark and sweep, and may collect the
 * whole heap before it says NULL. */
void *wpm_gc_alloc(wpm_gc *gc, size_t bytes, wpm_gc_type type);

/* `words` words from `first` on are roots: each keeps the object that it points to, or into.
 * False when there is no room for another range. */
bool wpm_gc_add_root(wpm_gc *gc, void *const *first, size_t words);

/* The range that begins at `first` is a root no longer; false when none does. */
bool wpm_gc_remove_root(wpm_gc *gc, void *const *first);

/* Store `value` into a word of an object. */
void wpm_gc_write(wpm_gc *gc, void **word, void *value);

/* End an object's life now. Total: any pointer value may be passed. */
wpm_status wpm_gc_free(wpm_gc *gc, void *object);

/* A collection begins now, if none is at work. */
void wpm_gc_begin(wpm_gc *gc);

/* A step of the collection that is at work: about `bytes` of marking, or some spans swept. False
 * when none is, or it has just ended. */
bool wpm_gc_step(wpm_gc *gc, size_t bytes);

/* A whole collection, from the roots as they are now. */
void wpm_gc_collect(wpm_gc *gc);

/* Figures of the heap. */
void wpm_gc_stats(const wpm_gc *gc, wpm_gc_statistics *out);

#ifdef __cplusplus
}
#endif
#endif
