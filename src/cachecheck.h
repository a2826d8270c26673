/* cachecheck.h -- are the caches sound, and the spans that they hold? Proved: each check is true
 * exactly when its predicate is (spec/heap.acsl, spec/owners.acsl).
 *
 * An entry names a span and a word of it; what is read by them is read after both are known to be
 * in range. Nothing is written. No thread is at work in the heap.
 */
#ifndef WPM_CACHECHECK_H
#define WPM_CACHECHECK_H

#include "spancheck.h"

#include "../spec/cachecheck.acsl"

/* A cache's entries: the span is current and the cache's, and the word is one of its words. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> EntriesValid(h);
*/
bool cachecheck_entries(const struct wpm_heap *h) HEAP_LOCKED(h);

/* The entries know the address of their word, and the size of their slots. */
/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    requires entries: EntriesValid(h);
    assigns \nothing;
    ensures checked: \result == true <==> EntryAddresses(h);
*/
bool cachecheck_addresses(const struct wpm_heap *h) HEAP_LOCKED(h);

/* Slots of a window exist, are not live, and bear no mark of a stranger's free. */
/*@ requires memory: HeapMemory(h);
    requires entries: EntriesValid(h);
    assigns \nothing;
    ensures checked: \result == true <==> WindowsFree(h);
*/
bool cachecheck_windows(const struct wpm_heap *h) HEAP_LOCKED(h);

/* A current span is the one in its owner's entry; a parked one has an owner; no set but the
 * heap's. */
/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    assigns \nothing;
    ensures checked: \result == true <==> PlacesValid(h);
*/
bool cachecheck_places(const struct wpm_heap *h) HEAP_LOCKED(h);

/* A cache that a thread has knows its place in the array; the first is always there. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> CachesValid(h);
*/
bool cachecheck_numbers(const struct wpm_heap *h) HEAP_LOCKED(h);

#endif
