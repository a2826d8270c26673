/* heap.h -- the records of one heap: what they mean, who may touch them, what always holds.
 *
 * A heap is a value. Its pages are numbered densely; a span is a run of pages that serves slots of one
 * size class, or one large object. Spans have ids; everything about a span stands in arrays indexed
 * by its id, apart from the memory it serves. For each span eight words of `live` bits say which slots
 * the program holds, and eight of `freed` which of those another thread has given back since.
 *
 * Zero-filled arrays are an empty heap, so that metadata in proportion to a large address space costs
 * nothing until it is used. The invariant is spec/heap.acsl; its predicates carry the names used here.
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
#include "pagecache.h"
#include "sizeclass.h"

#include <stdbool.h>
#include <stdint.h>

/* Where a span is. Exactly one place; it changes under the lock of the place that gives. */
#define PLACE_NONE 0u    /* the record is not in use */
#define PLACE_LARGE 1u   /* one large object */
#define PLACE_CURRENT 2u /* the span a cache hands slots out of: owner's alone */
#define PLACE_PARKED 3u  /* full, kept by its owner, in no set */
#define PLACE_HAND 4u    /* on its way from one place to another, inside one function */
#define PLACE_SET 5u     /* PLACE_SET + n: in span set n */

#define NO_SPAN 0u           /* not a span id */
#define OWNER_NONE 0u   /* no cache owns the span; a free into it needs attention */
#define OWNER_CENTRAL 0xfffffff0u  /* none, and a free needs no attention: central, not full */
#define OWNER_STRANGER 0xfffffff2u /* of a cache that owns no span: equal to no span's owner */

#define QUEUE_END 0xffffffffu /* the last span of a queue of remote frees */

/* One span. `base`, `start`, `npages`, `slot_bytes`, `magic`, `nslots`, `span_class` are constant while
 * the span lives and read without a lock by free; `owner` is written under the giver's lock or by the
 * owner and read by anyone; the rest belongs to the owner, or to the heap lock when there is none. */
struct mspan {
    uintptr_t base;       /* address of the first byte */
    uint32_t start;       /* first page */
    uint32_t npages;      /* pages; 0: the record is not in use */
    uint32_t slot_bytes;  /* bytes of a slot; 0: a large object */
    uint32_t magic;       /* ceil(2^32 / slot_bytes); 0: a large object */
    uint32_t nslots;      /* slots; 1: a large object */
    uint32_t used;        /* slots that are live or in the owner's window */
    uint32_t owner;       /* 2 (cache + 1), one more while parked; OWNER_NONE */
    uint32_t place;       /* PLACE_... */
    uint32_t span_class;  /* size class; 0: a large object */
    uint32_t dirty_words; /* words below this one may hold slots that are not zero */
    uint32_t next;        /* in a span set: the span after this one, NO_SPAN at the tail */
    uint32_t prev;        /* in a span set: the span before this one, NO_SPAN at the head */
    uint32_t remote_next; /* in a queue of remote frees: next id, QUEUE_END; 0: not queued */
    uint32_t spare;
};
_Static_assert(sizeof(struct mspan) == 64, "a span record is one cache line");

/* A set of spans: a doubly linked list by ids, first in first out. Zero-filled is empty. */
struct span_set {
    uint32_t head; /* the span filed first; NO_SPAN when empty */
    uint32_t tail; /* the span filed last; NO_SPAN when empty */
};

/* What a cache hands out of a class: the window is one word of free slots, claimed from a span. */
struct cache_entry {
    uint64_t window;     /* claimed slots of one word: bit set is free to hand out */
    uintptr_t base;      /* address of the word's first slot */
    uint32_t word;       /* index of the word in `live` */
    uint32_t slot_bytes; /* bytes of a slot */
    uint32_t span;       /* id of the current span; NO_SPAN: none */
    uint32_t dirty;      /* 0: the slots of the window are zero */
};

/* A thread's cache. Only its thread touches it, but for the queue, which the heap lock guards. */
struct mcache {
    struct cache_entry entry[NUM_CLASSES];
    uint32_t owner;       /* 2 (index + 1), as in the spans it owns; OWNER_STRANGER: owns none */
    uint32_t index;       /* in the heap's array of caches */
    uint32_t remote_head; /* queue of spans with remote frees: id; NO_SPAN: empty */
    uint32_t attached;    /* 1: belongs to a thread */
    uint64_t claimed;     /* slots put into windows since the start: allocations, and what is left */
    uint64_t remote;      /* frees of other caches' slots */
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
    uint32_t npages;     /* pages whose records exist: the heap has grown this far */
    uint32_t nspans;     /* records of spans that exist */
    uint32_t ncaches;    /* caches; cache 0 is shared by threads that have none */
    uint32_t nsets;      /* (ncaches + 2) * NUM_CLASSES */
    struct lock shared_lock;
    struct lock lock;
    struct pagealloc pages;     /* which pages are free */
    struct pagecache pagecache; /* free pages taken out of it for small spans */
    struct fixalloc ids;        /* span ids */
    uint64_t span_pages;     /* pages in spans */
    uint64_t released_pages; /* free pages whose memory the system has (policy; see mheap.c) */
    uint64_t large_allocs; /* large objects handed out since the start */
    uint64_t large_frees;
    uint64_t stray;        /* address of a slot freed twice that a merge has found; 0: none */
    uint64_t retired;      /* claimed counts of caches that were detached */
    uintptr_t metadata;    /* the reservation of the arrays; 0: inside the caller's region */
    uint64_t metadata_bytes;
    uint32_t grow_limit;   /* pages the heap may grow to */
    uint32_t owned;        /* 1: the heap reserved its memory itself */
};

#include "../spec/heap.acsl"

/* The invariant of the records, conjunct by conjunct, as a contract repeats it: goals stay small, and
 * one that fails names itself. */
#define HEAP_NEEDS(h)                                                                              \
    requires memory: HeapMemory(h);                                                                \
    requires shape: SpanShape(h);                                                                  \
    requires small: SpanSmall(h);                                                                  \
    requires large: SpanLarge(h);                                                                  \
    requires unused: SpanUnused(h);                                                                \
    requires pages_of_spans: PagesOfSpans(h);                                                      \
    requires spans_of_pages: SpansOfPages(h);                                                      \
    requires inside: SlotsInside(h);                                                               \
    requires used: UsedExact(h);                                                                   \
    requires entries: EntriesValid(h);                                                             \
    requires windows: WindowsFree(h);                                                              \
    requires places: PlacesValid(h);                                                               \
    requires set_next: SetNext(h);                                                                 \
    requires set_prev: SetPrev(h);                                                                 \
    requires set_ends: SetEnds(h);
#define HEAP_KEEPS(h)                                                                              \
    ensures memory: HeapMemory(h);                                                                 \
    ensures shape: SpanShape(h);                                                                   \
    ensures small: SpanSmall(h);                                                                   \
    ensures large: SpanLarge(h);                                                                   \
    ensures unused: SpanUnused(h);                                                                 \
    ensures pages_of_spans: PagesOfSpans(h);                                                       \
    ensures spans_of_pages: SpansOfPages(h);                                                       \
    ensures inside: SlotsInside(h);                                                                \
    ensures used: UsedExact(h);                                                                    \
    ensures entries: EntriesValid(h);                                                              \
    ensures windows: WindowsFree(h);                                                               \
    ensures places: PlacesValid(h);                                                                \
    ensures set_next: SetNext(h);                                                                  \
    ensures set_prev: SetPrev(h);                                                                  \
    ensures set_ends: SetEnds(h);

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
