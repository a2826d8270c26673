/* large.c -- see large.h */
#include "large.h"

#include "counter.h"
#include "heaplock.h"
#include "mheap.h"
#include "mspan.h"

#include "../spec/alloc.acsl"
#include "../spec/mcentral.acsl"
#include "../spec/large.acsl"

/* One more large object has begun, or ended. */
/*@ requires valid: HeapValid(h);
    requires counter: counter == &h->large_allocs || counter == &h->large_frees;
    assigns *counter;
    ensures valid: HeapValid(h);
    ensures counted: \old(*counter) < INT64_MAX ==> *counter == \old(*counter) + 1;
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, NO_SPAN);
*/
static inline void count(struct wpm_heap *h, int64_t *counter) HEAP_LOCKED(h)
{
    (void)h;
    *counter = counter_add(*counter, 1);
    //@ assert pages: PagesSame{Pre,Here}(h);
    //@ assert entries: EntriesSame{Pre,Here}(h);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert pools: PagesValid(h) && PagesCounted(h);
    //@ assert spans: SpanShape(h) && EntryAddresses(h);
}

/* As large_alloc, under the heap lock, but for the counter. */
/*@ requires valid: HeapValid(h);
    requires size: 1 <= npages <= MAX_PAGES && align_pages <= MAX_PAGES;
    requires out: \valid(zero);
    assigns *zero, HEAP_BEGUN(h);
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
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static inline uint32_t alloc_locked(struct wpm_heap *h, uint32_t npages, uint32_t align_pages,
                                    bool *zero) HEAP_LOCKED(h)
{
    uint32_t s = mheap_alloc_large(h, npages, align_pages, zero);
    //@ assert sets: h->nsets == \at(h->nsets, Pre);
    /*@ assert fresh: \forall integer t; s <= t <= s ==> 0 < t < \at(h->nspans, Pre) ==>
          \at(h->span[t].place, Pre) == PLACE_NONE; */
    //@ assert places: PlacesStay{Pre,Here}(h, s);
    //@ assert moved: SpanMoved{Pre,Here}(h, s);
    //@ assert placed: h->span[s].place < PLACE_SET && OwnerAt(h, s);
    //@ assert owners: OwnersSound(h);
    //@ assert words: WordsStay{Pre,Here}(h, s);
    //@ assert empty: s < \at(h->nspans, Pre) ==> SpanEmpty{Pre}(h, s);
    //@ assert held: s != NO_SPAN ==> LargeHeld(h, s);
    /*@ assert no_run: s == NO_SPAN ==> align_pages <= 1 ==> npages + align_pages <= MAX_PAGES ==>
          NoSpanFor(h, npages); */
    /*@ assert no_aligned: s == NO_SPAN ==> align_pages > 1 ==>
          npages + align_pages <= MAX_PAGES ==> NoSpanFor(h, npages + align_pages); */
    return s;
}

uint32_t large_alloc(struct wpm_heap *h, uint32_t npages, uint32_t align_pages, bool *zero)
{
    heap_lock(h);
    uint32_t s = alloc_locked(h, npages, align_pages, zero);
    if (s != NO_SPAN) count(h, &h->large_allocs);
    heap_unlock(h);
    return s;
}

/* Span `s`, which is a large object, ceases to exist. */
/*@ requires valid: HeapValid(h);
    requires held: LargeHeld(h, s);
    assigns HEAP_ENDED(h);
    ensures valid: HeapValid(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures still: HeldStill{Pre,Post}(h);
    ensures less: HeldLess{Pre,Post}(h, s, 0);
*/
static inline void end_large(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    mheap_free_span(h, s);
    //@ assert places: PlacesStay{Pre,Here}(h, s);
    //@ assert moved: SpanMoved{Pre,Here}(h, s);
    //@ assert placed: h->span[s].place < PLACE_SET && OwnerAt(h, s);
    //@ assert owners: OwnersSound(h);
    //@ assert words: WordsStay{Pre,Here}(h, s);
    //@ assert empty: SpanEmpty(h, s);
    //@ assert was: LargeHeld{Pre}(h, s) && SlotsInside{Pre}(h) && FreedSmall{Pre}(h);
    //@ assert less: HeldStayBut{Pre,Here}(h, s) && HeldLess{Pre,Here}(h, s, 0);
}

/* As large_free, under the heap lock. */
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
static wpm_status free_locked(struct wpm_heap *h, uint32_t s, uintptr_t address) HEAP_LOCKED(h)
{
    bool large = h->span[s].place == PLACE_LARGE;
    if (large && arenamap_address(&h->map, h->span[s].start) != address) return WPM_INTERIOR;
    if (!large || mspan_is_live(h, s, 0) == 0) return WPM_DOUBLE_FREE;
    //@ assert held: LargeHeld(h, s) && SlotsInside(h) && FreedSmall(h);
    end_large(h, s);
    //@ ghost Ended: ;
    count(h, &h->large_frees);
    //@ assert shapes: ShapesChanged{Ended,Here}(h, NO_SPAN);
    //@ assert kept: EntriesSame{Pre,Here}(h) && HeldLess{Pre,Here}(h, s, 0);
    //@ assert still: HeldStill{Pre,Here}(h);
    return WPM_OK;
}

wpm_status large_free(struct wpm_heap *h, uint32_t s, uintptr_t address)
{
    heap_lock(h);
    wpm_status status = free_locked(h, s, address);
    heap_unlock(h);
    return status;
}

/* As large_resize, of what is a large object, under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires span: InUse(h, s) && h->span[s].place == PLACE_LARGE && 1 <= npages;
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
static inline bool resize_locked(struct wpm_heap *h, uint32_t s, uint32_t npages) HEAP_LOCKED(h)
{
    //@ assert was: h->span[s].span_class == 0;
    bool done = mheap_resize_large(h, s, npages);
    //@ assert places: PlacesStay{Pre,Here}(h, s);
    //@ assert moved: SpanMoved{Pre,Here}(h, s);
    //@ assert placed: h->span[s].place < PLACE_SET && OwnerAt(h, s);
    //@ assert owners: OwnersSound(h);
    //@ assert own: done == false ==> ShapeSame{Pre,Here}(h, s);
    /*@ assert same: done == false ==> \forall integer t; 0 < t < h->nspans ==>
          ShapeSame{Pre,Here}(h, t); */
    return done;
}

bool large_resize(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    heap_lock(h);
    bool done = h->span[s].place == PLACE_LARGE && resize_locked(h, s, npages);
    heap_unlock(h);
    return done;
}
