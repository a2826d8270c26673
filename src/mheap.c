/* mheap.c -- see mheap.h */
#include "mheap.h"

#include "atomic.h"
#include "heaprun.h"
#include "heapspan.h"
#include "platform.h"
#include "../spec/heaprun.acsl"
#include "../spec/mheap_lemmas.acsl"
#include "../spec/mheap_give.acsl"
#include "../spec/mheap_take.acsl"

/* Pages of free runs whose memory is kept for reuse: this many, and an eighth of those in spans. */
#define RETAIN_PAGES 8192

/* Runs below this many pages are not worth a system call of their own. */
#define RELEASE_MIN_PAGES 16u

/* A span to be: its id and its pages, all taken. */
struct draft {
    uint32_t id;   /* NO_SPAN: there is no run or no id */
    uint32_t page; /* the first */
    bool zero;     /* its memory is zero */
};

/* A run of `npages` pages at a multiple of `align` pages, claimed. */
/*@ requires held: PagesHeld(h); requires kept: PagesKept(h);
    requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires length: 0 < npages <= MAX_PAGES && align <= MAX_PAGES;
    assigns h->span_pages, h->npages, h->nspans, h->ids.capacity, h->released_pages,
            h->page_span[h->npages .. h->map.npages - 1], h->span[h->nspans .. h->map.npages],
            h->live[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->ids.stack[h->nspans .. h->map.npages], h->ids.where[h->nspans .. h->map.npages],
            h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures held: PagesHeld(h); ensures limits: LimitsSame{Pre,Post}(h);
    ensures grown: HeapGrown{Pre,Post}(h); ensures names_same: NamesSameBut{Pre,Post}(h, 0, 0);
    ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures changed: HeapChanged{Pre,Post}(h, NO_SPAN);
    ensures kept: \result.page != NO_PAGE ==>
      PagesKeptBut(h, \result.page, \result.page + npages);
    ensures run: \result.page != NO_PAGE ==>
      RunInHand(h, \result.page, \result.page + npages);
    ensures aligned: \result.page != NO_PAGE ==> align > 1 ==>
      PageAddress(&h->map, \result.page) % (align * PAGE_SIZE) == 0;
    ensures zero: \result.page != NO_PAGE ==> \result.released == npages ==>
      RunWasZero{Pre}(h, \result.page, \result.page + npages);
    ensures none: \result.page == NO_PAGE ==> PagesKept(h) && (npages + align > MAX_PAGES ||
      NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages,
                  align <= 1 ? npages : npages + align));
*/
static struct page_run take_run(struct wpm_heap *h, uint32_t npages, uint32_t align) HEAP_LOCKED(h)
{
    struct page_run run;
    if (align <= 1) run = heaprun_take(h, npages);
    else run = heaprun_take_aligned(h, npages, align);
    /*@ assert cells: PlaceCells{Pre,Here}(h); */
    return run;
}

/* An id for the run of `npages` pages at `page`; when there is none, the run is free again. */
/*@ requires held: PagesHeld(h); requires kept: PagesKeptBut(h, page, page + npages);
    requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires length: 0 < npages; requires run: RunInHand(h, page, page + npages);
    assigns h->ids.used, h->ids.depth, h->ids.where[0 .. h->ids.capacity - 1],
            h->span_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures held: PagesHeld(h); ensures ids: IdsValid(h);
    ensures changed: HeapChanged{Pre,Post}(h, NO_SPAN); ensures sizes: SizesSame{Pre,Post}(h);
    ensures names_same: NamesSameBut{Pre,Post}(h, 0, 0);
    ensures taken_but: IdsTakenBut(h, \result); ensures range: \result < h->nspans;
    ensures kept: \result != NO_SPAN ==> PagesKeptBut(h, page, page + npages);
    ensures run: \result != NO_SPAN ==> RunInHand(h, page, page + npages);
    ensures free: \result != NO_SPAN ==>
      IdTaken(&h->ids, \result) == 1 && h->span[\result].npages == 0;
    ensures none: \result == NO_SPAN ==> PagesKept(h) && IdsTaken(h) &&
      NoRecordFree(h);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static uint32_t take_id(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h)
{
    uint32_t s = heapspan_take_id(h);
    /*@ assert run: RunInHand(h, page, page + npages) && PagesKeptBut(h, page, page + npages); */
    /*@ assert held: PagesHeld(h); */
    /*@ assert full: s == NO_SPAN ==> NoRecordFree(h); */
    if (s == NO_SPAN) heaprun_give(h, page, npages);
    /*@ assert changed: SpansChanged{Pre,Here}(h, NO_SPAN) && PlaceCells{Pre,Here}(h); */
    /*@ assert full_still: s == NO_SPAN ==> NoRecordFree(h); */
    return s;
}

/* Pages, at a multiple of `align` pages, and an id for a span of `npages` pages. */
/*@ requires held: PagesHeld(h); requires kept: PagesKept(h); requires valid: SpansValid(h);
    requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires length: 0 < npages <= MAX_PAGES && align <= MAX_PAGES;
    assigns h->ids.used, h->ids.depth, h->ids.where[0 .. h->map.npages],
            h->span_pages, h->npages, h->nspans, h->ids.capacity, h->released_pages,
            h->page_span[h->npages .. h->map.npages - 1], h->span[h->nspans .. h->map.npages],
            h->live[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[h->nspans * SPAN_WORDS .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->ids.stack[h->nspans .. h->map.npages], h->ids.where[h->nspans .. h->map.npages],
            h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            h->pages.released[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures held: PagesHeld(h); ensures ids: IdsValid(h); ensures valid: SpansValid(h);
    ensures changed: HeapChanged{Pre,Post}(h, NO_SPAN);
    ensures grown: HeapGrown{Pre,Post}(h);
    ensures names_same: NamesSameBut{Pre,Post}(h, 0, 0);
    ensures fresh: \result.id != NO_SPAN ==> WasUnused{Pre}(h, \result.id);
    ensures taken_but: IdsTakenBut(h, \result.id); ensures range: \result.id < h->nspans;
    ensures kept: \result.id != NO_SPAN ==>
      PagesKeptBut(h, \result.page, \result.page + npages);
    ensures run: \result.id != NO_SPAN ==>
      RunInHand(h, \result.page, \result.page + npages);
    ensures free: \result.id != NO_SPAN ==>
      IdTaken(&h->ids, \result.id) == 1 && h->span[\result.id].npages == 0;
    ensures aligned: \result.id != NO_SPAN ==> align > 1 ==>
      PageAddress(&h->map, \result.page) % (align * PAGE_SIZE) == 0;
    ensures zero: \result.id != NO_SPAN ==> \result.zero == true ==>
      RunWasZero{Pre}(h, \result.page, \result.page + npages);
    ensures none: \result.id == NO_SPAN ==> PagesKept(h) && IdsTaken(h) &&
      (npages + align > MAX_PAGES ||
       NoRunStarts(h->pages.free, h->pages.npages, 0, h->pages.npages,
                   align <= 1 ? npages : npages + align) ||
       NoRecordFree(h));
    ensures none_left: \result.id == NO_SPAN ==> align <= 1 ==> npages + align <= MAX_PAGES ==>
      NoSpanFor(h, npages);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static struct draft draft_span(struct wpm_heap *h, uint32_t npages, uint32_t align) HEAP_LOCKED(h)
{
    struct page_run run = take_run(h, npages, align);
    struct draft draft = {NO_SPAN, run.page, run.released == npages};
    if (run.page == NO_PAGE) return draft;
    /*@ assert limits: h->map.base == \at(h->map.base, Pre) &&
          h->map.npages == \at(h->map.npages, Pre) &&
          h->pages.npages == \at(h->pages.npages, Pre) && h->ids.capacity <= h->map.npages + 1; */
    //@ ghost Taken: ;
    draft.id = take_id(h, run.page, npages);
    /*@ assert base: h->map.base == \at(h->map.base, Pre); */
    /*@ assert changed: HeapChanged{Pre,Here}(h, NO_SPAN); */
    /*@ assert valid: SpansValid(h); */
    /*@ assert grown: HeapGrown{Pre,Here}(h) && NamesSameBut{Pre,Here}(h, 0, 0); */
    /*@ assert fresh: draft.id != NO_SPAN ==> WasUnused{Pre}(h, draft.id); */
    return draft;
}

/* Begin span `s` of class `k` (0: large) at `page`, which is in hand. */
/*@ requires held: PagesHeld(h); requires valid: SpansValid(h);
    requires span: 0 < s < h->nspans && h->span[s].npages == 0;
    requires id: IdTaken(&h->ids, s) == 1 && IdsTakenBut(h, s); requires ids: IdsValid(h);
    requires pages: 0 < shape.span_pages && RunInHand(h, page, page + shape.span_pages);
    requires kept: PagesKeptBut(h, page, page + shape.span_pages);
    requires class: k < NUM_CLASSES;
    requires small: k != 0 ==> ClassServes(k) && shape.size_bytes == class_table[k].size_bytes &&
      shape.span_pages == class_table[k].span_pages && shape.slots == class_table[k].slots &&
      shape.magic == class_table[k].magic &&
      ClassGeometry(shape.size_bytes, shape.span_pages, shape.slots, shape.magic);
    requires large: k == 0 ==> shape.slots == 1;
    assigns h->span[s].first, h->span[s].start, h->span[s].npages, h->span[s].slot_bytes,
            h->span[s].magic, h->span[s].nslots, h->span[s].span_class, h->span[s].owner,
            h->span[s].place, h->span[s].next, h->span[s].prev, h->span[s].used,
            h->page_span[page .. page + shape.span_pages - 1];
    ensures held: PagesHeld(h); ensures kept: PagesKept(h); ensures valid: SpansValid(h);
    ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures changed: HeapChanged{Pre,Post}(h, s); ensures sizes: SizesSame{Pre,Post}(h);
    ensures unused: NoSlots(h, s);
    ensures names_same: NamesSameBut{Pre,Post}(h, page, page + shape.span_pages);
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures set: h->span[s].start == page && h->span[s].npages == shape.span_pages &&
      h->span[s].nslots == shape.slots && h->span[s].span_class == k &&
      h->span[s].owner == OWNER_NONE && h->span[s].place == (k == 0 ? PLACE_LARGE : PLACE_HAND);
*/
static void begin_span(struct wpm_heap *h, uint32_t s, uint32_t page, uint32_t k,
                       struct size_class shape) HEAP_LOCKED(h)
{
    /*@ assert unused: NoSlots(h, s); */
    heapspan_begin(h, s, page, k, shape);
    /*@ assert no_slots: NoSlots(h, s); */
    /*@ assert table: TableSame{Pre,Here} && PlaceCells{Pre,Here}(h); */
    /*@ assert span: ShapeAt(h, s) && SmallAt(h, s) && LargeAt(h, s) && UnusedAt(h, s) &&
          NamesOf(h, s) && SlotsAt(h, s) && FreedAt(h, s) && PlaceAt(h, s) && SpanLoose(h, s); */
    /*@ assert changed: SpanChanged{Pre,Here}(h, s); */
    /*@ assert pages: PagesValid(h); */
}

/* Note whether the memory of span `s`, new, is zero. */
/*@ requires memory: HeapMemory(h); requires span: 0 < s < h->nspans;
    assigns h->span[s].dirty_words;
    ensures hints: HintsChanged{Pre,Post}(h, s);
    ensures set: h->span[s].dirty_words == (zero == true ? 0 : SPAN_WORDS);
*/
static void set_dirty(struct wpm_heap *h, uint32_t s, bool zero) HEAP_LOCKED(h)
{
    h->span[s].dirty_words = zero ? 0 : SPAN_WORDS;
}

uint32_t mheap_alloc_span(struct wpm_heap *h, uint32_t k)
{
    /*@ assert valid: SpansValid(h) && PagesHeld(h); */
    /*@ assert few: class_table[k].span_pages + 1 <= MAX_PAGES; */
    struct draft draft = draft_span(h, class_table[k].span_pages, 1);
    uint32_t s = draft.id;
    /*@ assert table: h->nspans > 1 ==>
          class_table[k].span_pages == \at(class_table[k].span_pages, Pre); */
    /*@ assert none_left: s == NO_SPAN ==> NoSpanFor(h, class_table[k].span_pages); */
    if (s == NO_SPAN) return NO_SPAN;
    begin_span(h, s, draft.page, k, class_table[k]);
    /*@ assert changed: HeapChanged{Pre,Here}(h, s); */
    /*@ assert names: NamesSameBut{Pre,Here}(h, h->span[s].start,
                                             h->span[s].start + h->span[s].npages); */
    /*@ assert zero: draft.zero == true ==> RunWasZero{Pre}(h, h->span[s].start,
          h->span[s].start + h->span[s].npages); */
    set_dirty(h, s, draft.zero);
    /*@ assert hints: HintsChanged{Pre,Here}(h, s); */
    return s;
}

/* The object of large span `s`, new, is live. */
/*@ requires held: PagesHeld(h); requires kept: PagesKept(h); requires valid: SpansValid(h);
    requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires span: InUse(h, s) && h->span[s].span_class == 0 && h->span[s].nslots == 1 &&
      h->span[s].place == PLACE_LARGE;
    assigns h->live[s * SPAN_WORDS];
    ensures held: PagesHeld(h); ensures kept: PagesKept(h); ensures valid: SpansValid(h);
    ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures changed: HeapChanged{Pre,Post}(h, s);
    ensures live: SlotBit(h->live, s, 0) == 1;
    ensures others: LiveSameBut{Pre,Post}(h, s * SPAN_WORDS);
*/
static void mark_live(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    /*@ assert span: SpanAt(h, s); */
    atomic_write64(&h->live[s * SPAN_WORDS], bits_one(0));
    /*@ assert memory: HeapMemory(h) && PoolsMemory(h); */
    /*@ assert pages: PagesSame{Pre,Here}(h) && IdsSame{Pre,Here}(h); */
    /*@ assert kept: WordsChanged{Pre,Here}(h, s) && EntriesSame{Pre,Here}(h) &&
          CachesKept{Pre,Here}(h); */
    /*@ assert heap: HeapChanged{Pre,Here}(h, s); */
    /*@ assert slots: SlotsAt(h, s); */
    /*@ assert changed: SpanChanged{Pre,Here}(h, s); */
}

uint32_t mheap_alloc_large(struct wpm_heap *h, uint32_t npages, uint32_t align_pages, bool *zero)
{
    /*@ assert valid: SpansValid(h) && PagesHeld(h); */
    struct draft draft = draft_span(h, npages, align_pages);
    struct size_class shape = {0, npages, 1, 0};
    uint32_t s = draft.id;
    /*@ assert live_same: LiveSame{Pre,Here}(h); */
    /*@ assert base: h->map.base == \at(h->map.base, Pre) && PageAddress(&h->map, draft.page) ==
          \at(h->map.base, Pre) + draft.page * PAGE_SIZE; */
    /*@ assert pool_drafted: h->pages.npages == \at(h->pages.npages, Pre); */
    if (s == NO_SPAN) return NO_SPAN;
    begin_span(h, s, draft.page, 0, shape);
    /*@ assert changed: HeapChanged{Pre,Here}(h, s); */
    /*@ assert names: NamesSameBut{Pre,Here}(h, h->span[s].start,
                                             h->span[s].start + h->span[s].npages); */
    /*@ assert live_begun: LiveSame{Pre,Here}(h) && h->nspans >= \at(h->nspans, Pre); */
    mark_live(h, s);
    /*@ assert live: HeapChanged{Pre,Here}(h, s); */
    /*@ assert words: LiveSameBut{Pre,Here}(h, s * SPAN_WORDS); */
    /*@ assert address: SpanAddress(h, s) == \at(h->map.base, Pre) + draft.page * PAGE_SIZE; */
    /*@ assert pool: h->pages.npages == \at(h->pages.npages, Pre); */
    *zero = draft.zero;
    return s;
}

/* The system has the memory of the `npages` free pages from `page` on. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h); requires pages: PagesValid(h);
    requires beyond: PagesBeyond(h);
    requires range: 0 < npages && page + npages <= h->npages;
    requires free: FreeRun(h->pages.free, h->pages.npages, page, npages);
    requires kept: \forall integer p; page <= p < page + npages ==>
      BitAt(h->pages.released, p) == 0;
    assigns h->released_pages, h->pages.released[0 .. h->pages.npages / 64 - 1];
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h); ensures pages: PagesValid(h);
    ensures beyond: PagesBeyond(h);
    ensures count: h->released_pages == \old(h->released_pages) + npages;
    ensures released: BitRangeSet{Pre,Post}(h->pages.released, page, page + npages);
    ensures free_same: BitsSame{Pre,Post}(h->pages.free);
    ensures names: NamesKept{Pre,Post}(h);
    ensures counts: CountsSame{Pre,Post}(h);
    ensures ids_same: IdsSame{Pre,Post}(h);
    ensures changed: HeapChanged{Pre,Post}(h, NO_SPAN);
*/
static void mark_released(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h)
{
    heappool_mark_released(h, page, npages);
    /*@ assert cells: ShapeCellsKept{Pre,Here}(h) && BitCellsKept{Pre,Here}(h) &&
          CellsKept{Pre,Here}(h) && PointersSame{Pre,Here}(h); */
    /*@ assert counts: CountsSame{Pre,Here}(h) && HeapApart(h) && PoolsApart(h); */
    /*@ assert memory: HeapArrays(h) && PoolSizes(h) && PageallocMemory(&h->pages) &&
          FixallocMemory(&h->ids); */
    /*@ assert names: SpansChanged{Pre,Here}(h, NO_SPAN) && NamesKept{Pre,Here}(h); */
    /*@ assert table: TableSame{Pre,Here} && PlaceCells{Pre,Here}(h); */
}

/* Give the memory of a run that was just freed back to the system when enough is kept already. */
/*@ requires held: PagesHeld(h); requires kept: PagesKept(h);
    requires range: 0 < npages && page + npages <= h->npages;
    requires free: FreeRun(h->pages.free, h->pages.npages, page, npages);
    requires kept_memory: \forall integer p; page <= p < page + npages ==>
      BitAt(h->pages.released, p) == 0;
    assigns h->released_pages, h->pages.released[0 .. h->pages.npages / 64 - 1];
    ensures held: PagesHeld(h); ensures kept: PagesKept(h); ensures ids_same: IdsSame{Pre,Post}(h);
    ensures sizes: SizesSame{Pre,Post}(h); ensures changed: HeapChanged{Pre,Post}(h, NO_SPAN);
    ensures whole: h->owned == 0 || npages < RELEASE_MIN_PAGES ==>
      h->released_pages == \old(h->released_pages);
*/
static void release_surplus(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h)
{
    if (!h->owned || npages < RELEASE_MIN_PAGES) return;
    if (heappool_kept_pages(h) <= RETAIN_PAGES + h->span_pages / 8) return;
    if (platform_release(arenamap_address(&h->map, page), (size_t)npages * PAGE_SIZE))
        mark_released(h, page, npages);
}

/* Free the run of `npages` pages at `page`, in hand, and its memory if enough is kept. */
/*@ requires held: PagesHeld(h); requires kept: PagesKeptBut(h, page, page + npages);
    requires valid: SpansValid(h); requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires length: 0 < npages; requires run: RunInHand(h, page, page + npages);
    assigns h->released_pages, h->pages.released[0 .. h->pages.npages / 64 - 1],
            h->span_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures held: PagesHeld(h); ensures kept: PagesKept(h); ensures valid: SpansValid(h);
    ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures sizes: SizesSame{Pre,Post}(h); ensures changed: HeapChanged{Pre,Post}(h, NO_SPAN);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static void give_run(struct wpm_heap *h, uint32_t page, uint32_t npages) HEAP_LOCKED(h)
{
    heaprun_give(h, page, npages);
    /*@ assert cells: PlaceCells{Pre,Here}(h) && TableKept{Pre,Here}(h); */
    /*@ assert given: HeapChanged{Pre,Here}(h, NO_SPAN) && CountsSame{Pre,Here}(h); */
    release_surplus(h, page, npages);
    /*@ assert changed: HeapChanged{Pre,Here}(h, NO_SPAN); */
    /*@ assert ids: IdsSame{Pre,Here}(h); */
}

/* End span `s`; its pages are in hand then, its id can be taken again. */
/*@ requires held: PagesHeld(h); requires kept: PagesKept(h); requires valid: SpansValid(h);
    requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires span: InUse(h, s);
    requires place: h->span[s].place == PLACE_HAND || h->span[s].place == PLACE_LARGE;
    requires empty: h->span[s].span_class != 0 ==>
      \forall integer w; WordOf(s, w) ==> h->live[w] == 0;
    requires merged: h->span[s].span_class != 0 ==> \forall integer w, j; WordOf(s, w) ==>
      0 <= j < 64 ==> Bit(h->freed[w], j) == 0;
    assigns h->span[s].npages, h->span[s].nslots, h->span[s].used, h->span[s].owner,
            h->span[s].place, h->live[s * SPAN_WORDS],
            h->page_span[h->span[s].start .. h->span[s].start + h->span[s].npages - 1];
    ensures held: PagesHeld(h); ensures valid: SpansValid(h); ensures ids: IdsValid(h);
    ensures kept: PagesKeptBut(h, \old(h->span[s].start),
                               \old(h->span[s].start + h->span[s].npages));
    ensures run: RunInHand(h, \old(h->span[s].start), \old(h->span[s].start + h->span[s].npages));
    ensures taken: IdsTakenBut(h, s) && IdTaken(&h->ids, s) == 1;
    ensures sizes: SizesSame{Pre,Post}(h); ensures changed: HeapChanged{Pre,Post}(h, s);
    ensures pages_same: PagesSame{Pre,Post}(h);
    ensures names_same: NamesSameBut{Pre,Post}(h, \old(h->span[s].start),
                               \old(h->span[s].start + h->span[s].npages));
    ensures gone: h->span[s].npages == 0 && h->span[s].place == PLACE_NONE;
*/
static void end_span(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    /*@ assert span: SpanAt(h, s); */
    heapspan_end(h, s);
    /*@ assert table: TableSame{Pre,Here} && PlaceCells{Pre,Here}(h); */
    /*@ assert gone: SpanAt(h, s); */
    /*@ assert changed: SpanChanged{Pre,Here}(h, s); */
    /*@ assert pages: PagesValid(h); */
}

/* The id of span `s`, which is no more, can be taken again. */
/*@ requires held: PagesHeld(h); requires valid: SpansValid(h);
    requires ids: IdsValid(h); requires but: IdsTakenBut(h, s);
    requires span: 0 < s < h->nspans && h->span[s].npages == 0 && IdTaken(&h->ids, s) == 1;
    assigns h->ids.depth, h->ids.stack[0 .. h->ids.capacity - 1], h->ids.where[s];
    ensures held: PagesHeld(h); ensures valid: SpansValid(h);
    ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures pages_same: PagesSame{Pre,Post}(h);
    ensures sizes: SizesSame{Pre,Post}(h); ensures changed: HeapChanged{Pre,Post}(h, NO_SPAN);
*/
static void give_id(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    heapspan_give_id(h, s);
    /*@ assert cells: PlaceCells{Pre,Here}(h) && TableKept{Pre,Here}(h); */
    /*@ assert changed: HeapChanged{Pre,Here}(h, NO_SPAN); */
    /*@ assert pages: PagesValid(h) && PagesTaken(h) && PagesBeyond(h) && PagesCounted(h); */
}

void mheap_free_span(struct wpm_heap *h, uint32_t s)
{
    uint32_t page = h->span[s].start;
    uint32_t npages = h->span[s].npages;
    /*@ assert valid: SpansValid(h) && PagesHeld(h); */
    end_span(h, s);
    /*@ assert ends: h->pages.npages == \at(h->pages.npages, Pre) &&
          h->ids.capacity == \at(h->nspans, Pre); */
    give_id(h, s);
    /*@ assert run: RunInHand(h, page, page + npages) && PagesKeptBut(h, page, page + npages); */
    /*@ assert names: NamesSameBut{Pre,Here}(h, page, page + npages); */
    /*@ assert changed: HeapChanged{Pre,Here}(h, s) && SizesSame{Pre,Here}(h) &&
          h->pages.npages == \at(h->pages.npages, Pre); */
    give_run(h, page, npages);
    /*@ assert ended: HeapChanged{Pre,Here}(h, s) && SizesSame{Pre,Here}(h) &&
          Unnamed(h, page, page + npages); */
}

/* Give the pages of large span `s` from its `npages`th on up. */
/*@ requires held: PagesHeld(h); requires kept: PagesKept(h); requires valid: SpansValid(h);
    requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires span: InUse(h, s) && h->span[s].place == PLACE_LARGE && h->span[s].span_class == 0;
    requires fewer: 1 <= npages < h->span[s].npages;
    assigns h->span[s].npages, h->page_span[h->span[s].start + npages ..
                                            h->span[s].start + h->span[s].npages - 1];
    ensures held: PagesHeld(h); ensures valid: SpansValid(h);
    ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures kept: PagesKeptBut(h, h->span[s].start + npages,
                               h->span[s].start + \old(h->span[s].npages));
    ensures run: RunInHand(h, h->span[s].start + npages,
                           h->span[s].start + \old(h->span[s].npages));
    ensures start: h->span[s].start == \old(h->span[s].start);
    ensures names_same: NamesSameBut{Pre,Post}(h, h->span[s].start + npages,
                                               h->span[s].start + \old(h->span[s].npages));
    ensures set: h->span[s].npages == npages;
    ensures sizes: SizesSame{Pre,Post}(h); ensures changed: HeapChanged{Pre,Post}(h, s);
    ensures words_same: WordsChanged{Pre,Post}(h, NO_SPAN);
    ensures shape_same: ShapeButLength{Pre,Post}(h, s);
*/
static void shrink_span(struct wpm_heap *h, uint32_t s, uint32_t npages) HEAP_LOCKED(h)
{
    /*@ assert span: SpanAt(h, s); */
    heapspan_shrink(h, s, npages);
    /*@ assert table: TableSame{Pre,Here} && PlaceCells{Pre,Here}(h) &&
          h->span[s].nslots == \at(h->span[s].nslots, Pre) &&
          h->span[s].span_class == \at(h->span[s].span_class, Pre) &&
          h->span[s].start == \at(h->span[s].start, Pre) &&
          h->span[s].first == \at(h->span[s].first, Pre) &&
          h->span[s].slot_bytes == \at(h->span[s].slot_bytes, Pre) &&
          h->span[s].magic == \at(h->span[s].magic, Pre); */
    /*@ assert shorter: ShapeAt(h, s) && SmallAt(h, s) && LargeAt(h, s) && UnusedAt(h, s) &&
          NamesOf(h, s) && SlotsAt(h, s) && FreedAt(h, s) && PlaceAt(h, s) && SpanLoose(h, s); */
    /*@ assert changed: SpanChanged{Pre,Here}(h, s); */
    /*@ assert pages: PagesValid(h); */
}

/* The pages in hand behind large span `s`, up to its `npages`th, become its own. */
/*@ requires held: PagesHeld(h); requires valid: SpansValid(h);
    requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires span: InUse(h, s) && h->span[s].place == PLACE_LARGE && h->span[s].span_class == 0;
    requires more: h->span[s].npages < npages && h->span[s].start + npages <= h->npages;
    requires run: RunInHand(h, h->span[s].start + h->span[s].npages, h->span[s].start + npages);
    requires kept: PagesKeptBut(h, h->span[s].start + h->span[s].npages,
                                h->span[s].start + npages);
    assigns h->span[s].npages, h->page_span[h->span[s].start + h->span[s].npages ..
                                            h->span[s].start + npages - 1];
    ensures held: PagesHeld(h); ensures kept: PagesKept(h); ensures valid: SpansValid(h);
    ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures set: h->span[s].npages == npages;
    ensures start: h->span[s].start == \old(h->span[s].start);
    ensures names_same: NamesSameBut{Pre,Post}(h, h->span[s].start + \old(h->span[s].npages),
                                               h->span[s].start + npages);
    ensures sizes: SizesSame{Pre,Post}(h); ensures changed: HeapChanged{Pre,Post}(h, s);
    ensures words_same: WordsChanged{Pre,Post}(h, NO_SPAN);
    ensures shape_same: ShapeButLength{Pre,Post}(h, s);
*/
static void take_pages(struct wpm_heap *h, uint32_t s, uint32_t npages) HEAP_LOCKED(h)
{
    /*@ assert span: SpanAt(h, s); */
    heapspan_stretch(h, s, npages);
    /*@ assert table: TableSame{Pre,Here} && PlaceCells{Pre,Here}(h) &&
          h->span[s].nslots == \at(h->span[s].nslots, Pre) &&
          h->span[s].span_class == \at(h->span[s].span_class, Pre) &&
          h->span[s].start == \at(h->span[s].start, Pre) &&
          h->span[s].first == \at(h->span[s].first, Pre) &&
          h->span[s].slot_bytes == \at(h->span[s].slot_bytes, Pre) &&
          h->span[s].magic == \at(h->span[s].magic, Pre); */
    /*@ assert longer: ShapeAt(h, s) && SmallAt(h, s) && LargeAt(h, s) && UnusedAt(h, s) &&
          NamesOf(h, s) && SlotsAt(h, s) && FreedAt(h, s) && PlaceAt(h, s) && SpanLoose(h, s); */
    /*@ assert changed: SpanChanged{Pre,Here}(h, s); */
    /*@ assert pages: PagesValid(h); */
}

/* The `more` free pages behind large span `s` become its own. */
/*@ requires held: PagesHeld(h); requires kept: PagesKept(h); requires valid: SpansValid(h);
    requires ids: IdsValid(h); requires ids_taken: IdsTaken(h);
    requires span: InUse(h, s) && h->span[s].place == PLACE_LARGE && h->span[s].span_class == 0;
    requires more: 0 < more && h->span[s].start + h->span[s].npages + more <= h->npages;
    requires free: FreeRun(h->pages.free, h->pages.npages, h->span[s].start + h->span[s].npages,
                           more);
    assigns h->span[s].npages, h->page_span[h->span[s].start + h->span[s].npages ..
                                            h->span[s].start + h->span[s].npages + more - 1],
            h->released_pages, h->pages.released[0 .. h->pages.npages / 64 - 1],
            h->span_pages, h->pages.free_pages, h->pages.search_page,
            h->pages.free[0 .. h->pages.npages / 64 - 1],
            HEAP_SUMMARIES(h);
    ensures held: PagesHeld(h); ensures kept: PagesKept(h); ensures valid: SpansValid(h);
    ensures ids: IdsValid(h); ensures ids_taken: IdsTaken(h);
    ensures set: h->span[s].npages == \old(h->span[s].npages) + more;
    ensures start: h->span[s].start == \old(h->span[s].start);
    ensures names_same: NamesSameBut{Pre,Post}(h, h->span[s].start + \old(h->span[s].npages),
                                               h->span[s].start + h->span[s].npages);
    ensures sizes: SizesSame{Pre,Post}(h); ensures changed: HeapChanged{Pre,Post}(h, s);
    ensures words_same: WordsChanged{Pre,Post}(h, NO_SPAN);
    ensures shape_same: ShapeButLength{Pre,Post}(h, s);
*/
static void stretch_span(struct wpm_heap *h, uint32_t s, uint32_t more) HEAP_LOCKED(h)
{
    uint32_t old = h->span[s].npages;
    (void)heaprun_claim_at(h, h->span[s].start + old, more);
    /*@ assert claimed: HeapChanged{Pre,Here}(h, NO_SPAN); */
    /*@ assert valid: SpansValid(h) && IdsValid(h) && IdsTaken(h) && SpanAt(h, s); */
    /*@ assert same: ShapeButLength{Pre,Here}(h, s) && h->span[s].npages == old &&
          NamesSameBut{Pre,Here}(h, 0, 0) && SizesSame{Pre,Here}(h); */
    //@ ghost Claimed: ;
    take_pages(h, s, old + more);
    /*@ assert names: NamesSameBut{Claimed,Here}(h, \at(h->span[s].start, Pre) + old,
                                                 \at(h->span[s].start, Pre) + old + more); */
    /*@ assert names_same: NamesSameBut{Pre,Here}(h, \at(h->span[s].start, Pre) + old,
                                                  \at(h->span[s].start, Pre) + old + more); */
    /*@ assert changed: HeapChanged{Pre,Here}(h, s) && WordsChanged{Pre,Here}(h, NO_SPAN); */
}

bool mheap_resize_large(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    uint32_t old = h->span[s].npages;
    uint32_t behind = h->span[s].start + old;
    /*@ assert valid: SpansValid(h) && PagesHeld(h); */
    if (npages < old) {
        shrink_span(h, s, npages);
        give_run(h, behind - (old - npages), old - npages);
        /*@ assert changed: HeapChanged{Pre,Here}(h, s) && WordsChanged{Pre,Here}(h, NO_SPAN) &&
              ShapeButLength{Pre,Here}(h, s); */
    } else if (npages > old) {
        uint32_t more = npages - old;
        if (more > h->npages - behind || heappool_free_run(h, behind, more) < more) return false;
        stretch_span(h, s, more);
    }
    return true;
}

uint64_t mheap_release_all(struct wpm_heap *h)
{
    uint64_t total = 0;
    uint32_t end = h->npages;
    uint32_t page = 0;
    if (!h->owned) return 0;
    /*@ loop invariant range: 0 <= page <= end;
        loop invariant memory: HeapMemory(h); loop invariant pools: PoolsMemory(h);
        loop invariant pages: PagesValid(h);
        loop invariant beyond: PagesBeyond(h);
        loop invariant end: h->npages == end;
        loop invariant count: total == h->released_pages - \at(h->released_pages, Pre);
        loop invariant some: total <= page;
        loop invariant more: \forall integer p; 0 <= p < h->npages ==>
          BitAt(h->pages.released, p) >= BitAt{Pre}(h->pages.released, p);
        loop assigns page, total, h->released_pages,
                     h->pages.released[0 .. h->pages.npages / 64 - 1];
        loop variant end - page;
    */
    while (page < end) {
        /*@ assert words: PageallocMemory(&h->pages) && end <= h->pages.npages <= MAX_PAGES; */
        uint32_t first = bitmap_next_set(h->pages.free, page, end);
        uint32_t behind = bitmap_next_clear(h->pages.free, first, end);
        /*@ assert inside: first < behind ==> (behind - 1) / 64 < h->pages.npages / 64; */
        uint32_t from = bitmap_next_clear(h->pages.released, first, behind);
        page = bitmap_next_set(h->pages.released, from, behind);
        if (from == page) continue;
        size_t bytes = (size_t)(page - from) * PAGE_SIZE;
        if (!platform_release(arenamap_address(&h->map, from), bytes)) continue;
        /*@ assert free: FreeRun(h->pages.free, h->pages.npages, from, page - from); */
        mark_released(h, from, page - from);
        total += page - from;
    }
    return total;
}
