/* heapspan.h -- the record of one span: how it begins, changes its length and ends.
 *
 * A span is a record, a run of pages that name it in the page table, and an id. The functions here
 * write these for one span, and nothing else of the heap: what mheap.h promises of all spans
 * follows from that and from what is said of the one. Readers without a lock find a span through
 * the page table, so pages get their name last and lose it first.
 *
 * All functions are called with the heap lock held.
 */
#ifndef WPM_HEAPSPAN_H
#define WPM_HEAPSPAN_H

#include "heappool.h"
#include "../spec/heaprun_kept.acsl"

/* An id that is in no use, taken; NO_SPAN: there is none. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires ids: IdsValid(h);
    requires ids_taken: IdsTaken(h);
    assigns h->ids.used, h->ids.depth, h->ids.where[0 .. h->ids.capacity - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures sizes: SizesSame{Pre,Post}(h);
    ensures pages_same: PagesSame{Pre,Post}(h);
    ensures ids: IdsValid(h);
    ensures range: \result < h->nspans;
    ensures taken: IdsTakenBut(h, \result);
    ensures some: \result != NO_SPAN ==>
      IdTaken(&h->ids, \result) == 1 && h->span[\result].npages == 0;
    ensures none: \result == NO_SPAN ==> IdsTaken(h) &&
      \forall integer t; 0 < t < h->nspans ==> h->span[t].npages > 0;
*/
uint32_t heapspan_take_id(struct wpm_heap *h) HEAP_LOCKED(h);

/* The id of span `s`, which is no more, can be taken again. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires ids: IdsValid(h); requires but: IdsTakenBut(h, s);
    requires span: 0 < s < h->nspans && h->span[s].npages == 0 && IdTaken(&h->ids, s) == 1;
    assigns h->ids.depth, h->ids.stack[0 .. h->ids.capacity - 1], h->ids.where[s];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, NO_SPAN);
    ensures sizes: SizesSame{Pre,Post}(h);
    ensures pages_same: PagesSame{Pre,Post}(h); ensures ids: IdsValid(h);
    ensures ids_taken: IdsTaken(h);
*/
void heapspan_give_id(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h);

/* Begin span `s` of class `k` (0: large) at `page`; `shape`: its pages and slots. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires span: 0 < s < h->nspans && h->span[s].npages == 0;
    requires id: IdTaken(&h->ids, s) == 1 && IdsTakenBut(h, s);
    requires pages: 0 < shape.span_pages && RunInHand(h, page, page + shape.span_pages);
    requires unnamed: \forall integer p; 0 <= p < h->npages ==> h->page_span[p] != s;
    requires taken: PagesTaken(h); requires kept: PagesKeptBut(h, page, page + shape.span_pages);
    requires beyond: PagesBeyond(h); requires counted: PagesCounted(h);
    requires class: k < NUM_CLASSES;
    assigns h->span[s].first, h->span[s].start, h->span[s].npages, h->span[s].slot_bytes,
            h->span[s].magic, h->span[s].nslots, h->span[s].span_class, h->span[s].owner,
            h->span[s].place, h->span[s].next, h->span[s].prev, h->span[s].used,
            h->page_span[page .. page + shape.span_pages - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, s); ensures sizes: SizesSame{Pre,Post}(h);
    ensures pages_same: PagesSame{Pre,Post}(h); ensures ids_same: IdsSame{Pre,Post}(h);
    ensures taken: PagesTaken(h); ensures kept: PagesKept(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures ids_taken: IdsTaken(h);
    ensures named: NamesOf(h, s); ensures shape: ShapeAt(h, s);
    ensures names_same: NamesSameBut{Pre,Post}(h, page, page + shape.span_pages);
    ensures set: h->span[s].start == page && h->span[s].npages == shape.span_pages &&
      h->span[s].slot_bytes == shape.size_bytes && h->span[s].magic == shape.magic &&
      h->span[s].nslots == shape.slots && h->span[s].span_class == k &&
      h->span[s].owner == OWNER_NONE && h->span[s].place == (k == 0 ? PLACE_LARGE : PLACE_HAND);
*/
void heapspan_begin(struct wpm_heap *h, uint32_t s, uint32_t page, uint32_t k,
                    struct size_class shape) HEAP_LOCKED(h);

/* End span `s`; its pages are in hand then, its id not yet given back. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires span: InUse(h, s) && h->span[s].start + h->span[s].npages <= h->npages;
    requires names: NamesOf(h, s);
    requires ids_taken: IdsTaken(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h);
    requires slots: SlotsAt(h, s);
    requires empty: h->span[s].span_class != 0 || h->span[s].nslots != 1 ==>
      \forall integer w; WordOf(s, w) ==> h->live[w] == 0;
    requires merged: \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==>
      Bit(h->freed[w], j) == 0;
    assigns h->span[s].npages, h->span[s].nslots, h->span[s].used, h->span[s].owner,
            h->span[s].place, h->live[s * SPAN_WORDS],
            h->page_span[h->span[s].start .. h->span[s].start + h->span[s].npages - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, s); ensures sizes: SizesSame{Pre,Post}(h);
    ensures pages_same: PagesSame{Pre,Post}(h); ensures ids_same: IdsSame{Pre,Post}(h);
    ensures taken: PagesTaken(h); ensures beyond: PagesBeyond(h); ensures counted: PagesCounted(h);
    ensures kept: PagesKeptBut(h, \old(h->span[s].start),
                               \old(h->span[s].start + h->span[s].npages));
    ensures run: RunInHand(h, \old(h->span[s].start), \old(h->span[s].start + h->span[s].npages));
    ensures ids_taken: IdsTakenBut(h, s) && IdTaken(&h->ids, s) == 1;
    ensures named: NamesOf(h, s); ensures slots: SlotsAt(h, s); ensures freed: FreedAt(h, s);
    ensures names_same: NamesSameBut{Pre,Post}(h, \old(h->span[s].start),
                               \old(h->span[s].start + h->span[s].npages));
    ensures gone: h->span[s].npages == 0 && h->span[s].nslots == 0 &&
      h->span[s].place == PLACE_NONE && h->span[s].owner == OWNER_NONE;
*/
void heapspan_end(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h);

/* Give the pages of span `s` from its `npages`th on up; they are in hand then. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires span: InUse(h, s) && h->span[s].start + h->span[s].npages <= h->npages;
    requires fewer: 1 <= npages < h->span[s].npages;
    requires names: NamesOf(h, s); requires ids_taken: IdsTaken(h);
    requires taken: PagesTaken(h); requires kept: PagesKept(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h);
    assigns h->span[s].npages, h->page_span[h->span[s].start + npages ..
                                            h->span[s].start + h->span[s].npages - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, s); ensures sizes: SizesSame{Pre,Post}(h);
    ensures pages_same: PagesSame{Pre,Post}(h); ensures ids_same: IdsSame{Pre,Post}(h);
    ensures taken: PagesTaken(h); ensures beyond: PagesBeyond(h); ensures counted: PagesCounted(h);
    ensures ids_taken: IdsTaken(h); ensures named: NamesOf(h, s);
    ensures kept: PagesKeptBut(h, h->span[s].start + npages,
                               h->span[s].start + \old(h->span[s].npages));
    ensures run: RunInHand(h, h->span[s].start + npages,
                           h->span[s].start + \old(h->span[s].npages));
    ensures names_same: NamesSameBut{Pre,Post}(h, h->span[s].start + npages,
                                               h->span[s].start + \old(h->span[s].npages));
    ensures set: h->span[s].npages == npages;
*/
void heapspan_shrink(struct wpm_heap *h, uint32_t s, uint32_t npages) HEAP_LOCKED(h);

/* The pages in hand behind span `s`, up to its `npages`th, become its own. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires span: InUse(h, s) && h->span[s].start + npages <= h->npages;
    requires more: h->span[s].npages < npages;
    requires names: NamesOf(h, s); requires ids_taken: IdsTaken(h);
    requires run: RunInHand(h, h->span[s].start + h->span[s].npages, h->span[s].start + npages);
    requires taken: PagesTaken(h); requires beyond: PagesBeyond(h);
    requires counted: PagesCounted(h);
    requires kept: PagesKeptBut(h, h->span[s].start + h->span[s].npages,
                                h->span[s].start + npages);
    assigns h->span[s].npages, h->page_span[h->span[s].start + h->span[s].npages ..
                                            h->span[s].start + npages - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures spans: SpansChanged{Pre,Post}(h, s); ensures sizes: SizesSame{Pre,Post}(h);
    ensures pages_same: PagesSame{Pre,Post}(h); ensures ids_same: IdsSame{Pre,Post}(h);
    ensures taken: PagesTaken(h); ensures kept: PagesKept(h); ensures beyond: PagesBeyond(h);
    ensures counted: PagesCounted(h); ensures ids_taken: IdsTaken(h);
    ensures named: NamesOf(h, s);
    ensures names_same: NamesSameBut{Pre,Post}(h, h->span[s].start + \old(h->span[s].npages),
                                               h->span[s].start + npages);
    ensures set: h->span[s].npages == npages;
*/
void heapspan_stretch(struct wpm_heap *h, uint32_t s, uint32_t npages) HEAP_LOCKED(h);

#endif
