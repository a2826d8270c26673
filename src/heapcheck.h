/* heapcheck.h -- is a heap sound, and if not, what is wrong with it? The whole invariant of
 * spec/heap.acsl as a program, proved to say what the invariant says.
 *
 * Any values may stand in the records: a check reads by an index only after the checks before it
 * have shown that it is in range. What no program can ask is left to the caller: that the arrays
 * are there, as long as the heap's fields say, and apart, and that the map of addresses is sound.
 * The heap is at rest: no other thread is at work in it. Time in proportion to its pages, caches
 * and sets; nothing is written and nothing allocated.
 */
#ifndef WPM_HEAPCHECK_H
#define WPM_HEAPCHECK_H

#include "cachecheck.h"
#include "pagecheck.h"
#include "poolcheck.h"
#include "setcheck.h"
#include "spancheck.h"

/* What is wrong: one constant a predicate, in the order in which they are asked. (SetSmall has
 * none: it follows from SpanLarge and SpanUnused.) */
enum heap_fault {
    HEAP_SOUND = 0,
    HEAP_SIZES,            /* sizes of arrays that do not fit each other */
    HEAP_SPAN_ZERO,        /* record 0 is in use */
    HEAP_SPAN_SHAPE,       /* a span out of the heap's pages, or with a class that is none */
    HEAP_SPAN_SMALL,       /* a span that has not the shape of its class */
    HEAP_SPAN_LARGE,       /* a large object's span that is filed, owned, or of several slots */
    HEAP_SPAN_UNUSED,      /* a record that is not in use but somewhere */
    HEAP_OWNERS,           /* a span whose owner is nobody */
    HEAP_SLOTS_INSIDE,     /* a live bit beyond a span's last slot */
    HEAP_FREED_SMALL,      /* a freed bit of a span without a class, or of none */
    HEAP_PAGES_OF_SPANS,   /* a span's page that does not name it */
    HEAP_SPANS_OF_PAGES,   /* a page that names a span which has not got it */
    HEAP_PAGES_TAKEN,      /* a span's page that is free */
    HEAP_PAGES_KEPT,       /* a page that is lost: neither free nor a span's */
    HEAP_PAGES_BEYOND,     /* a free page that the heap has not grown to */
    HEAP_PAGES_COUNTED,    /* the counter of pages in spans */
    HEAP_POOL_SUMMARIES,   /* a summary of free pages that says what is not so */
    HEAP_POOL_SEARCH,      /* a free page below the one where searches start */
    HEAP_POOL_RELEASED,    /* a released page that is not free */
    HEAP_POOL_COUNT,       /* the counter of free pages */
    HEAP_RELEASED_COUNTED, /* the counter of released pages */
    HEAP_IDS,              /* the pool of span ids */
    HEAP_IDS_TAKEN,        /* an id in use whose record is not, or the other way about */
    HEAP_ENTRIES,          /* a cache's entry whose span is not its current one */
    HEAP_ENTRY_ADDRESSES,  /* a cache's entry with a wrong address or size */
    HEAP_WINDOWS,          /* a slot to hand out that is live, freed, or does not exist */
    HEAP_PLACES,           /* a span that is not where it says it is */
    HEAP_CACHES,           /* a cache that does not know its number */
    HEAP_SET_NEXT,         /* a link of a set, forward */
    HEAP_SET_PREV,         /* a link of a set, backward */
    HEAP_SET_ENDS,         /* a set's head or tail that is not in it, or not at its end */
    HEAP_SET_CLASSES       /* a span in a set of another class */
};

#include "../spec/heapcheck.acsl"

/* HEAP_SOUND when the invariant holds, else the first fault in the order above. */
/*@ requires checkable: HeapCheckable(h);
    assigns \nothing;
    ensures sound: \result == HEAP_SOUND <==> HeapValid(h);
    ensures fault: \result != HEAP_SOUND ==> !HeapWithout(h, \result);
    ensures first: \forall integer f; HEAP_SOUND < f < \result ==> HeapWithout(h, f);
*/
enum heap_fault heap_check(const struct wpm_heap *h) HEAP_LOCKED(h);

#endif
