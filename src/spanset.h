/* spanset.h -- sets of spans by id: first in, first out, with removal from the middle.
 *
 * The links stand in the span records, so a span is in one set at most, and `place` names it. A set is
 * its owner's: the pending sets of a cache belong to the cache's thread, the central sets to the heap
 * lock. First in, first out lets a span gather frees while it waits, and delays the reuse of a slot.
 */
#ifndef WPM_SPANSET_H
#define WPM_SPANSET_H

#include "heap.h"

/* File span `s`, in no set, at the tail of set `n`. */
void spanset_push(struct wpm_heap *h, uint32_t n, uint32_t s);

/* Take span `s` out of the set that it is in. */
void spanset_remove(struct wpm_heap *h, uint32_t s);

/* Take the head of set `n`; NO_SPAN when the set is empty. */
uint32_t spanset_pop(struct wpm_heap *h, uint32_t n);

#endif
