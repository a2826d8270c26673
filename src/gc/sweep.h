/* sweep.h -- the objects that bear no mark end.
 *
 * Marks lie beside the heap, a bit for each slot in the order of its own. A sweep frees what the
 * program holds and nobody has marked, by the way that any free goes: spans that become empty go
 * back, spans that are no longer full serve again. Explicit frees work on beside it, before and
 * after, since an object is held or not whoever has ended it. The sweep of a span is a step of
 * bounded length; between two steps the program may go on, if what it allocates is marked until
 * its span is swept.
 */
#ifndef WPM_GC_SWEEP_H
#define WPM_GC_SWEEP_H

#include "../alloc.h"
#include "../objects.h"

#include "../../spec/sweep.acsl"

/* Sweep span `s`, through cache `c`. How many objects have ended. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires span: 0 < s < h->nspans;
    requires marks: MarksGiven(h, mark, h->nspans * SPAN_WORDS);
    assigns HEAP_SWEPT(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures swept: Swept{Pre,Post}(h, mark, s * SPAN_WORDS, s * SPAN_WORDS + SPAN_WORDS);
    ensures few: \result <= SPAN_SLOTS;
*/
uint32_t sweep_span(struct wpm_heap *h, struct mcache *c, const uint64_t *mark, uint32_t s)
    HEAP_UNLOCKED(h);

#endif
