/* poolcheck.h -- do the page table, the records of spans, the free pages, the ids and the counters
 * of a heap agree? Proved: each check is true exactly when its predicate is (spec/heap.acsl,
 * spec/ownership.acsl).
 *
 * What a check relies on is its precondition: heapcheck.h asks in that order. Nothing is written.
 * No thread is at work in the heap.
 */
#ifndef WPM_POOLCHECK_H
#define WPM_POOLCHECK_H

#include "heap.h"

#include <stdbool.h>

#include "../spec/poolcheck.acsl"

/* The pages of a span name it. */
/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    assigns \nothing;
    ensures checked: \result == true <==> PagesOfSpans(h);
*/
bool poolcheck_pages_of_spans(const struct wpm_heap *h) HEAP_LOCKED(h);

/* A page that names a span is one of its pages. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SpansOfPages(h);
*/
bool poolcheck_spans_of_pages(const struct wpm_heap *h) HEAP_LOCKED(h);

/* A page that names a span is not free. */
/*@ requires memory: HeapMemory(h) && PoolsMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> PagesTaken(h);
*/
bool poolcheck_taken(const struct wpm_heap *h) HEAP_LOCKED(h);

/* A page that names none is free, or a fence. */
/*@ requires memory: HeapMemory(h) && PoolsMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> PagesKept(h);
*/
bool poolcheck_kept(const struct wpm_heap *h) HEAP_LOCKED(h);

/* Pages that the heap has not grown to are not free. */
/*@ requires memory: HeapMemory(h) && PoolsMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> PagesBeyond(h);
*/
bool poolcheck_beyond(const struct wpm_heap *h) HEAP_LOCKED(h);

/* The counter of pages in spans is exact. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> PagesCounted(h);
*/
bool poolcheck_counted(const struct wpm_heap *h) HEAP_LOCKED(h);

/* The counter of released pages is exact. */
/*@ requires memory: HeapMemory(h) && PoolsMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> ReleasedCounted(h, h->pages.npages);
*/
bool poolcheck_released(const struct wpm_heap *h) HEAP_LOCKED(h);

/* The pool of ids is sound. */
/*@ requires memory: HeapMemory(h) && PoolsMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> IdsValid(h);
*/
bool poolcheck_ids(const struct wpm_heap *h) HEAP_LOCKED(h);

/* An id is in use exactly when its record is. */
/*@ requires memory: HeapMemory(h) && PoolsMemory(h);
    requires ids: IdsValid(h);
    assigns \nothing;
    ensures checked: \result == true <==> IdsTaken(h);
*/
bool poolcheck_ids_taken(const struct wpm_heap *h) HEAP_LOCKED(h);

#endif
