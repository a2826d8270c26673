/* alloc.c -- see alloc.h */
#include "alloc.h"

#include "mheap.h"

/* Address of the first byte of span `s`. */
static uintptr_t span_address(const struct wpm_heap *h, uint32_t s)
{
    return arenamap_address(&h->map, h->span[s].start);
}

/* The cache to use in place of `c`: the shared one, locked, for a thread without a cache. */
static struct mcache *enter(struct wpm_heap *h, struct mcache *c)
    LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    if (c->owner != OWNER_STRANGER) return c;
    lock_take(&h->shared_lock);
    return &h->cache[0];
}

static void leave(struct wpm_heap *h, const struct mcache *c)
    LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    if (c->owner == OWNER_STRANGER) lock_give(&h->shared_lock);
}

/* A large object of `bytes` bytes at a multiple of `align_pages` pages; its address or 0. */
static uintptr_t alloc_large(struct wpm_heap *h, size_t bytes, uint32_t align_pages, bool *zero)
{
    if (bytes > (size_t)MAX_PAGES * PAGE_SIZE) return 0;
    uint32_t npages = bytes == 0 ? 1 : (uint32_t)((bytes - 1) / PAGE_SIZE + 1);
    lock_take(&h->lock);
    uint32_t s = mheap_alloc_large(h, npages, align_pages, zero);
    uintptr_t address = s == NO_SPAN ? 0 : span_address(h, s);
    if (s != NO_SPAN) h->large_allocs += 1;
    lock_give(&h->lock);
    return address;
}

/* A slot of class `k`; its address or 0. *dirty: whether its bytes may differ from zero. */
static uintptr_t alloc_small(struct wpm_heap *h, struct mcache *c, uint32_t k, bool *dirty)
{
    struct mcache *own = enter(h, c);
    uint32_t i = bits_lowest(own->entry[k].window);
    uintptr_t address = i < 64 ? mcache_take_slot(h, own, k, i) : alloc_refill(h, own, k);
    *dirty = own->entry[k].dirty != 0;
    leave(h, c);
    return address;
}

void *alloc_malloc_slow(struct wpm_heap *h, struct mcache *c, size_t bytes)
{
    bool unused = false;
    if (bytes > MAX_SMALL_SIZE) return edge_pointer(alloc_large(h, bytes, 1, &unused));
    uint32_t k = sizeclass_of((uint32_t)bytes);
    if (c->owner != OWNER_STRANGER) return edge_pointer(alloc_refill(h, c, k));
    return edge_pointer(alloc_small(h, c, k, &unused));
}

/* Free the large object of span `s`. */
static wpm_status free_large(struct wpm_heap *h, uint32_t s, uintptr_t address)
{
    wpm_status status = WPM_DOUBLE_FREE;
    lock_take(&h->lock);
    if (h->span[s].place == PLACE_LARGE && span_address(h, s) == address) {
        mheap_free_span(h, s);
        h->large_frees += 1;
        status = WPM_OK;
    }
    lock_give(&h->lock);
    return status;
}

/* Free live slot `i` of span `s`, which cache `c` does not own. The `freed` bit decides between two
 * frees of one slot; a slot whose bit was taken up since we looked is not live any more. */
static wpm_status free_remote(struct wpm_heap *h, struct mcache *c, uint32_t s, uint32_t i)
{
    uint32_t w = s * SPAN_WORDS + i / 64;
    uint64_t before = atomic_or64(&h->freed[w], bits_one(i % 64));
    if (bits_test(before, i % 64)) return WPM_DOUBLE_FREE;
    mcache_notify(h, s);
    if (c->owner != OWNER_STRANGER) c->remote += 1;
    return WPM_OK;
}

wpm_status alloc_free_slow(struct wpm_heap *h, struct mcache *c, uintptr_t address)
{
    if (address == 0) return WPM_OK;
    uint32_t page = arenamap_page(&h->map, address);
    if (page >= atomic_read32(&h->npages)) return WPM_FOREIGN;
    uint32_t s = atomic_read32_acquire(&h->page_span[page]);
    if (s == NO_SPAN) return WPM_FOREIGN;
    if (h->span[s].span_class == 0)
        return span_address(h, s) == address ? free_large(h, s, address) : WPM_INTERIOR;
    uint32_t i = mspan_slot_at(h, s, address);
    if (i == NO_SLOT) return WPM_INTERIOR;
    if (mspan_is_live(h, s, i) == 0) return WPM_DOUBLE_FREE;
    wpm_status status = WPM_OK;
    struct mcache *own = enter(h, c);
    int32_t owner = atomic_read_int(&h->span[s].owner);
    if (owner / 2 != own->owner / 2) {
        status = free_remote(h, c, s, i);
    } else {
        uint64_t freed = atomic_read64(&h->freed[s * SPAN_WORDS + i / 64]);
        if (bits_test(freed, i % 64)) {
            status = WPM_DOUBLE_FREE;
        } else {
            mspan_clear_slot(h, s, i);
            if (owner != own->owner) mcache_unpark(h, own, s);
            if (h->span[s].used == 0) mcache_span_emptied(h, own, s);
        }
    }
    leave(h, c);
    return status;
}

void alloc_free_last(struct wpm_heap *h, struct mcache *c, uintptr_t address)
{
    mcache_span_emptied(h, c, h->page_span[arenamap_page(&h->map, address)]);
}

void *alloc_calloc(struct wpm_heap *h, struct mcache *c, size_t count, size_t bytes)
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

/* The smallest class whose slots hold `bytes` and are multiples of `align`; 0: none. */
static uint32_t aligned_class(size_t align, size_t bytes)
{
    for (uint32_t k = sizeclass_of((uint32_t)bytes); k < NUM_CLASSES; k++) {
        if (class_table[k].size_bytes % align == 0) return k;
    }
    return 0;
}

void *alloc_aligned(struct wpm_heap *h, struct mcache *c, size_t align, size_t bytes)
{
    bool unused = false;
    if (align == 0 || bits_count(align) != 1) return NULL;
    if (align <= MALLOC_ALIGN) return alloc_malloc(h, c, bytes);
    if (align > (size_t)MAX_PAGES * PAGE_SIZE / 2) return NULL;
    if (align <= PAGE_SIZE && bytes <= MAX_SMALL_SIZE) {
        uint32_t k = aligned_class(align, bytes < align ? align : bytes);
        if (k != 0) return edge_pointer(alloc_small(h, c, k, &unused));
    }
    uint32_t align_pages = align <= PAGE_SIZE ? 1 : (uint32_t)(align / PAGE_SIZE);
    return edge_pointer(alloc_large(h, bytes, align_pages, &unused));
}

wpm_info alloc_describe(const struct wpm_heap *h, uintptr_t address)
{
    wpm_info info = {WPM_FOREIGN, 0, 0, 0, 0};
    uint32_t page = arenamap_page(&h->map, address);
    if (page >= atomic_read32(&h->npages)) return info;
    uint32_t s = atomic_read32_acquire(&h->page_span[page]);
    if (s == NO_SPAN) return info;
    const struct mspan *span = &h->span[s];
    uintptr_t first = span_address(h, s);
    if (span->span_class == 0) {
        info.slot_bytes = (size_t)span->npages * PAGE_SIZE;
        info.offset_bytes = address - first;
        info.status = address == first ? WPM_OK : WPM_INTERIOR;
        return info;
    }
    uint32_t i = (uint32_t)((address - first) / span->slot_bytes);
    info.size_class = span->span_class;
    info.slot = i;
    info.slot_bytes = span->slot_bytes;
    info.offset_bytes = (address - first) % span->slot_bytes;
    if (mspan_slot_at(h, s, address) == NO_SLOT) {
        info.status = WPM_INTERIOR;
    } else {
        uint64_t freed = atomic_read64(&h->freed[s * SPAN_WORDS + i / 64]);
        bool live = mspan_is_live(h, s, i) != 0 && !bits_test(freed, i % 64);
        info.status = live ? WPM_OK : WPM_DOUBLE_FREE;
    }
    return info;
}

size_t alloc_usable_size(const struct wpm_heap *h, const void *object)
{
    wpm_info info = alloc_describe(h, edge_address(object));
    return info.status == WPM_OK ? info.slot_bytes : 0;
}

/* Whether the large object at `address` could be made `bytes` long where it is. */
static bool resize_large(struct wpm_heap *h, uintptr_t address, size_t bytes)
{
    bool done = false;
    uint32_t page = arenamap_page(&h->map, address);
    if (bytes > (size_t)MAX_PAGES * PAGE_SIZE) return false;
    lock_take(&h->lock);
    uint32_t s = h->page_span[page];
    if (s != NO_SPAN && h->span[s].place == PLACE_LARGE)
        done = mheap_resize_large(h, s, (uint32_t)((bytes - 1) / PAGE_SIZE + 1));
    lock_give(&h->lock);
    return done;
}

void *alloc_realloc(struct wpm_heap *h, struct mcache *c, void *object, size_t bytes,
                    wpm_status *status)
{
    *status = WPM_OK;
    if (object == NULL) return alloc_malloc(h, c, bytes);
    uintptr_t address = edge_address(object);
    wpm_info info = alloc_describe(h, address);
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

void alloc_fork_prepare(struct wpm_heap *h) LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    lock_take(&h->shared_lock);
    lock_take(&h->lock);
}

void alloc_fork_parent(struct wpm_heap *h) LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    lock_give(&h->lock);
    lock_give(&h->shared_lock);
}

void alloc_fork_child(struct wpm_heap *h)
{
    h->lock.state = 0;
    h->shared_lock.state = 0;
}
