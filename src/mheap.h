/* mheap.h -- spans and pages: who has which page.
 *
 * Every page of a span names it in `page_span`; no other page names a span, and a page that names
 * none is free. A span of a class takes the class's number of pages, a large object takes as many
 * as it needs, each from the page allocator: lowest address first, and complete, so a request fails
 * only when no run of pages is long enough. The heap grows by steps until its limit; pages that
 * were never used, or went back to the system, are known to be zero.
 *
 * All functions are called with the heap lock held.
 */
#ifndef WPM_MHEAP_H
#define WPM_MHEAP_H

#include "heap.h"

/* A new span of class `k`, in hand; NO_SPAN when there is no run or record for it. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires ids: IdsValid(h); requires taken: PagesTaken(h); requires kept: PagesKept(h);
    requires beyond: PagesBeyond(h); requires counted: PagesCounted(h);
    requires ids_taken: IdsTaken(h); requires shape: SpanShape(h); requires small: SpanSmall(h);
    requires large: SpanLarge(h); requires unused: SpanUnused(h); requires zero: SpanZero(h);
    requires names: PagesOfSpans(h); requires named: SpansOfPages(h);
    requires slots: SlotsInside(h); requires freed: FreedSmall(h);
    requires entries: EntriesValid(h); requires windows: WindowsFree(h);
    requires places: PlacesValid(h); requires next: SetNext(h); requires prev: SetPrev(h);
    requires ends: SetEnds(h);
    requires table: ClassTableValid && ClassServes(k);
    assigns h->npages, h->nspans, h->ids.capacity, h->ids.used, h->ids.depth, h->span_pages,
            h->released_pages, h->pages.free_pages, h->pages.search_page,
            h->page_span[0 .. h->map.npages - 1], h->span[0 .. h->map.npages],
            h->live[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->ids.stack[0 .. h->map.npages], h->ids.where[0 .. h->map.npages],
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures ids: IdsValid(h); ensures taken: PagesTaken(h); ensures kept: PagesKept(h);
    ensures beyond: PagesBeyond(h); ensures counted: PagesCounted(h);
    ensures ids_taken: IdsTaken(h); ensures shape: SpanShape(h); ensures small: SpanSmall(h);
    ensures large: SpanLarge(h); ensures unused: SpanUnused(h); ensures zero: SpanZero(h);
    ensures names: PagesOfSpans(h); ensures named: SpansOfPages(h); ensures slots: SlotsInside(h);
    ensures freed: FreedSmall(h); ensures entries: EntriesValid(h);
    ensures windows: WindowsFree(h); ensures places: PlacesValid(h); ensures next: SetNext(h);
    ensures prev: SetPrev(h); ensures ends: SetEnds(h);
    ensures grown: h->npages >= \old(h->npages) && h->nspans >= \old(h->nspans);
    ensures range: \result < h->nspans;
    ensures span: \result != NO_SPAN ==> h->span[\result].npages == class_table[k].span_pages &&
      h->span[\result].span_class == k && h->span[\result].place == PLACE_HAND &&
      h->span[\result].owner == OWNER_NONE;
    ensures fresh: \result != NO_SPAN ==> \result < \old(h->nspans) ==>
      \old(h->span[\result].npages) == 0;
    ensures not_live: \result != NO_SPAN ==> \forall integer w, j; WordOf(\result, w) ==>
      0 <= j < 64 ==> Bit(h->live[w], j) == 0 && Bit(h->freed[w], j) == 0;
    ensures clean: \result != NO_SPAN ==> h->span[\result].dirty_words == 0 ==>
      RunWasZero{Pre}(h, h->span[\result].start,
                      h->span[\result].start + h->span[\result].npages);
    ensures shapes: ShapesChanged{Pre,Post}(h, \result);
    ensures places_same: PlacesChanged{Pre,Post}(h, \result);
    ensures none_left: \result == NO_SPAN ==> NoSpanFor(h, class_table[k].span_pages);
    ensures words: WordsChanged{Pre,Post}(h, \result);
    ensures entries_same: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures hints: HintsChanged{Pre,Post}(h, \result);
    ensures pages_same: \result != NO_SPAN ==>
      NamesSameBut{Pre,Post}(h, h->span[\result].start,
                             h->span[\result].start + h->span[\result].npages);
    ensures none: \result == NO_SPAN ==> NamesSameBut{Pre,Post}(h, 0, 0) &&
      (NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages,
                   class_table[k].span_pages) ||
       NoRecordFree(h));
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
uint32_t mheap_alloc_span(struct wpm_heap *h, uint32_t k) HEAP_LOCKED(h);

/* A new span for a large object of `npages` pages that starts at a multiple of `align_pages`; live
 * from now on. *zero: whether its memory is zero. NO_SPAN when there is no run: for an alignment
 * above a page, none of `npages` + `align_pages` pages. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires ids: IdsValid(h); requires taken: PagesTaken(h); requires kept: PagesKept(h);
    requires beyond: PagesBeyond(h); requires counted: PagesCounted(h);
    requires ids_taken: IdsTaken(h); requires shape: SpanShape(h); requires small: SpanSmall(h);
    requires large: SpanLarge(h); requires unused: SpanUnused(h); requires zero: SpanZero(h);
    requires names: PagesOfSpans(h); requires named: SpansOfPages(h);
    requires slots: SlotsInside(h); requires freed: FreedSmall(h);
    requires entries: EntriesValid(h); requires windows: WindowsFree(h);
    requires places: PlacesValid(h); requires next: SetNext(h); requires prev: SetPrev(h);
    requires ends: SetEnds(h);
    requires size: 1 <= npages <= MAX_PAGES && align_pages <= MAX_PAGES;
    requires out: \valid(zero);
    assigns *zero, h->npages, h->nspans, h->ids.capacity, h->ids.used, h->ids.depth, h->span_pages,
            h->released_pages, h->pages.free_pages, h->pages.search_page,
            h->page_span[0 .. h->map.npages - 1], h->span[0 .. h->map.npages],
            h->live[0 .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->ids.stack[0 .. h->map.npages], h->ids.where[0 .. h->map.npages],
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures ids: IdsValid(h); ensures taken: PagesTaken(h); ensures kept: PagesKept(h);
    ensures beyond: PagesBeyond(h); ensures counted: PagesCounted(h);
    ensures ids_taken: IdsTaken(h); ensures shape: SpanShape(h); ensures small: SpanSmall(h);
    ensures large: SpanLarge(h); ensures unused: SpanUnused(h); ensures zero: SpanZero(h);
    ensures names: PagesOfSpans(h); ensures named: SpansOfPages(h); ensures slots: SlotsInside(h);
    ensures freed: FreedSmall(h); ensures entries: EntriesValid(h);
    ensures windows: WindowsFree(h); ensures places: PlacesValid(h); ensures next: SetNext(h);
    ensures prev: SetPrev(h); ensures ends: SetEnds(h);
    ensures grown: h->npages >= \old(h->npages) && h->nspans >= \old(h->nspans);
    ensures range: \result < h->nspans;
    ensures span: \result != NO_SPAN ==> h->span[\result].npages == npages &&
      h->span[\result].span_class == 0 && h->span[\result].place == PLACE_LARGE;
    ensures fresh: \result != NO_SPAN ==> \result < \old(h->nspans) ==>
      \old(h->span[\result].npages) == 0;
    ensures live: \result != NO_SPAN ==> SlotBit(h->live, \result, 0) == 1;
    ensures words: \forall integer w; 0 <= w < \old(h->nspans) * SPAN_WORDS ==>
      w != \result * SPAN_WORDS || \result == NO_SPAN ==> h->live[w] == \old(h->live[w]);
    ensures aligned: \result != NO_SPAN ==> align_pages > 1 ==>
      SpanAddress(h, \result) % (align_pages * PAGE_SIZE) == 0;
    ensures cleared: \result != NO_SPAN ==> *zero == true ==>
      RunWasZero{Pre}(h, h->span[\result].start,
                      h->span[\result].start + h->span[\result].npages);
    ensures shapes: ShapesChanged{Pre,Post}(h, \result);
    ensures places_same: PlacesChanged{Pre,Post}(h, \result);
    ensures hints: HintsChanged{Pre,Post}(h, \result);
    ensures pages_same: \result != NO_SPAN ==>
      NamesSameBut{Pre,Post}(h, h->span[\result].start,
                             h->span[\result].start + h->span[\result].npages);
    ensures none: \result == NO_SPAN ==> NamesSameBut{Pre,Post}(h, 0, 0) &&
      (npages + align_pages > MAX_PAGES ||
       NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages,
                   align_pages <= 1 ? npages : npages + align_pages) ||
       NoRecordFree(h));
    ensures entries_same: EntriesSame{Pre,Post}(h); ensures caches_same: CachesKept{Pre,Post}(h);
    ensures words_same: WordsChanged{Pre,Post}(h, \result);
    ensures sets_same: SetsSame{Pre,Post}(h);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
uint32_t mheap_alloc_large(struct wpm_heap *h, uint32_t npages, uint32_t align_pages, bool *zero)
    HEAP_LOCKED(h);

/* Span `s`, in hand or large, of which no slot is live or claimed, ceases to exist. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires ids: IdsValid(h); requires taken: PagesTaken(h); requires kept: PagesKept(h);
    requires beyond: PagesBeyond(h); requires counted: PagesCounted(h);
    requires ids_taken: IdsTaken(h); requires shape: SpanShape(h); requires small: SpanSmall(h);
    requires large: SpanLarge(h); requires unused: SpanUnused(h); requires zero: SpanZero(h);
    requires names: PagesOfSpans(h); requires named: SpansOfPages(h);
    requires slots: SlotsInside(h); requires freed: FreedSmall(h);
    requires entries: EntriesValid(h); requires windows: WindowsFree(h);
    requires places: PlacesValid(h); requires next: SetNext(h); requires prev: SetPrev(h);
    requires ends: SetEnds(h);
    requires span: InUse(h, s);
    requires place: h->span[s].place == PLACE_HAND || h->span[s].place == PLACE_LARGE;
    requires empty: h->span[s].span_class != 0 ==>
      \forall integer w; WordOf(s, w) ==> h->live[w] == 0;
    requires merged: h->span[s].span_class != 0 ==> \forall integer w, j; WordOf(s, w) ==>
      0 <= j < 64 ==> Bit(h->freed[w], j) == 0;
    assigns h->ids.depth, h->span_pages, h->released_pages, h->pages.free_pages,
            h->pages.search_page, h->page_span[0 .. h->npages - 1], h->span[s],
            h->live[s * SPAN_WORDS], h->ids.stack[0 .. h->nspans - 1], h->ids.where[s],
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures ids: IdsValid(h); ensures taken: PagesTaken(h); ensures kept: PagesKept(h);
    ensures beyond: PagesBeyond(h); ensures counted: PagesCounted(h);
    ensures ids_taken: IdsTaken(h); ensures shape: SpanShape(h); ensures small: SpanSmall(h);
    ensures large: SpanLarge(h); ensures unused: SpanUnused(h); ensures zero: SpanZero(h);
    ensures names: PagesOfSpans(h); ensures named: SpansOfPages(h); ensures slots: SlotsInside(h);
    ensures freed: FreedSmall(h); ensures entries: EntriesValid(h);
    ensures windows: WindowsFree(h); ensures places: PlacesValid(h); ensures next: SetNext(h);
    ensures prev: SetPrev(h); ensures ends: SetEnds(h);
    ensures gone: h->span[s].npages == 0 && h->span[s].place == PLACE_NONE;
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures places_same: PlacesChanged{Pre,Post}(h, s);
    ensures words: WordsChanged{Pre,Post}(h, s);
    ensures entries_same: EntriesSame{Pre,Post}(h);
    ensures sizes: SizesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures same: h->span[s].remote_next == \old(h->span[s].remote_next) &&
      h->span[s].next == \old(h->span[s].next) && h->span[s].prev == \old(h->span[s].prev);
    ensures pages_freed: \forall integer p;
      \old(h->span[s].start) <= p < \old(h->span[s].start) + \old(h->span[s].npages) ==>
      h->page_span[p] == NO_SPAN;
    ensures pages_same: NamesSameBut{Pre,Post}(h, \old(h->span[s].start),
      \old(h->span[s].start) + \old(h->span[s].npages));
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
void mheap_free_span(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h);

/* Change large span `s` to `npages` pages where it is; false, and nothing changed, when the pages
 * behind it are taken. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires ids: IdsValid(h); requires taken: PagesTaken(h); requires kept: PagesKept(h);
    requires beyond: PagesBeyond(h); requires counted: PagesCounted(h);
    requires ids_taken: IdsTaken(h); requires shape: SpanShape(h); requires small: SpanSmall(h);
    requires large: SpanLarge(h); requires unused: SpanUnused(h); requires zero: SpanZero(h);
    requires names: PagesOfSpans(h); requires named: SpansOfPages(h);
    requires slots: SlotsInside(h); requires freed: FreedSmall(h);
    requires entries: EntriesValid(h); requires windows: WindowsFree(h);
    requires places: PlacesValid(h); requires next: SetNext(h); requires prev: SetPrev(h);
    requires ends: SetEnds(h);
    requires span: InUse(h, s) && h->span[s].place == PLACE_LARGE && h->span[s].span_class == 0;
    requires size: 1 <= npages;
    assigns h->span[s].npages, h->span_pages, h->released_pages, h->pages.free_pages,
            h->pages.search_page, h->page_span[0 .. h->npages - 1],
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures ids: IdsValid(h); ensures taken: PagesTaken(h); ensures kept: PagesKept(h);
    ensures beyond: PagesBeyond(h); ensures counted: PagesCounted(h);
    ensures ids_taken: IdsTaken(h); ensures shape: SpanShape(h); ensures small: SpanSmall(h);
    ensures large: SpanLarge(h); ensures unused: SpanUnused(h); ensures zero: SpanZero(h);
    ensures names: PagesOfSpans(h); ensures named: SpansOfPages(h); ensures slots: SlotsInside(h);
    ensures freed: FreedSmall(h); ensures entries: EntriesValid(h);
    ensures windows: WindowsFree(h); ensures places: PlacesValid(h); ensures next: SetNext(h);
    ensures prev: SetPrev(h); ensures ends: SetEnds(h);
    ensures resized: \result == true ==> h->span[s].npages == npages;
    ensures refused: \result == false ==> h->span[s].npages == \old(h->span[s].npages) < npages &&
      NamesSameBut{Pre,Post}(h, 0, 0);
    ensures taken_behind: \result == false ==>
      \old(h->span[s].start) + npages > h->npages ||
      \exists integer p; \old(h->span[s].start) + \old(h->span[s].npages) <= p <
        \old(h->span[s].start) + npages && h->page_span[p] != NO_SPAN;
    ensures pages_same: NamesSameBut{Pre,Post}(h, h->span[s].start,
      h->span[s].start + \max(npages, \old(h->span[s].npages)));
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures places_same: PlacesChanged{Pre,Post}(h, s);
    ensures words_same: WordsChanged{Pre,Post}(h, NO_SPAN);
    ensures entries_same: EntriesSame{Pre,Post}(h);
    ensures caches_same: CachesKept{Pre,Post}(h); ensures sizes_same: SizesSame{Pre,Post}(h);
    ensures shape_same: h->span[s].first == \old(h->span[s].first) &&
      h->span[s].start == \old(h->span[s].start) &&
      h->span[s].slot_bytes == \old(h->span[s].slot_bytes) &&
      h->span[s].magic == \old(h->span[s].magic) &&
      h->span[s].nslots == \old(h->span[s].nslots) &&
      h->span[s].span_class == \old(h->span[s].span_class);
*/
bool mheap_resize_large(struct wpm_heap *h, uint32_t s, uint32_t npages) HEAP_LOCKED(h);

/* Give the memory of free pages back to the system, as far as it has not got it and takes it;
 * returns the number of pages. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires pages: PagesValid(h); requires beyond: PagesBeyond(h);
    assigns h->released_pages, h->pages.released[0 .. h->pages.npages / 64 - 1];
    ensures pages: PagesValid(h);
    ensures count: \result == h->released_pages - \old(h->released_pages);
    ensures more: \forall integer p; 0 <= p < h->npages ==> BitAt(h->pages.released, p) >=
      BitAt{Pre}(h->pages.released, p);
*/
uint64_t mheap_release_all(struct wpm_heap *h) HEAP_LOCKED(h);

#endif
