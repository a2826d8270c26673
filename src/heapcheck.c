/* heapcheck.c -- the checks, each after those that it relies on. */
#include "heapcheck.h"

/*@ requires checkable: HeapCheckable(h);
    assigns \nothing;
    ensures checked: \result == true <==> HeapSizes(h);
*/
static bool sizes_valid(const struct wpm_heap *h) HEAP_LOCKED(h)
{
    const struct pagealloc *pages = &h->pages;
    if (h->nspans < 1 || h->nspans > MAX_PAGES + 1 || h->npages > h->map.npages) return false;
    if (h->ncaches < 1 || h->ncaches > MAX_CACHES) return false;
    if (h->nsets != (h->ncaches + 2) * NUM_CLASSES) return false;
    if (pages->npages == 0 || pages->npages > MAX_PAGES) return false;
    if (pages->npages % CHUNK_PAGES != 0) return false;
    return h->nspans - 1 == h->npages && h->ids.capacity == h->nspans &&
           h->ids.used < h->ids.capacity && h->npages <= h->grow_limit &&
           h->grow_limit <= h->map.npages && h->map.npages <= pages->npages;
}

/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures sound: \result == HEAP_SOUND ==> SpanZero(h) && SpanShape(h) && SpanSmall(h) &&
      SpanLarge(h) && SpanUnused(h) && OwnersValid(h) && SlotsInside(h) && FreedSmall(h);
    ensures range: \result == HEAP_SOUND || HEAP_SPAN_ZERO <= \result <= HEAP_FREED_SMALL;
    ensures fault: \result != HEAP_SOUND ==> !HeapWithout(h, \result);
    ensures first: \forall integer f; HEAP_SPAN_ZERO <= f <= HEAP_FREED_SMALL ==>
      \result == HEAP_SOUND || f < \result ==> HeapWithout(h, f);
*/
static enum heap_fault span_fault(const struct wpm_heap *h) HEAP_LOCKED(h)
{
    if (!spancheck_zero(h)) return HEAP_SPAN_ZERO;
    if (!spancheck_shape(h)) return HEAP_SPAN_SHAPE;
    if (!spancheck_small(h)) return HEAP_SPAN_SMALL;
    if (!spancheck_large(h)) return HEAP_SPAN_LARGE;
    if (!spancheck_unused(h)) return HEAP_SPAN_UNUSED;
    if (!spancheck_owners(h)) return HEAP_OWNERS;
    if (!spancheck_slots(h)) return HEAP_SLOTS_INSIDE;
    return spancheck_freed(h) ? HEAP_SOUND : HEAP_FREED_SMALL;
}

/*@ requires memory: HeapMemory(h) && PoolsMemory(h);
    requires shape: SpanShape(h);
    assigns \nothing;
    ensures sound: \result == HEAP_SOUND ==> PagesOfSpans(h) && SpansOfPages(h) &&
      PagesTaken(h) && PagesKept(h) && PagesBeyond(h) && PagesCounted(h);
    ensures range: \result == HEAP_SOUND ||
      HEAP_PAGES_OF_SPANS <= \result <= HEAP_PAGES_COUNTED;
    ensures fault: \result != HEAP_SOUND ==> !HeapWithout(h, \result);
    ensures first: \forall integer f; HEAP_PAGES_OF_SPANS <= f <= HEAP_PAGES_COUNTED ==>
      \result == HEAP_SOUND || f < \result ==> HeapWithout(h, f);
*/
static enum heap_fault page_fault(const struct wpm_heap *h) HEAP_LOCKED(h)
{
    if (!poolcheck_pages_of_spans(h)) return HEAP_PAGES_OF_SPANS;
    if (!poolcheck_spans_of_pages(h)) return HEAP_SPANS_OF_PAGES;
    if (!poolcheck_taken(h)) return HEAP_PAGES_TAKEN;
    if (!poolcheck_kept(h)) return HEAP_PAGES_KEPT;
    if (!poolcheck_beyond(h)) return HEAP_PAGES_BEYOND;
    return poolcheck_counted(h) ? HEAP_SOUND : HEAP_PAGES_COUNTED;
}

/*@ requires memory: HeapMemory(h) && PoolsMemory(h);
    assigns \nothing;
    ensures sound: \result == HEAP_SOUND ==> PagesValid(h) && IdsValid(h) && IdsTaken(h);
    ensures range: \result == HEAP_SOUND || HEAP_POOL_SUMMARIES <= \result <= HEAP_IDS_TAKEN;
    ensures fault: \result != HEAP_SOUND ==> !HeapWithout(h, \result);
    ensures first: \forall integer f; HEAP_POOL_SUMMARIES <= f <= HEAP_IDS_TAKEN ==>
      \result == HEAP_SOUND || f < \result ==> HeapWithout(h, f);
*/
static enum heap_fault pool_fault(const struct wpm_heap *h) HEAP_LOCKED(h)
{
    if (!pagecheck_summaries(&h->pages)) return HEAP_POOL_SUMMARIES;
    if (!pagecheck_search(&h->pages)) return HEAP_POOL_SEARCH;
    if (!pagecheck_released(&h->pages)) return HEAP_POOL_RELEASED;
    if (!pagecheck_count(&h->pages)) return HEAP_POOL_COUNT;
    if (!poolcheck_released(h)) return HEAP_RELEASED_COUNTED;
    if (!poolcheck_ids(h)) return HEAP_IDS;
    return poolcheck_ids_taken(h) ? HEAP_SOUND : HEAP_IDS_TAKEN;
}

/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    assigns \nothing;
    ensures sound: \result == HEAP_SOUND ==> EntriesValid(h) && EntryAddresses(h) &&
      WindowsFree(h) && PlacesValid(h) && CachesValid(h);
    ensures range: \result == HEAP_SOUND || HEAP_ENTRIES <= \result <= HEAP_CACHES;
    ensures fault: \result != HEAP_SOUND ==> !HeapWithout(h, \result);
    ensures first: \forall integer f; HEAP_ENTRIES <= f <= HEAP_CACHES ==>
      \result == HEAP_SOUND || f < \result ==> HeapWithout(h, f);
*/
static enum heap_fault cache_fault(const struct wpm_heap *h) HEAP_LOCKED(h)
{
    if (!cachecheck_entries(h)) return HEAP_ENTRIES;
    if (!cachecheck_addresses(h)) return HEAP_ENTRY_ADDRESSES;
    if (!cachecheck_windows(h)) return HEAP_WINDOWS;
    if (!cachecheck_places(h)) return HEAP_PLACES;
    return cachecheck_numbers(h) ? HEAP_SOUND : HEAP_CACHES;
}

/*@ requires memory: HeapMemory(h);
    assigns \nothing;
    ensures sound: \result == HEAP_SOUND ==> SetNext(h) && SetPrev(h) && SetEnds(h) &&
      SetClasses(h);
    ensures range: \result == HEAP_SOUND || HEAP_SET_NEXT <= \result <= HEAP_SET_CLASSES;
    ensures fault: \result != HEAP_SOUND ==> !HeapWithout(h, \result);
    ensures first: \forall integer f; HEAP_SET_NEXT <= f <= HEAP_SET_CLASSES ==>
      \result == HEAP_SOUND || f < \result ==> HeapWithout(h, f);
*/
static enum heap_fault set_fault(const struct wpm_heap *h) HEAP_LOCKED(h)
{
    if (!setcheck_next(h)) return HEAP_SET_NEXT;
    if (!setcheck_prev(h)) return HEAP_SET_PREV;
    if (!setcheck_ends(h)) return HEAP_SET_ENDS;
    return setcheck_classes(h) ? HEAP_SOUND : HEAP_SET_CLASSES;
}

enum heap_fault heap_check(const struct wpm_heap *h)
{
    //@ assert open: Opened(0);
    if (!sizes_valid(h)) return HEAP_SIZES;
    //@ assert memory: HeapMemory(h) && PoolsMemory(h);
    enum heap_fault fault = span_fault(h);
    if (fault == HEAP_SOUND) fault = page_fault(h);
    if (fault == HEAP_SOUND) fault = pool_fault(h);
    if (fault == HEAP_SOUND) fault = cache_fault(h);
    if (fault == HEAP_SOUND) fault = set_fault(h);
    return fault;
}
