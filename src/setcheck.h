/* setcheck.h -- are the sets of spans sound? Proved: each check is true exactly when its predicate
 * is (spec/heap.acsl, spec/owners.acsl).
 *
 * Any values of links and places: each is compared with its range before anything is read by it.
 * Nothing is written. No thread is at work in the heap.
 */
#ifndef WPM_SETCHECK_H
#define WPM_SETCHECK_H

#include "heap.h"

#include <stdbool.h>

#include "../spec/setcheck.acsl"

/* The next of a span in a set is in the set, and names it as the one before; the last is the
 * tail. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SetNext(h);
*/
bool setcheck_next(const struct wpm_heap *h) HEAP_LOCKED(h);

/* The same the other way: the first is the head. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SetPrev(h);
*/
bool setcheck_prev(const struct wpm_heap *h) HEAP_LOCKED(h);

/* A set's head and tail are both there or neither, and are in the set. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SetEnds(h);
*/
bool setcheck_ends(const struct wpm_heap *h) HEAP_LOCKED(h);

/* A set holds spans of one class, which its number tells. */
/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures checked: \result == true <==> SetClasses(h);
*/
bool setcheck_classes(const struct wpm_heap *h) HEAP_LOCKED(h);

#endif
