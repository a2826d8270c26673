/* microcreate.c -- making a heap of the micro profile, and what calls the user's own functions.
 *
 * The records are cast out of raw memory, as create.c does for the other profiles; that the heap is
 * sound then is taken for granted (proofs/TRUSTED.md).
 */
#include "microheap.h"

/* Give the bitmaps and summaries of `npages` granules, a multiple of CHUNK_PAGES, their places from
 * `at` on; returns the end. */
static uintptr_t lay_out(struct granules *g, uint32_t npages, uintptr_t at)
{
    uintptr_t end = at;
    g->pages.npages = npages;
    g->pages.free = edge_pointer(end);
    end += npages / 8;
    g->pages.released = edge_pointer(end);
    end += npages / 8;
    g->starts = edge_pointer(end);
    end += npages / 8;
    const uint32_t size[] = {L1_PAGES, L2_PAGES, L3_PAGES, L4_PAGES};
    struct page_summary **level[] = {&g->pages.l1, &g->pages.l2, &g->pages.l3, &g->pages.l4};
    for (unsigned i = 0; i < 4; i++) {
        *level[i] = edge_pointer(end);
        end += (npages + size[i] - 1) / size[i] * sizeof(struct page_summary);
    }
    return end;
}

wpm_heap *wpm_heap_init(void *region, size_t region_bytes)
{
    uintptr_t start = edge_address(region), limit = start + region_bytes;
    if (region == NULL || start > ADDRESS_LIMIT) return NULL;
    if (region_bytes > ADDRESS_LIMIT - start) return NULL;
    if (region_bytes < sizeof(struct wpm_heap) + 2 * PAGE_SIZE) return NULL;
    uintptr_t record = (start + 7) / 8 * 8, arrays = record + sizeof(struct wpm_heap);
    struct wpm_heap *h = edge_pointer(record);
    size_t granules = region_bytes / PAGE_SIZE < MAX_PAGES ? region_bytes / PAGE_SIZE : MAX_PAGES;
    uint32_t npages = (uint32_t)(granules + CHUNK_PAGES - 1) / CHUNK_PAGES * CHUNK_PAGES;
    edge_zero(record, sizeof *h);
    uintptr_t end = lay_out(&h->granules, npages, arrays);
    uintptr_t base = (end + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    if (base < arrays || base > limit || (limit - base) / PAGE_SIZE == 0) return NULL;
    edge_zero(arrays, base - arrays);
    h->base = base;
    h->granules.count = (uint32_t)((limit - base) / PAGE_SIZE);
    if (h->granules.count > npages) h->granules.count = npages;
    granules_init(&h->granules);
    return h;
}

wpm_heap *wpm_heap_create(size_t limit_bytes)
{
    (void)limit_bytes;
    return NULL; /* there is no system to reserve from */
}

void wpm_heap_destroy(wpm_heap *h) { (void)h; }

void wpm_stats(wpm_heap *h, wpm_statistics *out) { *out = micro_figures(h); }

void wpm_walk(wpm_heap *h, bool (*visit)(void *context, void *object, size_t slot_bytes),
              void *context)
{
    struct micro_object object = micro_next(h, 0);
    while (object.address != 0 && visit(context, edge_pointer(object.address), object.bytes))
        object = micro_next(h, object.end);
}

/* There are no caches: all threads share the heap. */
wpm_cache *wpm_cache_attach(wpm_heap *h)
{
    (void)h;
    return NULL;
}

void wpm_cache_detach(wpm_heap *h, wpm_cache *cache) { (void)h, (void)cache; }

void *wpm_cache_malloc(wpm_heap *h, wpm_cache *cache, size_t bytes)
{
    (void)cache;
    return wpm_malloc(h, bytes);
}

wpm_status wpm_cache_free(wpm_heap *h, wpm_cache *cache, void *object)
{
    (void)cache;
    return wpm_free(h, object);
}
