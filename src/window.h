/* window.h -- a cache's window: one word of a span, whose free slots the cache has claimed.
 *
 * Claiming goes through the words of a current span in order. Where others have freed slots, their
 * bits are merged first. A window's slots are the cache's alone, neither live nor to be had by
 * anyone else, until they are handed out or the cache is given back.
 */
#ifndef WPM_WINDOW_H
#define WPM_WINDOW_H

#include "atomic.h"
#include "heap.h"
#include "mspan.h"

#include "../spec/alloc.acsl"
#include "../spec/window.acsl"

/* What the entry of class `k` of cache `c` says of its span and word. */
/*@ requires memory: HeapMemory(h);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    assigns c->entry[k].span, c->entry[k].word, c->entry[k].slot_bytes, c->entry[k].dirty;
    ensures set: c->entry[k].span == span && c->entry[k].word == word &&
      c->entry[k].slot_bytes == bytes && c->entry[k].dirty == dirty;
    ensures stay: PlacesStay{Pre,Post}(h, NO_SPAN);
    ensures links: LinksSame{Pre,Post}(h);
    ensures sets: SetsSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures stood: SpanStood{Pre,Post}(h, NO_SPAN);
    ensures entries: EntriesSameBut{Pre,Post}(h, c->index, k);
*/
static inline void window_place(struct wpm_heap *h, struct mcache *c, uint32_t k, int32_t span,
                                int32_t word, int32_t bytes, int32_t dirty)
{
    (void)h;
    c->entry[k].span = span;
    c->entry[k].word = word;
    c->entry[k].slot_bytes = bytes;
    c->entry[k].dirty = dirty;
    //@ assert stay: PlacesStay{Pre,Here}(h, NO_SPAN);
    /*@ assert attached: \forall integer d; 0 <= d < h->ncaches ==>
          (h->cache + d)->attached == \at((h->cache + d)->attached, Pre); */
    /*@ assert index: \forall integer d; 0 <= d < h->ncaches ==>
          (h->cache + d)->index == \at((h->cache + d)->index, Pre); */
    /*@ assert owner: \forall integer d; 0 <= d < h->ncaches ==>
          (h->cache + d)->owner == \at((h->cache + d)->owner, Pre); */
    //@ assert some: 0 < h->nspans;
}

/* Merge all words of span `s`: slots that others have freed are no longer live. */
/*@ requires ground: HeapGround(h);
    requires entries: EntriesValid(h);
    requires windows: WindowsFree(h);
    requires addresses: EntryAddresses(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0;
    assigns h->live[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1], h->span[s].used, h->stray;
    ensures ground: HeapGround(h);
    ensures entries: EntriesValid(h);
    ensures windows: WindowsFree(h);
    ensures addresses: EntryAddresses(h);
    ensures same: EntriesSame{Pre,Post}(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures taken: \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==>
      Bit(h->freed[w], j) == 0;
*/
static inline void window_merge(struct wpm_heap *h, uint32_t s)
{
    mspan_merge(h, s);
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

/* The window of class `k` of cache `c` is `slots`, the free slots of word `w` of current span `s`.
 * True. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    requires entry: c->entry[k].span == s && c->entry[k].window == 0;
    requires span: InUse(h, s) && h->span[s].span_class == k && k != 0 &&
      h->span[s].place == PLACE_CURRENT && h->span[s].owner == 2 * (c->index + 1);
    requires word: w < SPAN_WORDS && w * 64 < h->span[s].nslots;
    requires slots: slots != 0 && \forall integer j; 0 <= j < 64 ==> Bit(slots, j) == 1 ==>
      w * 64 + j < h->span[s].nslots && Bit(h->live[s * SPAN_WORDS + w], j) == 0 &&
      Bit(h->freed[s * SPAN_WORDS + w], j) == 0;
    assigns ENTRY_ALL(c->entry[k]), c->claimed, h->span[s].used,
            h->span[s].dirty_words;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ENSURES_ENTRIES(h)
    ensures held: HeldKept{Pre,Post}(h);
    ensures window: c->entry[k].window == slots && c->entry[k].span == s;
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures yes: \result == true;
*/
bool window_set(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s, uint32_t w,
                uint64_t slots);

/* Claim word `w` of span `s`, where others have freed a slot. False if that leaves none free. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    requires entry: c->entry[k].span == s && c->entry[k].window == 0;
    requires span: InUse(h, s) && h->span[s].span_class == k && k != 0 &&
      h->span[s].place == PLACE_CURRENT && h->span[s].owner == 2 * (c->index + 1);
    requires word: w < SPAN_WORDS && w * 64 < h->span[s].nslots;
    assigns ENTRY_ALL(c->entry[k]), c->claimed, h->span[s].used,
            h->span[s].dirty_words,
            h->live[s * SPAN_WORDS + w], h->freed[s * SPAN_WORDS + w], h->stray;
    ensures valid: HeapButAddress(h, c->index, k);
    ensures held: HeldKept{Pre,Post}(h);
    ensures some: \result == true ==> c->entry[k].window != 0 && EntryAddresses(h);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures span: c->entry[k].span == s;
    ensures none: \result == false ==> c->entry[k].window == 0;
    ensures full: \result == false ==> \forall integer j; 0 <= j < 64 ==>
      w * 64 + j < h->span[s].nslots ==> Bit(\old(h->live[s * SPAN_WORDS + w]), j) == 1;
*/
bool window_claim_merged(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s, uint32_t w);

/* Claim word `w` of span `s`. False if that has no free slot. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    requires entry: c->entry[k].span == s && c->entry[k].window == 0;
    requires span: InUse(h, s) && h->span[s].span_class == k && k != 0 &&
      h->span[s].place == PLACE_CURRENT && h->span[s].owner == 2 * (c->index + 1);
    requires word: w < SPAN_WORDS && w * 64 < h->span[s].nslots;
    assigns ENTRY_ALL(c->entry[k]), c->claimed, h->span[s].used,
            h->span[s].dirty_words,
            h->live[s * SPAN_WORDS + w], h->freed[s * SPAN_WORDS + w], h->stray;
    ensures valid: HeapButAddress(h, c->index, k);
    ensures held: HeldKept{Pre,Post}(h);
    ensures some: \result == true ==> c->entry[k].window != 0 && EntryAddresses(h);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures span: c->entry[k].span == s;
    ensures none: \result == false ==> c->entry[k].window == 0;
    ensures full: \result == false ==> \forall integer j; 0 <= j < 64 ==>
      w * 64 + j < h->span[s].nslots ==> Bit(\old(h->live[s * SPAN_WORDS + w]), j) == 1;
*/
static inline bool window_claim_word(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s,
                                     uint32_t w)
{
    //@ assert apart: HeapMemory(h);
    if (atomic_read64(&h->freed[s * SPAN_WORDS + w]) != 0) {
        return window_claim_merged(h, c, k, s, w);
    }
    /*@ assert unmarked: \forall integer j; 0 <= j < 64 ==>
          Bit(h->freed[s * SPAN_WORDS + w], j) == 0; */
    uint64_t slots = mspan_free_slots(h, s, w);
    //@ assert none: slots == 0 ==> \forall integer j; 0 <= j < 64 ==> Bit(slots, j) == 0;
    if (slots == 0) return false;
    return window_set(h, c, k, s, w, slots);
}

/* Claim the first word of current span `s` with a free slot, from word `from` of the span on, for
 * the window of class `k` of cache `c`. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    requires entry: c->entry[k].span == s && c->entry[k].window == 0;
    requires span: InUse(h, s) && h->span[s].span_class == k && k != 0 &&
      h->span[s].place == PLACE_CURRENT && h->span[s].owner == 2 * (c->index + 1);
    requires from: from <= SPAN_WORDS;
    assigns ENTRY_ALL(c->entry[k]), c->claimed, h->span[s].used,
            h->span[s].dirty_words,
            h->live[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1], h->stray;
    ensures valid: HeapButAddress(h, c->index, k);
    ensures held: HeldKept{Pre,Post}(h);
    ensures some: \result == true ==> c->entry[k].window != 0 && EntryAddresses(h);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures span: c->entry[k].span == s;
    ensures none: \result == false ==> c->entry[k].window == 0;
    ensures full: \result == false ==> LiveFrom{Pre}(h, s, from);
*/
static inline bool window_claim(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s,
                                uint32_t from)
{
    /*@ loop invariant range: from <= w <= SPAN_WORDS;
        loop invariant valid: HeapButAddress(h, c->index, k);
        loop invariant held: HeldKept{Pre,Here}(h);
        loop invariant empty: c->entry[k].window == 0;
        loop invariant entry: c->entry[k].span == s;
        loop invariant cache: CacheOf(h, c);
        loop invariant but: EntriesSameBut{Pre,Here}(h, c->index, k);
        loop invariant kept: CachesKept{Pre,Here}(h);
        loop invariant rest: \forall integer v;
          s * SPAN_WORDS + w <= v < s * SPAN_WORDS + SPAN_WORDS ==>
          h->live[v] == \at(h->live[v], Pre);
        loop invariant full: LiveUpTo{Pre}(h, s, from, w);
        loop assigns w, ENTRY_ALL(c->entry[k]), c->claimed, h->span[s].used,
          h->span[s].dirty_words, h->live[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1],
          h->freed[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1], h->stray;
        loop variant SPAN_WORDS - w;
    */
    for (uint32_t w = from; w < SPAN_WORDS && w * 64 < h->span[s].nslots; w++) {
        //@ assert entry: EntryValid(h, c->index, k);
        /*@ assert current: InUse(h, s) && h->span[s].span_class == k &&
              h->span[s].place == PLACE_CURRENT && h->span[s].owner == 2 * (c->index + 1); */
        /*@ assert apart: \base_addr(h->live) != \base_addr(c) &&
              \base_addr(h->live) != \base_addr(h->freed); */
        if (window_claim_word(h, c, k, s, w)) return true;
        //@ assert word: LiveWord{Pre}(h, s, w);
        /*@ assert rest: \forall integer v; s * SPAN_WORDS + w < v < s * SPAN_WORDS + SPAN_WORDS
              ==> h->live[v] == \at(h->live[v], LoopCurrent); */
    }
    return false;
}

/* Give the slots of the window of class `k` of cache `c` back to its span, if it has one, which is
 * current no more: in no entry. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    assigns ENTRY_ALL(c->entry[k]), c->claimed, h->span[c->entry[k].span].used;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ensures entries: EntriesValid(h); ensures windows: WindowsFree(h);
    ensures addresses: EntryAddresses(h);
    ensures places: PlacesBut(h, \result);
    ensures loose: \result != NO_SPAN ==> HeapButPlace(h, \result);
    ensures held: HeldKept{Pre,Post}(h);
    ensures empty: c->entry[k].window == 0 && c->entry[k].span == NO_SPAN;
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures span: \result == \old(c->entry[k].span);
*/
uint32_t window_give(struct wpm_heap *h, struct mcache *c, uint32_t k);

#endif
