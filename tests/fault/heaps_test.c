/* heaps_test.c -- heaps as values, while the system refuses.
 *
 * Two heaps on reserved memory, one with a limit and one without, and one in a region, which makes
 * no calls and must not notice. Objects of all sizes come and go through all functions, with caches
 * and without; memory is given back; a thread waits for a lock. An allocation may be refused only
 * if a call failed meanwhile, and succeeds at the second try if that was the only one.
 */
#define _DEFAULT_SOURCE
#include "alloc.h"
#include "fault.h"
#include "heapfaults.h"
#include "heaplock.h"
#include "mheap.h"
#include "platform.h"
#include "random.h"
#include "wpmalloc.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

enum { CACHES = 2, SHELF = 64, ROUNDS = 2, STEPS = 200, PLACES = 3, KEPT_ERRNO = 4711, LOOKS = 12,
       BURST = 5 };

/* A heap, its caches and its objects. */
struct place {
    wpm_heap *heap;
    wpm_cache *cache[CACHES];
    struct object shelf[SHELF];
    bool region; /* a heap that makes no calls; it may be full */
};

static unsigned char region[9 << 20];
static struct place places[PLACES];
static uint64_t random_state = 1;
static uint32_t looks; /* at the records, after a refusal */

/* ---- what may be refused ---- */

/* A call to the heap failed, which had seen `before` calls fail. */
static void refused(const struct place *p, uint64_t before)
{
    CHECK(fault_injected() > before);
    if (p->heap != NULL && looks++ < LOOKS) CHECK_EQ(heap_faults(p->heap), 0);
}

static void *allocate(struct place *p, uint32_t how, size_t size)
{
    wpm_status status = WPM_CORRUPT;
    void *object;
    switch (how) {
    case 0:
    case 1: return wpm_cache_malloc(p->heap, p->cache[how], size);
    case 2: return wpm_calloc(p->heap, 1, size);
    case 3: return wpm_aligned(p->heap, (size_t)64 << size % 9, size);
    case 4:
        object = wpm_realloc(p->heap, NULL, size, &status);
        CHECK_EQ(status, WPM_OK);
        return object;
    default: return wpm_malloc(p->heap, size);
    }
}

/* An object; NULL when the system goes on refusing. errno is left alone. */
static void *take(struct place *p, uint32_t how, size_t size)
{
    for (uint32_t tries = 0; tries < 2; tries++) {
        uint64_t before = fault_injected();
        errno = KEPT_ERRNO;
        void *object = allocate(p, how, size);
        CHECK_EQ(errno, KEPT_ERRNO);
        if (object != NULL || p->region) return object;
        refused(p, before);
        if (!fault_again()) return NULL;
    }
    return NULL;
}

/* ---- one object ---- */

static size_t some_size(const struct place *p)
{
    uint32_t r = random_below(&random_state, 100);
    if (r < 60) return 1 + random_below(&random_state, 600);
    if (r < 92 || p->region) return 1 + random_below(&random_state, 40000);
    return 1 + random_below(&random_state, 3 * MIB / 2);
}

static void make(struct place *p, struct object *o)
{
    uint32_t how = random_below(&random_state, 7);
    size_t size = some_size(p);
    o->bytes = take(p, how, size);
    if (o->bytes == NULL) return;
    o->size = size;
    CHECK(wpm_usable_size(p->heap, o->bytes) >= size);
    if (how == 2) CHECK(object_zero(o->bytes, size));
    if (how == 3) CHECK_EQ((uintptr_t)o->bytes % (64u << size % 9), 0);
    object_fill(o, (unsigned char)(1 + random_below(&random_state, 255)));
}

static void resize(struct place *p, struct object *o)
{
    size_t size = some_size(p);
    for (uint32_t tries = 0; tries < 2; tries++) {
        wpm_status status = WPM_CORRUPT;
        uint64_t before = fault_injected();
        errno = KEPT_ERRNO;
        void *moved = wpm_realloc(p->heap, o->bytes, size, &status);
        CHECK_EQ(errno, KEPT_ERRNO);
        CHECK_EQ(status, WPM_OK);
        if (moved != NULL) {
            CHECK(object_moved(o, moved, size));
            return;
        }
        CHECK(object_whole(o, o->size));
        if (p->region) return;
        refused(p, before);
        if (!fault_again()) return;
    }
    CHECK(false);
}

static void end(struct place *p, struct object *o)
{
    uint32_t how = random_below(&random_state, CACHES + 1);
    if (o->bytes == NULL) return;
    CHECK(object_whole(o, o->size));
    errno = KEPT_ERRNO;
    wpm_status status = how < CACHES ? wpm_cache_free(p->heap, p->cache[how], o->bytes)
                                     : wpm_free(p->heap, o->bytes);
    CHECK_EQ(status, WPM_OK);
    CHECK_EQ(errno, KEPT_ERRNO);
    CHECK(wpm_free(p->heap, o->bytes) != WPM_OK);
    o->bytes = NULL;
}

static void step(struct place *p)
{
    struct object *o = &p->shelf[random_below(&random_state, SHELF)];
    if (o->bytes == NULL)
        make(p, o);
    else if (random_below(&random_state, 3) == 0)
        resize(p, o);
    else
        end(p, o);
}

/* ---- one heap ---- */

static void attach(struct place *p)
{
    for (uint32_t c = 0; c < CACHES; c++) {
        p->cache[c] = wpm_cache_attach(p->heap);
        CHECK(p->cache[c] != NULL);
    }
}

static void detach(struct place *p)
{
    for (uint32_t c = 0; c < CACHES; c++) wpm_cache_detach(p->heap, p->cache[c]);
}

/* The heap of a place; without one the place stays empty. A second heap on the same limit comes and
 * goes, so that the calls of a heap's end are among those of a heap at work. */
static void begin(struct place *p, size_t limit)
{
    for (uint32_t tries = 0; tries < 2 && p->heap == NULL; tries++) {
        uint64_t before = fault_injected();
        errno = KEPT_ERRNO;
        wpm_heap_destroy(wpm_heap_create(limit));
        p->heap = p->region ? wpm_heap_init(region, sizeof region) : wpm_heap_create(limit);
        CHECK_EQ(errno, KEPT_ERRNO);
        if (p->heap == NULL) refused(p, before);
        if (p->heap == NULL && !fault_again()) return;
    }
    if (CHECK(p->heap != NULL)) attach(p);
}

/* The free memory goes back; what was not given back counts as kept. */
static void release(struct place *p)
{
    wpm_statistics was, is;
    uint64_t before = fault_injected();
    wpm_stats(p->heap, &was);
    heap_lock(p->heap);
    uint64_t pages = mheap_release_all(p->heap);
    heap_unlock(p->heap);
    wpm_stats(p->heap, &is);
    CHECK_EQ(is.released_bytes, was.released_bytes + pages * PAGE_SIZE);
    if (!p->region) CHECK(is.released_bytes == is.free_bytes || fault_injected() > before);
    CHECK_EQ(heap_faults(p->heap), 0);
}

/* Some work; then half of the objects go, and the caches, and the memory. */
static void work(struct place *p)
{
    if (p->heap == NULL) return;
    for (uint32_t i = 0; i < STEPS; i++) step(p);
    for (uint32_t i = 0; i < SHELF; i += 2) end(p, &p->shelf[i]);
    detach(p);
    release(p);
    attach(p);
}

/* More large objects than a heap keeps memory for: the ends of the last ones give theirs back. A
 * later object in the same place is zero where it has to be. */
static void burst(struct place *p)
{
    struct object o[BURST];
    if (p->heap == NULL) return;
    for (uint32_t i = 0; i < BURST; i++) {
        o[i].size = 20 * MIB;
        o[i].bytes = take(p, 5, o[i].size);
        if (o[i].bytes != NULL) memset(o[i].bytes + i * MIB, 1, 100);
    }
    for (uint32_t i = 0; i < BURST; i++) CHECK_EQ(wpm_free(p->heap, o[i].bytes), WPM_OK);
    CHECK_EQ(heap_faults(p->heap), 0);
    for (uint32_t i = 0; i < BURST; i++) {
        bool zero = i >= BURST - 2; /* where memory was kept the heap would clear it itself */
        o[i].bytes = take(p, zero ? 2 : 5, o[i].size);
        CHECK(!zero || o[i].bytes == NULL || object_zero(o[i].bytes + i * MIB, 100));
    }
    for (uint32_t i = 0; i < BURST; i++) CHECK_EQ(wpm_free(p->heap, o[i].bytes), WPM_OK);
}

/* With calls that succeed again the heap serves again; a heap that never began can. */
static void recover(struct place *p, size_t limit)
{
    fault_pause(true);
    if (p->heap == NULL) {
        wpm_heap *heap = wpm_heap_create(limit);
        CHECK(heap != NULL);
        wpm_heap_destroy(heap);
    } else if (!p->region) {
        void *small = wpm_calloc(p->heap, 1, 40000), *large = wpm_malloc(p->heap, 9 * MIB);
        CHECK(small != NULL && large != NULL);
        CHECK(small == NULL || object_zero(small, 40000));
        CHECK_EQ(wpm_free(p->heap, small), WPM_OK);
        CHECK_EQ(wpm_free(p->heap, large), WPM_OK);
    }
    fault_pause(false);
}

static void finish(struct place *p)
{
    wpm_statistics figures;
    if (p->heap == NULL) return;
    for (uint32_t i = 0; i < SHELF; i++) end(p, &p->shelf[i]);
    detach(p);
    wpm_stats(p->heap, &figures);
    CHECK_EQ(figures.live_objects, 0);
    CHECK_EQ(figures.live_bytes, 0);
    CHECK_EQ(figures.mallocs, figures.frees);
    CHECK_EQ(heap_faults(p->heap), 0);
    CHECK_EQ(p->heap->stray, 0);
    errno = KEPT_ERRNO;
    wpm_heap_destroy(p->heap);
    CHECK_EQ(errno, KEPT_ERRNO);
}

/* ---- a lock that is waited for ---- */

static void *waiting(void *heap)
{
    return wpm_malloc(heap, 2 * MIB);
}

static void contend(struct place *p)
{
    pthread_t thread;
    void *object = NULL;
    uint64_t before = fault_injected(), waits = fault_calls(FAULT_FUTEX_WAIT);
    if (p->heap == NULL) return;
    heap_lock(p->heap);
    CHECK_EQ(pthread_create(&thread, NULL, waiting, p->heap), 0);
    while (fault_calls(FAULT_FUTEX_WAIT) == waits) usleep(100);
    usleep(200);
    heap_unlock(p->heap);
    CHECK_EQ(pthread_join(thread, &object), 0);
    if (object == NULL) refused(p, before);
    CHECK_EQ(wpm_free(p->heap, object), WPM_OK);
}

/* ---- all ---- */

/* A fault of the test's own. */
static void seed(struct place *p)
{
    struct object *o = &p->shelf[1];
    if (o->bytes == NULL) make(p, o);
    switch (fault_order.seed) {
    case SEED_LEAK: (void)platform_reserve(0, MIB, 4096); break;
    case SEED_RECORD: p->heap->span[1].owner += 1; break;
    case SEED_CONTENT: o->bytes[0] += 1; break;
    case SEED_REFUSAL: (void)take(p, 5, SIZE_MAX / 2); break;
    case SEED_CRASH: abort();
    default: break;
    }
}

static void workload(void)
{
    static const size_t limit[PLACES] = {256 * MIB, 0, 1};
    places[2].region = true;
    for (uint32_t i = 0; i < PLACES; i++) begin(&places[i], limit[i]);
    for (uint32_t r = 0; r < ROUNDS; r++)
        for (uint32_t i = 0; i < PLACES; i++) work(&places[i]);
    burst(&places[0]);
    contend(&places[0]);
    if (fault_order.seed != SEED_NONE) seed(&places[0]);
    for (uint32_t i = 0; i < PLACES; i++) recover(&places[i], limit[i]);
    for (uint32_t i = 0; i < PLACES; i++) finish(&places[i]);
    CHECK_EQ(fault_reserved(), 0);
    CHECK_EQ(fault_strays(), 0);
}

int main(void)
{
    uint32_t required = 1u << FAULT_MMAP | 1u << FAULT_MUNMAP | 1u << FAULT_MPROTECT |
                        1u << FAULT_MADVISE | 1u << FAULT_SYSCONF | 1u << FAULT_FUTEX_WAIT;
    return fault_main("fault-heaps", required, workload, &unit_checks, &unit_failures);
}
