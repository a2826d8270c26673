/* spanset.h -- sets of spans by id: first in, first out, with removal from the middle.
 *
 * The links stand in the span records, so a span is in one set at most, and `place` names it. A
 * set is its owner's: the pending sets of a cache belong to the cache's thread, the central sets
 * to the heap lock. First in, first out lets a span gather frees while it waits, and delays the
 * reuse of a slot.
 */
#ifndef WPM_SPANSET_H
#define WPM_SPANSET_H

#include "heap.h"

/* File span `s`, in no set, at the tail of set `n`. */
/*@ requires memory: HeapMemory(h);
    requires next: SetNext(h);
    requires prev: SetPrev(h);
    requires ends: SetEnds(h);
    requires set: n < h->nsets;
    requires span: 0 < s < h->nspans && h->span[s].place < PLACE_SET;
    assigns h->span[s].next, h->span[s].prev, h->span[s].place, h->span[h->set[n].tail].next,
            h->set[n].head, h->set[n].tail;
    ensures next: SetNext(h);
    ensures prev: SetPrev(h);
    ensures ends: SetEnds(h);
    ensures filed: h->span[s].place == PLACE_SET + n;
    ensures last: h->set[n].tail == s;
    ensures first: h->set[n].head == (\old(h->set[n].head) == NO_SPAN ? s : \old(h->set[n].head));
    ensures stay: PlacesStay{Pre,Post}(h, s);
    ensures owner: h->span[s].owner == \old(h->span[s].owner);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
*/
void spanset_push(struct wpm_heap *h, uint32_t n, uint32_t s);

/* Take span `s` out of the set that it is in; it is in hand then. */
/*@ requires memory: HeapMemory(h);
    requires next: SetNext(h);
    requires prev: SetPrev(h);
    requires ends: SetEnds(h);
    requires span: 0 < s < h->nspans && h->span[s].place >= PLACE_SET;
    assigns h->span[s].place, h->span[h->span[s].next].prev, h->span[h->span[s].prev].next,
            h->set[h->span[s].place - PLACE_SET].head, h->set[h->span[s].place - PLACE_SET].tail;
    ensures next: SetNext(h);
    ensures prev: SetPrev(h);
    ensures ends: SetEnds(h);
    ensures taken: h->span[s].place == PLACE_HAND;
    ensures stay: PlacesStay{Pre,Post}(h, s);
    ensures owner: h->span[s].owner == \old(h->span[s].owner);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
*/
void spanset_remove(struct wpm_heap *h, uint32_t s);

/* Take the head of set `n`, which is in hand then; NO_SPAN, and all as before, when it is empty. */
/*@ requires memory: HeapMemory(h);
    requires next: SetNext(h);
    requires prev: SetPrev(h);
    requires ends: SetEnds(h);
    requires set: n < h->nsets;
    assigns h->span[h->set[n].head].place, h->span[0 .. h->nspans - 1].next,
            h->span[0 .. h->nspans - 1].prev, h->set[n].head, h->set[n].tail;
    ensures next: SetNext(h);
    ensures prev: SetPrev(h);
    ensures ends: SetEnds(h);
    ensures head: \result == \old(h->set[n].head);
    ensures some: \result != NO_SPAN ==> 0 < \result < h->nspans &&
      \old(h->span[\result].place) == PLACE_SET + n && h->span[\result].place == PLACE_HAND;
    ensures none: \result == NO_SPAN ==>
      h->span[0].place == \old(h->span[0].place) && h->set[n].head == NO_SPAN &&
      h->set[n].tail == \old(h->set[n].tail);
    ensures stay: PlacesStay{Pre,Post}(h, \result);
    ensures owners: \forall integer t; 0 <= t < h->nspans ==>
      h->span[t].owner == \old(h->span[t].owner) &&
      h->span[t].remote_next == \old(h->span[t].remote_next);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
*/
uint32_t spanset_pop(struct wpm_heap *h, uint32_t n);

#endif
