/* threads_test.c -- threads with caches and one without, which free each other's objects.
 *
 * Every object carries its owner's pattern from malloc to free, whoever frees it; at the end the
 * records are in order and nothing is live. Once with room for all, and once in a heap that is
 * full most of the time. Also run under ThreadSanitizer (make unit-tsan).
 */
#include "alloc.h"
#include "heapfaults.h"
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
static bool scarce; /* the heap is full most of the time */
static struct object shelf[SHELF];
static pthread_mutex_t shelf_lock[SHELF];
static uint64_t faults[THREADS], refused[THREADS];

/* Swap `o` with what lies at place `at` of the shelf. */
static struct object exchange(uint32_t at, struct object o)
{
    pthread_mutex_lock(&shelf_lock[at]);
    struct object was = shelf[at];
    shelf[at] = o;
    pthread_mutex_unlock(&shelf_lock[at]);
    return was;
}

/* How long the next object is: most are small. */
static size_t next_size(uint64_t *random)
{
    if (scarce && random_below(random, 4) == 0) return random_below(random, 200000);
    return random_below(random, 50) == 0 ? random_below(random, 100000) : random_below(random, 600);
}

/* End the object `o`, if it is one; the number of faults seen. */
static uint64_t end(wpm_cache *c, struct object o)
{
    uint64_t wrong = 0;
    if (o.bytes == NULL) return 0;
    for (size_t i = 0; i < o.size; i++) wrong += o.bytes[i] != o.pattern;
    wpm_status status = c != NULL ? wpm_cache_free(heap, c, o.bytes) : wpm_free(heap, o.bytes);
    return wrong + (status != WPM_OK);
}

/* Make an object, put it on the shelf, and end the one that lay there. */
static uint64_t step(wpm_cache *c, uint64_t *random, uint32_t t, unsigned char pattern)
{
    size_t size = next_size(random);
    struct object o = {c != NULL ? wpm_cache_malloc(heap, c, size) : wpm_malloc(heap, size), size,
                       pattern};
    if (o.bytes != NULL) memset(o.bytes, o.pattern, size);
    refused[t] += o.bytes == NULL;
    return end(c, exchange(random_below(random, SHELF), o));
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
        faults[t] += step(c, &random, t, (unsigned char)(t * 64 + i % 64));
    }
    if (c != NULL) wpm_cache_detach(heap, c);
    return NULL;
}

/* The threads at work on a heap of at most `limit` bytes. */
static void test_threads(size_t limit)
{
    pthread_t thread[THREADS];
    uint32_t number[THREADS];
    uint64_t none = 0;
    wpm_statistics figures;
    heap = wpm_heap_create(limit);
    CHECK(heap != NULL);
    for (uint32_t t = 0; t < THREADS; t++) {
        number[t] = t;
        faults[t] = refused[t] = 0;
        CHECK_EQ(pthread_create(&thread[t], NULL, work, &number[t]), 0);
    }
    for (uint32_t t = 0; t < THREADS; t++) {
        CHECK_EQ(pthread_join(thread[t], NULL), 0);
        CHECK_EQ(faults[t], 0);
        none += refused[t];
    }
    CHECK(scarce ? none > THREADS * STEPS / 100 : none == 0);
    for (uint32_t i = 0; i < SHELF; i++) {
        struct object o = exchange(i, (struct object){NULL, 0, 0});
        CHECK_EQ(wpm_free(heap, o.bytes), WPM_OK);
    }
    CHECK_EQ(heap_faults(heap), 0);
    wpm_stats(heap, &figures);
    CHECK_EQ(figures.live_objects, 0);
    CHECK_EQ(figures.live_bytes, 0);
    CHECK_EQ(heap->stray, 0);
    wpm_heap_destroy(heap);
}

int main(void)
{
    for (uint32_t i = 0; i < SHELF; i++) pthread_mutex_init(&shelf_lock[i], NULL);
    test_threads(1u << 30);
    scarce = true;
    test_threads(5u << 20);
    return unit_report("threads");
}
