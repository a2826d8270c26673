/* large.h -- large objects: each a span of its own, whole pages.
 *
 * A large object is slot 0 of its span, and the only one; its live bit says that the program holds
 * it. Requests above MAX_SMALL_SIZE come here, and those for an alignment that no class has. All
 * functions take the heap lock themselves.
 */
#ifndef WPM_LARGE_H
#define WPM_LARGE_H

#include "heap.h"
#include "wpmalloc.h"

/* A large object of `npages` pages at a multiple of `align_pages` pages: the id of its span, or
 * NO_SPAN. *zero: whether its memory is zero. */
/*@ requires valid: HeapValid(h);
    requires size: 1 <= npages <= MAX_PAGES && align_pages <= MAX_PAGES;
    requires out: \valid(zero);
    assigns *zero, HEAP_BEGUN(h), h->large_allocs;
    ensures valid: HeapValid(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures stay: HeldStay{Pre,Post}(h);
    ensures none: \result == NO_SPAN ==> HeldSame{Pre,Post}(h) &&
      (npages + align_pages > MAX_PAGES ||
       NoSpanFor(h, align_pages <= 1 ? npages : npages + align_pages));
    ensures same: \result == NO_SPAN ==> ShapesChanged{Pre,Post}(h, NO_SPAN) &&
      PlacesChanged{Pre,Post}(h, NO_SPAN);
    ensures some: \result != NO_SPAN ==> InUse(h, \result) && h->span[\result].span_class == 0 &&
      h->span[\result].npages == npages;
    ensures more: \result != NO_SPAN ==> HeldMore{Pre,Post}(h, \result, 0);
    ensures aligned: \result != NO_SPAN ==> align_pages > 1 ==>
      SpanAddress(h, \result) % (align_pages * PAGE_SIZE) == 0;
    ensures counted: \result != NO_SPAN && \old(h->large_allocs) < INT64_MAX ==>
      h->large_allocs == \old(h->large_allocs) + 1;
    ensures uncounted: \result == NO_SPAN ==> h->large_allocs == \old(h->large_allocs);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
uint32_t large_alloc(struct wpm_heap *h, uint32_t npages, uint32_t align_pages, bool *zero)
    HEAP_UNLOCKED(h);

/* End the life of the large object of span `s`, if it has one that starts at `address`. (The
 * caller has read without the lock what the span is: another thread may have ended it since.) */
/*@ requires valid: HeapValid(h);
    requires span: s < h->nspans;
    assigns HEAP_ENDED(h), h->large_frees;
    ensures valid: HeapValid(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures still: HeldStill{Pre,Post}(h);
    ensures status: \result == WPM_OK || \result == WPM_INTERIOR || \result == WPM_DOUBLE_FREE;
    ensures freed: \result == WPM_OK ==> SlotStarts{Pre}(h, s, 0, address) &&
      HeldSlot{Pre}(h, s, 0) && HeldLess{Pre,Post}(h, s, 0);
    ensures interior: \result == WPM_INTERIOR ==> address != SpanAddress{Pre}(h, s);
    ensures dead: \result == WPM_DOUBLE_FREE ==> InUse{Pre}(h, s) ==>
      \old(h->span[s].span_class) == 0 ==> SlotStarts{Pre}(h, s, 0, address) &&
      !HeldSlot{Pre}(h, s, 0);
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(h);
    ensures counted: \result == WPM_OK && \old(h->large_frees) < INT64_MAX ==>
      h->large_frees == \old(h->large_frees) + 1;
    ensures uncounted: \result != WPM_OK ==> h->large_frees == \old(h->large_frees);
*/
wpm_status large_free(struct wpm_heap *h, uint32_t s, uintptr_t address) HEAP_UNLOCKED(h);

/* Make the live large object of span `s`, if that is what it still is, `npages` pages long where
 * it lies; false, and nothing has changed, when the pages behind it are taken. */
/*@ requires valid: HeapValid(h);
    requires span: s < h->nspans && 1 <= npages;
    assigns HEAP_ENDED(h);
    ensures valid: HeapValid(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures held: HeldSame{Pre,Post}(h);
    ensures stay: HeldStayBut{Pre,Post}(h, s);
    ensures start: h->span[s].start == \old(h->span[s].start) && h->span[s].first ==
      \old(h->span[s].first);
    ensures slot: h->span[s].nslots == \old(h->span[s].nslots) && h->span[s].span_class ==
      \old(h->span[s].span_class);
    ensures done: \result == true ==> h->span[s].npages == npages;
    ensures refused: \result == false ==> HeldStay{Pre,Post}(h);
*/
bool large_resize(struct wpm_heap *h, uint32_t s, uint32_t npages) HEAP_UNLOCKED(h);

#endif
