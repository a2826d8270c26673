/* alloc.h -- routes a request by its size, and a pointer by its span.
 *
 * The fast paths stand here, inline, for the libc names and the public API alike: a small allocation
 * takes a slot from the cache's window; a free of a slot whose span the cache owns clears one bit. All
 * else goes to the slow paths in alloc.c. `c` is the calling thread's cache, or &mcache_empty.
 */
#ifndef WPM_ALLOC_H
#define WPM_ALLOC_H

#include "edge.h"
#include "mcache.h"
#include "mspan.h"
#include "wpmalloc.h"

/* The slow path of alloc_malloc. */
void *alloc_malloc_slow(struct wpm_heap *h, struct mcache *c, size_t bytes);

/* The slow path of alloc_free: everything but a plain free by the owner. */
wpm_status alloc_free_slow(struct wpm_heap *h, struct mcache *c, uintptr_t address);

/* The rest of a plain free that left span `s` without a used slot. */
wpm_status alloc_free_last(struct wpm_heap *h, struct mcache *c, uint32_t s);

/* As wpm_malloc, through cache `c`. */
static inline void *alloc_malloc(struct wpm_heap *h, struct mcache *c, size_t bytes)
{
    if (bytes <= MAX_SMALL_SIZE) {
        uintptr_t address = mcache_take_slot(h, c, sizeclass_of((uint32_t)bytes));
        if (address != 0) return edge_pointer(address);
    }
    return alloc_malloc_slow(h, c, bytes);
}

/* As wpm_free, through cache `c`. */
static inline wpm_status alloc_free(struct wpm_heap *h, struct mcache *c, void *object)
{
    uintptr_t address = edge_address(object);
    uintptr_t page = (address - h->map.base) / PAGE_SIZE;
    if (page >= atomic_read32(&h->npages)) return alloc_free_slow(h, c, address);
    uint32_t s = atomic_read32(&h->page_span[page]);
    struct mspan *span = &h->span[s];
    if (atomic_read_int(&span->owner) != c->owner) return alloc_free_slow(h, c, address);
    uint32_t offset = (uint32_t)(address - arenamap_address(&h->map, span->start));
    uint64_t product = magic_product(offset, span->magic);
    uint32_t i = magic_quotient(product);
    uint32_t w = s * SPAN_WORDS + i / 64;
    uint64_t live = h->live[w];
    if (!magic_exact(product, span->magic) || !bits_test(live, i % 64))
        return alloc_free_slow(h, c, address);
    atomic_write64(&h->live[w], bits_clear(live, i % 64));
    uint32_t used = span->used;
    if (used <= 1) return alloc_free_last(h, c, s);
    span->used = (uint16_t)(used - 1);
    return WPM_OK;
}

/* As wpm_calloc, wpm_realloc, wpm_aligned, through cache `c`. */
void *alloc_calloc(struct wpm_heap *h, struct mcache *c, size_t count, size_t bytes);
void *alloc_realloc(struct wpm_heap *h, struct mcache *c, void *object, size_t bytes,
                    wpm_status *status);
void *alloc_aligned(struct wpm_heap *h, struct mcache *c, size_t align, size_t bytes);

/* As wpm_usable_size and wpm_describe. */
size_t alloc_usable_size(const struct wpm_heap *h, const void *object);
wpm_info alloc_describe(const struct wpm_heap *h, uintptr_t address);

/* Set up heap `h`, a record of the caller's, on address space reserved for it, at most `limit_bytes`
 * (0: as much as the system gives). False when the system refuses. */
bool heap_start(struct wpm_heap *h, size_t limit_bytes);

/* Around fork: the child must find the heap's locks free and what they guard whole. */
void alloc_fork_prepare(struct wpm_heap *h);
void alloc_fork_parent(struct wpm_heap *h);
void alloc_fork_child(struct wpm_heap *h);

#endif
