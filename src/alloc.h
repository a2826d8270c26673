/* alloc.h -- routes a request by its size, and a pointer by its span.
 *
 * The fast paths stand here, inline, for the libc names and the public API alike: a small
 * allocation takes a slot from the cache's window; a free of a slot whose span the cache owns
 * clears one bit. All else goes to the slow paths in alloc.c. `c` is the calling thread's cache,
 * or &mcache_empty.
 */
#ifndef WPM_ALLOC_H
#define WPM_ALLOC_H

#include "edge.h"
#include "mcache.h"
#include "mspan.h"
#include "wpmalloc.h"

#include "../spec/alloc_lemmas.acsl"
#include "../spec/alloc_apart.acsl"

/* A word with a set bit has a lowest one. */
/*@ ghost
  /@ requires lowest: i <= 64 && \forall integer j; 0 <= j < i ==> Bit(x, j) == 0;
     assigns \nothing;
     ensures none: i == 64 ==> x == 0;
  @/
  static inline void alloc_lemma_some(uint64_t x, uint32_t i) {
    if (i == 64) bits_lemma_zero(x);
  }
*/

/* Slot `n` of a span is slot `i` of its word `w`. */
/*@ ghost
  /@ requires place: n == w * 64 + i && i < 64;
     assigns \nothing;
     ensures word: n / 64 == w && n % 64 == i;
  @/
  static inline void alloc_lemma_place(uint32_t n, uint32_t w, uint32_t i) {}
*/

/* A multiple of a multiple of 16. */
/*@ ghost
  /@ assigns \nothing;
     ensures product: bytes == MALLOC_ALIGN * u ==> i * bytes == MALLOC_ALIGN * (i * u);
  @/
  static inline void alloc_lemma_product(uint32_t i, uint32_t bytes, uint64_t u) {}
*/

/* A slot lies inside its span, and starts at a multiple of 16. */
/*@ ghost
  /@ requires shapes: ShapesValid(h);
     requires slot: InUse(h, s) && i < h->span[s].nslots;
     assigns \nothing;
     ensures inside: SpanAddress(h, s) <= SlotAddress(h, s, i) && SlotAddress(h, s, i) +
       SlotBytes(h, s) <= SpanAddress(h, s) + h->span[s].npages * PAGE_SIZE;
     ensures aligned: ClassTableValid ==> SlotAddress(h, s, i) % MALLOC_ALIGN == 0;
  @/
  static inline void alloc_lemma_inside(const struct wpm_heap *h, uint32_t s, uint32_t i) {
    const struct mspan *span = &h->span[s];
    if (span->span_class != 0) {
      class_lemma_slot(i, span->slot_bytes, span->npages, span->nslots, span->magic);
      /@ assert units: ClassTableValid ==> span->slot_bytes % MALLOC_ALIGN == 0; @/
      uint64_t u = span->slot_bytes / MALLOC_ALIGN;
      /@ assert size: ClassTableValid ==> span->slot_bytes == MALLOC_ALIGN * u; @/
      alloc_lemma_product(i, span->slot_bytes, u);
      /@ assert product: ClassTableValid ==>
            i * span->slot_bytes == MALLOC_ALIGN * (i * u); @/
      /@ assert pages: SpanAddress(h, s) % PAGE_SIZE == 0; @/
      /@ assert place: ClassTableValid ==>
            SlotAddress(h, s, i) == SpanAddress(h, s) + MALLOC_ALIGN * (i * u); @/
    }
  }
*/

/* Two slots have no byte in common, be they of one span or of two. */
/*@ ghost
  /@ requires shapes: ShapesValid(h);
     requires first: InUse(h, s) && i < h->span[s].nslots;
     requires second: InUse(h, t) && j < h->span[t].nslots;
     requires other: s != t || i != j;
     assigns \nothing;
     ensures apart: Disjoint(SlotAddress(h, s, i), SlotBytes(h, s),
                             SlotAddress(h, t, j), SlotBytes(h, t));
  @/
  static inline void alloc_lemma_apart(const struct wpm_heap *h, uint32_t s, uint32_t i, uint32_t t,
                                       uint32_t j) {
    alloc_lemma_inside(h, s, i);
    alloc_lemma_inside(h, t, j);
    if (s == t) {
      if (i < j) magic_lemma_scale(h->span[s].slot_bytes, (uint64_t)i + 1, j);
      else magic_lemma_scale(h->span[s].slot_bytes, (uint64_t)j + 1, i);
    } else {
      uint32_t a = h->span[s].start, b = h->span[t].start;
      /@ assert names: h->page_span[a] == s && h->page_span[b] == t; @/
      /@ assert first: a <= b < a + h->span[s].npages ==> h->page_span[b] == s; @/
      /@ assert second: b <= a < b + h->span[t].npages ==> h->page_span[a] == t; @/
      /@ assert apart: a + h->span[s].npages <= b || b + h->span[t].npages <= a; @/
    }
  }
*/

/* A large object of `bytes` bytes at a multiple of `align_pages` pages; its address or 0. *zero:
 * whether its memory is zero. */
/*@ requires valid: HeapValid(h);
    requires align: align_pages <= MAX_PAGES && \valid(zero);
    assigns *zero, HEAP_BEGUN(h), h->large_allocs;
    ensures valid: HeapValid(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h);
    ensures why: \result == 0 ==> NoRunFor(h, bytes, align_pages);
    ensures lean: \result == 0 ==> \forall integer owner; NoneEmpty{Pre}(h, owner) ==>
      NoneEmpty(h, owner);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, bytes);
    ensures page: \result % PAGE_SIZE == 0;
    ensures aligned: \result != 0 ==> align_pages > 1 ==>
      \result % (align_pages * PAGE_SIZE) == 0;
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
uintptr_t alloc_large(struct wpm_heap *h, size_t bytes, uint32_t align_pages, bool *zero)
    HEAP_UNLOCKED(h);

/* As alloc_large, for a thread with cache `c`, which gathers before it says that there is none. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires align: align_pages <= MAX_PAGES && \valid(zero);
    assigns *zero, HEAP_ALLOCATED(h), h->large_allocs, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) &&
      NoLargeFor(h, SERVED_BY(c), bytes, align_pages);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, bytes);
    ensures page: \result % PAGE_SIZE == 0;
    ensures aligned: \result != 0 ==> align_pages > 1 ==>
      \result % (align_pages * PAGE_SIZE) == 0;
*/
uintptr_t alloc_large_given(struct wpm_heap *h, struct mcache *c, size_t bytes,
                            uint32_t align_pages, bool *zero) HEAP_UNLOCKED(h);

/* A slot of class `k`; its address or 0. *dirty: whether its bytes may differ from zero. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires class: ClassServes(k) && \valid(dirty);
    assigns *dirty, HEAP_ALLOCATED(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) && NoSmallFor(h, c, k);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, class_table[k].size_bytes);
    ensures class: \result != 0 ==> SlotOfClass(h, \result, k);
*/
uintptr_t alloc_small(struct wpm_heap *h, struct mcache *c, uint32_t k, bool *dirty)
    HEAP_UNLOCKED(h);

/* A large object, or one whose window in `c` is empty; its address or 0. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires empty: bytes <= MAX_SMALL_SIZE ==> \forall integer k; ClassServes(k) ==>
      ClassFits(k, bytes) ==> c->entry[k].window == 0;
    assigns HEAP_ALLOCATED(h), h->large_allocs, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) && NoRoomFor(h, c, bytes);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, bytes);
*/
uintptr_t alloc_malloc_long(struct wpm_heap *h, struct mcache *c, size_t bytes) HEAP_UNLOCKED(h);

/* As alloc_malloc_long, as a pointer. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires empty: bytes <= MAX_SMALL_SIZE ==> \forall integer k; ClassServes(k) ==>
      ClassFits(k, bytes) ==> c->entry[k].window == 0;
    assigns \result \from h;
    assigns HEAP_ALLOCATED(h), h->large_allocs, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: (uintptr_t)\result == 0 ==> HeldKept{Pre,Post}(h) && NoRoomFor(h, c, bytes);
    ensures some: (uintptr_t)\result != 0 ==> SlotGiven{Pre,Post}(h, (uintptr_t)\result, bytes);
*/
void *alloc_malloc_slow(struct wpm_heap *h, struct mcache *c, size_t bytes) HEAP_UNLOCKED(h);

/* Hand out slot `i` of the window of class `k` of cache `c`; its address. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires slot: i < 64 && Bit(c->entry[k].window, i) == 1;
    assigns c->entry[k].window, h->live[c->entry[k].word];
    ensures valid: HeapValid(h);
    ensures cache: CacheUsed(h, c);
    ensures given: SlotGiven{Pre,Post}(h, \result, class_table[k].size_bytes);
    ensures class: SlotOfClass(h, \result, k);
*/
static inline uintptr_t alloc_take(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t i)
{
    //@ assert entry: EntryValid(h, c->index, k) && c->entry[k].span != NO_SPAN;
    //@ assert own: c == h->cache + c->index;
    /*@ assert apart: \forall integer d, m; 0 <= d < h->ncaches ==> 0 <= m < NUM_CLASSES ==>
          d != c->index || m != k ==> &(h->cache + d)->entry[m].window != &c->entry[k].window; */
    /*@ assert words_apart: \forall integer d, m; 0 <= d < h->ncaches ==> 0 <= m < NUM_CLASSES ==>
          &(h->cache + d)->entry[m].window != &h->live[c->entry[k].word]; */
    //@ assert free: Bit((h->cache + c->index)->entry[k].window, i) == 1;
    /*@ assert unmarked: Bit(h->live[c->entry[k].word], i) == 0 &&
          Bit(h->freed[c->entry[k].word], i) == 0; */
    /*@ assert unmarked_slot:
          SlotBit(h->freed, c->entry[k].span, WindowSlot(c, k, i)) == 0 &&
          SlotBit(h->live, c->entry[k].span, WindowSlot(c, k, i)) == 0; */
    uintptr_t address = mcache_take_slot(h, c, k, i);
    /*@ assert others: \forall integer d, m; 0 <= d < h->ncaches ==> 0 <= m < NUM_CLASSES ==>
          d != c->index || m != k ==>
          (h->cache + d)->entry[m].window == \at((h->cache + d)->entry[m].window, Pre); */
    //@ assert words: WordsElse{Pre,Here}(h, c->entry[k].word);
    /*@ assert map: h->map.base == \at(h->map.base, Pre) &&
          h->map.npages == \at(h->map.npages, Pre); */
    //@ assert memory: HeapMemory(h) && PoolsMemory(h);
    //@ assert bits: BitsSame{Pre,Here}(h->pages.free) && BitsSame{Pre,Here}(h->pages.released);
    //@ assert pages: PagesSame{Pre,Here}(h);
    //@ assert pools: PagesValid(h) && PagesTaken(h) && PagesKept(h) && PagesBeyond(h);
    //@ assert marks: MarksSame{Pre,Here}(h);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert ground: HeapGround(h);
    //@ assert places: HeapPlaces(h) && PlacesValid(h);
    //@ assert kept: EntriesStay{Pre,Here}(h) && PlacesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert entries: EntriesValid(h) && EntryAddresses(h);
    //@ assert stay: HeldStay{Pre,Here}(h);
    //@ assert shape: ShapesValid(h);
    /*@ ghost const uint32_t s = (uint32_t)c->entry[k].span;
        const uint32_t w = (uint32_t)c->entry[k].word - s * SPAN_WORDS, n = w * 64 + i;
        alloc_lemma_place(n, w, i);
        /@ assert place: n == WindowSlot(c, k, i) && s * SPAN_WORDS + n / 64 == c->entry[k].word &&
             n % 64 == i; @/
        class_table_fact();
        alloc_lemma_inside(h, s, n);
        /@ assert starts: SlotStarts(h, s, n, address) && h->span[s].span_class == k; @/
        /@ assert small: class_table[k].size_bytes == SlotBytes(h, s); @/
        /@ assert first: 0 < address; @/
        /@ assert unmarked: SlotBit{Pre}(h->freed, s, n) == 0 &&
             SlotBit{Pre}(h->live, s, n) == 0; @/
        /@ assert bit: BitMore{Pre,Here}(h, c->entry[k].word, i); @/
        /@ assert live: LiveMore{Pre,Here}(h, s, n); @/
        /@ assert more: HeldMore{Pre,Here}(h, s, n); @/
        /@ assert apart: SlotApart(h, s, n); @/
    */
    return address;
}

/* A slot of class `k` from cache `c`, whose window of it is empty; its address or 0. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires empty: c->entry[k].window == 0;
    assigns HEAP_ALLOCATED(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheUsed(h, c);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) &&
      NoSpanFor(h, class_table[k].span_pages) && NoSlotLeft(h, k, c->owner) &&
      NoneEmpty(h, c->owner);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, class_table[k].size_bytes);
    ensures class: \result != 0 ==> SlotOfClass(h, \result, k);
*/
static inline uintptr_t alloc_refill(struct wpm_heap *h, struct mcache *c, uint32_t k)
    HEAP_UNLOCKED(h)
{
    /*@ assert apart: \base_addr(h->live) != \base_addr(h) &&
          \base_addr(h->freed) != \base_addr(h) && \base_addr(h->cache) != \base_addr(h) &&
          \base_addr(h->pages.free) != \base_addr(h) &&
          \base_addr(h->pages.released) != \base_addr(h); */
    //@ assert own: c == h->cache + c->index && 0 <= c->index < h->ncaches;
    if (!mcache_refill(h, c, k)) return 0;
    //@ assert map: h->map.npages == \at(h->map.npages, Pre);
    //@ assert some: (h->cache + c->index)->entry[k].window != 0;
    //@ assert entry: EntryValid(h, c->index, k);
    //@ assert word: 0 <= c->entry[k].word < h->map.npages * SPAN_WORDS + SPAN_WORDS;
    uint32_t i = bits_lowest(c->entry[k].window);
    //@ ghost alloc_lemma_some(c->entry[k].window, i);
    return alloc_take(h, c, k, i);
}

/* As wpm_malloc, through cache `c`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns \result \from h;
    assigns HEAP_ALLOCATED(h), h->large_allocs, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: (uintptr_t)\result == 0 ==> HeldKept{Pre,Post}(h) && NoRoomFor(h, c, bytes);
    ensures some: (uintptr_t)\result != 0 ==> SlotGiven{Pre,Post}(h, (uintptr_t)\result, bytes);
*/
static inline void *alloc_malloc(struct wpm_heap *h, struct mcache *c, size_t bytes)
    HEAP_UNLOCKED(h)
{
    //@ ghost class_table_fact();
    if (bytes <= MAX_SMALL_SIZE) {
        uint32_t k = sizeclass_of((uint32_t)bytes);
        uint32_t i = bits_lowest(c->entry[k].window);
        //@ ghost alloc_lemma_some(c->entry[k].window, i);
        //@ assert fits: ClassFits(k, bytes);
        //@ assert used: i < 64 ==> CacheUsed(h, c);
        //@ assert span: i < 64 ==> (h->cache + c->index)->entry[k].span != NO_SPAN;
        //@ assert entry: i < 64 ==> EntryValid(h, c->index, k);
        /*@ assert word: i < 64 ==>
              0 <= c->entry[k].word < h->map.npages * SPAN_WORDS + SPAN_WORDS; */
        if (i < 64) return edge_pointer(alloc_take(h, c, k, i));
        //@ assert empty: c->entry[k].window == 0;
    }
    return alloc_malloc_slow(h, c, bytes);
}

/* The slow path of alloc_free: everything but a plain free by the owner. Total: any address. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns HEAP_FREED(h), h->large_frees, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures status: \result == WPM_OK || \result == WPM_FOREIGN || \result == WPM_INTERIOR ||
      \result == WPM_DOUBLE_FREE;
    ensures null: address == 0 ==> \result == WPM_OK && HeldKept{Pre,Post}(h);
    ensures freed: \result == WPM_OK ==> address != 0 ==> SlotEnded{Pre,Post}(h, address);
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(h);
    ensures foreign: \result == WPM_FOREIGN ==> NoSlotOf{Pre}(h, address);
    ensures interior: \result == WPM_INTERIOR ==> NoSlotStarts{Pre}(h, address);
    ensures dead: \result == WPM_DOUBLE_FREE ==> NotHeld{Pre}(h, address);
*/
wpm_status alloc_free_slow(struct wpm_heap *h, struct mcache *c, uintptr_t address)
    HEAP_UNLOCKED(h);

/* The rest of a plain free at `address` that left its span, not the current one, without a used
 * slot. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires slot: \exists integer s, i; SlotStarts(h, s, i, address) &&
      h->span[s].span_class != 0 && LastUsed(h, s);
    assigns HEAP_FREED(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheUsed(h, c);
    ensures held: HeldKept{Pre,Post}(h);
    ensures sizes: h->nspans == \old(h->nspans);
*/
void alloc_free_last(struct wpm_heap *h, struct mcache *c, uintptr_t address) HEAP_UNLOCKED(h);

/* What the short way of a free has done. */
#define FREE_DONE 0u    /* the slot is free */
#define FREE_LAST 1u    /* so it is, and alloc_free_last must follow */
#define FREE_REFUSED 2u /* nothing; alloc_free_slow decides */

/* A live slot that the short way may free. */
struct alloc_own_slot {
    bool found;
    uint32_t slot; /* its index in its span */
    size_t span;
    uint64_t word; /* the live bits that it is among */
};

/* The live slot that starts at `address`, in a span whose owner is *owner, and which is not parked.
 * One multiply tells the slot and whether the address is its start. */
/*@ requires shapes: ShapesValid(h);
    requires inside: SlotsInside(h);
    requires owner: \valid_read(owner) && *owner != OWNER_NONE;
    assigns \nothing;
    ensures found: \result.found == true ==> SlotStarts(h, \result.span, \result.slot, address) &&
      LiveSlot(h, \result.span, \result.slot) && h->span[\result.span].owner == *owner &&
      h->span[\result.span].span_class != 0 &&
      \result.word == h->live[\result.span * SPAN_WORDS + \result.slot / 64];
*/
static inline struct alloc_own_slot alloc_own_slot_at(const struct wpm_heap *h,
                                                      const int32_t *owner, uintptr_t address)
{
    struct alloc_own_slot out = {false, 0, 0, 0};
    uintptr_t distance = arenamap_distance(&h->map, address);
    if (distance / PAGE_SIZE >= atomic_read32(&h->npages)) return out;
    /*@ assert page: address == h->map.base + distance && distance < 0x100000000000; */
    size_t s = atomic_read32(&h->page_span[distance / PAGE_SIZE]);
    /*@ assert record: s < h->nspans; */
    const struct mspan *span = &h->span[s];
    if (atomic_read_int(&span->owner) != *owner) return out;
    /*@ assert used: InUse(h, s) && h->span[s].span_class != 0; */
    /*@ assert inside: span->first <= distance < span->first + span->npages * PAGE_SIZE; */
    uint32_t offset = (uint32_t)(distance - (uintptr_t)span->first);
    /*@ assert offset: offset == distance - span->first; */
    /*@ ghost class_lemma_offset(offset, span->slot_bytes, span->npages, span->nslots,
                                 span->magic); */
    uint64_t product = magic_product(offset, span->magic);
    if (!magic_exact(product, span->magic) /*@ ghost (offset, span->slot_bytes) */) return out;
    uint32_t i = magic_quotient(product) /*@ ghost (offset, span->slot_bytes, span->magic) */;
    /*@ assert start: offset == i * span->slot_bytes && i < SPAN_SLOTS; */
    uint64_t word = atomic_read64(h->live + s * SPAN_WORDS + i / 64);
    if (bits_test(word, i % 64) == 0) return out;
    /*@ assert starts: SlotStarts(h, s, i, address); */
    /*@ assert bit: SlotBit(h->live, s, i) == 1; */
    /*@ assert live: LiveSlot(h, s, i); */
    out.found = true;
    out.slot = i;
    out.span = s;
    out.word = word;
    return out;
}

/* The short way of a free: a live slot of a span whose owner is *owner, and which is not parked.
 * The live bit tells a double free. */
/*@ requires shapes: ShapesValid(h);
    requires inside: SlotsInside(h);
    requires windows: WindowsFree(h);
    requires owner: \valid_read(owner) && *owner != OWNER_NONE;
    assigns h->live[0 .. h->nspans * SPAN_WORDS - 1], h->span[0 .. h->nspans - 1].used;
    ensures inside: SlotsInside(h);
    ensures windows: WindowsFree(h);
    ensures status: \result == FREE_DONE || \result == FREE_LAST || \result == FREE_REFUSED;
    ensures refused: \result == FREE_REFUSED ==> LiveSame{Pre,Post}(h);
    ensures freed: \result != FREE_REFUSED ==> \exists integer s, i;
      SlotStarts(h, s, i, address) && h->span[s].owner == *owner && h->span[s].span_class != 0 &&
      LiveSlot{Pre}(h, s, i) && LiveLess{Pre,Post}(h, s, i);
    ensures counted: \result != FREE_REFUSED ==> \exists integer s, i;
      SlotStarts(h, s, i, address) && h->span[s].owner == *owner && h->span[s].span_class != 0 &&
      UsedLess{Pre,Post}(h, s) && (\result == FREE_LAST <==> LastUsed(h, s));
*/
static inline uint32_t alloc_free_short(struct wpm_heap *h, const int32_t *owner,
                                        uintptr_t address)
{
    struct alloc_own_slot own = alloc_own_slot_at(h, owner, address);
    if (!own.found) return FREE_REFUSED;
    size_t s = own.span;
    uint32_t i = own.slot;
    struct mspan *span = &h->span[s];
    uint64_t *live = h->live + s * SPAN_WORDS + i / 64;
    /*@ assert bit: SlotBit(h->live, s, i) == 1; */
    /*@ assert live: LiveSlot(h, s, i); */
    atomic_write64(live, bits_clear(own.word, i % 64));
    span->used = (uint16_t)(span->used - 1);
    /*@ assert less: LiveLess{Pre,Here}(h, s, i); */
    /*@ assert counted: SlotStarts(h, s, i, address) && UsedLess{Pre,Here}(h, s); */
    return span->used == 0 && span->place != PLACE_CURRENT ? FREE_LAST : FREE_DONE;
}

/* The same, of a heap in which all holds. */
/*@ requires valid: HeapValid(h);
    requires owner: \valid_read(owner) && *owner != OWNER_NONE;
    assigns h->live[0 .. h->nspans * SPAN_WORDS - 1], h->span[0 .. h->nspans - 1].used;
    ensures valid: HeapValid(h);
    ensures status: \result == FREE_DONE || \result == FREE_LAST || \result == FREE_REFUSED;
    ensures shapes: ShapesChanged{Pre,Post}(h, NO_SPAN) && h->map.base == \old(h->map.base) &&
      h->map.npages == \old(h->map.npages);
    ensures caches: CachesKept{Pre,Post}(h);
    ensures refused: \result == FREE_REFUSED ==> HeldKept{Pre,Post}(h) && LiveSame{Pre,Post}(h);
    ensures null: address == 0 ==> \result == FREE_REFUSED;
    ensures freed: \result != FREE_REFUSED ==> SlotEnded{Pre,Post}(h, address);
    ensures owned: \result != FREE_REFUSED ==> \exists integer s, i;
      SlotStarts(h, s, i, address) && h->span[s].owner == *owner &&
      h->span[s].span_class != 0 && (\result == FREE_LAST <==> LastUsed(h, s));
*/
static inline uint32_t alloc_free_owned(struct wpm_heap *h, const int32_t *owner,
                                        uintptr_t address)
{
    uint32_t done = alloc_free_short(h, owner, address);
    //@ assert memory: HeapMemory(h) && PoolsMemory(h);
    //@ assert pages: PagesSame{Pre,Here}(h);
    //@ assert pools: PagesValid(h) && PagesTaken(h) && PagesKept(h) && PagesBeyond(h);
    //@ assert marks: MarksSame{Pre,Here}(h);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert ground: HeapGround(h);
    //@ assert places: HeapPlaces(h) && PlacesValid(h);
    //@ assert same: EntriesStay{Pre,Here}(h) && PlacesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert entries: EntriesValid(h) && EntryAddresses(h);
    //@ assert stay: HeldStay{Pre,Here}(h);
    /*@ assert starts: done != FREE_REFUSED ==> \exists integer s, i;
          SlotStarts{Pre}(h, s, i, address) && h->span[s].owner == *owner &&
          h->span[s].span_class != 0 && LiveSlot{Pre}(h, s, i) && HeldLess{Pre,Here}(h, s, i); */
    return done;
}

/* As wpm_free, through cache `c`. Total: any pointer. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns HEAP_FREED(h), h->large_frees, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures status: \result == WPM_OK || \result == WPM_FOREIGN || \result == WPM_INTERIOR ||
      \result == WPM_DOUBLE_FREE;
    ensures null: (uintptr_t)object == 0 ==> \result == WPM_OK && HeldKept{Pre,Post}(h);
    ensures freed: \result == WPM_OK ==> (uintptr_t)object != 0 ==>
      SlotEnded{Pre,Post}(h, (uintptr_t)object);
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(h);
    ensures foreign: \result == WPM_FOREIGN ==> NoSlotOf{Pre}(h, (uintptr_t)object);
    ensures interior: \result == WPM_INTERIOR ==> NoSlotStarts{Pre}(h, (uintptr_t)object);
    ensures dead: \result == WPM_DOUBLE_FREE ==> NotHeld{Pre}(h, (uintptr_t)object);
*/
static inline wpm_status alloc_free(struct wpm_heap *h, struct mcache *c, const void *object)
    HEAP_UNLOCKED(h)
{
    uintptr_t address = edge_address(object);
    //@ assert few: h->nspans <= h->map.npages + 1;
    uint32_t done = alloc_free_owned(h, &c->owner, address);
    //@ ghost Tried: ;
    //@ assert given: CacheGiven(h, c) && (done != FREE_REFUSED ==> CacheUsed(h, c));
    //@ assert records: RecordsStay{Pre,Tried}(h);
    //@ assert nowhere: NoSlotOf(h, address) ==> NoSlotOf{Pre}(h, address);
    //@ assert shapes: ShapesValid{Pre}(h);
    if (done == FREE_REFUSED) {
        wpm_status status = alloc_free_slow(h, c, address);
        //@ assert ended: SlotEnded{Tried,Here}(h, address) ==> SlotEnded{Pre,Here}(h, address);
        return status;
    }
    //@ assert ended: SlotEnded{Pre,Tried}(h, address);
    if (done == FREE_LAST) alloc_free_last(h, c, address);
    //@ assert still: SlotEnded{Pre,Here}(h, address);
    return WPM_OK;
}

#endif
