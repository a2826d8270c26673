/* voidheap.c -- see voidheap.h */
#include "voidheap.h"

#include "metadata.h"
#include "platform.h"

static struct wpm_heap heap;

/* The heap's state: who starts it. After a refusal the next object tries again. */
enum { VOID_NONE, VOID_BUSY, VOID_DONE };
static uint32_t state;

/* The cache of no thread: the heap's own serves them all, under its lock. */
static struct mcache *no_cache(void) { return edge_pointer(edge_address(&mcache_empty)); }

/* Grow to the full size at once, by an object that takes it all, and close the pages. */
static bool grow_and_close(void)
{
    bool zero = false;
    uintptr_t all = alloc_large(&heap, VOID_BYTES, 1, &zero);
    if (all == 0 || alloc_free_slow(&heap, no_cache(), all) != WPM_OK) return false;
    return platform_protect(arenamap_address(&heap.map, 0), VOID_BYTES);
}

static bool start(void)
{
    static const struct wpm_heap nothing;
    if (!metadata_reserve(&heap, VOID_BYTES)) return false;
    if (grow_and_close()) return true;
    (void)metadata_unreserve(&heap);
    heap = nothing;
    return false;
}

/* Wait while another thread starts the heap. One wake reaches one thread: who has waited wakes the
 * next. */
static void wait_while_busy(void)
{
    if (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != VOID_BUSY) return;
    while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) == VOID_BUSY)
        platform_lock_wait(&state, VOID_BUSY);
    platform_lock_wake(&state);
}

/* True when the heap is there. */
static bool enter(void)
{
    uint32_t seen = VOID_NONE;
    while (!__atomic_compare_exchange_n(&state, &seen, VOID_BUSY, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_ACQUIRE)) {
        if (seen == VOID_DONE) return true;
        wait_while_busy();
        seen = VOID_NONE;
    }
    bool started = start();
    __atomic_store_n(&state, started ? VOID_DONE : VOID_NONE, __ATOMIC_RELEASE);
    platform_lock_wake(&state);
    return started;
}

void voidheap_start(void) { (void)enter(); }

static bool started(void) { return __atomic_load_n(&state, __ATOMIC_ACQUIRE) == VOID_DONE; }

uintptr_t voidheap_take(void)
{
    bool dirty = false;
    if (!started() && !enter()) return 0;
    return alloc_small(&heap, no_cache(), sizeclass_of(1), &dirty);
}

struct wpm_heap *voidheap_of(uintptr_t address)
{
    if (!started()) return NULL;
    uint32_t page = arenamap_page(&heap.map, address);
    return page < atomic_read32(&heap.npages) ? &heap : NULL;
}

wpm_status voidheap_end(uintptr_t address)
{
    return alloc_free_slow(&heap, no_cache(), address);
}

void voidheap_fork_prepare(void)
{
    wait_while_busy();
    if (started()) object_fork_prepare(&heap);
}

void voidheap_fork_parent(void)
{
    if (started()) object_fork_parent(&heap);
}

void voidheap_fork_child(void)
{
    if (started()) object_fork_child(&heap);
}
