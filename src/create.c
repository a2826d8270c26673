/* create.c -- see create.h */
#include "create.h"

#include "edge.h"
#include "metadata.h"
#include "platform.h"
#include "platform/watch.h"

wpm_heap *wpm_heap_init(void *region, size_t region_bytes)
{
    uintptr_t start = edge_address(region);
    uintptr_t aligned = (start + 63) / 64 * 64;
    size_t record = sizeof(struct wpm_heap);
    if (region == NULL || region_bytes < record + 64) return NULL;
    if (start > ADDRESS_LIMIT || region_bytes > ADDRESS_LIMIT - start) return NULL;
    struct wpm_heap *h = edge_pointer(aligned);
    watch_heap_gone(h); /* one that was forgotten */
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
    if (h == NULL) return;
    watch_heap_gone(h);
    if (!h->owned) return;
    (void)metadata_unreserve(h);
    (void)platform_unreserve(edge_address(h), (sizeof(struct wpm_heap) + unit - 1) / unit * unit);
}
