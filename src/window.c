/* window.c -- see window.h */
#include "window.h"

#include "counter.h"
#include "../spec/heaprun_kept.acsl"
#include "../spec/heaprun.acsl"
#include "../spec/mcache.acsl"

/* Of a function on the way to a window: its callers keep no registers for it. */
#define APART __attribute__((noinline))

/* Where word `w` of a span that starts at `first` lies. */
/*@ requires geometry: ClassGeometry(size, pages, slots, magic) && w * 64 < slots;
    requires first: first + pages * PAGE_SIZE <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures base: \result == WordPlace(first, w, size);
*/
static inline int64_t word_address(uintptr_t first, uint32_t w, uint32_t size)
    /*@ ghost (uint32_t pages, uint32_t slots, uint32_t magic) */
{
    //@ ghost class_lemma_slot(w * 64, size, pages, slots, magic);
    return (int64_t)(first + w * 64 * size);
}

/* The window of class `k` of cache `c` is `slots`, from address `base` on. */
/*@ requires ground: HeapGround(h);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    assigns c->entry[k].window, c->entry[k].base, c->claimed;
    ensures ground: HeapGround(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures set: c->entry[k].window == slots && c->entry[k].base == base;
*/
static inline void put_slots(struct wpm_heap *h, struct mcache *c, uint32_t k, uint64_t slots,
                             int64_t base, int64_t claimed)
{
    (void)h;
    atomic_write64(&c->entry[k].window, slots);
    c->entry[k].base = base;
    atomic_write_int64(&c->claimed, claimed);
    /*@ assert map: h->map.base == \at(h->map.base, Pre) &&
          h->map.npages == \at(h->map.npages, Pre); */
    //@ assert memory: HeapMemory(h) && PoolsMemory(h);
    //@ assert pages: PagesSame{Pre,Here}(h);
    //@ assert pools: PagesValid(h) && PagesTaken(h) && PagesKept(h) && PagesBeyond(h);
    //@ assert shape: SpanShape(h) && PagesCounted(h);
    //@ assert bits: SlotsInside(h) && FreedSmall(h);
    //@ assert live: HeldSame{Pre,Here}(h);
    /*@ assert stay: \forall integer s; 0 < s < h->nspans ==> ShapeSame{Pre,Here}(h, s); */
}

/* The empty window of class `k` of cache `c` is one of word `w` of its current span. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    requires entry: c->entry[k].span == s && c->entry[k].window == 0 && s != NO_SPAN;
    requires word: WordOf(s, word);
    assigns c->entry[k].span, c->entry[k].word, c->entry[k].slot_bytes, c->entry[k].dirty;
    ENSURES_PLACES(h)
    ensures entries: EntriesValid(h); ensures windows: WindowsFree(h);
    ensures addresses: AddressesBut(h, c->index, k); ensures places: PlacesValid(h);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures set: c->entry[k].span == s && c->entry[k].word == word &&
      c->entry[k].slot_bytes == bytes;
*/
static inline void put_word(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s,
                            int32_t word, int32_t bytes, int32_t dirty)
{
    //@ assert was: EntryValid(h, c->index, k);
    //@ assert but: PlacesBut(h, s) && PlaceValid(h, s);
    window_place(h, c, k, (int32_t)s, word, bytes, dirty);
    //@ assert entry: EntryValid(h, c->index, k);
    //@ assert place: PlaceValid(h, s) && PlacesBut(h, s);
    //@ assert window: WindowFree(h, c->index, k);
}

/* The empty window of class `k` of cache `c`, which is one of word `word`, is `slots`. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    requires entry: c->entry[k].span == s && c->entry[k].window == 0 && s != NO_SPAN &&
      c->entry[k].slot_bytes == h->span[s].slot_bytes;
    requires base: base == WordPlace(SpanAddress(h, s), c->entry[k].word - s * SPAN_WORDS,
                                     h->span[s].slot_bytes);
    requires slots: \forall integer j; 0 <= j < 64 ==> Bit(slots, j) == 1 ==>
      (c->entry[k].word - s * SPAN_WORDS) * 64 + j < h->span[s].nslots &&
      Bit(h->live[c->entry[k].word], j) == 0 && Bit(h->freed[c->entry[k].word], j) == 0;
    assigns c->entry[k].window, c->entry[k].base, c->claimed;
    ensures ground: HeapGround(h);
    ensures entries: EntriesValid(h); ensures windows: WindowsFree(h);
    ensures addresses: EntryAddresses(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures set: c->entry[k].window == slots;
*/
static inline void put_window(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s,
                              uint64_t slots, int64_t base, int64_t claimed)
{
    (void)s;
    //@ assert entry: EntryValid(h, c->index, k);
    put_slots(h, c, k, slots, base, claimed);
    //@ assert stood: SpanStood{Pre,Here}(h, NO_SPAN);
    //@ assert same: EntriesSameBut{Pre,Here}(h, c->index, k);
    //@ assert valid: EntryValid(h, c->index, k) && WindowFree(h, c->index, k);
    //@ assert first: SpanAddress(h, s) == SpanAddress{Pre}(h, s);
    /*@ assert based: c->entry[k].base == WordPlace(SpanAddress(h, s),
          c->entry[k].word - c->entry[k].span * SPAN_WORDS, c->entry[k].slot_bytes); */
    //@ assert entry: EntryAddress(h, c->index, k);
}

APART bool window_set(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s, uint32_t w,
                      uint64_t slots)
{
    struct mspan *span = &h->span[s];
    uint32_t n = bits_count(slots);
    uintptr_t first = arenamap_address(&h->map, span->start);
    int64_t base = word_address(first, w, span->slot_bytes)
        /*@ ghost (span->npages, span->nslots, span->magic) */;
    bool dirty = w < span->dirty_words;
    if (!dirty) span->dirty_words = (uint16_t)(w + 1);
    mspan_count_used(h, s, n);
    //@ assert word: (int32_t)(s * SPAN_WORDS + w) == s * SPAN_WORDS + w;
    put_word(h, c, k, s, (int32_t)(s * SPAN_WORDS + w), (int32_t)span->slot_bytes, dirty);
    //@ assert at: c->entry[k].word == s * SPAN_WORDS + w;
    put_window(h, c, k, s, slots, base, counter_add(c->claimed, n));
    return true;
}

/* Merge word `w` of span `s`, while the addresses of an entry are not set. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    requires span: InUse(h, s) && h->span[s].span_class != 0 && w < SPAN_WORDS;
    assigns h->span[s].used, h->live[s * SPAN_WORDS + w], h->freed[s * SPAN_WORDS + w], h->stray;
    ensures ground: HeapGround(h);
    ensures entries: EntriesValid(h); ensures windows: WindowsFree(h);
    ensures addresses: AddressesBut(h, c->index, k);
    ensures same: EntriesSame{Pre,Post}(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures fewer: \forall integer j; 0 <= j < 64 ==> Bit(h->live[s * SPAN_WORDS + w], j) == 1 ==>
      Bit(\old(h->live[s * SPAN_WORDS + w]), j) == 1;
    ensures merged: \forall integer j; 0 <= j < 64 ==> Bit(h->freed[s * SPAN_WORDS + w], j) == 0;
*/
static inline void merge_word(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s,
                              uint32_t w)
{
    (void)c;
    (void)k;
    mspan_merge_word(h, s, w);
    /*@ assert cells: \forall uint64_t *q; \base_addr(q) != \base_addr(h->live) ==>
          \base_addr(q) != \base_addr(h->freed) ==> *q == \at(*q, Pre); */
    /*@ assert map: h->map.base == \at(h->map.base, Pre) &&
          h->map.npages == \at(h->map.npages, Pre); */
    //@ assert memory: HeapMemory(h) && PoolsMemory(h);
    //@ assert entries: EntriesSame{Pre,Here}(h);
    //@ assert stay: PlacesStay{Pre,Here}(h, NO_SPAN) && ShapesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert free: BitsSame{Pre,Here}(h->pages.free);
    //@ assert released: BitsSame{Pre,Here}(h->pages.released);
    //@ assert pages: PagesSame{Pre,Here}(h);
    //@ assert pools: PagesValid(h) && PagesTaken(h) && PagesKept(h) && PagesBeyond(h);
    /*@ assert others: \forall integer w; 0 <= w < h->nspans * SPAN_WORDS ==> !WordOf(s, w) ==>
          h->freed[w] == \at(h->freed[w], Pre); */
    //@ assert freed: FreedSmall(h);
    //@ assert shape: SpanShape(h) && PagesCounted(h);
    /*@ assert shapes: \forall integer t; 0 < t < h->nspans ==> ShapeSame{Pre,Here}(h, t); */
}

APART bool window_claim_merged(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s,
                               uint32_t w)
{
    merge_word(h, c, k, s, w);
    uint64_t slots = mspan_free_slots(h, s, w);
    //@ assert none: slots == 0 ==> \forall integer j; 0 <= j < 64 ==> Bit(slots, j) == 0;
    if (slots == 0) return false;
    return window_set(h, c, k, s, w, slots);
}

/* The window of class `k` of cache `c` is empty. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires address: EntryAddress(h, c->index, k);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    assigns c->entry[k].window, c->entry[k].base, c->claimed;
    ensures valid: HeapButAddress(h, c->index, k); ensures addresses: EntryAddresses(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures set: c->entry[k].window == 0;
*/
static inline void drop_slots(struct wpm_heap *h, struct mcache *c, uint32_t k, int64_t claimed)
{
    //@ assert entry: EntryValid(h, c->index, k);
    put_slots(h, c, k, 0, c->entry[k].base, claimed);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert words: WordsChanged{Pre,Here}(h, NO_SPAN);
    //@ assert stood: SpanStood{Pre,Here}(h, NO_SPAN);
    //@ assert same: EntriesSameBut{Pre,Here}(h, c->index, k);
    //@ assert none: \forall integer j; 0 <= j < 64 ==> Bit(c->entry[k].window, j) == 0;
    //@ assert valid: EntryValid(h, c->index, k) && WindowFree(h, c->index, k);
    //@ assert based: EntryAddress(h, c->index, k);
}

/* Class `k` of cache `c`, whose window is empty, has no span. It had span `s`, or none. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    requires entry: c->entry[k].span == s && c->entry[k].window == 0;
    assigns c->entry[k].span, c->entry[k].word, c->entry[k].slot_bytes, c->entry[k].dirty;
    ENSURES_PLACES(h)
    ensures entries: EntriesValid(h); ensures windows: WindowsFree(h);
    ensures addresses: EntryAddresses(h); ensures places: PlacesBut(h, s);
    ensures loose: s != NO_SPAN ==> InNoEntry(h, s) && InUse(h, s) &&
      h->span[s].span_class != 0 && h->span[s].place == PLACE_CURRENT;
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures set: c->entry[k].span == NO_SPAN;
*/
static inline void leave_span(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s)
{
    (void)s;
    //@ assert was: EntryValid(h, c->index, k) && PlacesBut(h, s);
    window_place(h, c, k, NO_SPAN, c->entry[k].word, c->entry[k].slot_bytes, c->entry[k].dirty);
    //@ assert none: \forall integer j; 0 <= j < 64 ==> Bit(c->entry[k].window, j) == 0;
    //@ assert entry: EntryValid(h, c->index, k) && WindowFree(h, c->index, k);
    //@ assert based: EntryAddress(h, c->index, k);
}

uint32_t window_give(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    struct cache_entry *e = &c->entry[k];
    uint32_t s = (uint32_t)e->span;
    uint32_t left = bits_count(e->window);
    //@ assert entry: EntryValid(h, c->index, k) && EntryAddress(h, c->index, k);
    //@ assert ready: HeapButAddress(h, c->index, k);
    drop_slots(h, c, k, counter_less(c->claimed, left));
    if (s != NO_SPAN) h->span[s].used = mspan_less(h->span[s].used, left);
    leave_span(h, c, k, s);
    return s;
}
