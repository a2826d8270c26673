/* alloc.c -- see alloc.h */
#include "alloc.h"

#include "counter.h"
#include "heaplock.h"
#include "large.h"

/* The cache to use in place of `c`: the shared one, locked, for a thread without a cache. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns \result \from h, c;
    ensures used: CacheUsed(h, \result);
    ensures own: CacheNone(h, c) || \result == c;
    ensures number: \result->owner == (c->owner == OWNER_STRANGER ? OWNER_SHARED : c->owner);
*/
static struct mcache *enter(struct wpm_heap *h, struct mcache *c)
    LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    if (c->owner != OWNER_STRANGER) return c;
    shared_lock(h);
    return &h->cache[0];
}

/* Unlock what `enter` has locked. */
/*@ requires valid: HeapValid(h) && \valid_read(c);
    assigns \nothing;
*/
static void leave(struct wpm_heap *h, const struct mcache *c)
    LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    if (c->owner == OWNER_STRANGER) shared_unlock(h);
}

uintptr_t alloc_large(struct wpm_heap *h, size_t bytes, uint32_t align_pages, bool *zero)
{
    if (bytes > (size_t)MAX_PAGES * PAGE_SIZE) return 0;
    uint32_t npages = bytes == 0 ? 1 : (uint32_t)((bytes - 1) / PAGE_SIZE + 1);
    uint32_t s = large_alloc(h, npages, align_pages, zero);
    //@ assert pages: npages == 1 || (npages - 1) * PAGE_SIZE < bytes;
    /*@ assert most: npages + align_pages > MAX_PAGES ==>
          (MAX_PAGES - align_pages) * PAGE_SIZE < (bytes == 0 ? 1 : bytes); */
    /*@ assert near: s == NO_SPAN ==> align_pages <= 1 ==> npages + align_pages <= MAX_PAGES ==>
          NoSpanFor(h, npages); */
    /*@ assert far: s == NO_SPAN ==> align_pages > 1 ==> npages + align_pages <= MAX_PAGES ==>
          NoSpanFor(h, npages + align_pages); */
    //@ assert run: s == NO_SPAN ==> NoRunFor(h, bytes, align_pages);
    if (s == NO_SPAN) return 0;
    uintptr_t address = arenamap_address(&h->map, h->span[s].start);
    /*@ ghost class_table_fact();
        alloc_lemma_inside(h, s, 0);
        /@ assert starts: SlotStarts(h, s, 0, address); @/
        /@ assert first: 0 < address; @/
        /@ assert fits: bytes <= SlotBytes(h, s); @/
        /@ assert more: HeldMore{Pre,Here}(h, s, 0); @/
        /@ assert apart: SlotApart(h, s, 0); @/
    */
    return address;
}

/* A slot of class `k` from cache `c`: of its window, else from a new one; its address or 0. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    assigns HEAP_ALLOCATED(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheUsed(h, c);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) &&
      NoSpanFor(h, class_table[k].span_pages) && NoSlotLeft(h, k, c->owner) &&
      NoneEmpty(h, c->owner);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, class_table[k].size_bytes);
    ensures class: \result != 0 ==> SlotOfClass(h, \result, k);
*/
static inline uintptr_t take_slot(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    uint32_t i = bits_lowest(c->entry[k].window);
    //@ ghost alloc_lemma_some(c->entry[k].window, i);
    //@ assert own: c == h->cache + c->index;
    //@ assert span: i < 64 ==> (h->cache + c->index)->entry[k].span != NO_SPAN;
    //@ assert entry: i < 64 ==> EntryValid(h, c->index, k);
    /*@ assert word: i < 64 ==>
          0 <= c->entry[k].word < h->map.npages * SPAN_WORDS + SPAN_WORDS; */
    return i < 64 ? alloc_take(h, c, k, i) : alloc_refill(h, c, k);
}

uintptr_t alloc_small(struct wpm_heap *h, struct mcache *c, uint32_t k, bool *dirty)
{
    /*@ assert bases: CacheNone(h, c) ==> \base_addr(c) != \base_addr(h->live) &&
          \base_addr(c) != \base_addr(h->freed) && \base_addr(c) != \base_addr(h->cache) &&
          \base_addr(c) != \base_addr(h->span) && \base_addr(c) != \base_addr(h->set) &&
          \base_addr(c) != \base_addr(h->pages.free) && \base_addr(c) != \base_addr(h) &&
          \base_addr(c) != \base_addr(h->pages.released); */
    /*@ assert empty: CacheNone(h, c) ==> \forall integer m; 0 <= m < NUM_CLASSES ==>
          c->entry[m].window == 0; */
    //@ assert readable: \valid_read(c);
    struct mcache *own = enter(h, c);
    //@ ghost const int32_t number = own->owner;
    uintptr_t address = take_slot(h, own, k);
    /*@ assert cells: \forall int32_t *q; \base_addr(q) != \base_addr(h->span) ==>
          \base_addr(q) != \base_addr(h->cache) ==> \base_addr(q) != \base_addr(h->set) ==>
          *q == \at(*q, Pre); */
    //@ assert owner: CacheNone{Pre}(h, c) ==> c->owner == \at(c->owner, Pre);
    //@ assert stranger: CacheNone{Pre}(h, c) ==> c->owner == OWNER_STRANGER;
    /*@ assert windows: CacheNone{Pre}(h, c) ==> \forall integer m; 0 <= m < NUM_CLASSES ==>
          c->entry[m].window == 0; */
    //@ assert none: CacheNone{Pre}(h, c) ==> CacheNone(h, c);
    //@ assert same: own == h->cache + own->index && own->owner == number;
    *dirty = own->entry[k].dirty != 0;
    leave(h, c);
    return address;
}

/* As alloc_large, for a thread with cache `c`, which stays what it is. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires align: align_pages <= MAX_PAGES && \valid(zero);
    assigns *zero, HEAP_BEGUN(h), h->large_allocs;
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures owner: c->owner == \old(c->owner);
    ensures sizes: h->pages.npages == \old(h->pages.npages) && h->nsets == \old(h->nsets) &&
      h->ncaches == \old(h->ncaches) && h->map.npages == \old(h->map.npages);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) && NoRunFor(h, bytes, align_pages);
    ensures lean: \result == 0 ==> NoneEmpty{Pre}(h, SERVED_BY(c)) ==> NoneEmpty(h, SERVED_BY(c));
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, bytes);
    ensures page: \result % PAGE_SIZE == 0;
    ensures aligned: \result != 0 ==> align_pages > 1 ==>
      \result % (align_pages * PAGE_SIZE) == 0;
*/
static uintptr_t large_beside(struct wpm_heap *h, const struct mcache *c, size_t bytes,
                              uint32_t align_pages, bool *zero) HEAP_UNLOCKED(h)
{
    (void)c;
    /*@ assert apart: \base_addr(h->span) != \base_addr(h->cache) &&
          \base_addr(h->set) != \base_addr(h->cache); */
    //@ assert used: CacheNone(h, c) || c == h->cache + c->index;
    /*@ assert bases: CacheNone(h, c) ==> \base_addr(c) != \base_addr(h->live) &&
          \base_addr(c) != \base_addr(h->freed) && \base_addr(c) != \base_addr(h->cache) &&
          \base_addr(c) != \base_addr(h->span) && \base_addr(c) != \base_addr(h->set) &&
          \base_addr(c) != \base_addr(h->pages.free) && \base_addr(c) != \base_addr(h) &&
          \base_addr(c) != \base_addr(h->pages.released); */
    /*@ assert empty: CacheNone(h, c) ==> \forall integer m; 0 <= m < NUM_CLASSES ==>
          c->entry[m].window == 0; */
    /*@ assert alone: \base_addr(h->live) != \base_addr(h) &&
          \base_addr(h->freed) != \base_addr(h) && \base_addr(h->pages.free) != \base_addr(h) &&
          \base_addr(h->pages.released) != \base_addr(h) &&
          \base_addr(h->page_span) != \base_addr(h) && \base_addr(h->span) != \base_addr(h) &&
          \base_addr(h->cache) != \base_addr(h) && \base_addr(h->set) != \base_addr(h) &&
          \base_addr(h->ids.stack) != \base_addr(h) && \base_addr(h->ids.where) != \base_addr(h) &&
          \base_addr(h->pages.l1) != \base_addr(h) && \base_addr(h->pages.l2) != \base_addr(h) &&
          \base_addr(h->pages.l3) != \base_addr(h) && \base_addr(h->pages.l4) != \base_addr(h); */
    uintptr_t address = alloc_large(h, bytes, align_pages, zero);
    //@ assert pool: h->pages.npages == \at(h->pages.npages, Pre);
    //@ assert sets: h->nsets == \at(h->nsets, Pre) && h->ncaches == \at(h->ncaches, Pre);
    //@ assert map: h->map.npages == \at(h->map.npages, Pre);
    /*@ assert same: c->owner == \at(c->owner, Pre) && c->index == \at(c->index, Pre) &&
          c->attached == \at(c->attached, Pre); */
    //@ assert used: CacheUsed{Pre}(h, c) ==> CacheUsed(h, c);
    //@ assert stranger: CacheNone{Pre}(h, c) ==> c->owner == OWNER_STRANGER;
    /*@ assert windows: CacheNone{Pre}(h, c) ==> \forall integer k; 0 <= k < NUM_CLASSES ==>
          c->entry[k].window == 0; */
    //@ assert none: CacheNone{Pre}(h, c) ==> CacheNone(h, c);
    return address;
}

/* As mcache_gather: what it writes, as the routes of malloc and free name it. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    assigns HEAP_FREED(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheUsed(h, c);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures sizes: h->pages.npages == \old(h->pages.npages) && h->nsets == \old(h->nsets);
    ensures held: HeldKept{Pre,Post}(h);
    ensures lean: NoneEmpty(h, c->owner);
*/
static inline void gather_own(struct wpm_heap *h, struct mcache *c) HEAP_UNLOCKED(h)
{
    //@ assert own: c == h->cache + c->index && 0 <= c->index < h->ncaches;
    mcache_gather(h, c);
}

/* The cache that serves the thread of cache `c` gathers pages. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns HEAP_FREED(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures owner: c->owner == \old(c->owner);
    ensures sizes: h->pages.npages == \old(h->pages.npages) && h->nsets == \old(h->nsets) &&
      h->ncaches == \old(h->ncaches) && h->map.npages == \old(h->map.npages);
    ensures held: HeldKept{Pre,Post}(h);
    ensures lean: NoneEmpty(h, SERVED_BY(c));
*/
static void gather(struct wpm_heap *h, struct mcache *c) HEAP_UNLOCKED(h)
{
    /*@ assert bases: CacheNone(h, c) ==> \base_addr(c) != \base_addr(h->live) &&
          \base_addr(c) != \base_addr(h->freed) && \base_addr(c) != \base_addr(h->cache) &&
          \base_addr(c) != \base_addr(h->span) && \base_addr(c) != \base_addr(h->set) &&
          \base_addr(c) != \base_addr(h->pages.free) && \base_addr(c) != \base_addr(h) &&
          \base_addr(c) != \base_addr(h->pages.released); */
    /*@ assert empty: CacheNone(h, c) ==> \forall integer m; 0 <= m < NUM_CLASSES ==>
          c->entry[m].window == 0; */
    //@ assert readable: \valid_read(c);
    struct mcache *own = enter(h, c);
    //@ ghost const int32_t number = own->owner;
    gather_own(h, own);
    //@ assert owner: CacheNone{Pre}(h, c) ==> c->owner == \at(c->owner, Pre);
    //@ assert stranger: CacheNone{Pre}(h, c) ==> c->owner == OWNER_STRANGER;
    /*@ assert windows: CacheNone{Pre}(h, c) ==> \forall integer m; 0 <= m < NUM_CLASSES ==>
          c->entry[m].window == 0; */
    //@ assert none: CacheNone{Pre}(h, c) ==> CacheNone(h, c);
    //@ assert same: own == h->cache + own->index && own->owner == number;
    leave(h, c);
}

uintptr_t alloc_large_given(struct wpm_heap *h, struct mcache *c, size_t bytes,
                            uint32_t align_pages, bool *zero)
{
    uintptr_t address = large_beside(h, c, bytes, align_pages, zero);
    if (address != 0 || bytes > (size_t)MAX_PAGES * PAGE_SIZE) return address;
    gather(h, c);
    //@ assert kept: HeldKept{Pre,Here}(h) && NoneEmpty(h, SERVED_BY(c));
    address = large_beside(h, c, bytes, align_pages, zero);
    //@ assert none: address == 0 ==> HeldKept{Pre,Here}(h) && NoneEmpty(h, SERVED_BY(c));
    //@ assert some: address != 0 ==> SlotGiven{Pre,Here}(h, address, bytes);
    return address;
}

uintptr_t alloc_malloc_long(struct wpm_heap *h, struct mcache *c, size_t bytes)
{
    bool unused = false;
    if (bytes > MAX_SMALL_SIZE) return alloc_large_given(h, c, bytes, 1, &unused);
    //@ ghost class_table_fact();
    uint32_t k = sizeclass_of((uint32_t)bytes);
    //@ assert fits: ClassFits(k, bytes);
    if (c->owner != OWNER_STRANGER) return alloc_refill(h, c, k);
    return alloc_small(h, c, k, &unused);
}

void *alloc_malloc_slow(struct wpm_heap *h, struct mcache *c, size_t bytes)
{
    return edge_pointer(alloc_malloc_long(h, c, bytes));
}

/* Note that live slot `i` of small span `s` has been freed by a stranger; false if that is so. */
/*@ requires valid: HeapValid(h);
    requires slot: LiveSlot(h, s, i) && h->span[s].span_class != 0;
    assigns h->freed[s * SPAN_WORDS + i / 64];
    ensures valid: HeapValid(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, NO_SPAN);
    ensures stay: HeldStay{Pre,Post}(h);
    ensures first: \result == true ==> HeldSlot{Pre}(h, s, i) && HeldLess{Pre,Post}(h, s, i);
    ensures again: \result == false ==> !HeldSlot{Pre}(h, s, i) && HeldSame{Pre,Post}(h);
*/
static inline bool mark_freed(struct wpm_heap *h, uint32_t s, uint32_t i)
{
    uint32_t w = s * SPAN_WORDS + i / 64;
    uint64_t before = atomic_or64(&h->freed[w], bits_one(i % 64));
    /*@ assert others: \forall integer v; v != w ==> h->freed[v] == \at(h->freed[v], Pre); */
    /*@ assert bits: \forall integer j; 0 <= j < 64 ==> Bit(h->freed[w], j) ==
          (j == i % 64 ? 1 : Bit(\at(h->freed[s * SPAN_WORDS + i / 64], Pre), j)); */
    /*@ assert map: h->map.base == \at(h->map.base, Pre) &&
          h->map.npages == \at(h->map.npages, Pre); */
    //@ assert memory: HeapMemory(h) && PoolsMemory(h);
    //@ assert live: LiveSame{Pre,Here}(h);
    //@ assert words: BitsSame{Pre,Here}(h->pages.free) && BitsSame{Pre,Here}(h->pages.released);
    //@ assert pages: PagesSame{Pre,Here}(h);
    //@ assert pools: PagesValid(h) && PagesTaken(h) && PagesKept(h) && PagesBeyond(h);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert same: EntriesSame{Pre,Here}(h);
    //@ assert mark: MarkMore{Pre,Here}(h, s, i);
    //@ assert small: FreedSmall(h) && SlotsInside(h);
    //@ assert ground: HeapGround(h);
    //@ assert places: HeapPlaces(h) && PlacesValid(h);
    //@ assert entries: EntriesStay{Pre,Here}(h) && PlacesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert valid: EntriesValid(h) && EntryAddresses(h);
    //@ assert windows: WindowsFree(h);
    return bits_test(before, i % 64) == 0;
}

/* Live slot `i` of small span `s`, which no stranger has freed, is live no more. */
/*@ requires valid: HeapValid(h);
    requires slot: HeldSlot(h, s, i) && h->span[s].span_class != 0;
    assigns h->live[s * SPAN_WORDS + i / 64], h->span[s].used;
    ensures valid: HeapValid(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures shapes: ShapesChanged{Pre,Post}(h, NO_SPAN);
    ensures stay: HeldStay{Pre,Post}(h);
    ensures less: HeldLess{Pre,Post}(h, s, i);
*/
static inline void end_slot(struct wpm_heap *h, uint32_t s, uint32_t i)
{
    mspan_clear_slot(h, s, i);
    /*@ assert others: \forall integer v; 0 <= v < h->nspans * SPAN_WORDS ==>
          v != s * SPAN_WORDS + i / 64 ==> h->live[v] == \at(h->live[v], Pre); */
    /*@ assert map: h->map.base == \at(h->map.base, Pre) &&
          h->map.npages == \at(h->map.npages, Pre); */
    //@ assert memory: HeapMemory(h) && PoolsMemory(h);
    //@ assert less: LiveLess{Pre,Here}(h, s, i);
    //@ assert marks: MarksSame{Pre,Here}(h);
    //@ assert words: BitsSame{Pre,Here}(h->pages.free) && BitsSame{Pre,Here}(h->pages.released);
    //@ assert pages: PagesSame{Pre,Here}(h);
    //@ assert pools: PagesValid(h) && PagesTaken(h) && PagesKept(h) && PagesBeyond(h);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert ground: HeapGround(h);
    //@ assert places: HeapPlaces(h) && PlacesValid(h);
    //@ assert entries: EntriesStay{Pre,Here}(h) && PlacesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert valid: EntriesValid(h) && EntryAddresses(h);
}

/* Count a free of a slot that cache `c` does not own. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    assigns c->remote;
    ensures valid: HeapValid(h);
    ensures cache: CacheUsed(h, c);
    ensures held: HeldKept{Pre,Post}(h);
    ensures counted: \old(c->remote) < INT64_MAX ==> c->remote == \old(c->remote) + 1;
*/
static inline void count_remote(struct wpm_heap *h, struct mcache *c)
{
    (void)h;
    //@ assert own: c == h->cache + c->index;
    c->remote = counter_add(c->remote, 1);
    //@ assert pages: PagesSame{Pre,Here}(h);
    //@ assert entries: EntriesSame{Pre,Here}(h);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert pools: PagesValid(h) && PagesCounted(h);
    //@ assert spans: SpanShape(h) && EntryAddresses(h);
    //@ assert held: HeldSame{Pre,Here}(h) && HeldKept{Pre,Here}(h);
}

/* Free live slot `i` of span `s`, which the calling thread does not own. The `freed` bit decides
 * between two frees of one slot at the same time, unless the owner merges the word between the
 * second one's look at `live` and its mark: then the next merge finds the bit of a slot that is not
 * live, a stray (or, if it is handed out again by then, takes it for that one's free). */
/*@ requires valid: HeapValid(h);
    requires slot: LiveSlot(h, s, i) && h->span[s].span_class != 0;
    assigns HEAP_FREED(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures status: \result == WPM_OK || \result == WPM_DOUBLE_FREE;
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(h);
    ensures freed: \result == WPM_OK ==> HeldSlot{Pre}(h, s, i) && HeldLess{Pre,Post}(h, s, i) &&
      HeldStill{Pre,Post}(h);
    ensures dead: \result == WPM_DOUBLE_FREE ==> !HeldSlot{Pre}(h, s, i);
    ensures queued: \result == WPM_OK ==>
      \old(h->span[s].owner % 2 == 1 && h->span[s].remote_next == 0) ==>
      h->cache[\old(h->span[s].owner / 2 - 1)].remote_head == s;
    ensures filed: \result == WPM_OK ==> \old(FullCentral(h, s)) ==> FiledByUse(h, s);
*/
static wpm_status free_remote(struct wpm_heap *h, uint32_t s, uint32_t i) HEAP_UNLOCKED(h)
{
    //@ assert small: i < SPAN_SLOTS;
    if (!mark_freed(h, s, i)) return WPM_DOUBLE_FREE;
    //@ assert map: h->map.npages == \at(h->map.npages, Pre);
    //@ assert stay: HeldStill{Pre,Here}(h) && HeldLess{Pre,Here}(h, s, i);
    mcache_notify(h, s);
    //@ assert sizes: h->nspans == \at(h->nspans, Pre);
    return WPM_OK;
}

/* Free live slot `i` of span `s`, whose owner is cache `c`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires slot: LiveSlot(h, s, i) && h->span[s].span_class != 0;
    requires owner: h->span[s].owner == c->owner || h->span[s].owner == c->owner + 1;
    assigns HEAP_FREED(h);
    ensures valid: HeapValid(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures status: \result == WPM_OK || \result == WPM_DOUBLE_FREE;
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(h);
    ensures freed: \result == WPM_OK ==> HeldSlot{Pre}(h, s, i) && HeldLess{Pre,Post}(h, s, i) &&
      HeldStill{Pre,Post}(h);
    ensures dead: \result == WPM_DOUBLE_FREE ==> !HeldSlot{Pre}(h, s, i);
*/
static wpm_status free_owned(struct wpm_heap *h, struct mcache *c, uint32_t s, uint32_t i)
    HEAP_UNLOCKED(h)
{
    //@ assert small: i < SPAN_SLOTS;
    uint64_t freed = atomic_read64(&h->freed[s * SPAN_WORDS + i / 64]);
    if (bits_test(freed, i % 64)) return WPM_DOUBLE_FREE;
    end_slot(h, s, i);
    //@ assert map: h->map.npages == \at(h->map.npages, Pre);
    //@ assert used: CacheUsed(h, c) && InUse(h, s) && h->span[s].span_class != 0;
    //@ assert stay: HeldStill{Pre,Here}(h) && HeldLess{Pre,Here}(h, s, i);
    if (h->span[s].owner != c->owner) mcache_unpark(h, c, s);
    //@ assert kept: CachesKept{Pre,Here}(h) && CacheUsed(h, c);
    //@ assert less: HeldStill{Pre,Here}(h) && HeldLess{Pre,Here}(h, s, i);
    if (h->span[s].used == 0) mcache_span_emptied(h, c, s);
    //@ assert sizes: h->nspans == \at(h->nspans, Pre);
    return WPM_OK;
}

/* Free live slot `i` of small span `s` for the thread of cache `c`; `own` is the cache to use. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, own) && (CacheNone(h, c) || own == c);
    requires slot: LiveSlot(h, s, i) && h->span[s].span_class != 0;
    assigns HEAP_FREED(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures status: \result == WPM_OK || \result == WPM_DOUBLE_FREE;
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(h);
    ensures freed: \result == WPM_OK ==> HeldSlot{Pre}(h, s, i) && HeldLess{Pre,Post}(h, s, i) &&
      HeldStill{Pre,Post}(h);
    ensures dead: \result == WPM_DOUBLE_FREE ==> !HeldSlot{Pre}(h, s, i);
*/
static inline wpm_status free_live(struct wpm_heap *h, struct mcache *c, struct mcache *own,
                                   uint32_t s, uint32_t i) HEAP_UNLOCKED(h)
{
    int32_t owner = atomic_read_int(&h->span[s].owner);
    /*@ assert owner: owner == OWNER_NONE || owner == OWNER_CENTRAL || 2 <= owner; */
    //@ assert own: 2 <= own->owner && own->owner % 2 == 0;
    if (owner / 2 == own->owner / 2) return free_owned(h, own, s, i);
    wpm_status status = free_remote(h, s, i);
    //@ assert freed: status == WPM_OK ==> HeldStill{Pre,Here}(h) && HeldLess{Pre,Here}(h, s, i);
    if (status == WPM_OK && own == c) count_remote(h, own);
    //@ assert still: status == WPM_OK ==> HeldStill{Pre,Here}(h) && HeldLess{Pre,Here}(h, s, i);
    return status;
}

/* Free the slot of small span `s` that starts at `address`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires span: SpanHolds(h, s, address) && h->span[s].span_class != 0;
    assigns HEAP_FREED(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures status: \result == WPM_OK || \result == WPM_DOUBLE_FREE ||
      \result == WPM_INTERIOR;
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(h);
    ensures freed: \result == WPM_OK ==> SlotEnded{Pre,Post}(h, address);
    ensures interior: \result == WPM_INTERIOR ==> NoSlotStarts{Pre}(h, address);
    ensures dead: \result == WPM_DOUBLE_FREE ==> NotHeld{Pre}(h, address);
*/
static wpm_status free_small(struct wpm_heap *h, struct mcache *c, uint32_t s, uintptr_t address)
    HEAP_UNLOCKED(h)
{
    //@ assert shapes: ShapesValid(h);
    //@ assert base: \base_addr(c) != \base_addr(h->span) && \valid_read(c);
    /*@ assert bases: CacheNone(h, c) ==> \base_addr(c) != \base_addr(h->live) &&
          \base_addr(c) != \base_addr(h->freed) && \base_addr(c) != \base_addr(h->cache) &&
          \base_addr(c) != \base_addr(h->set) && \base_addr(c) != \base_addr(h) &&
          \base_addr(c) != \base_addr(h->pages.free) &&
          \base_addr(c) != \base_addr(h->pages.released); */
    /*@ assert empty: CacheNone(h, c) ==> \forall integer m; 0 <= m < NUM_CLASSES ==>
          c->entry[m].window == 0; */
    uint32_t i = mspan_slot_at(h, s, address);
    //@ assert only: \forall integer t, j; SlotStarts(h, t, j, address) ==> t == s;
    /*@ assert none: i == NO_SLOT ==> \forall integer j; !SlotStarts(h, s, j, address); */
    if (i == NO_SLOT) return WPM_INTERIOR;
    //@ assert starts: SlotStarts(h, s, i, address) && i < SPAN_SLOTS;
    if (mspan_is_live(h, s, i) == 0) return WPM_DOUBLE_FREE;
    struct mcache *own = enter(h, c);
    wpm_status status = free_live(h, c, own, s, i);
    //@ assert used: CacheUsed{Pre}(h, c) ==> CacheUsed(h, c);
    //@ assert owner: CacheNone{Pre}(h, c) ==> c->owner == \at(c->owner, Pre);
    //@ assert stranger: CacheNone{Pre}(h, c) ==> c->owner == OWNER_STRANGER;
    /*@ assert windows: CacheNone{Pre}(h, c) ==> \forall integer m; 0 <= m < NUM_CLASSES ==>
          c->entry[m].window == 0; */
    //@ assert none_left: CacheNone{Pre}(h, c) ==> CacheNone(h, c);
    leave(h, c);
    return status;
}

wpm_status alloc_free_slow(struct wpm_heap *h, struct mcache *c, uintptr_t address)
{
    if (address == 0) return WPM_OK;
    uint32_t page = arenamap_page(&h->map, address);
    //@ assert shapes: ShapesValid(h);
    //@ assert base: \base_addr(c) != \base_addr(h->span) && \valid_read(c);
    //@ assert own: CacheUsed(h, c) ==> c == h->cache + c->index;
    /*@ assert bases: CacheNone(h, c) ==> \base_addr(c) != \base_addr(h->live) &&
          \base_addr(c) != \base_addr(h->freed) && \base_addr(c) != \base_addr(h->cache) &&
          \base_addr(c) != \base_addr(h->set) && \base_addr(c) != \base_addr(h) &&
          \base_addr(c) != \base_addr(h->pages.free) &&
          \base_addr(c) != \base_addr(h->pages.released); */
    /*@ assert empty: CacheNone(h, c) ==> \forall integer m; 0 <= m < NUM_CLASSES ==>
          c->entry[m].window == 0; */
    //@ assert named: page < h->npages ==> NoSlotOf(h, address) || h->page_span[page] != NO_SPAN;
    //@ assert held_by: \forall integer t; SpanHolds(h, t, address) ==> page < h->npages;
    /*@ assert either: \forall integer t; InUse(h, t) ==> SpanHolds(h, t, address) ||
          address < SpanAddress(h, t) ||
          SpanAddress(h, t) + h->span[t].npages * PAGE_SIZE <= address; */
    //@ assert nowhere: page >= h->npages ==> NoSlotOf(h, address);
    if (page >= atomic_read32(&h->npages)) return WPM_FOREIGN;
    uint32_t s = atomic_read32_acquire(&h->page_span[page]);
    if (s == NO_SPAN) return WPM_FOREIGN;
    //@ assert holds: SpanHolds(h, s, address);
    //@ assert only: \forall integer t, j; SlotStarts(h, t, j, address) ==> t == s;
    if (h->span[s].span_class == 0) {
        wpm_status status = large_free(h, s, address);
        /*@ assert same: c->owner == \at(c->owner, Pre) && c->index == \at(c->index, Pre) &&
              c->attached == \at(c->attached, Pre); */
        //@ assert used: CacheUsed{Pre}(h, c) ==> CacheUsed(h, c);
        /*@ assert windows: CacheNone{Pre}(h, c) ==> \forall integer m; 0 <= m < NUM_CLASSES ==>
              c->entry[m].window == 0; */
        //@ assert none: CacheNone{Pre}(h, c) ==> CacheNone(h, c);
        return status;
    }
    return free_small(h, c, s, address);
}

void alloc_free_last(struct wpm_heap *h, struct mcache *c, uintptr_t address)
{
    //@ assert shapes: ShapesValid(h);
    /*@ assert holds: \exists integer s; SpanHolds(h, s, address) && h->span[s].span_class != 0; */
    mcache_span_emptied(h, c, h->page_span[arenamap_page(&h->map, address)]);
}
