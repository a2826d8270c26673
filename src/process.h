/* process.h -- the one heap that the libc names of a process serve.
 *
 * The heap starts with the first call, whoever makes it: the dynamic linker, a resolver, a
 * constructor. A thread gets its cache with its first allocation that no window serves, and gives
 * it back when it ends; what it allocates or frees after that goes through the heap's shared cache.
 *
 * A thread's cache is kept as a distance from mcache_empty, so that zero-filled thread storage,
 * which is all there is before the linker has run, already means "the empty cache": the fast paths
 * need not ask whether there is a heap or a cache.
 */
#ifndef WPM_PROCESS_H
#define WPM_PROCESS_H

#include "objects.h"
#include "edge.h"
#include "hardened.h"
#include "preset.h"

extern struct wpm_heap process_heap __attribute__((visibility("hidden")));
extern __thread uintptr_t process_cache_distance; /* of the thread's cache, from mcache_empty */
extern __thread int32_t process_owner;             /* the thread's cache as an owner of spans */

/* The calling thread's cache; &mcache_empty while it has none. */
static inline struct mcache *process_cache(void)
{
    uintptr_t empty = edge_address(&mcache_empty);
    __asm__("" : "+r"(empty)); /* the sum points to another object: hide where it comes from */
    return (struct mcache *)edge_pointer(empty + process_cache_distance);
}

/* The cache to allocate with: attached now if the thread can have one. NULL: there is no heap, the
 * system has refused the memory for it. */
struct mcache *process_enter(void);

/* A free that the short way refused; ends the process when the object is none. errno stays. */
void process_free_long(void *object);

/* The rest of a free that left a span without a used slot. */
void process_free_last(void *object);

/* What an allocation that failed returns: NULL, and errno is ENOMEM. */
void *process_no_memory(void) __attribute__((noinline, cold));

/* An object by the long way; NULL, and errno is ENOMEM, when there is no memory. */
void *process_malloc_long(size_t bytes);

/* An object of a kind (harden.h), aligned to `align`, a power of two; NULL when there is no memory.
 * errno stays. */
void *process_aligned(size_t align, size_t bytes, uint32_t kind);

/* Stop the process: one line on the error stream names the fault (`fault`, which ends with a
 * blank), the address and the slot. */
void process_report(const char *fault, const void *object) __attribute__((noreturn, cold));

/* Stop the process: free, or realloc when `resizing`, was given `object`, of which the heap says
 * `status`. One line on the error stream names the fault, the address and the slot. */
void process_fault(const void *object, wpm_status status, bool resizing)
    __attribute__((noreturn, cold));

/* A slot that its owner freed after a stranger had is found when the word it lies in is merged, in
 * whatever call that happens: it ends the process then. */
static inline void process_stop_if_stray(void)
{
    int64_t stray = atomic_read_int64(&process_heap.stray);
    if (stray != 0) process_fault(edge_pointer((uintptr_t)stray), WPM_DOUBLE_FREE, false);
}

/* An object of a kind by the short way; NULL when the window is empty or the request is large. */
static inline void *process_malloc_short(size_t bytes, uint32_t kind)
{
    if (PRESET != PRESET_FAST) return hardened_malloc_short(bytes, kind);
    if (bytes > MAX_SMALL_SIZE) return NULL;
    struct mcache *c = process_cache();
    uint32_t k = sizeclass_of((uint32_t)bytes);
    uint32_t i = bits_lowest(c->entry[k].window);
    return i < 64 ? edge_pointer(alloc_take(&process_heap, c, k, i)) : NULL;
}

/* An object; NULL, and errno is ENOMEM, when there is no memory. */
static inline void *process_malloc(size_t bytes)
{
    if (PRESET != PRESET_FAST) return hardened_malloc(bytes);
    if (bytes > MAX_SMALL_SIZE) return process_malloc_long(bytes);
    struct mcache *c = process_cache();
    uint32_t k = sizeclass_of((uint32_t)bytes);
    uint32_t i = bits_lowest(c->entry[k].window);
    if (i == 64) return process_malloc_long(bytes);
    return edge_pointer(alloc_take(&process_heap, c, k, i));
}

/* End an object's life, or the process's when it is none. errno stays. */
static inline void process_free(void *object)
{
    if (PRESET != PRESET_FAST) {
        hardened_free(object);
        return;
    }
    uint32_t done = alloc_free_owned(&process_heap, &process_owner, edge_address(object));
    if (done == FREE_DONE) return;
    if (done == FREE_LAST) {
        process_free_last(object);
    } else {
        process_free_long(object);
    }
}

/* The same for an object of a kind and of `bytes` bytes, or HARDEN_ANY_BYTES. */
static inline void process_end(void *object, uint32_t kind, size_t bytes)
{
    struct harden_claim claim = {kind, bytes};
    if (PRESET != PRESET_FAST) {
        hardened_end(object, claim);
    } else {
        process_free(object);
    }
}

#endif
