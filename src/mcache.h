/* mcache.h -- a thread's cache: one window of free slots a class, and the spans behind it.
 *
 * A span that a cache owns is current (its words are claimed one after another into the window),
 * parked (full when its last word was used up), or pending (a slot of it has been freed since).
 * The first free into a parked span takes the slow path and makes it pending; frees into a current
 * or pending one touch the span's record and one live word only. An emptied pending span goes back
 * to the heap, but for the last one of its class.
 *
 * A thread that frees another's slot sets its `freed` bit. If the span is parked it must also tell
 * the owner, or the slot would be stranded: it queues the span under the heap lock. Owner and
 * stranger cannot miss each other: the owner writes `owner` (parked), then reads `freed`; the
 * stranger sets `freed`, then reads `owner`; each with a full fence between.
 */
#ifndef WPM_MCACHE_H
#define WPM_MCACHE_H

#include "atomic.h"
#include "heap.h"

#include "../spec/alloc.acsl"
#include "../spec/filed.acsl"

/* The cache of a thread that has none: every window empty, owner of nothing. Never written. */
extern const struct mcache mcache_empty;

/*@ ghost
  /@ requires entry: base == WordPlace(first, word, size) && i < 64 && 0 <= word < SPAN_WORDS;
     requires same: bytes == size && slot == word * 64 + i;
     requires geometry: ClassGeometry(size, pages, slots, magic) && slot < slots;
     assigns \nothing;
     ensures place: \forall integer f, n, z; first <= f <= first ==> slot <= n <= slot ==>
       size <= z <= size ==> base + i * bytes == SlotPlace(f, n, z);
     ensures reach: base + i * bytes + size <= first + pages * PAGE_SIZE;
     ensures base: 0 <= base;
     ensures small: 0 <= i * bytes < 0x100000000;
  @/
  static inline void mcache_lemma_address(int64_t base, uint64_t first, int32_t word, uint32_t i,
                                          int32_t slot, uint32_t bytes, uint32_t size,
                                          uint32_t pages, uint32_t slots, uint32_t magic) {
    class_lemma_slot((uint32_t)slot, size, pages, slots, magic);
  }
*/

/* Slot `i` of the window of class `k` is live from now on. The live word has one writer, this
 * thread: a remote free that reads it meanwhile asks about another bit. */
/*@ requires memory: HeapMemory(h);
    requires entries: EntriesValid(h);
    requires windows: WindowsFree(h);
    requires inside: SlotsInside(h);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    requires slot: i < 64 && Bit(c->entry[k].window, i) == 1;
    assigns c->entry[k].window, h->live[c->entry[k].word];
    ensures windows: WindowsFree(h);
    ensures inside: SlotsInside(h);
    ensures was_free: Bit(\old(h->live[c->entry[k].word]), i) == 0;
    ensures now_live: Bit(h->live[c->entry[k].word], i) == 1;
    ensures others: \forall integer j; 0 <= j < 64 && j != i ==>
      Bit(h->live[c->entry[k].word], j) == Bit(\old(h->live[c->entry[k].word]), j);
    ensures window: \forall integer j; 0 <= j < 64 ==> Bit(c->entry[k].window, j) ==
      (j == i ? 0 : Bit(\old(c->entry[k].window), j));
    ensures slot: InUse(h, c->entry[k].span) && h->span[c->entry[k].span].span_class == k &&
      k != 0 && 0 <= WindowSlot(c, k, i) < h->span[c->entry[k].span].nslots &&
      WordOf(c->entry[k].span, c->entry[k].word);
*/
static inline void mcache_take_bit(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t i)
{
    struct cache_entry *e = &c->entry[k];
    //@ assert bit: Bit((h->cache + c->index)->entry[k].window, i) == 1;
    //@ assert entry: EntryValid(h, c->index, k);
    //@ assert one: \forall integer s; WordOf(s, e->word) ==> s == e->span;
    //@ assert inside: (e->word - e->span * SPAN_WORDS) * 64 + i < h->span[e->span].nslots;
    /*@ assert alone: \forall integer d, m; 0 <= d < h->ncaches ==> 0 <= m < NUM_CLASSES ==>
          (h->cache + d)->entry[m].span != NO_SPAN ==>
          (h->cache + d)->entry[m].word == e->word ==> d == c->index && m == k; */
    uint64_t window = e->window;
    uint64_t *live = &h->live[e->word];
    atomic_write64(&e->window, bits_clear(window, i));
    atomic_write64(live, bits_set(atomic_read64(live), i));
    /*@ assert words: \forall integer w; w != e->word ==> h->live[w] == \at(h->live[w], Pre); */
    /*@ assert fewer: \forall integer d, m, j; 0 <= d < h->ncaches ==> 0 <= m < NUM_CLASSES ==>
          0 <= j < 64 ==> Bit((h->cache + d)->entry[m].window, j) == 1 ==>
          Bit(\at((h->cache + d)->entry[m].window, Pre), j) == 1; */
}

/* Hand out slot `i` of the window of class `k`; its address. */
/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    requires small: SpanSmall(h);
    requires entries: EntriesValid(h);
    requires addresses: EntryAddresses(h);
    requires windows: WindowsFree(h);
    requires inside: SlotsInside(h);
    requires cache: CacheOf(h, c) && k < NUM_CLASSES;
    requires slot: i < 64 && Bit(c->entry[k].window, i) == 1;
    assigns c->entry[k].window, h->live[c->entry[k].word];
    ensures windows: WindowsFree(h);
    ensures inside: SlotsInside(h);
    ensures was_free: Bit(\old(h->live[c->entry[k].word]), i) == 0;
    ensures now_live: Bit(h->live[c->entry[k].word], i) == 1;
    ensures others: \forall integer j; 0 <= j < 64 && j != i ==>
      Bit(h->live[c->entry[k].word], j) == Bit(\old(h->live[c->entry[k].word]), j);
    ensures slot: InUse(h, c->entry[k].span) && h->span[c->entry[k].span].span_class == k &&
      0 <= WindowSlot(c, k, i) < h->span[c->entry[k].span].nslots;
    ensures address: \result == SlotAddress(h, c->entry[k].span, WindowSlot(c, k, i));
    ensures in_span: \result + class_table[k].size_bytes <=
      SpanAddress(h, c->entry[k].span) + h->span[c->entry[k].span].npages * PAGE_SIZE;
*/
static inline uintptr_t mcache_take_slot(struct wpm_heap *h, struct mcache *c, uint32_t k,
                                         uint32_t i)
{
    const struct cache_entry *e = &c->entry[k];
    //@ assert free: (h->cache + c->index)->entry[k].span != NO_SPAN;
    //@ assert addressed: EntryAddress(h, c->index, k) && EntryValid(h, c->index, k);
    /*@ assert based: e->slot_bytes == h->span[e->span].slot_bytes && e->base ==
          WordPlace(SpanAddress(h, e->span), e->word - e->span * SPAN_WORDS, e->slot_bytes); */
    /*@ assert word: 0 <= e->word - e->span * SPAN_WORDS < SPAN_WORDS &&
          (e->word - e->span * SPAN_WORDS) * 64 + i < h->span[e->span].nslots; */
    /*@ assert small: h->span[e->span].start + h->span[e->span].npages <= h->map.npages &&
          h->map.base + h->map.npages * PAGE_SIZE <= ADDRESS_LIMIT; */
    /*@ ghost const struct mspan *span = &h->span[e->span];
        const uint64_t first = h->map.base + (uint64_t)span->start * PAGE_SIZE;
        /@ assert first: first == SpanAddress(h, e->span); @/
        mcache_lemma_address(e->base, first, e->word - e->span * 8, i,
                             (e->word - e->span * 8) * 64 + (int32_t)i, (uint32_t)e->slot_bytes,
                             span->slot_bytes, span->npages, span->nslots, span->magic); */
    mcache_take_bit(h, c, k, i);
    //@ assert base: h->map.base == \at(h->map.base, Pre);
    //@ assert slot: WindowSlot(c, k, i) == (e->word - e->span * SPAN_WORDS) * 64 + i;
    /*@ assert at: SlotAddress(h, e->span, WindowSlot(c, k, i)) ==
          SlotPlace(SpanAddress(h, e->span), WindowSlot(c, k, i), h->span[e->span].slot_bytes); */
    return (uintptr_t)e->base + i * (uint32_t)e->slot_bytes;
}

/* Fill the empty window of class `k` of cache `c`: next words of the current span, then a pending
 * span, then a central one, then a new one. When there is none of them every span is looked at, so
 * that no free slot which the cache may have is left; then the cache gathers, and tries again. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires empty: c->entry[k].window == 0;
    assigns HEAP_TAKEN(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 &&
      NoSpanFor(h, class_table[k].span_pages);
    ensures left: \result == false ==> NoSlotLeft(h, k, c->owner);
    ensures lean: \result == false ==> NoneEmpty(h, c->owner);
*/
bool mcache_refill(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_UNLOCKED(h);

/* Gather pages before malloc says that there are none: all spans of cache `c` are nobody's from now
 * on, and of its spans and nobody's each without an object goes back to the heap. The cache keeps
 * its thread. Bounded by the number of spans. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    assigns HEAP_GIVEN(h), c->entry[0 .. NUM_CLASSES - 1], c->claimed;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures none: \forall integer k; 0 <= k < NUM_CLASSES ==>
      c->entry[k].window == 0 && c->entry[k].span == NO_SPAN;
    ensures sizes: h->pages.npages == \old(h->pages.npages) && h->nsets == \old(h->nsets);
    ensures lean: NoneEmpty(h, c->owner);
*/
void mcache_gather(struct wpm_heap *h, struct mcache *c) HEAP_UNLOCKED(h);

/* The owner has freed a slot of its parked span `s`: it is pending from now on. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires span: InUse(h, s) && h->span[s].place == PLACE_PARKED &&
      h->span[s].owner == c->owner + 1;
    assigns HEAP_LINKS(h), h->span[s].owner;
    ensures valid: HeapValid(h);
    ensures owner: h->span[s].owner == c->owner;
    ensures pending: SpanPending(h, s, c);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
*/
void mcache_unpark(struct wpm_heap *h, struct mcache *c, uint32_t s);

/* The owner has freed what may be the last slot of span `s`: back to the heap if it is empty and
 * can be spared. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires span: InUse(h, s) && h->span[s].span_class != 0;
    assigns HEAP_GIVEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures sizes: h->nspans == \old(h->nspans);
*/
void mcache_span_emptied(struct wpm_heap *h, struct mcache *c, uint32_t s) HEAP_UNLOCKED(h);

/* A slot of span `s` was freed by a thread that does not own it: see that it is found. */
/*@ requires valid: HeapValid(h);
    requires span: InUse(h, s) && h->span[s].span_class != 0;
    assigns HEAP_GIVEN(h), h->cache[0 .. h->ncaches - 1].remote_head;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures sizes: h->nspans == \old(h->nspans);
    ensures queued: \old(h->span[s].owner % 2 == 1 && h->span[s].remote_next == 0) ==>
      h->cache[\old(h->span[s].owner / 2 - 1)].remote_head == s;
    ensures filed: \old(FullCentral(h, s)) ==> FiledByUse(h, s);
*/
void mcache_notify(struct wpm_heap *h, uint32_t s) HEAP_UNLOCKED(h);

/* A cache for the calling thread; NULL when all are taken. */
/*@ requires valid: HeapValid(h);
    assigns \result \from h;
    assigns h->cache[0 .. h->ncaches - 1].attached, h->cache[0 .. h->ncaches - 1].index,
            h->cache[0 .. h->ncaches - 1].owner;
    ensures valid: HeapValid(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures cache: \result != \null ==> CacheUsed(h, \result) && \old(\result->attached) == 0;
    ensures none: \result == \null ==> \forall integer i; 1 <= i < h->ncaches ==>
      \old(h->cache[i].attached) != 0;
*/
struct mcache *mcache_attach(struct wpm_heap *h) HEAP_UNLOCKED(h);

/* Give cache `c`, not the shared one, back: its spans become central. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && c->index != 0;
    assigns HEAP_GIVEN(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures empty: \forall integer k; 0 <= k < NUM_CLASSES ==>
      c->entry[k].window == 0 && c->entry[k].span == NO_SPAN;
    ensures given: \forall integer s; 0 < s < h->nspans ==> !SpanOfCache(h, s, \old(c->owner));
    ensures free: c->attached == 0;
*/
void mcache_detach(struct wpm_heap *h, struct mcache *c) HEAP_UNLOCKED(h);

#endif
