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
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) && NoRoomFor(h, c, bytes);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, bytes);
*/
static uintptr_t take_any(struct wpm_heap *h, struct mcache *c, size_t bytes, bool *dirty)
{
    bool zero = false;
    if (bytes > MAX_SMALL_SIZE) {
        uintptr_t address = alloc_large_given(h, c, bytes, 1, &zero);
        *dirty = !zero;
        return address;
    }
    //@ ghost class_table_fact();
    uint32_t k = sizeclass_of((uint32_t)bytes);
    //@ assert fits: ClassFits(k, bytes);
    return alloc_small(h, c, k, dirty);
}

void *object_calloc(struct wpm_heap *h, struct mcache *c, size_t count, size_t bytes)
{
    bool dirty = true;
    if (bytes != 0 && count > SIZE_MAX / bytes) {
        //@ assert over: SIZE_MAX < count * bytes;
        return NULL;
    }
    //@ assert product: count * bytes <= SIZE_MAX;
    size_t total = count * bytes;
    uintptr_t address = take_any(h, c, total, &dirty);
    if (address == 0) return NULL;
    if (dirty) edge_zero(address, total);
    //@ ghost if (!dirty) edge_clean(address, total);
    //@ assert kept: BytesKept{Pre,Here}(address, total);
    return edge_pointer(address);
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
            return address;
        }
    }
    uintptr_t address = alloc_large_given(h, c, bytes, 1, &unused);
    //@ assert page: SlotPlace(address, 0, PAGE_SIZE) % align == 0;
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
    requires size: 1 <= bytes;
    assigns HEAP_ENDED(h);
    ensures valid: HeapValid(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures refused: \result == false ==> HeldKept{Pre,Post}(h);
    ensures done: \result == true ==> SlotResized{Pre,Post}(h, address, bytes);
*/
static bool resize_large(struct wpm_heap *h, uintptr_t address, size_t bytes)
{
    if (bytes > (size_t)MAX_PAGES * PAGE_SIZE) return false;
    //@ assert shapes: ShapesValid(h);
    uint32_t page = arenamap_page(&h->map, address);
    //@ assert page: page < h->npages && h->page_span[page] != NO_SPAN;
    uint32_t s = h->page_span[page];
    //@ assert holds: SlotStarts(h, s, 0, address) && HeldSlot(h, s, 0);
    bool done = large_resize(h, s, (uint32_t)((bytes - 1) / PAGE_SIZE + 1));
    //@ assert held: HeldSlot(h, s, 0);
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
    ensures done: \result == true ==> SlotResized{Pre,Post}(h, address, bytes);
*/
static bool resize_in_place(struct wpm_heap *h, uintptr_t address, wpm_info info,
                            size_t bytes)
{
    if (info.size_class == 0) return bytes > MAX_SMALL_SIZE && resize_large(h, address, bytes);
    return bytes <= info.slot_bytes && bytes >= info.slot_bytes / 2;
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
    wpm_info info = object_describe(h, address);
    out.status = info.status;
    if (info.status != WPM_OK) return out;
    if (resize_in_place(h, address, info, bytes)) {
        out.address = address;
        return out;
    }
    //@ assert object: ObjectAt(h, address, info.size_class, info.slot_bytes);
    //@ assert was: ShapesValid(h) && ObjectAt{Pre}(h, address, info.size_class, info.slot_bytes);
    uintptr_t moved = take_any(h, c, bytes, &unused);
    //@ ghost Taken: ;
    //@ assert map: h->map.base == \at(h->map.base, Pre);
    if (moved == 0) {
        if (bytes <= info.slot_bytes) out.address = address;
        return out;
    }
    //@ assert shapes: ShapesValid(h);
    //@ assert given: SlotGiven{Pre,Here}(h, moved, bytes);
    /*@ assert other: ObjectAt(h, address, info.size_class, info.slot_bytes) &&
          Disjoint(moved, bytes, address, info.slot_bytes); */
    edge_copy(moved, address, bytes < info.slot_bytes ? bytes : info.slot_bytes);
    //@ assert frees: !NoSlotOf(h, address) && !NoSlotStarts(h, address) && !NotHeld(h, address);
    out.address = moved;
    out.status = alloc_free(h, c, edge_pointer(address));
    //@ assert ended: SlotEnded{Taken,Here}(h, address) && ShapesValid(h);
    //@ assert moved: SlotMoved{Pre,Here}(h, address, moved, bytes);
    return out;
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
