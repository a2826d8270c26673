/* threads_test.c -- threads with caches and one without, which free each other's objects.
 *
 * Every object carries its owner's pattern from malloc to free, whoever frees it; at the end the
 * records are in order and nothing is live. Also run under ThreadSanitizer (make unit-tsan).
 */
#include "alloc.h"
#include "heapcheck.h"
#include "random.h"
#include "unit.h"
#include "wpmalloc.h"

#include <pthread.h>
#include <string.h>

enum { THREADS = 4, SHELF = 256, STEPS = 60000, LEAVES = 6000 };

struct object {
    unsigned char *bytes;
    size_t size;
    unsigned char pattern;
};

static wpm_heap *heap;
static struct object shelf[SHELF];
static pthread_mutex_t shelf_lock[SHELF];
static uint64_t faults[THREADS];

/* Swap `o` with what lies at place `at` of the shelf. */
static struct object exchange(uint32_t at, struct object o)
{
    pthread_mutex_lock(&shelf_lock[at]);
    struct object was = shelf[at];
    shelf[at] = o;
    pthread_mutex_unlock(&shelf_lock[at]);
    return was;
}

/* Make an object, put it on the shelf, and end the one that lay there. */
static uint64_t step(wpm_cache *c, uint64_t *random, unsigned char pattern)
{
    size_t size = random_below(random, 50) == 0 ? random_below(random, 100000)
                                                : random_below(random, 600);
    struct object o = {c != NULL ? wpm_cache_malloc(heap, c, size) : wpm_malloc(heap, size), size,
                       pattern};
    if (o.bytes == NULL) return 1;
    memset(o.bytes, pattern, size);
    struct object was = exchange(random_below(random, SHELF), o);
    if (was.bytes == NULL) return 0;
    uint64_t wrong = 0;
    for (size_t i = 0; i < was.size; i++) wrong += was.bytes[i] != was.pattern;
    wpm_status status = c != NULL ? wpm_cache_free(heap, c, was.bytes) : wpm_free(heap, was.bytes);
    return wrong + (status != WPM_OK);
}

/* Thread 0 uses no cache; the others leave theirs now and then, as threads that end do. */
static void *work(void *number)
{
    uint32_t t = *(uint32_t *)number;
    uint64_t random = t + 1;
    wpm_cache *c = t == 0 ? NULL : wpm_cache_attach(heap);
    for (uint32_t i = 0; i < STEPS; i++) {
        if (c != NULL && i % LEAVES == LEAVES - 1) {
            wpm_cache_detach(heap, c);
            c = wpm_cache_attach(heap);
        }
        faults[t] += step(c, &random, (unsigned char)(t * 64 + i % 64));
    }
    if (c != NULL) wpm_cache_detach(heap, c);
    return NULL;
}

int main(void)
{
    pthread_t thread[THREADS];
    uint32_t number[THREADS];
    wpm_statistics figures;
    heap = wpm_heap_create(1u << 30);
    CHECK(heap != NULL);
    for (uint32_t i = 0; i < SHELF; i++) pthread_mutex_init(&shelf_lock[i], NULL);
    for (uint32_t t = 0; t < THREADS; t++) {
        number[t] = t;
        CHECK_EQ(pthread_create(&thread[t], NULL, work, &number[t]), 0);
    }
    for (uint32_t t = 0; t < THREADS; t++) {
        CHECK_EQ(pthread_join(thread[t], NULL), 0);
        CHECK_EQ(faults[t], 0);
    }
    for (uint32_t i = 0; i < SHELF; i++) CHECK_EQ(wpm_free(heap, shelf[i].bytes), WPM_OK);
    CHECK_EQ(heap_faults(heap), 0);
    wpm_stats(heap, &figures);
    CHECK_EQ(figures.live_objects, 0);
    CHECK_EQ(figures.live_bytes, 0);
    CHECK_EQ(heap->stray, 0);
    wpm_heap_destroy(heap);
    return unit_report("threads");
}
