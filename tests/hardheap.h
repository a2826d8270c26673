/* hardheap.h -- a hardened heap and a cache of it, for tests: all that looks at bytes is on, there
 * are no guard pages. */
#ifndef WPM_TESTS_HARDHEAP_H
#define WPM_TESTS_HARDHEAP_H

#include "create.h"
#include "harden.h"
#include "unit.h"
#include "wpmalloc.h"

static struct redzone guard = {
    {0x5eed1234, 0x1234567890abcdef}, true, true, true, true, MAX_SMALL_SIZE - CANARY_BYTES,
    FENCE_NONE};
static const struct harden_claim plain = {HARDEN_KIND_MALLOC, HARDEN_ANY_BYTES};
static wpm_heap *heap;
static wpm_cache *cache;

static inline void begin_heap(void)
{
    heap = wpm_heap_create(0);
    cache = wpm_cache_attach(heap);
    CHECK(heap != NULL && cache != NULL);
}

static inline unsigned char *give(size_t bytes)
{
    struct object_resized out = harden_malloc(guard, heap, cache, bytes, HARDEN_KIND_MALLOC);
    CHECK_EQ(out.status, WPM_OK);
    CHECK(out.address != 0);
    return edge_pointer(out.address);
}

static inline wpm_status end(void *p)
{
    return harden_free(guard, heap, cache, edge_address(p), plain);
}

#endif
