/* spancheck.h -- are the records of spans sound? Proved: each check is true exactly when its
 * predicate is (spec/heap.acsl, spec/ownership.acsl, spec/owners.acsl).
 *
 * A check reads nothing that it has not been told is sound: what it relies on is its precondition,
 * and heapcheck.h asks in that order. Nothing is written. No thread is at work in the heap.
 */
#ifndef WPM_SPANCHECK_H
#define WPM_SPANCHECK_H

#include "heap.h"

#include <stdbool.h>

#include "../spec/spancheck.acsl"

/* The bits of word `word` of a span that are no slots of it, where it has `nslots`. */
/*@ requires word: word < SPAN_WORDS;
    assigns \nothing;
    ensures bits: \forall integer j; 0 <= j < 64 ==>
      Bit(\result, j) == (nslots <= word * 64 + j ? 1 : 0);
*/
static inline uint64_t spancheck_beyond(uint32_t nslots, uint32_t word)
{
    uint32_t first = word * 64;
    if (nslots <= first) return bits_not(0);
    return bits_not(bits_below(nslots - first < 64 ? nslots - first : 64));
}

/* Record 0 is never in use. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SpanZero(h);
*/
bool spancheck_zero(const struct wpm_heap *h) HEAP_LOCKED(h);

/* Spans lie inside the pages that exist, and have a class. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SpanShape(h);
*/
bool spancheck_shape(const struct wpm_heap *h) HEAP_LOCKED(h);

/* Spans of small slots have the shape of their class. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SpanSmall(h);
*/
bool spancheck_small(const struct wpm_heap *h) HEAP_LOCKED(h);

/* Spans without a class are one large object. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SpanLarge(h);
*/
bool spancheck_large(const struct wpm_heap *h) HEAP_LOCKED(h);

/* A record that is not in use has no slots and is nowhere. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SpanUnused(h);
*/
bool spancheck_unused(const struct wpm_heap *h) HEAP_LOCKED(h);

/* No slot beyond a span's last is live. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SlotsInside(h);
*/
bool spancheck_slots(const struct wpm_heap *h) HEAP_LOCKED(h);

/* Only spans with classes have slots that others have freed. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> FreedSmall(h);
*/
bool spancheck_freed(const struct wpm_heap *h) HEAP_LOCKED(h);

/* A span's owner is a cache, or none; a cache's number is odd only while the span is parked. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> OwnersValid(h);
*/
bool spancheck_owners(const struct wpm_heap *h) HEAP_LOCKED(h);

#endif
