/* waiting.c -- see waiting.h */
#include "waiting.h"

#include "hardened.h"
#include "platform.h"

#define RINGS_BYTES (NUM_CLASSES * sizeof(struct quarantine))

__thread struct quarantine *waiting_rings;

/* The rings of all caches: reserved at the first need, each cache's part committed at its own. */
static uintptr_t reservation;
static uint8_t committed[MAX_CACHES];

/* Bytes from the rings of a cache to those of the next: whole pages of the system. */
static size_t stride(void)
{
    size_t page = platform_page_bytes();
    return (RINGS_BYTES + page - 1) / page * page;
}

/* The start of all rings; 0 when the system refuses. Threads that come at one time agree on one. */
static uintptr_t all_rings(void)
{
    uintptr_t seen = __atomic_load_n(&reservation, __ATOMIC_ACQUIRE);
    if (seen != 0) return seen;
    uintptr_t mine = platform_reserve(0, MAX_CACHES * stride(), platform_page_bytes());
    if (mine == 0) return 0;
    if (__atomic_compare_exchange_n(&reservation, &seen, mine, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return mine;
    (void)platform_unreserve(mine, MAX_CACHES * stride());
    return seen;
}

static struct quarantine *rings_of(uintptr_t start, uint32_t cache)
{
    return edge_pointer(start + cache * stride());
}

/* The calling thread's rings, now if it can have them. */
static struct quarantine *enter(void)
{
    if (waiting_rings != NULL || process_cache_distance == 0) return waiting_rings;
    uint32_t cache = (uint32_t)process_cache()->index;
    uintptr_t start = all_rings();
    if (start == 0) return NULL;
    if (!platform_commit(start + cache * stride(), stride())) return NULL;
    __atomic_store_n(&committed[cache], 1, __ATOMIC_RELEASE);
    waiting_rings = rings_of(start, cache);
    return waiting_rings;
}

/* What a ring's length depends on: large objects have one of their own, of the shortest. */
static size_t ring_bytes(uint32_t k)
{
    return k != 0 ? class_table[k].size_bytes : QUARANTINE_BYTES;
}

static wpm_status release_one(uintptr_t address, uint32_t k)
{
    if (k == 0) return harden_release(hardened.guard, &process_heap, process_cache(), address);
    return alloc_free(&process_heap, process_cache(), edge_pointer(address));
}

/* The slots of a batch, of class `k`, are free now; one that is free already has ended twice.
 * Whether there is one. */
static bool release(const struct quarantine_batch *batch, uint32_t k)
{
    bool some = false;
    for (uint32_t i = 0; i < batch->count; i++) {
        uintptr_t address = batch->row[i];
        if (address == 0) continue;
        wpm_status status = release_one(address, k);
        if (status != WPM_OK) process_fault(edge_pointer(address), status, false);
        some = true;
    }
    process_stop_if_stray();
    return some;
}

void waiting_put_long(uintptr_t address, uint32_t k)
{
    struct quarantine_batch batch;
    struct quarantine *rings = enter();
    if (rings != NULL) {
        if (quarantine_put(&rings[k], address)) return;
        quarantine_spill(&rings[k], ring_bytes(k), &batch);
        (void)quarantine_put(&rings[k], address); /* there is room now */
    } else {
        batch.count = 1;
        batch.row[0] = address;
    }
    (void)release(&batch, k);
}

bool waiting_holds(uintptr_t address, uint32_t k)
{
    uintptr_t start = __atomic_load_n(&reservation, __ATOMIC_ACQUIRE);
    for (uint32_t cache = 0; start != 0 && cache < MAX_CACHES; cache++) {
        if (__atomic_load_n(&committed[cache], __ATOMIC_ACQUIRE) == 0) continue;
        if (quarantine_holds(&rings_of(start, cache)[k], address)) return true;
    }
    return false;
}

bool waiting_flush(void)
{
    struct quarantine_batch batch;
    bool some = false;
    for (uint32_t k = 0; waiting_rings != NULL && k < NUM_CLASSES; k++) {
        quarantine_empty(&waiting_rings[k], &batch);
        if (release(&batch, k)) some = true;
    }
    return some;
}

void waiting_thread_end(void)
{
    (void)waiting_flush();
    waiting_rings = NULL;
}

void waiting_fork_child(void)
{
    uintptr_t start = __atomic_load_n(&reservation, __ATOMIC_ACQUIRE);
    for (uint32_t cache = 0; start != 0 && cache < MAX_CACHES; cache++) {
        struct quarantine *rings = rings_of(start, cache);
        if (committed[cache] == 0 || rings == waiting_rings) continue;
        for (uint32_t k = 0; k < NUM_CLASSES; k++) rings[k] = (struct quarantine){0};
    }
}
