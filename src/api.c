/* api.c -- the public functions of wpmalloc.h, over alloc.h. */
#include "objects.h"

#include "heaplock.h"
#include "metadata.h"
#include "mheap.h"
#include "platform.h"

/* The cache of a caller that names none: all share the locked one. Never written through. */
static struct mcache *no_cache(void) { return edge_pointer(edge_address(&mcache_empty)); }

wpm_heap *wpm_heap_init(void *region, size_t region_bytes)
{
    uintptr_t start = edge_address(region);
    uintptr_t aligned = (start + 63) / 64 * 64;
    size_t record = sizeof(struct wpm_heap);
    if (region == NULL || region_bytes < record + 64) return NULL;
    if (start > ADDRESS_LIMIT || region_bytes > ADDRESS_LIMIT - start) return NULL;
    struct wpm_heap *h = edge_pointer(aligned);
    edge_zero(aligned, record);
    size_t rest = region_bytes - (aligned - start) - record;
    return metadata_place(h, aligned + record, rest) ? h : NULL;
}

wpm_heap *wpm_heap_create(size_t limit_bytes)
{
    size_t unit = platform_page_bytes();
    size_t bytes = (sizeof(struct wpm_heap) + unit - 1) / unit * unit;
    uintptr_t address = platform_reserve(0, bytes, unit);
    if (address == 0) return NULL;
    struct wpm_heap *h = edge_pointer(address);
    if (!platform_commit(address, bytes) || !metadata_reserve(h, limit_bytes)) {
        (void)platform_unreserve(address, bytes);
        return NULL;
    }
    return h;
}

void wpm_heap_destroy(wpm_heap *h)
{
    size_t unit = platform_page_bytes();
    if (h == NULL || !h->owned) return;
    (void)metadata_unreserve(h);
    (void)platform_unreserve(edge_address(h), (sizeof(struct wpm_heap) + unit - 1) / unit * unit);
}

void *wpm_malloc(wpm_heap *h, size_t bytes) { return alloc_malloc(h, no_cache(), bytes); }

void *wpm_calloc(wpm_heap *h, size_t count, size_t bytes)
{
    return object_calloc(h, no_cache(), count, bytes);
}

void *wpm_aligned(wpm_heap *h, size_t align, size_t bytes)
{
    return object_aligned(h, no_cache(), align, bytes);
}

void *wpm_realloc(wpm_heap *h, void *object, size_t bytes, wpm_status *status)
{
    struct object_resized done = object_realloc(h, no_cache(), edge_address(object), bytes);
    if (status != NULL) *status = done.status;
    return edge_pointer(done.address);
}

wpm_status wpm_free(wpm_heap *h, void *object) { return alloc_free(h, no_cache(), object); }

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
    return alloc_free(h, c, object);
}

/* Visit the live slots of span `s`; false: the visitor has had enough. */
static bool walk_span(struct wpm_heap *h, uint32_t s, bool (*visit)(void *, void *, size_t),
                      void *context) HEAP_LOCKED(h)
{
    const struct mspan *span = &h->span[s];
    uintptr_t first = arenamap_address(&h->map, span->start);
    size_t bytes = span->span_class != 0 ? span->slot_bytes : (size_t)span->npages * PAGE_SIZE;
    for (uint32_t i = 0; i < span->nslots; i++) {
        uint32_t w = s * SPAN_WORDS + i / 64;
        uint64_t live = bits_andnot(atomic_read64(&h->live[w]), atomic_read64(&h->freed[w]));
        if (!bits_test(live, i % 64)) continue;
        if (!visit(context, edge_pointer(first + i * bytes), bytes)) return false;
    }
    return true;
}

void wpm_walk(wpm_heap *h, bool (*visit)(void *, void *, size_t), void *context)
{
    heap_lock(h);
    for (uint32_t s = 1; s < h->nspans; s++) {
        if (h->span[s].npages != 0 && !walk_span(h, s, visit, context)) break;
    }
    heap_unlock(h);
}

/* Add what span `s` holds to the figures. */
static void count_span(const struct wpm_heap *h, uint32_t s, wpm_statistics *out) HEAP_LOCKED(h)
{
    const struct mspan *span = &h->span[s];
    uint64_t slots = 0;
    for (uint32_t w = s * SPAN_WORDS; w < (s + 1) * SPAN_WORDS; w++)
        slots += bits_count(bits_andnot(atomic_read64(&h->live[w]), atomic_read64(&h->freed[w])));
    out->spans += 1;
    out->live_objects += slots;
    out->live_bytes += span->span_class != 0 ? slots * span->slot_bytes
                                             : slots * span->npages * PAGE_SIZE;
}

void wpm_stats(wpm_heap *h, wpm_statistics *out)
{
    *out = (wpm_statistics){0};
    heap_lock(h);
    out->region_bytes = h->map.npages * PAGE_SIZE;
    out->committed_bytes = (uint64_t)h->npages * PAGE_SIZE;
    out->span_bytes = (uint64_t)h->span_pages * PAGE_SIZE;
    out->free_bytes = (uint64_t)h->pages.free_pages * PAGE_SIZE;
    out->released_bytes = (uint64_t)h->released_pages * PAGE_SIZE;
    for (uint32_t s = 1; s < h->nspans; s++) {
        if (h->span[s].npages != 0) count_span(h, s, out);
    }
    out->mallocs = (uint64_t)h->large_allocs;
    for (uint32_t c = 0; c < h->ncaches; c++) {
        out->mallocs += (uint64_t)atomic_read_int64(&h->cache[c].claimed);
        for (uint32_t k = 0; k < NUM_CLASSES; k++)
            out->mallocs -= bits_count(atomic_read64(&h->cache[c].entry[k].window));
    }
    out->frees = out->mallocs - out->live_objects;
    heap_unlock(h);
}
