/* heapspan.c -- see heapspan.h */
#include "heapspan.h"

#include "atomic.h"
#include "../spec/heapspan.acsl"
#include "../spec/heapspan_names.acsl"

uint32_t heapspan_take_id(struct wpm_heap *h)
{
    uint32_t s = heappool_take_id(h);
    /*@ assert cells: IdCells{Pre,Here}(h); */
    /*@ assert counts: IdCounts{Pre,Here}(h); */
    /*@ assert pools: PoolsMemory(h); */
    /*@ assert memory: HeapMemory(h); */
    /*@ assert spans: SpansChanged{Pre,Here}(h, NO_SPAN); */
    /*@ assert none: s == NO_SPAN ==> IdsTaken(h); */
    return s;
}

void heapspan_give_id(struct wpm_heap *h, uint32_t s)
{
    heappool_give_id(h, s);
    /*@ assert cells: IdCells{Pre,Here}(h); */
    /*@ assert counts: IdCounts{Pre,Here}(h); */
    /*@ assert pools: PoolsMemory(h); */
    /*@ assert memory: HeapMemory(h); */
    /*@ assert spans: SpansChanged{Pre,Here}(h, NO_SPAN); */
}

/* Name span `s` in `npages` page records from `page` on. Who reads the name without a lock sees the
 * span's shape. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires range: page + npages <= h->npages;
    assigns h->page_span[page .. page + npages - 1];
    ensures named: RunNamed(h, page, page + npages, s);
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures cells: RecordCells{Pre,Post}(h); ensures sizes: SizesSame{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, NO_SPAN);
    ensures names: NamesSameBut{Pre,Post}(h, page, page + npages);
*/
static void name_pages(struct wpm_heap *h, uint32_t page, uint32_t npages, uint32_t s)
    HEAP_LOCKED(h)
{
    /*@ loop invariant range: 0 <= i <= npages;
        loop invariant named: \forall integer p; page <= p < page + i ==> h->page_span[p] == s;
        loop assigns i, h->page_span[page .. page + npages - 1];
        loop variant npages - i;
    */
    for (uint32_t i = 0; i < npages; i++) atomic_write32_release(&h->page_span[page + i], s);
    /*@ assert cells: RecordCells{Pre,Here}(h); */
    /*@ assert counts: CountsSame{Pre,Here}(h); */
}

/* Record `s` is of `npages` pages from `page` on. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires record: 0 < s < h->nspans;
    assigns h->span[s].first, h->span[s].start, h->span[s].npages;
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures cells: RecordCells{Pre,Post}(h); ensures sizes: SizesSame{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures names: NamesSameBut{Pre,Post}(h, 0, 0);
    ensures set: h->span[s].start == page && h->span[s].npages == npages &&
      h->span[s].first == page * PAGE_SIZE;
*/
static void set_run(struct wpm_heap *h, uint32_t s, uint32_t page, uint32_t npages) HEAP_LOCKED(h)
{
    h->span[s].first = (int64_t)page * PAGE_SIZE;
    h->span[s].start = page;
    h->span[s].npages = npages;
    /*@ assert shapes: ShapesChanged{Pre,Here}(h, s); */
    /*@ assert cells: RecordCells{Pre,Here}(h); */
    /*@ assert counts: CountsSame{Pre,Here}(h); */
}

/* Record `s` has slots of class `k`, as `shape` says. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires record: 0 < s < h->nspans && h->span[s].first == h->span[s].start * PAGE_SIZE;
    assigns h->span[s].slot_bytes, h->span[s].magic, h->span[s].nslots, h->span[s].span_class;
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures cells: RecordCells{Pre,Post}(h); ensures sizes: SizesSame{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures names: NamesSameBut{Pre,Post}(h, 0, 0);
    ensures set: ShapeIs(h, s, \old(h->span[s].start), k, \old(h->span[s].npages),
                         shape.size_bytes, shape.slots, shape.magic);
*/
static void set_slots(struct wpm_heap *h, uint32_t s, uint32_t k, struct size_class shape)
    HEAP_LOCKED(h)
{
    struct mspan *span = &h->span[s];
    span->slot_bytes = shape.size_bytes;
    span->magic = shape.magic;
    span->nslots = shape.slots;
    span->span_class = k;
    /*@ assert others: SizesSame{Pre,Here}(h) && RunsOthers{Pre,Here}(h, s) &&
          SizesOthers{Pre,Here}(h, s) && SlotsOthers{Pre,Here}(h, s); */
    /*@ assert shapes: ShapesChanged{Pre,Here}(h, s); */
    /*@ assert cells: RecordCells{Pre,Here}(h); */
    /*@ assert counts: CountsSame{Pre,Here}(h); */
}

/* Span `s` has `npages` pages. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires record: 0 < s < h->nspans;
    assigns h->span[s].npages;
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures cells: RecordCells{Pre,Post}(h); ensures sizes: SizesSame{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures names: NamesSameBut{Pre,Post}(h, 0, 0);
    ensures set: h->span[s].npages == npages;
*/
static void set_length(struct wpm_heap *h, uint32_t s, uint32_t npages) HEAP_LOCKED(h)
{
    h->span[s].npages = npages;
    /*@ assert cells: RecordCells{Pre,Here}(h); */
    /*@ assert counts: CountsSame{Pre,Here}(h); */
}

/* Record `s` has no pages and no slots. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires record: 0 < s < h->nspans;
    assigns h->span[s].npages, h->span[s].nslots;
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures cells: RecordCells{Pre,Post}(h); ensures sizes: SizesSame{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures names: NamesSameBut{Pre,Post}(h, 0, 0);
    ensures set: h->span[s].npages == 0 && h->span[s].nslots == 0;
*/
static void clear_shape(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    h->span[s].npages = 0;
    h->span[s].nslots = 0;
    /*@ assert cells: RecordCells{Pre,Here}(h); */
    /*@ assert counts: CountsSame{Pre,Here}(h); */
}

/* Span `s` of class `k` is in no set and has no owner; a large one has its object. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires record: 0 < s < h->nspans;
    assigns h->span[s].owner, h->span[s].place, h->span[s].next, h->span[s].prev, h->span[s].used;
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures cells: RecordCells{Pre,Post}(h);
    ensures places: PlacesChanged{Pre,Post}(h, s); ensures hints: HintsChanged{Pre,Post}(h, s);
    ensures set: h->span[s].owner == OWNER_NONE &&
      h->span[s].place == (k == 0 ? PLACE_LARGE : PLACE_HAND);
*/
static void set_place(struct wpm_heap *h, uint32_t s, uint32_t k) HEAP_LOCKED(h)
{
    struct mspan *span = &h->span[s];
    atomic_write_int(&span->owner, OWNER_NONE);
    span->place = k == 0 ? PLACE_LARGE : PLACE_HAND;
    span->next = NO_SPAN;
    span->prev = NO_SPAN;
    span->used = k == 0;
}

/* Span `s` is nowhere. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires record: 0 < s < h->nspans;
    assigns h->span[s].owner, h->span[s].place, h->span[s].used;
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures cells: RecordCells{Pre,Post}(h);
    ensures places: PlacesChanged{Pre,Post}(h, s); ensures hints: HintsChanged{Pre,Post}(h, s);
    ensures set: h->span[s].owner == OWNER_NONE && h->span[s].place == PLACE_NONE;
*/
static void clear_place(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    h->span[s].used = 0;
    atomic_write_int(&h->span[s].owner, OWNER_NONE);
    h->span[s].place = PLACE_NONE;
}

/* No slot of the first word of span `s` is live. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires record: 0 < s < h->nspans;
    assigns h->live[s * SPAN_WORDS];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures cells: RecordCells{Pre,Post}(h);
    ensures words: WordsChanged{Pre,Post}(h, s);
    ensures zero: h->live[s * SPAN_WORDS] == 0;
    ensures rest: \forall integer w; WordOf(s, w) ==> w != s * SPAN_WORDS ==>
      h->live[w] == \old(h->live[w]);
*/
static void clear_word(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    atomic_write64(&h->live[s * SPAN_WORDS], 0);
    /*@ assert cells: RecordCells{Pre,Here}(h); */
    /*@ assert counts: CountsSame{Pre,Here}(h); */
}

/* Record `s` is of class `k` and of the pages from `page` on, with slots as `shape` says. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires record: 0 < s < h->nspans;
    assigns h->span[s].first, h->span[s].start, h->span[s].npages, h->span[s].slot_bytes,
            h->span[s].magic, h->span[s].nslots, h->span[s].span_class, h->span[s].owner,
            h->span[s].place, h->span[s].next, h->span[s].prev, h->span[s].used;
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures cells: RecordCells{Pre,Post}(h); ensures sizes: SizesSame{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures places: PlacesChanged{Pre,Post}(h, s); ensures hints: HintsChanged{Pre,Post}(h, s);
    ensures names: NamesSameBut{Pre,Post}(h, 0, 0);
    ensures set: ShapeIs(h, s, page, k, shape.span_pages, shape.size_bytes, shape.slots,
                         shape.magic) && h->span[s].owner == OWNER_NONE &&
      h->span[s].place == (k == 0 ? PLACE_LARGE : PLACE_HAND);
*/
static void set_record(struct wpm_heap *h, uint32_t s, uint32_t page, uint32_t k,
                       struct size_class shape) HEAP_LOCKED(h)
{
    set_run(h, s, page, shape.span_pages);
    set_slots(h, s, k, shape);
    set_place(h, s, k);
}

void heapspan_begin(struct wpm_heap *h, uint32_t s, uint32_t page, uint32_t k,
                    struct size_class shape)
{
    /*@ assert none: RunNamed(h, page, page + shape.span_pages, NO_SPAN); */
    set_record(h, s, page, k, shape);
    name_pages(h, page, shape.span_pages, s);
    /*@ assert cells: RecordCells{Pre,Here}(h); */
    /*@ assert changed: NamesSameBut{Pre,Here}(h, page, page + shape.span_pages) &&
          RunNamed(h, page, page + shape.span_pages, s) && SizesSame{Pre,Here}(h); */
    /*@ assert set: h->span[s].start == page && h->span[s].npages == shape.span_pages &&
          h->span[s].first == page * PAGE_SIZE && h->span[s].span_class == k &&
          h->span[s].slot_bytes == shape.size_bytes && h->span[s].nslots == shape.slots &&
          h->span[s].magic == shape.magic; */
    /*@ assert pools: PagesSame{Pre,Here}(h) && IdsSame{Pre,Here}(h) && NamesOf(h, s); */
    /*@ assert spans: ShapesChanged{Pre,Here}(h, s) && PlacesChanged{Pre,Here}(h, s) &&
          HintsChanged{Pre,Here}(h, s) && NamesChanged{Pre,Here}(h, s) &&
          WordsChanged{Pre,Here}(h, s) && EntriesSame{Pre,Here}(h) && SetsSame{Pre,Here}(h); */
}

void heapspan_end(struct wpm_heap *h, uint32_t s)
{
    uint32_t page = h->span[s].start;
    uint32_t npages = h->span[s].npages;
    /*@ assert own: RunNamed(h, page, page + npages, s); */
    name_pages(h, page, npages, NO_SPAN);
    clear_word(h, s);
    clear_shape(h, s);
    clear_place(h, s);
    /*@ assert cells: RecordCells{Pre,Here}(h); */
    /*@ assert changed: NamesSameBut{Pre,Here}(h, page, page + npages) &&
          RunNamed(h, page, page + npages, NO_SPAN); */
    /*@ assert pools: PagesSame{Pre,Here}(h) && IdsSame{Pre,Here}(h); */
    /*@ assert spans: ShapesChanged{Pre,Here}(h, s) && PlacesChanged{Pre,Here}(h, s) &&
          HintsChanged{Pre,Here}(h, s) && NamesChanged{Pre,Here}(h, s) &&
          WordsChanged{Pre,Here}(h, s) && EntriesSame{Pre,Here}(h) && SetsSame{Pre,Here}(h); */
}

void heapspan_shrink(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    uint32_t from = h->span[s].start + npages;
    uint32_t end = h->span[s].start + h->span[s].npages;
    /*@ assert own: RunNamed(h, from, end, s); */
    name_pages(h, from, end - from, NO_SPAN);
    set_length(h, s, npages);
    /*@ assert start: h->span[s].start == \at(h->span[s].start, Pre); */
    /*@ assert cells: RecordCells{Pre,Here}(h); */
    /*@ assert changed: NamesSameBut{Pre,Here}(h, from, end) && RunNamed(h, from, end, NO_SPAN); */
    /*@ assert pools: PagesSame{Pre,Here}(h) && IdsSame{Pre,Here}(h); */
    /*@ assert spans: ShapesChanged{Pre,Here}(h, s) && PlacesChanged{Pre,Here}(h, s) &&
          HintsChanged{Pre,Here}(h, s) && NamesChanged{Pre,Here}(h, s) &&
          WordsChanged{Pre,Here}(h, s) && EntriesSame{Pre,Here}(h) && SetsSame{Pre,Here}(h); */
    /*@ assert run: RunInHand(h, from, end) && NamesOf(h, s); */
}

void heapspan_stretch(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    uint32_t from = h->span[s].start + h->span[s].npages;
    uint32_t end = h->span[s].start + npages;
    /*@ assert none: RunNamed(h, from, end, NO_SPAN); */
    name_pages(h, from, end - from, s);
    /*@ assert start: h->span[s].start == \at(h->span[s].start, Pre); */
    set_length(h, s, npages);
    /*@ assert cells: RecordCells{Pre,Here}(h); */
    /*@ assert changed: NamesSameBut{Pre,Here}(h, from, end) && RunNamed(h, from, end, s); */
    /*@ assert pools: PagesSame{Pre,Here}(h) && IdsSame{Pre,Here}(h); */
    /*@ assert spans: ShapesChanged{Pre,Here}(h, s) && PlacesChanged{Pre,Here}(h, s) &&
          HintsChanged{Pre,Here}(h, s) && NamesChanged{Pre,Here}(h, s) &&
          WordsChanged{Pre,Here}(h, s) && EntriesSame{Pre,Here}(h) && SetsSame{Pre,Here}(h); */
}
