/* api.c -- the functions of wpmalloc.h in the watched build, in which a tool looks after objects.
 *
 * The core is the same as in all other builds, and so is what these functions promise. What differs
 * is what a tool is told (platform/watch.h): exactly the bytes that were asked for are an object's;
 * the margin behind them, the rest of the slot, dead objects and slots that never held one are
 * nobody's. For that the core must not touch an object's bytes: calloc and realloc are made of
 * malloc and free here. A realloc always moves, so that whoever goes on using the old pointer is
 * told. What is accepted as an object's end is the core's decision, as ever.
 */
#include "asked.h"
#include "dead.h"

#include "../alloc.h"
#include "../edge.h"
#include "../heaplock.h"
#include "../objects.h"
#include "../statistics.h"
#include "../walk.h"

/* The cache of a caller that names none: all share the locked one. */
static struct mcache stranger = {.owner = OWNER_STRANGER};

/* The longest object. */
#define LONGEST (SIZE_MAX - MARGIN_MOST)

/* An object is in its slot from now on. */
static void *begin(wpm_heap *h, void *object, size_t bytes)
{
    if (object == NULL) return NULL;
    uintptr_t address = edge_address(object);
    asked_keep(address, object_describe(h, address).slot_bytes, bytes);
    watch_begin(address, bytes);
    return object;
}

static void *make(wpm_heap *h, struct mcache *c, size_t bytes)
{
    if (bytes == 0) bytes = 1;
    if (bytes > LONGEST) return NULL;
    return begin(h, alloc_malloc(h, c, bytes + margin_bytes(bytes)), bytes);
}

/* Bytes that the live object at `address` may use. */
static size_t size_of(uintptr_t address, wpm_info info)
{
    size_t bytes = asked_bytes(address, info.slot_bytes);
    return bytes != ASKED_UNKNOWN ? bytes : info.slot_bytes;
}

/* The tool is told before another thread can have the slot; of an object that is not live, the core
 * says why. */
static wpm_status end(wpm_heap *h, struct mcache *c, void *object)
{
    uintptr_t address = edge_address(object);
    wpm_info info = object_describe(h, address);
    if (object != NULL && info.status == WPM_OK) {
        size_t bytes = size_of(address, info);
        struct dead_object dead = {address, bytes, info.slot_bytes, info.size_class};
        dead_keep(&dead);
        watch_end(address, bytes);
    }
    return alloc_free(h, c, object);
}

void *wpm_malloc(wpm_heap *h, size_t bytes) { return make(h, &stranger, bytes); }

void *wpm_calloc(wpm_heap *h, size_t count, size_t bytes)
{
    if (bytes != 0 && count > SIZE_MAX / bytes) return NULL;
    void *object = make(h, &stranger, count * bytes);
    if (object != NULL) edge_zero(edge_address(object), count * bytes);
    return object;
}

void *wpm_aligned(wpm_heap *h, size_t align, size_t bytes)
{
    if (bytes == 0) bytes = 1;
    if (bytes > LONGEST) return NULL;
    return begin(h, object_aligned(h, &stranger, align, bytes + margin_bytes(bytes)), bytes);
}

/* What `object`, live and of `old` bytes, holds, in one of `bytes` bytes; the old one is ended. */
static void *move(wpm_heap *h, void *object, size_t old, size_t bytes, wpm_status *status)
{
    void *moved = make(h, &stranger, bytes);
    if (moved == NULL) return NULL;
    edge_copy(edge_address(moved), edge_address(object), old < bytes ? old : bytes);
    *status = end(h, &stranger, object);
    if (*status == WPM_OK) return moved;
    (void)end(h, &stranger, moved);
    return NULL;
}

void *wpm_realloc(wpm_heap *h, void *object, size_t bytes, wpm_status *status)
{
    wpm_status said = WPM_OK;
    void *result = NULL;
    if (object == NULL) {
        result = make(h, &stranger, bytes);
    } else {
        uintptr_t address = edge_address(object);
        wpm_info info = object_describe(h, address);
        said = info.status;
        if (said == WPM_OK) result = move(h, object, size_of(address, info), bytes, &said);
    }
    if (status != NULL) *status = said;
    return result;
}

wpm_status wpm_free(wpm_heap *h, void *object) { return end(h, &stranger, object); }

size_t wpm_usable_size(wpm_heap *h, const void *object)
{
    uintptr_t address = edge_address(object);
    wpm_info info = object_describe(h, address);
    return info.status == WPM_OK ? size_of(address, info) : 0;
}

wpm_info wpm_describe(wpm_heap *h, const void *address)
{
    return object_describe(h, edge_address(address));
}

wpm_cache *wpm_cache_attach(wpm_heap *h) { return mcache_attach(h); }

void wpm_cache_detach(wpm_heap *h, wpm_cache *c) { mcache_detach(h, c); }

void *wpm_cache_malloc(wpm_heap *h, wpm_cache *c, size_t bytes) { return make(h, c, bytes); }

wpm_status wpm_cache_free(wpm_heap *h, wpm_cache *c, void *object) { return end(h, c, object); }

/* A visitor may touch what was asked for, no more. */
void wpm_walk(wpm_heap *h, bool (*visit)(void *, void *, size_t), void *context)
{
    heap_lock(h);
    struct walk_object at = walk_next(h, 1, 0);
    while (at.address != 0 && visit(context, edge_pointer(at.address),
                                    wpm_usable_size(h, edge_pointer(at.address))))
        at = walk_next(h, at.span, at.slot + 1);
    heap_unlock(h);
}

void wpm_stats(wpm_heap *h, wpm_statistics *out)
{
    heap_lock(h);
    *out = statistics_read(h);
    heap_unlock(h);
}
