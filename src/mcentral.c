/* mcentral.c -- see mcentral.h */
#include "mcentral.h"

#include "mheap.h"
#include "mspan.h"
#include "spanset.h"

#include "../spec/heaprun_kept.acsl"
#include "../spec/heaprun.acsl"
#include "../spec/mcentral.acsl"

/* The owner of span `s`, in hand, is `owner`. */
/*@ requires memory: HeapMemory(h);
    requires next: SetNext(h); requires prev: SetPrev(h); requires ends: SetEnds(h);
    requires span: 0 < s < h->nspans;
    assigns h->span[s].owner;
    ensures next: SetNext(h); ensures prev: SetPrev(h); ensures ends: SetEnds(h);
    ensures owner: h->span[s].owner == owner;
    ensures links: LinksSame{Pre,Post}(h);
    ensures stay: PlacesStay{Pre,Post}(h, s);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
*/
static void set_owner(struct wpm_heap *h, uint32_t s, int32_t owner) HEAP_LOCKED(h)
{
    atomic_write_int(&h->span[s].owner, owner);
    //@ assert links: LinksSame{Pre,Here}(h);
}

/* File span `s`, in hand, at the tail of set `n` of its class; its owner is `owner` then. */
/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    requires sound: HeapSound(h);
    requires next: SetNext(h); requires prev: SetPrev(h); requires ends: SetEnds(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0 && h->span[s].place == PLACE_HAND;
    requires owner: owner == OWNER_NONE || owner == OWNER_CENTRAL;
    requires set: n == h->ncaches * NUM_CLASSES + h->span[s].span_class ||
      n == (h->ncaches + 1) * NUM_CLASSES + h->span[s].span_class;
    assigns h->span[s].owner, h->span[s].place, h->span[0 .. h->nspans - 1].next,
            h->span[s].prev, h->set[n];
    ensures sound: HeapSound(h);
    ensures next: SetNext(h); ensures prev: SetPrev(h); ensures ends: SetEnds(h);
    ensures moved: SpanMoved{Pre,Post}(h, s);
    ensures held: HeldKept{Pre,Post}(h);
    ensures filed: h->span[s].place == PLACE_SET + n && h->span[s].owner == owner;
*/
static void put_in(struct wpm_heap *h, uint32_t s, int32_t owner, uint32_t n) HEAP_LOCKED(h)
{
    set_owner(h, s, owner);
    spanset_push(h, n, s);
    //@ assert moved: SpanMoved{Pre,Here}(h, s);
    //@ assert filed: SmallFiled(h, s, n / NUM_CLASSES);
}

/* Take span `s` out of the set that it is in; it is in hand then. */
/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    requires sound: HeapSound(h);
    requires next: SetNext(h); requires prev: SetPrev(h); requires ends: SetEnds(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0 && h->span[s].place >= PLACE_SET;
    assigns h->span[s].place, h->span[0 .. h->nspans - 1].next, h->span[0 .. h->nspans - 1].prev,
            h->set[0 .. h->nsets - 1];
    ensures sound: HeapSound(h);
    ensures next: SetNext(h); ensures prev: SetPrev(h); ensures ends: SetEnds(h);
    ensures moved: SpanMoved{Pre,Post}(h, s);
    ensures held: HeldKept{Pre,Post}(h);
    ensures taken: h->span[s].place == PLACE_HAND && h->span[s].owner == \old(h->span[s].owner);
*/
static void take_out(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    //@ assert before: OwnerAt(h, s);
    spanset_remove(h, s);
    //@ assert after: OwnerAt(h, s);
    //@ assert moved: SpanMoved{Pre,Here}(h, s);
    //@ assert filed: SmallFiled(h, s, 0);
}

/* Take the head of set `n`; NO_SPAN when it is empty. */
/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    requires sound: HeapSound(h);
    requires next: SetNext(h); requires prev: SetPrev(h); requires ends: SetEnds(h);
    requires set: n < h->nsets;
    assigns h->span[0 .. h->nspans - 1].place, h->span[0 .. h->nspans - 1].next,
            h->span[0 .. h->nspans - 1].prev, h->set[n];
    ensures sound: HeapSound(h);
    ensures next: SetNext(h); ensures prev: SetPrev(h); ensures ends: SetEnds(h);
    ensures moved: SpanMoved{Pre,Post}(h, \result);
    ensures owner: \forall integer t; 0 <= t < h->nspans ==>
      h->span[t].owner == \old(h->span[t].owner) &&
      h->span[t].remote_next == \old(h->span[t].remote_next);
    ensures taken: \result != NO_SPAN ==> InUse(h, \result) && h->span[\result].span_class ==
      n % NUM_CLASSES && h->span[\result].place == PLACE_HAND;
    ensures none: \result == NO_SPAN ==> h->set[n].head == NO_SPAN;
*/
static uint32_t pop(struct wpm_heap *h, uint32_t n) HEAP_LOCKED(h)
{
    /*@ assert head: h->set[n].head != NO_SPAN ==> 0 < h->set[n].head < h->nspans &&
          h->span[h->set[n].head].place == PLACE_SET + n; */
    /*@ assert links: h->set[n].head != NO_SPAN ==>
          0 <= h->span[h->set[n].head].next < h->nspans &&
          0 <= h->span[h->set[n].head].prev < h->nspans; */
    uint32_t s = spanset_pop(h, n);
    //@ assert moved: SpanMoved{Pre,Here}(h, s);
    //@ assert filed: s != NO_SPAN ==> SmallFiled(h, s, 0);
    return s;
}

/* The same of a heap in order. */
/*@ requires valid: HeapValid(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0 && h->span[s].place == PLACE_HAND;
    requires owner: owner == OWNER_NONE || owner == OWNER_CENTRAL;
    requires set: n == h->ncaches * NUM_CLASSES + h->span[s].span_class ||
      n == (h->ncaches + 1) * NUM_CLASSES + h->span[s].span_class;
    assigns HEAP_LINKS(h), h->span[s].owner;
    ensures valid: HeapValid(h);
    ensures moved: SpanMoved{Pre,Post}(h, s);
    ensures held: HeldKept{Pre,Post}(h);
    ensures others: OthersStay{Pre,Post}(h, s);
    ensures filed: h->span[s].place == PLACE_SET + n && h->span[s].owner == owner;
*/
static void file(struct wpm_heap *h, uint32_t s, int32_t owner, uint32_t n) HEAP_LOCKED(h)
{
    put_in(h, s, owner, n);
}

/* Take span `s` out of its set. */
/*@ requires valid: HeapValid(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0 && h->span[s].place >= PLACE_SET;
    assigns HEAP_LINKS(h);
    ensures valid: HeapValid(h);
    ensures moved: SpanMoved{Pre,Post}(h, s);
    ensures held: HeldKept{Pre,Post}(h);
    ensures others: OthersStay{Pre,Post}(h, s);
    ensures taken: h->span[s].place == PLACE_HAND && h->span[s].owner == \old(h->span[s].owner);
*/
static void unfile(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h) { take_out(h, s); }

uint32_t mcentral_take(struct wpm_heap *h, uint32_t k) { return pop(h, set_partial(h, k)); }

uint32_t mcentral_new(struct wpm_heap *h, uint32_t k)
{
    //@ assert before: OwnersSound(h) && EntriesValid(h) && 0 < h->ncaches;
    uint32_t s = mheap_alloc_span(h, k);
    //@ assert stay: PlacesStay{Pre,Here}(h, s);
    //@ assert moved: SpanMoved{Pre,Here}(h, s);
    //@ assert empty: s != NO_SPAN ==> SpanEmpty(h, s);
    //@ assert held: HeldSame{Pre,Here}(h) && HeldStay{Pre,Here}(h);
    //@ assert filed: s != NO_SPAN ==> OwnerAt(h, s) && FiledAt(h, s, 0);
    //@ assert owners: OwnersSound(h);
    return s;
}

void mcentral_free(struct wpm_heap *h, uint32_t s)
{
    //@ assert bound: s < h->nspans && h->nspans <= h->map.npages + 1;
    //@ assert before: SpanEmpty(h, s);
    mheap_free_span(h, s);
    //@ assert stay: PlacesStay{Pre,Here}(h, s);
    //@ assert moved: SpanMoved{Pre,Here}(h, s);
    //@ assert empty: s != NO_SPAN ==> SpanEmpty(h, s);
    //@ assert held: HeldSame{Pre,Here}(h) && HeldStay{Pre,Here}(h);
    //@ assert filed: s != NO_SPAN ==> OwnerAt(h, s) && FiledAt(h, s, 0);
    //@ assert owners: OwnersSound(h);
}

void mcentral_file(struct wpm_heap *h, uint32_t s)
{
    file(h, s, OWNER_NONE, set_full(h, h->span[s].span_class));
    atomic_fence();
    mcentral_refile(h, s);
}

/* Merge all words of span `s`: what that is to the pages of the heap, and to spans. */
/*@ requires memory: HeapMemory(h); requires pools: PoolsMemory(h);
    requires shape: SpanShape(h); requires inside: SlotsInside(h); requires freed: FreedSmall(h);
    requires windows: WindowsFree(h);
    requires span: InUse(h, s);
    assigns h->live[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1], h->span[s].used, h->stray;
    ensures memory: HeapMemory(h); ensures pools: PoolsMemory(h);
    ensures shape: SpanShape(h); ensures inside: SlotsInside(h); ensures freed: FreedSmall(h);
    ensures windows: WindowsFree(h);
    ensures limits: LimitsSame{Pre,Post}(h);
    ensures merged: \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==>
      Bit(h->freed[w], j) == 0;
    ensures held: HeldSame{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, NO_SPAN);
    ensures moved: SpanMoved{Pre,Post}(h, NO_SPAN);
    ensures pages: PagesSame{Pre,Post}(h);
*/
static void merge_words(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    mspan_merge(h, s);
    //@ assert bits: BitsSame{Pre,Here}(h->pages.free) && BitsSame{Pre,Here}(h->pages.released);
}

/* Merge all words of span `s`. */
/*@ requires valid: HeapValid(h);
    requires span: InUse(h, s) && h->span[s].place != PLACE_CURRENT;
    assigns h->live[0 .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[0 .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->span[s].used, h->stray;
    ensures valid: HeapValid(h);
    ensures limits: LimitsSame{Pre,Post}(h);
    ensures merged: \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==>
      Bit(h->freed[w], j) == 0;
    ensures held: HeldKept{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
*/
static void merge(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    merge_words(h, s);
    //@ assert names: NamesChanged{Pre,Here}(h, NO_SPAN) && SizesSame{Pre,Here}(h);
    //@ assert order: PagesInOrder(h);
    //@ assert places: PlacesSound(h) && OwnersSound(h);
}

/* Span `s`, in hand, merged, goes to the heap when it is empty, else to the partial set. */
/*@ requires valid: HeapValid(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0 && h->span[s].place == PLACE_HAND;
    requires merged: \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==>
      Bit(h->freed[w], j) == 0;
    requires room: h->span[s].used != h->span[s].nslots;
    assigns HEAP_GIVEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures others: OthersStay{Pre,Post}(h, s);
    ensures gone: (\forall integer w; WordOf(s, w) ==> \old(h->live[w]) == 0) ==>
      h->span[s].npages == 0;
    ensures filed: FiledByUse(h, s);
    ensures owner: h->span[s].owner == OWNER_NONE || h->span[s].owner == OWNER_CENTRAL;
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static void settle(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    if (mspan_is_empty(h, s)) {
        mcentral_free(h, s);
    } else {
        file(h, s, OWNER_CENTRAL, set_partial(h, h->span[s].span_class));
    }
}

void mcentral_refile(struct wpm_heap *h, uint32_t s)
{
    //@ assert bound: s <= h->map.npages;
    merge(h, s);
    if (h->span[s].used == h->span[s].nslots) return;
    unfile(h, s);
    //@ assert others: OthersStay{Pre,Here}(h, s);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, s);
    //@ assert entries: EntriesSame{Pre,Here}(h);
    //@ assert held: HeldKept{Pre,Here}(h);
    //@ assert caches: CachesKept{Pre,Here}(h);
    //@ assert pool: h->pages.npages == \at(h->pages.npages, Pre);
    settle(h, s);
}
