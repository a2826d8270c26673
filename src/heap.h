/* heap.h -- the records of one heap: what they mean, who may touch them, what always holds.
 *
 * A heap is a value. Its pages are numbered densely; a span is a run of pages that serves slots of
 * one size class, or one large object. Spans have ids; everything about a span stands in arrays
 * indexed by its id, apart from the memory it serves. For each span eight words of `live` bits say
 * which slots the program holds, and eight of `freed` which of those another thread has given back
 * since.
 *
 * Zero-filled arrays are an empty heap, so that metadata in proportion to a large address space
 * costs nothing until it is used. The invariant is spec/heap.acsl; its predicates carry the names
 * used here.
 */
#ifndef WPM_HEAP_H
#define WPM_HEAP_H

#include "arenamap.h"
#include "bits.h"
#include "config.h"
#include "fixalloc.h"
#include "lock.h"
#include "magicdiv.h"
#include "pagealloc.h"
#include "sizeclass.h"

#include <stdbool.h>
#include <stdint.h>

/* Of a field: no thread touches it without the heap lock, but by the functions of atomic.h. What
 * bears no mark is not guarded by that lock alone:
 *
 *   constant once the heap is there  where arrays lie, how many caches and sets there are, limits
 *   read by every free, without it   the map, the page table, shapes and owners of spans, bits of
 *                                    slots; atomic.h and mspan.h say what holds then
 *   under it, or else the owner's    places, links and `used` of spans, sets of spans
 *   the cache's thread's             entries and counters of a cache; wpm_stats reads them as well
 *   set by whoever merges a word     `stray` */
LOCK_DECLARATION(struct lock *some_heap_lock(void);)
#define HEAP_GUARDED LOCK_ATTRIBUTE(guarded_by(some_heap_lock()))

/* Of the heap lock: its place in the order of locks (lock.h). */
#define AFTER_SHARED_LOCK LOCK_ATTRIBUTE(acquired_after(shared_lock))

/* Of a function: its callers hold the lock of heap `h`. */
#define HEAP_LOCKED(h) LOCK_ATTRIBUTE(requires_capability(h->lock))

/* Of a function: its callers do not; it may take it. */
#define HEAP_UNLOCKED(h) LOCK_ATTRIBUTE(locks_excluded(h->lock))

/* Integer types tell the groups of fields apart by who writes them, for the reader and the prover,
 * which keeps memory of different integer types apart: uint32_t the shape of spans and the page
 * table, written when a span begins or ends; int32_t places, owners and links, written when a span
 * moves; uint64_t the bits of slots; uint16_t what only steers policy. */

/* Where a span is. Exactly one place; it changes under the lock of the place that gives. */
#define PLACE_NONE 0    /* the record is not in use */
#define PLACE_LARGE 1   /* one large object */
#define PLACE_CURRENT 2 /* the span a cache hands slots out of: its owner's alone */
#define PLACE_PARKED 3  /* full, kept by its owner, in no set */
#define PLACE_HAND 4    /* on its way from one place to another, inside one function */
#define PLACE_SET 5     /* PLACE_SET + n: in span set n */

#define NO_SPAN 0 /* not a span id */

#define OWNER_NONE 0       /* no cache owns the span; a free into it needs attention */
#define OWNER_CENTRAL (-2) /* none, and a free needs no attention: central, not full */
#define OWNER_SHARED 2     /* the shared cache, of threads without one of their own */
#define OWNER_STRANGER (-4) /* of a cache that owns no span: equal to no span's owner */

#define QUEUE_END (-1) /* the last span of a queue of remote frees */

/* One span. The shape is constant while the span lives and read without a lock by free; `owner` is
 * written under the giver's lock or by the owner and read by anyone; the rest belongs to the
 * owner, or to the heap lock when there is none. */
struct mspan {
    int64_t first;        /* distance of its first byte from the heap's base: start * PAGE_SIZE */
    uint32_t start;       /* first page */
    uint32_t npages;      /* pages; 0: the record is not in use */
    uint32_t slot_bytes;  /* bytes of a slot; 0: a large object */
    uint32_t magic;       /* ceil(2^32 / slot_bytes); 0: a large object */
    uint32_t nslots;      /* slots; 1: a large object */
    uint32_t span_class;  /* size class; 0: a large object */
    int32_t owner;        /* 2 (cache + 1), one more while parked; OWNER_... */
    int32_t place;        /* PLACE_... */
    int32_t next;         /* in a span set: the span after this one, NO_SPAN at the tail */
    int32_t prev;         /* in a span set: the span before this one, NO_SPAN at the head */
    int32_t remote_next HEAP_GUARDED; /* next in a queue of remote frees, QUEUE_END; 0: in none */
    uint16_t used;        /* slots that are live or in the owner's window: steers policy */
    uint16_t dirty_words; /* words below this one may hold slots that are not zero */
    uint32_t spare[2];
};
STATIC_ASSERT(sizeof(struct mspan) == 64, "a span record is one cache line");

/* A set of spans: a doubly linked list by ids, first in first out. Zero-filled is empty. */
struct span_set {
    int32_t head; /* the span filed first; NO_SPAN when empty */
    int32_t tail; /* the span filed last; NO_SPAN when empty */
};

/* What a cache hands out of a class: the window is one word of free slots, claimed from a span. */
struct cache_entry {
    uint64_t window;    /* claimed slots of one word: bit set is free to hand out */
    int64_t base;       /* address of the word's first slot */
    int32_t word;       /* index of the word in `live` */
    int32_t slot_bytes; /* bytes of a slot */
    int32_t span;       /* id of the current span; NO_SPAN: none */
    int32_t dirty;      /* 0: the slots of the window are zero */
};

/* A thread's cache. Only its thread touches it, but for the queue, which the heap lock guards. */
struct mcache {
    struct cache_entry entry[NUM_CLASSES];
    int32_t owner;       /* 2 (index + 1), as in the spans it owns; OWNER_STRANGER: owns none */
    int32_t index;       /* in the heap's array of caches */
    int32_t remote_head HEAP_GUARDED; /* queue of spans with remote frees: id; NO_SPAN: empty */
    int32_t attached HEAP_GUARDED; /* 1: belongs to a thread */
    int64_t claimed;     /* slots put into windows since the start: allocations, and what is left */
    int64_t remote;      /* frees of other caches' slots */
};

/* One heap. */
struct wpm_heap {
    struct arenamap map;
    uint32_t *page_span; /* id of the span that a page belongs to; NO_SPAN */
    struct mspan *span;  /* records by id; record 0 is never in use */
    uint64_t *live;      /* SPAN_WORDS words a span: slots the program holds */
    uint64_t *freed;     /* the same: live slots that a thread without the span gave back */
    struct mcache *cache;
    struct span_set *set;
    uint32_t npages HEAP_GUARDED; /* pages whose records exist: the heap has grown this far */
    uint32_t nspans HEAP_GUARDED; /* records of spans that exist */
    uint32_t ncaches;    /* caches; cache 0 is shared by threads that have none */
    uint32_t nsets;      /* (ncaches + 2) * NUM_CLASSES */
    struct lock shared_lock;
    struct lock lock AFTER_SHARED_LOCK;
    struct pagealloc pages HEAP_GUARDED; /* which pages are free */
    struct fixalloc ids HEAP_GUARDED;    /* span ids */
    int64_t span_pages HEAP_GUARDED;     /* pages in spans */
    int64_t released_pages HEAP_GUARDED; /* free pages that the system has (policy; see mheap.c) */
    int64_t large_allocs HEAP_GUARDED;   /* large objects handed out since the start */
    int64_t large_frees HEAP_GUARDED;
    int64_t stray;           /* address of a slot freed twice that a merge has found; 0: none */
    uintptr_t metadata;      /* the reservation of the arrays; 0: inside the caller's region */
    uint64_t metadata_bytes;
    uint32_t grow_limit;     /* pages the heap may grow to */
    uint32_t owned;          /* 1: the heap reserved its memory itself */
};

/* What guards a field, to clang: the lock of a heap, whichever. In C an attribute of a field cannot
 * name the structure that the field is in, nor, before its end, another of its kind. */
LOCK_DECLARATION(extern struct wpm_heap some_heap;)
LOCK_DECLARATION(struct lock *some_heap_lock(void) LOCK_ATTRIBUTE(lock_returned(some_heap.lock));)

#include "../spec/heap.acsl"

/* Sets of spans with frees pending, one for each cache and class. */
/*@ requires range: cache < MAX_CACHES && k < NUM_CLASSES;
    assigns \nothing;
    ensures set: \result == cache * NUM_CLASSES + k;
*/
static inline uint32_t set_pending(uint32_t cache, uint32_t k) { return cache * NUM_CLASSES + k; }

/* A class's central sets: spans without an owner, with and without a free slot. */
/*@ requires range: \valid_read(h) && h->ncaches <= MAX_CACHES && k < NUM_CLASSES;
    assigns \nothing;
    ensures set: \result == h->ncaches * NUM_CLASSES + k;
*/
static inline uint32_t set_partial(const struct wpm_heap *h, uint32_t k)
{
    return h->ncaches * NUM_CLASSES + k;
}
/*@ requires range: \valid_read(h) && h->ncaches <= MAX_CACHES && k < NUM_CLASSES;
    assigns \nothing;
    ensures set: \result == (h->ncaches + 1) * NUM_CLASSES + k;
*/
static inline uint32_t set_full(const struct wpm_heap *h, uint32_t k)
{
    return (h->ncaches + 1) * NUM_CLASSES + k;
}

#endif
