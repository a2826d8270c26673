/* objects.c -- see objects.h */
#include "objects.h"

#include "large.h"
#include "metadata.h"

bool heap_start(struct wpm_heap *h, size_t limit_bytes)
{
    return metadata_reserve(h, limit_bytes);
}

void *object_calloc(struct wpm_heap *h, struct mcache *c, size_t count, size_t bytes)
{
    if (bytes != 0 && count > SIZE_MAX / bytes) return NULL;
    size_t total = count * bytes;
    bool dirty = true;
    uintptr_t address;
    if (total > MAX_SMALL_SIZE) {
        bool zero = false;
        address = alloc_large(h, total, 1, &zero);
        dirty = !zero;
    } else {
        address = alloc_small(h, c, sizeclass_of((uint32_t)total), &dirty);
    }
    if (address != 0 && dirty) edge_zero(address, total);
    return edge_pointer(address);
}

void *object_aligned(struct wpm_heap *h, struct mcache *c, size_t align, size_t bytes)
{
    bool unused = false;
    if (align == 0 || bits_count(align) != 1) return NULL;
    if (align <= MALLOC_ALIGN) return alloc_malloc(h, c, bytes);
    if (align > (size_t)MAX_PAGES * PAGE_SIZE / 2) return NULL;
    if (align <= PAGE_SIZE && bytes <= MAX_SMALL_SIZE) {
        uint32_t least = (uint32_t)(bytes < align ? align : bytes);
        uint32_t k = sizeclass_of_aligned(least, (uint32_t)align);
        if (k != 0) return edge_pointer(alloc_small(h, c, k, &unused));
    }
    uint32_t align_pages = align <= PAGE_SIZE ? 1 : (uint32_t)(align / PAGE_SIZE);
    return edge_pointer(alloc_large(h, bytes, align_pages, &unused));
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

/* Where `address`, inside small span `s`, stands. */
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
    info.size_class = span->span_class;
    info.slot = offset / span->slot_bytes;
    info.slot_bytes = span->slot_bytes;
    info.offset_bytes = offset % span->slot_bytes;
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

/* Whether the large object at `address` could be made `bytes` long where it is. */
static bool resize_large(struct wpm_heap *h, uintptr_t address, size_t bytes)
{
    if (bytes > (size_t)MAX_PAGES * PAGE_SIZE) return false;
    uint32_t s = h->page_span[arenamap_page(&h->map, address)];
    return s != NO_SPAN && large_resize(h, s, (uint32_t)((bytes - 1) / PAGE_SIZE + 1));
}

void *object_realloc(struct wpm_heap *h, struct mcache *c, void *object, size_t bytes,
                     wpm_status *status)
{
    *status = WPM_OK;
    if (object == NULL) return alloc_malloc(h, c, bytes);
    uintptr_t address = edge_address(object);
    wpm_info info = object_describe(h, address);
    *status = info.status;
    if (info.status != WPM_OK) return NULL;
    if (info.size_class == 0) {
        if (bytes > MAX_SMALL_SIZE && resize_large(h, address, bytes)) return object;
    } else if (bytes <= info.slot_bytes && bytes >= info.slot_bytes / 2) {
        return object;
    }
    void *moved = alloc_malloc(h, c, bytes);
    if (moved == NULL) return bytes <= info.slot_bytes ? object : NULL;
    edge_copy(edge_address(moved), address, bytes < info.slot_bytes ? bytes : info.slot_bytes);
    *status = alloc_free(h, c, object);
    return moved;
}

void object_fork_prepare(struct wpm_heap *h) LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    lock_take(&h->shared_lock);
    lock_take(&h->lock);
}

void object_fork_parent(struct wpm_heap *h) LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    lock_give(&h->lock);
    lock_give(&h->shared_lock);
}

void object_fork_child(struct wpm_heap *h)
{
    h->lock.state = 0;
    h->shared_lock.state = 0;
}
