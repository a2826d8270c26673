/* objects.c -- see objects.h */
#include "objects.h"

#include "heaplock.h"
#include "large.h"

/* An object of `bytes` bytes; its address or 0. *dirty: whether its bytes may differ from zero. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires out: \valid(dirty);
    assigns *dirty, HEAP_ALLOCATED(h), h->large_allocs, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures base: h->map.base == \old(h->map.base);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) && NoRoomFor(h, c, bytes);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, bytes);
*/
static uintptr_t take_any(struct wpm_heap *h, struct mcache *c, size_t bytes, bool *dirty)
{
    bool zero = false;
    //@ assert alone: BaseAlone(h);
    if (bytes > MAX_SMALL_SIZE) {
        uintptr_t large = alloc_large_given(h, c, bytes, 1, &zero);
        *dirty = !zero;
        //@ assert base: h->map.base == \at(h->map.base, Pre);
        //@ assert large: large != 0 ==> SlotGiven{Pre,Here}(h, large, bytes);
        return large;
    }
    //@ ghost class_table_fact();
    uint32_t k = sizeclass_of((uint32_t)bytes);
    //@ assert fits: ClassFits(k, bytes);
    uintptr_t address = alloc_small(h, c, k, dirty);
    //@ assert base: h->map.base == \at(h->map.base, Pre);
    //@ assert small: address != 0 ==> SlotGiven{Pre,Here}(h, address, bytes);
    return address;
}

/* An object of `bytes` bytes, all of them zero; its address or 0. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns HEAP_ALLOCATED(h), h->large_allocs, HEAP_CACHES(h), edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) && NoRoomFor(h, c, bytes);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, bytes);
    ensures zero: \result != 0 ==> BytesZero(\result, bytes);
    ensures kept: \result != 0 ==> BytesKept{Pre,Post}(\result, bytes);
    ensures untouched: \result == 0 ==> BytesKept{Pre,Post}(0, 0);
*/
static uintptr_t take_zero(struct wpm_heap *h, struct mcache *c, size_t bytes)
{
    bool dirty = true;
    uintptr_t address = take_any(h, c, bytes, &dirty);
    if (address == 0) return 0;
    if (dirty) edge_zero(address, bytes);
    //@ ghost if (!dirty) edge_clean(address, bytes);
    //@ assert kept: BytesKept{Pre,Here}(address, bytes);
    return address;
}

void *object_calloc(struct wpm_heap *h, struct mcache *c, size_t count, size_t bytes)
{
    if (bytes != 0 && count > SIZE_MAX / bytes) {
        //@ assert over: SIZE_MAX < count * bytes;
        //@ assert held: HeldKept{Pre,Here}(h);
        return NULL;
    }
    //@ assert product: count * bytes <= SIZE_MAX;
    return edge_pointer(take_zero(h, c, count * bytes));
}

/* An object of `bytes` bytes at a multiple of `align`, a power of two from 32 to PAGE_SIZE; its
 * address or 0. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires align: 1 <= align <= PAGE_SIZE && PAGE_SIZE % align == 0;
    assigns HEAP_ALLOCATED(h), h->large_allocs, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) && NoAlignedFor(h, c, align, bytes);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, bytes);
    ensures aligned: \result % align == 0;
*/
static uintptr_t take_aligned(struct wpm_heap *h, struct mcache *c, uint32_t align, size_t bytes)
{
    bool unused = false;
    if (bytes <= MAX_SMALL_SIZE) {
        //@ ghost class_table_fact();
        uint32_t least = bytes < align ? align : (uint32_t)bytes;
        uint32_t k = sizeclass_of_aligned(least, align);
        if (k != 0) {
            uintptr_t address = alloc_small(h, c, k, &unused);
            //@ assert class: address != 0 ==> SlotOfClass(h, address, k);
            //@ assert shapes: ShapesValid(h);
            //@ assert slot: address != 0 ==> address % align == 0;
            return address;
        }
    }
    uintptr_t address = alloc_large_given(h, c, bytes, 1, &unused);
    //@ assert page: SlotPlace(address, 0, PAGE_SIZE) % align == 0;
    //@ assert multiple: address % align == 0;
    return address;
}

void *object_aligned(struct wpm_heap *h, struct mcache *c, size_t align, size_t bytes)
{
    bool unused = false;
    if (align == 0) return NULL;
    if (align <= MALLOC_ALIGN)
        return MALLOC_ALIGN % align == 0 ? alloc_malloc(h, c, bytes) : NULL;
    if (align <= PAGE_SIZE) {
        if (PAGE_SIZE % align != 0) return NULL;
        return edge_pointer(take_aligned(h, c, (uint32_t)align, bytes));
    }
    size_t align_pages = align / PAGE_SIZE;
    if (align % PAGE_SIZE != 0 || align_pages > MAX_ALIGN_PAGES) return NULL;
    if (MAX_ALIGN_PAGES % align_pages != 0) return NULL;
    return edge_pointer(alloc_large_given(h, c, bytes, (uint32_t)align_pages, &unused));
}

/* Where `address`, inside large span `s`, stands. */
/*@ requires valid: HeapValid(h);
    requires span: SpanHolds(h, s, address) && h->span[s].span_class == 0;
    assigns \nothing;
    ensures status: \result.status == WPM_OK || \result.status == WPM_INTERIOR ||
      \result.status == WPM_DOUBLE_FREE;
    ensures object: \result.status == WPM_OK ==>
      ObjectAt(h, address, 0, \result.slot_bytes) && \result.size_class == 0;
    ensures interior: \result.status == WPM_INTERIOR ==> NoSlotStarts(h, address);
    ensures dead: \result.status == WPM_DOUBLE_FREE ==> NotHeld(h, address);
*/
static wpm_info describe_large(const struct wpm_heap *h, uint32_t s, uintptr_t address)
{
    const struct mspan *span = &h->span[s];
    wpm_info info = {WPM_INTERIOR, 0, 0, 0, 0};
    //@ assert shapes: ShapesValid(h);
    info.slot_bytes = (size_t)span->npages * PAGE_SIZE;
    info.offset_bytes = address - arenamap_address(&h->map, span->start);
    //@ assert starts: info.offset_bytes == 0 ==> SlotStarts(h, s, 0, address);
    //@ assert word: WordOf(s, s * SPAN_WORDS);
    //@ assert held: SlotBit(h->live, s, 0) == 1 <==> HeldSlot(h, s, 0);
    if (info.offset_bytes == 0)
        info.status = mspan_is_live(h, s, 0) != 0 ? WPM_OK : WPM_DOUBLE_FREE;
    return info;
}

/* Where `address`, inside small span `s`, stands. No division: another thread may end the span of
 * an object that the caller does not hold, and a large one have its id next, of no slot size. */
/*@ requires valid: HeapValid(h);
    requires span: SpanHolds(h, s, address) && h->span[s].span_class != 0;
    assigns \nothing;
    ensures status: \result.status == WPM_OK || \result.status == WPM_INTERIOR ||
      \result.status == WPM_DOUBLE_FREE;
    ensures object: \result.status == WPM_OK ==>
      ObjectAt(h, address, \result.size_class, \result.slot_bytes) && \result.size_class != 0;
    ensures interior: \result.status == WPM_INTERIOR ==> NoSlotStarts(h, address);
    ensures dead: \result.status == WPM_DOUBLE_FREE ==> NotHeld(h, address);
*/
static wpm_info describe_small(const struct wpm_heap *h, uint32_t s, uintptr_t address)
{
    const struct mspan *span = &h->span[s];
    wpm_info info = {WPM_INTERIOR, 0, 0, 0, 0};
    //@ assert shapes: ShapesValid(h);
    uint32_t offset = (uint32_t)(address - arenamap_address(&h->map, span->start));
    uint32_t i = mspan_slot_at(h, s, address);
    uint64_t product = magic_product(offset, span->magic);
    /*@ ghost class_lemma_offset(offset, span->slot_bytes, span->npages, span->nslots,
                                 span->magic); */
    info.size_class = span->span_class;
    info.slot = magic_quotient(product) /*@ ghost (offset, span->slot_bytes, span->magic) */;
    info.slot_bytes = span->slot_bytes;
    info.offset_bytes = offset - info.slot * span->slot_bytes;
    if (i == NO_SLOT) return info;
    //@ assert starts: SlotStarts(h, s, i, address);
    uint64_t freed = atomic_read64(&h->freed[s * SPAN_WORDS + i / 64]);
    bool live = mspan_is_live(h, s, i) != 0 && bits_test(freed, i % 64) == 0;
    //@ assert held: live == true <==> HeldSlot(h, s, i);
    info.status = live ? WPM_OK : WPM_DOUBLE_FREE;
    return info;
}

wpm_info object_describe(const struct wpm_heap *h, uintptr_t address)
{
    wpm_info foreign = {WPM_FOREIGN, 0, 0, 0, 0};
    //@ assert shapes: ShapesValid(h);
    uint32_t page = arenamap_page(&h->map, address);
    if (page >= atomic_read32(&h->npages)) return foreign;
    uint32_t s = atomic_read32_acquire(&h->page_span[page]);
    if (s == NO_SPAN) return foreign;
    return h->span[s].span_class == 0 ? describe_large(h, s, address)
                                      : describe_small(h, s, address);
}

size_t object_usable_size(const struct wpm_heap *h, const void *object)
{
    wpm_info info = object_describe(h, edge_address(object));
    return info.status == WPM_OK ? info.slot_bytes : 0;
}

/* Whether the large object at `address` is `bytes` bytes long now, where it lies. */
/*@ requires valid: HeapValid(h);
    requires object: \exists integer s; SlotStarts(h, s, 0, address) && HeldSlot(h, s, 0) &&
      h->span[s].span_class == 0;
    requires size: 1 <= bytes <= MAX_PAGES * PAGE_SIZE;
    assigns HEAP_ENDED(h);
    ensures valid: HeapValid(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures refused: \result == false ==> HeldKept{Pre,Post}(h);
    ensures done: \result == true ==> SlotResized{Pre,Post}(h, address, bytes);
*/
static bool resize_large(struct wpm_heap *h, uintptr_t address, size_t bytes)
{
    //@ assert shapes: ShapesValid(h);
    uint32_t page = arenamap_page(&h->map, address);
    //@ assert page: page < h->npages && h->page_span[page] != NO_SPAN;
    uint32_t s = h->page_span[page];
    //@ assert holds: SlotStarts(h, s, 0, address) && HeldSlot(h, s, 0);
    bool done = large_resize(h, s, (uint32_t)((bytes - 1) / PAGE_SIZE + 1));
    //@ assert held: HeldSlot(h, s, 0);
    //@ assert used: InUse(h, s) && h->span[s].nslots == 1;
    //@ assert place: SpanAddress(h, s) == SpanAddress{Pre}(h, s);
    //@ assert starts: done == true ==> SlotStarts(h, s, 0, address);
    //@ assert fits: done == true ==> bytes <= SlotBytes(h, s);
    return done;
}

/* Whether the object at `address`, of which `info` speaks, serves for `bytes` bytes where it lies:
 * a slot of which at least half would be used does. */
/*@ requires valid: HeapValid(h);
    requires object: ObjectAt(h, address, info.size_class, info.slot_bytes);
    assigns HEAP_ENDED(h);
    ensures valid: HeapValid(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures refused: \result == false ==> HeldKept{Pre,Post}(h);
    ensures object: \result == false ==>
      ObjectAt(h, address, info.size_class, info.slot_bytes);
    ensures done: \result == true ==> SlotResized{Pre,Post}(h, address, bytes);
*/
static bool resize_in_place(struct wpm_heap *h, uintptr_t address, wpm_info info,
                            size_t bytes)
{
    //@ assert shapes: ShapesValid(h);
    //@ assert kept: HeldKept{Pre,Here}(h);
    if (info.size_class == 0) {
        if (bytes <= MAX_SMALL_SIZE || bytes > (size_t)MAX_PAGES * PAGE_SIZE) return false;
        return resize_large(h, address, bytes);
    }
    return bytes <= info.slot_bytes && bytes >= info.slot_bytes / 2;
}

/* As resize_in_place, for a thread with cache `c`, which stays what it is. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires object: ObjectAt(h, address, info.size_class, info.slot_bytes);
    assigns HEAP_ENDED(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures base: h->map.base == \old(h->map.base);
    ensures refused: \result == false ==> HeldKept{Pre,Post}(h);
    ensures object: \result == false ==>
      ObjectAt(h, address, info.size_class, info.slot_bytes);
    ensures done: \result == true ==> SlotResized{Pre,Post}(h, address, bytes);
*/
static bool resize_given(struct wpm_heap *h, const struct mcache *c, uintptr_t address,
                         wpm_info info, size_t bytes)
{
    (void)c;
    //@ assert alone: BaseAlone(h);
    /*@ assert apart: \base_addr(h->span) != \base_addr(h->cache) &&
          \base_addr(h->set) != \base_addr(h->cache); */
    //@ assert used: CacheNone(h, c) || c == h->cache + c->index;
    /*@ assert bases: CacheNone(h, c) ==> \base_addr(c) != \base_addr(h->live) &&
          \base_addr(c) != \base_addr(h->freed) && \base_addr(c) != \base_addr(h->cache) &&
          \base_addr(c) != \base_addr(h->span) && \base_addr(c) != \base_addr(h->set) &&
          \base_addr(c) != \base_addr(h->pages.free) && \base_addr(c) != \base_addr(h) &&
          \base_addr(c) != \base_addr(h->pages.released); */
    /*@ assert windows_alone: CacheNone(h, c) ==> \forall integer k; 0 <= k < NUM_CLASSES ==>
          WordAlone(h, &c->entry[k].window); */
    /*@ assert empty: CacheNone(h, c) ==> \forall integer m; 0 <= m < NUM_CLASSES ==>
          c->entry[m].window == 0; */
    bool done = resize_in_place(h, address, info, bytes);
    //@ assert base: h->map.base == \at(h->map.base, Pre);
    /*@ assert same: c->owner == \at(c->owner, Pre) && c->index == \at(c->index, Pre) &&
          c->attached == \at(c->attached, Pre); */
    //@ assert used: CacheUsed{Pre}(h, c) ==> CacheUsed(h, c);
    //@ assert stranger: CacheNone{Pre}(h, c) ==> c->owner == OWNER_STRANGER;
    /*@ assert windows: CacheNone{Pre}(h, c) ==> \forall integer k; 0 <= k < NUM_CLASSES ==>
          c->entry[k].window == 0; */
    //@ assert none: CacheNone{Pre}(h, c) ==> CacheNone(h, c);
    return done;
}

/* As alloc_free, of an object. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires object: !NoSlotOf(h, address) && !NoSlotStarts(h, address) && !NotHeld(h, address);
    requires some: address != 0;
    assigns HEAP_FREED(h), h->large_frees, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures base: h->map.base == \old(h->map.base);
    ensures status: \result == WPM_OK;
    ensures freed: SlotEnded{Pre,Post}(h, address);
*/
static wpm_status free_given(struct wpm_heap *h, struct mcache *c, uintptr_t address)
{
    //@ assert alone: BaseAlone(h);
    return alloc_free(h, c, edge_pointer(address));
}

/* The object at `address`, of which `info` speaks, dies; its bytes go on in a new one of `bytes`
 * bytes. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires object: ObjectAt(h, address, info.size_class, info.slot_bytes);
    requires some: address != 0;
    assigns HEAP_REMADE(h), edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures base: h->map.base == \old(h->map.base);
    ensures status: \result.status == WPM_OK;
    ensures none: \result.address == 0 ==> HeldKept{Pre,Post}(h) && NoRoomFor(h, c, bytes);
    ensures untouched: \result.address == 0 ==> BytesKept{Pre,Post}(0, 0) &&
      BytesSame{Post,Pre}(address, address, info.slot_bytes);
    ensures moved: \result.address != 0 ==> \result.address != address &&
      SlotMoved{Pre,Post}(h, address, \result.address, bytes);
    ensures prefix: \result.address != 0 ==> BytesSame{Post,Pre}(\result.address, address,
      info.slot_bytes < bytes ? info.slot_bytes : bytes);
    ensures kept: \result.address != 0 ==> BytesKept{Pre,Post}(\result.address, bytes);
*/
static struct object_resized move_object(struct wpm_heap *h, struct mcache *c, uintptr_t address,
                                         wpm_info info, size_t bytes)
{
    struct object_resized out = {0, WPM_OK};
    bool unused = false;
    //@ assert was: ShapesValid(h) && BoundsLimited(h);
    out.address = take_any(h, c, bytes, &unused);
    //@ ghost Taken: ;
    //@ assert limits: BoundsLimited(h);
    /*@ assert sizes: h->map.npages <= MAX_PAGES && h->pages.npages <= MAX_PAGES &&
          h->ncaches <= MAX_CACHES && h->nsets <= (MAX_CACHES + 2) * NUM_CLASSES; */
    /*@ assert levels:
          LevelEntries(h->pages.npages, L1_PAGES) <= LevelEntries(MAX_PAGES, L1_PAGES) &&
          LevelEntries(h->pages.npages, L2_PAGES) <= LevelEntries(MAX_PAGES, L2_PAGES) &&
          LevelEntries(h->pages.npages, L3_PAGES) <= LevelEntries(MAX_PAGES, L3_PAGES) &&
          LevelEntries(h->pages.npages, L4_PAGES) <= LevelEntries(MAX_PAGES, L4_PAGES); */
    if (out.address == 0) return out;
    //@ assert shapes: ShapesValid(h);
    /*@ assert other: ObjectAt(h, address, info.size_class, info.slot_bytes) &&
          Disjoint(out.address, bytes, address, info.slot_bytes); */
    //@ assert differs: out.address != address;
    edge_copy(out.address, address, bytes < info.slot_bytes ? bytes : info.slot_bytes);
    //@ assert copied: BytesKept{Pre,Here}(out.address, bytes);
    //@ assert frees: !NoSlotOf(h, address) && !NoSlotStarts(h, address) && !NotHeld(h, address);
    out.status = free_given(h, c, address);
    //@ assert ended: SlotEnded{Taken,Here}(h, address) && ShapesValid(h);
    //@ assert moved: SlotMoved{Pre,Here}(h, address, out.address, bytes);
    return out;
}

/* The object at `address`, of which `info` speaks, gets another size. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires object: ObjectAt(h, address, info.size_class, info.slot_bytes);
    requires some: address != 0;
    assigns HEAP_REMADE(h), edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures status: \result.status == WPM_OK;
    ensures none: \result.address == 0 ==> HeldKept{Pre,Post}(h) && NoRoomFor(h, c, bytes);
    ensures stays: \result.address == address ==> SlotResized{Pre,Post}(h, address, bytes);
    ensures moved: \result.address != 0 ==> \result.address != address ==>
      SlotMoved{Pre,Post}(h, address, \result.address, bytes);
    ensures prefix: \result.address != 0 ==> BytesSame{Post,Pre}(\result.address, address,
      info.slot_bytes < bytes ? info.slot_bytes : bytes);
    ensures kept: BytesKept{Pre,Post}(\result.address, bytes);
*/
static struct object_resized resize_held(struct wpm_heap *h, struct mcache *c, uintptr_t address,
                                         wpm_info info, size_t bytes)
{
    struct object_resized out = {address, WPM_OK};
    //@ assert was: ShapesValid(h) && BoundsLimited(h);
    if (resize_given(h, c, address, info, bytes)) return out;
    //@ ghost Refused: ;
    //@ assert shapes: ShapesValid(h) && BoundsLimited(h);
    out = move_object(h, c, address, info, bytes);
    //@ assert moved: out.address != 0 ==> SlotMoved{Pre,Here}(h, address, out.address, bytes);
    //@ assert none: out.address == 0 ==> HeldKept{Pre,Here}(h);
    /*@ assert prefix: out.address != 0 ==> BytesSame{Here,Pre}(out.address, address,
          info.slot_bytes < bytes ? info.slot_bytes : bytes); */
    //@ assert kept: BytesKept{Pre,Here}(out.address, bytes);
    if (out.address != 0 || bytes > info.slot_bytes) return out;
    out.address = address;
    //@ assert stays: SlotResized{Pre,Here}(h, address, bytes);
    //@ assert bytes: BytesSame{Here,Pre}(address, address, bytes);
    //@ assert all: BytesKept{Pre,Here}(address, bytes);
    return out;
}

struct object_resized object_realloc(struct wpm_heap *h, struct mcache *c, uintptr_t address,
                                     size_t bytes)
{
    struct object_resized out = {0, WPM_OK};
    bool unused = false;
    if (address == 0) {
        out.address = take_any(h, c, bytes, &unused);
        return out;
    }
    //@ assert shapes: ShapesValid(h) && BoundsLimited(h);
    wpm_info info = object_describe(h, address);
    out.status = info.status;
    if (info.status != WPM_OK) return out;
    return resize_held(h, c, address, info, bytes);
}

void object_fork_prepare(struct wpm_heap *h)
{
    shared_lock(h);
    heap_lock(h);
}

void object_fork_parent(struct wpm_heap *h)
{
    heap_unlock(h);
    shared_unlock(h);
}

void object_fork_child(struct wpm_heap *h)
{
    lock_forget(&h->lock, LOCK_HEAP);
    lock_forget(&h->shared_lock, LOCK_SHARED);
}
