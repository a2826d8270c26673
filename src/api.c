/* api.c -- the public functions of wpmalloc.h: see api.h */
#include "api.h"

#include "faulttell.h"
#include "heaplock.h"
#include "walk.h"

#include "../spec/api_kept.acsl"

/* The cache of a caller that names none: all share the locked one. */
static const struct mcache stranger = {.owner = OWNER_STRANGER};

/* It stays what it is: a constant. */
/*@ ghost
  /@ assigns \nothing;
     ensures owner: stranger.owner == OWNER_STRANGER;
     ensures windows: \forall integer k; 0 <= k < NUM_CLASSES ==> stranger.entry[k].window == 0;
  @/
  static inline void stranger_fact(void) {}
*/

/* The heap's arrays can be written. */
/*@ ghost
  /@ requires valid: HeapValid(h);
     assigns \nothing;
     ensures records: \valid(h) && \valid(h->span) && \valid(h->set) && \valid(h->cache);
     ensures words: \valid(h->live) && \valid(h->freed);
     ensures pools: \valid(h->pages.free) && \valid(h->pages.released);
  @/
  static inline void arrays_there(const struct wpm_heap *h) {}
*/

/* The same for functions that may write through a cache, as they never do through this one: what
 * can be written, as the heap's arrays, lies elsewhere. */
/*@ requires valid: HeapValid(h);
    assigns \result \from &stranger;
    ensures none: CacheNone(h, \result);
    ensures same: \result == &stranger;
*/
static inline struct mcache *no_cache(const struct wpm_heap *h)
{
    (void)h;
    //@ ghost stranger_fact();
    //@ ghost arrays_there(h);
    /*@ assert apart: \base_addr(&stranger) != \base_addr(h) &&
          \base_addr(&stranger) != \base_addr(h->span) &&
          \base_addr(&stranger) != \base_addr(h->set) &&
          \base_addr(&stranger) != \base_addr(h->live) &&
          \base_addr(&stranger) != \base_addr(h->freed) &&
          \base_addr(&stranger) != \base_addr(h->cache) &&
          \base_addr(&stranger) != \base_addr(h->pages.free) &&
          \base_addr(&stranger) != \base_addr(h->pages.released); */
    return (struct mcache *)&stranger;
}

void *wpm_malloc(wpm_heap *h, size_t bytes)
{
    void *object = alloc_malloc(h, no_cache(h), bytes);
    //@ ghost stranger_fact();
    return object;
}

void *wpm_calloc(wpm_heap *h, size_t count, size_t bytes)
{
    void *object = object_calloc(h, no_cache(h), count, bytes);
    //@ ghost stranger_fact();
    return object;
}

void *wpm_aligned(wpm_heap *h, size_t align, size_t bytes)
{
    void *object = object_aligned(h, no_cache(h), align, bytes);
    //@ ghost stranger_fact();
    return object;
}

/* Write a result to a caller's memory: the heap stays as it is. */
/*@ requires valid: HeapValid(h);
    requires out: \valid(status) && StatusApart(h, status);
    assigns *status;
    ensures set: *status == value;
    ensures valid: HeapValid(h);
    ensures kept: RecordsKept{Pre,Post}(h);
*/
static inline void put_status(const struct wpm_heap *h, wpm_status *status, wpm_status value)
{
    (void)h;
    *status = value;
    /*@ assert counts: SetsSame{Pre,Here}(h) && SizesSame{Pre,Here}(h); */
    //@ assert ended: SetEnds{Pre}(h);
    /*@ assert range: \forall integer n; 0 <= n < h->nsets ==>
          0 <= h->set[n].head < h->nspans && 0 <= h->set[n].tail < h->nspans &&
          (h->set[n].head == NO_SPAN <==> h->set[n].tail == NO_SPAN); */
    /*@ assert heads: \forall integer n, s; 0 <= n < h->nsets ==> 0 < s < h->nspans ==>
          h->set[n].head <= s <= h->set[n].head ==>
          h->span[s].place == PLACE_SET + n && h->span[s].prev == NO_SPAN; */
    /*@ assert tails: \forall integer n, s; 0 <= n < h->nsets ==> 0 < s < h->nspans ==>
          h->set[n].tail <= s <= h->set[n].tail ==>
          h->span[s].place == PLACE_SET + n && h->span[s].next == NO_SPAN; */
    //@ assert ends: SetEnds(h);
    //@ assert memory: HeapMemory(h) && PoolsMemory(h);
    //@ assert pages: PagesSame{Pre,Here}(h);
    //@ assert pools: PagesValid(h) && PagesTaken(h) && PagesKept(h) && PagesBeyond(h);
    //@ assert counted: PagesCounted(h);
    //@ assert same_ids: IdsSame{Pre,Here}(h);
    //@ assert ids: IdsValid(h) && IdsTaken(h);
    //@ assert marks: MarksSame{Pre,Here}(h) && LiveSame{Pre,Here}(h);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert spans_are: SpanShape(h) && SpanZero(h);
    //@ assert small: SpanSmall(h);
    //@ assert names: PagesOfSpans(h) && SpansOfPages(h);
    //@ assert slots: SlotsInside(h) && FreedSmall(h);
    //@ assert ground: HeapGround(h);
    //@ assert spans: SpanLarge(h) && SpanUnused(h) && OwnersValid(h);
    //@ assert sets: SetClasses(h) && SetSmall(h) && CachesValid(h);
    //@ assert next: SetNext(h);
    //@ assert prev: SetPrev(h);
    //@ assert places: PlacesValid(h);
    //@ assert placed: PlacesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert same: EntriesStay{Pre,Here}(h);
    //@ assert entries: EntriesValid(h) && WindowsFree(h);
    //@ assert addresses: EntryAddresses(h);
    //@ assert table: TableSame{Pre,Here};
    //@ assert valid: HeapValid(h);
}

void *wpm_realloc(wpm_heap *h, void *object, size_t bytes, wpm_status *status)
{
    struct object_resized done = object_realloc(h, no_cache(h), edge_address(object), bytes);
    //@ ghost stranger_fact();
    //@ ghost Done: ;
    //@ assert shapes: ShapesValid(h);
    //@ assert none: done.address == 0 ==> HeldKept{Pre,Here}(h);
    /*@ assert moved: (uintptr_t)object != 0 ==> done.address != 0 ==>
          done.address != (uintptr_t)object ==>
          SlotMoved{Pre,Done}(h, (uintptr_t)object, done.address, bytes); */
    if (status != NULL) put_status(h, status, done.status);
    //@ assert kept: status == \null || RecordsKept{Done,Here}(h);
    /*@ assert still: (uintptr_t)object != 0 ==> done.address != 0 ==>
          done.address != (uintptr_t)object ==>
          SlotMoved{Pre,Here}(h, (uintptr_t)object, done.address, bytes); */
    //@ assert held: done.address == 0 ==> HeldKept{Pre,Here}(h);
    fault_tell(done.status, object);
    return edge_pointer(done.address);
}

wpm_status wpm_free(wpm_heap *h, void *object)
{
    wpm_status status = alloc_free(h, no_cache(h), object);
    fault_tell(status, object);
    return status;
}

size_t wpm_usable_size(wpm_heap *h, const void *object) { return object_usable_size(h, object); }

wpm_info wpm_describe(wpm_heap *h, const void *address)
{
    return object_describe(h, edge_address(address));
}

wpm_cache *wpm_cache_attach(wpm_heap *h) { return mcache_attach(h); }

void wpm_cache_detach(wpm_heap *h, wpm_cache *c) { mcache_detach(h, c); }

void *wpm_cache_malloc(wpm_heap *h, wpm_cache *c, size_t bytes)
{
    return alloc_malloc(h, c, bytes);
}

wpm_status wpm_cache_free(wpm_heap *h, wpm_cache *c, void *object)
{
    wpm_status status = alloc_free(h, c, object);
    fault_tell(status, object);
    return status;
}

void wpm_walk(wpm_heap *h, bool (*visit)(void *, void *, size_t), void *context)
{
    heap_lock(h);
    struct walk_object object = walk_next(h, 1, 0);
    while (object.address != 0 &&
           visit(context, edge_pointer(object.address), object.slot_bytes))
        object = walk_next(h, object.span, object.slot + 1);
    heap_unlock(h);
}

/* The same for figures. */
/*@ requires valid: HeapValid(h);
    requires out: \valid(out) && FiguresApart(h, out);
    assigns *out;
    ensures set: *out == figures;
    ensures valid: HeapValid(h);
*/
static inline void put_figures(const struct wpm_heap *h, wpm_statistics *out,
                               wpm_statistics figures)
{
    (void)h;
    *out = figures;
    //@ assert memory: HeapMemory(h);
    //@ assert memory_too: PoolsMemory(h);
    //@ assert bits: BitsSame{Pre,Here}(h->pages.free) && BitsSame{Pre,Here}(h->pages.released);
    //@ assert pages: PagesSame{Pre,Here}(h);
    //@ assert pools: PagesValid(h) && PagesTaken(h) && PagesKept(h) && PagesBeyond(h);
    //@ assert marks: MarksSame{Pre,Here}(h) && LiveSame{Pre,Here}(h);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, NO_SPAN);
    //@ assert spans_are: SpanShape(h) && SpanZero(h);
    //@ assert small: SpanSmall(h);
    //@ assert names: PagesOfSpans(h) && SpansOfPages(h);
    //@ assert slots: SlotsInside(h) && FreedSmall(h);
    //@ assert ground: HeapGround(h);
    //@ assert places: HeapPlaces(h) && PlacesValid(h);
    //@ assert moved: PlacesChanged{Pre,Here}(h, NO_SPAN);
    /*@ assert map: h->map.base == \at(h->map.base, Pre) && h->cache == \at(h->cache, Pre) &&
          h->ncaches == \at(h->ncaches, Pre); */
    //@ assert same: EntriesStay{Pre,Here}(h);
    //@ assert entries: EntriesValid(h);
    //@ assert addresses: EntryAddresses(h);
    //@ assert windows: WindowsFree(h);
}

void wpm_stats(wpm_heap *h, wpm_statistics *out)
{
    heap_lock(h);
    wpm_statistics figures = statistics_read(h);
    heap_unlock(h);
    put_figures(h, out, figures);
}
