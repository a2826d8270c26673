/* statistics.h -- figures of a heap: pages, objects, calls.
 *
 * Figures of pages are counters of the heap; spans and objects are counted anew. Calls are never
 * counted one by one: of small allocations a heap knows how many slots its caches have claimed and
 * how many of these are left in windows. Exact while no other thread is at work; else a figure may
 * be a few steps older than the next, and none of them wraps: sums stop at the largest value,
 * differences at 0. Time in proportion to the spans and caches of the heap.
 */
#ifndef WPM_STATISTICS_H
#define WPM_STATISTICS_H

#include "heap.h"
#include "wpmalloc.h"

#include "../spec/statistics.acsl"

/* The figures of heap `h`. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
    ensures pages: FiguresPages(h, \result);
    ensures sum: \result.span_bytes + \result.free_bytes == \result.committed_bytes;
    ensures held: FiguresHeld(h, \result);
    ensures live: \result.live_bytes <= \result.committed_bytes;
    ensures calls: FiguresCalls(h, \result);
*/
wpm_statistics statistics_read(const struct wpm_heap *h) HEAP_LOCKED(h);

#endif
