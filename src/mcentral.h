/* mcentral.h -- a class's spans without an owner: partial and full sets.
 *
 * Spans come here when their owner's thread ends and leave when a cache runs out. A remote free
 * into a full one moves it to the partial set, so no memory is stranded. New spans come from the
 * heap through here, and empty ones go back, so that a cache knows of no pages. All functions are
 * called with the heap lock held.
 */
#ifndef WPM_MCENTRAL_H
#define WPM_MCENTRAL_H

#include "heap.h"

#include "../spec/filed.acsl"

/* A span of class `k` with a free slot, in hand; NO_SPAN when the partial set is empty. */
/*@ requires valid: HeapValid(h);
    requires class: ClassServes(k);
    assigns HEAP_LINKS(h);
    ensures valid: HeapValid(h);
    ensures range: \result < h->nspans;
    ensures span: \result != NO_SPAN ==> InUse(h, \result) && h->span[\result].span_class == k &&
      h->span[\result].place == PLACE_HAND;
    ensures none: \result == NO_SPAN ==> h->set[h->ncaches * NUM_CLASSES + k].head == NO_SPAN;
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures owners: \forall integer t; 0 <= t < h->nspans ==>
      h->span[t].owner == \old(h->span[t].owner) && h->span[t].remote_next ==
        \old(h->span[t].remote_next);
    ensures places: \forall integer t; 0 <= t < h->nspans ==> t != \result ==>
      h->span[t].place == \old(h->span[t].place);
*/
uint32_t mcentral_take(struct wpm_heap *h, uint32_t k) HEAP_LOCKED(h);

/* A new span of class `k`, in hand, no slot of it live; NO_SPAN when there is no run of pages for
 * it, or no record. */
/*@ requires valid: HeapValid(h);
    requires table: ClassTableValid && ClassServes(k);
    assigns HEAP_TAKEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures range: \result < h->nspans;
    ensures span: \result != NO_SPAN ==> InUse(h, \result) && h->span[\result].span_class == k &&
      h->span[\result].place == PLACE_HAND;
    ensures free: \result != NO_SPAN ==> \forall integer w, j; WordOf(\result, w) ==>
      0 <= j < 64 ==> Bit(h->live[w], j) == 0 && Bit(h->freed[w], j) == 0;
    ensures none: \result == NO_SPAN ==> NoSpanFor(h, class_table[k].span_pages);
    ensures shapes: ShapesChanged{Pre,Post}(h, \result);
    ensures places: PlacesChanged{Pre,Post}(h, \result);
*/
uint32_t mcentral_new(struct wpm_heap *h, uint32_t k) HEAP_LOCKED(h);

/* Span `s`, in hand, none of its slots live or freed by a stranger, ceases to exist. */
/*@ requires valid: HeapValid(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0 && h->span[s].place == PLACE_HAND;
    requires empty: \forall integer w; WordOf(s, w) ==> h->live[w] == 0;
    requires merged: \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==>
      Bit(h->freed[w], j) == 0;
    assigns HEAP_GIVEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures places: PlacesChanged{Pre,Post}(h, s);
    ensures others: OthersStay{Pre,Post}(h, s);
    ensures gone: h->span[s].npages == 0;
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
void mcentral_free(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h);

/* File span `s`, in hand, without a window: merged, then to the heap when it is empty, else to the
 * partial or the full set of its class. */
/*@ requires valid: HeapValid(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0 && h->span[s].place == PLACE_HAND;
    assigns HEAP_GIVEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures others: OthersStay{Pre,Post}(h, s);
    ensures owner: h->span[s].owner == OWNER_NONE || h->span[s].owner == OWNER_CENTRAL;
    ensures filed: FiledByUse(h, s);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
void mcentral_file(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h);

/* A slot of span `s`, in the full set of its class, has been freed: file it anew. */
/*@ requires valid: HeapValid(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0 &&
      h->span[s].place == PLACE_SET + (h->ncaches + 1) * NUM_CLASSES + h->span[s].span_class;
    requires owner: h->span[s].owner == OWNER_NONE;
    assigns HEAP_GIVEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures others: OthersStay{Pre,Post}(h, s);
    ensures owner: h->span[s].owner == OWNER_NONE || h->span[s].owner == OWNER_CENTRAL;
    ensures filed: FiledByUse(h, s);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
void mcentral_refile(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h);

#endif
