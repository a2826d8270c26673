/* wpmalloc.h -- a heap as a value: the public interface.
 *
 * A heap serves objects of any size from memory of its own: a region that the caller owns, or
 * address space that it reserves. Any number of heaps live side by side. No function aborts: out
 * of memory is NULL, and misuse is a status. All metadata lies apart from the objects, so that
 * nothing a program writes through its own pointers, in or out of bounds of an object, changes a
 * heap's mind.
 *
 * Threads: every function may be called from any thread at any time, except wpm_heap_destroy and
 * wpm_heap_init, which the caller keeps apart from all others on the same heap. A thread that
 * attaches a cache allocates and frees without a lock most of the time; a cache belongs to the
 * thread that attached it.
 */
#ifndef WPMALLOC_H
#define WPMALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct wpm_heap wpm_heap;
typedef struct mcache wpm_cache;

/* What became of a pointer that was handed in. */
typedef enum wpm_status {
    WPM_OK = 0,        /* done */
    WPM_FOREIGN,       /* the address lies in no span of this heap */
    WPM_INTERIOR,      /* inside a slot, not at its start (or in a span's unused tail) */
    WPM_DOUBLE_FREE,   /* the start of a slot that is not live: freed before, or never handed out */
    WPM_CORRUPT,       /* the heap's records contradict each other */
    WPM_OVERRUN,       /* the object was written beyond its end */
    WPM_CHANGED,       /* the slot was written after its object's end of life */
    WPM_MISMATCH,      /* the object's end is of another kind or size than its beginning */
    WPM_UNDERRUN       /* what lies before the object was written */
} wpm_status;

/* Where an address stands, for messages and post-mortem tools. */
typedef struct wpm_info {
    wpm_status status;    /* what freeing it would say now */
    uint32_t size_class;  /* 1..67; 0: a large object, or no span */
    uint32_t slot;        /* index of the slot in its span */
    size_t slot_bytes;    /* size of the slot, bytes; 0: no span */
    size_t offset_bytes;  /* of the address from the slot's start */
} wpm_info;

/* Figures of a heap at one moment. Bytes unless named otherwise. */
typedef struct wpm_statistics {
    uint64_t region_bytes;    /* pages the heap could use at most */
    uint64_t committed_bytes; /* pages made usable so far */
    uint64_t span_bytes;      /* pages in spans */
    uint64_t free_bytes;      /* committed pages in no span */
    uint64_t released_bytes;  /* of the free pages, those whose memory the system has back */
    uint64_t live_bytes;      /* slots in use, whole slots counted */
    uint64_t live_objects;    /* number of slots in use */
    uint64_t spans;           /* number of spans */
    uint64_t mallocs;         /* number of allocations that succeeded so far */
    uint64_t frees;           /* number of frees that succeeded so far */
} wpm_statistics;

/* A heap on memory of the caller: `region_bytes` bytes at `region`, any alignment. The heap's own
 * records lie at its start. The region need not be zero. NULL when it is too small for one page. */
wpm_heap *wpm_heap_init(void *region, size_t region_bytes);

/* A heap on address space that it reserves, `limit_bytes` at most (0: as much as the system gives,
 * up to 1 TiB). NULL when the system refuses. */
wpm_heap *wpm_heap_create(size_t limit_bytes);

/* Give a created heap back, objects and all; a heap on a caller's region is forgotten. */
void wpm_heap_destroy(wpm_heap *heap);

/* An object of at least `bytes` bytes, aligned to 16; not initialised. `bytes` 0 counts as 1. NULL
 * when no free slot or run of pages holds it. */
void *wpm_malloc(wpm_heap *heap, size_t bytes);

/* An object of `count` times `bytes` bytes, zero. NULL also when the product overflows. */
void *wpm_calloc(wpm_heap *heap, size_t count, size_t bytes);

/* An object of at least `bytes` bytes, aligned to `align`, a power of two; NULL for any other. */
void *wpm_aligned(wpm_heap *heap, size_t align, size_t bytes);

/* Change an object's size, keeping the bytes both sizes have; NULL `object` allocates. Returns the
 * object, moved or not; NULL when there is no memory or `object` is not live (then `*status` says
 * why, if `status` is not NULL), and the object is as it was. `bytes` 0 counts as 1. */
void *wpm_realloc(wpm_heap *heap, void *object, size_t bytes, wpm_status *status);

/* End an object's life. Total: any pointer value may be passed, and unless the result is WPM_OK
 * nothing has changed. NULL is WPM_OK. */
wpm_status wpm_free(wpm_heap *heap, void *object);

/* Bytes that the live object at `object` may use; 0 when there is none. */
size_t wpm_usable_size(wpm_heap *heap, const void *object);

/* Where `address` stands. Any value. */
wpm_info wpm_describe(wpm_heap *heap, const void *address);

/* Call `visit` for each live object, in the order of addresses within a span; stop when it returns
 * false. `visit` must not call into the same heap. Exact only while no other thread allocates. */
void wpm_walk(wpm_heap *heap, bool (*visit)(void *context, void *object, size_t slot_bytes),
              void *context);

/* Figures of the heap. */
void wpm_stats(wpm_heap *heap, wpm_statistics *out);

/* A cache for the calling thread; NULL when all are taken (then use the functions above). */
wpm_cache *wpm_cache_attach(wpm_heap *heap);

/* Give a thread's cache back: its spans go to the central lists, where all threads find them. */
void wpm_cache_detach(wpm_heap *heap, wpm_cache *cache);

/* The functions above, through a cache of the calling thread. A slot that another thread has freed
 * and the owner of its span frees again may be WPM_OK, until the owner has heard of the other. */
void *wpm_cache_malloc(wpm_heap *heap, wpm_cache *cache, size_t bytes);
wpm_status wpm_cache_free(wpm_heap *heap, wpm_cache *cache, void *object);

#ifdef __cplusplus
}
#endif
#endif
