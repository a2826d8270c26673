/* mcache_test.c -- caches of two threads, driven in turn from one: every slot handed out is new,
 * remote frees come back, and a cache that is given up leaves its spans to the others.
 */
#include "alloc.h"
#include "heapfaults.h"
#include "metadata.h"
#include "random.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_BYTES (64u << 20)
#define OBJECTS 3000u
#define STEPS 60000u
#define CHECK_EVERY 500u

static struct wpm_heap heap;

static int by_address(const void *a, const void *b)
{
    const void *const *p = a, *const *q = b;
    return *p < *q ? -1 : *p > *q;
}

/* The objects, each of `bytes` bytes or more, have no byte in common. */
static void check_apart(void *const *objects, uint32_t n, size_t bytes)
{
    void **sorted = malloc(n * sizeof *sorted);
    uint64_t faults = 0;
    for (uint32_t i = 0; i < n; i++) sorted[i] = objects[i];
    qsort(sorted, n, sizeof *sorted, by_address);
    for (uint32_t i = 1; i < n; i++)
        faults += (uintptr_t)sorted[i] - (uintptr_t)sorted[i - 1] < bytes;
    CHECK_EQ(faults, 0);
    free(sorted);
}

/* Another thread frees every live slot of span `s`. */
static void free_remotely(struct wpm_heap *h, uint32_t s)
{
    for (uint32_t w = s * SPAN_WORDS; w < (s + 1) * SPAN_WORDS; w++) h->freed[w] = h->live[w];
}

/* Refill claims each slot of a span once, in the order of words, and never a live one. */
static void test_refill(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    uint32_t n = class_table[k].slots, got = 0, words = 0;
    struct cache_entry *e = &c->entry[k];
    CHECK_EQ(e->window, 0);
    CHECK(mcache_refill(h, c, k));
    int32_t s = e->span;
    while (e->span == s) {
        CHECK(e->window != 0);
        CHECK_EQ(e->word, (uint32_t)s * SPAN_WORDS + words++);
        CHECK_EQ(heap_faults(h), 0);
        while (e->window != 0) {
            (void)mcache_take_slot(h, c, k, bits_lowest(e->window));
            got++;
        }
        CHECK(mcache_refill(h, c, k));
    }
    CHECK_EQ(got, n);
    CHECK_EQ(h->span[s].place, PLACE_PARKED);
    CHECK_EQ(h->span[s].owner, c->owner + 1);
    CHECK_EQ(heap_faults(h), 0);
    free_remotely(h, (uint32_t)s);
    mcache_notify(h, (uint32_t)s);
    CHECK_EQ(c->remote_head, s);
    CHECK_EQ(heap_faults(h), 0);
    while (e->window != 0) (void)mcache_take_slot(h, c, k, bits_lowest(e->window));
    free_remotely(h, (uint32_t)e->span);
}

/* Random allocation and freeing, the freeing cache chosen at random. */
static void test_random(struct wpm_heap *h, struct mcache *const *caches, size_t bytes)
{
    static void *objects[OBJECTS];
    uint32_t n = 0;
    uint64_t random = bytes;
    for (uint32_t step = 0; step < STEPS; step++) {
        struct mcache *c = caches[random_below(&random, 2)];
        bool grow = random_below(&random, 100) < (step / 10000 % 2 == 0 ? 65u : 35u);
        if (grow && n < OBJECTS) {
            objects[n] = alloc_malloc(h, c, bytes);
            CHECK(objects[n] != NULL);
            n++;
        } else if (n > 0) {
            uint32_t i = random_below(&random, n);
            CHECK_EQ(alloc_free(h, c, objects[i]), WPM_OK);
            objects[i] = objects[--n];
        }
        if (step % CHECK_EVERY == 0) {
            CHECK_EQ(heap_faults(h), 0);
            check_apart(objects, n, bytes);
        }
    }
    for (; n > 0; n--) CHECK_EQ(alloc_free(h, caches[n % 2], objects[n - 1]), WPM_OK);
    CHECK_EQ(heap_faults(h), 0);
}

/* A cache that ends hands its spans over: frees into them work, and their slots serve another. */
static void test_handover(struct wpm_heap *h)
{
    enum { COUNT = 5000 };
    static void *objects[COUNT];
    struct mcache *c = mcache_attach(h), *d = mcache_attach(h);
    CHECK(c != NULL && d != NULL && c != d);
    for (int i = 0; i < COUNT; i++) objects[i] = alloc_malloc(h, c, 100);
    int64_t pages = h->span_pages;
    mcache_detach(h, c);
    CHECK_EQ(c->attached, 0);
    CHECK_EQ(heap_faults(h), 0);
    for (uint32_t s = 1; s < h->nspans; s++) CHECK(h->span[s].owner / 2 != c->owner / 2);
    for (int i = 0; i < COUNT; i += 2) CHECK_EQ(alloc_free(h, d, objects[i]), WPM_OK);
    CHECK_EQ(heap_faults(h), 0);
    for (int i = 0; i < COUNT; i += 2) objects[i] = alloc_malloc(h, d, 100);
    CHECK(h->span_pages <= pages + 2 * class_table[sizeclass_of(100)].span_pages);
    check_apart(objects, COUNT, 100);
    for (int i = 0; i < COUNT; i++) CHECK_EQ(alloc_free(h, d, objects[i]), WPM_OK);
    mcache_detach(h, d);
    CHECK_EQ(heap_faults(h), 0);
    CHECK_EQ(h->span_pages, 0);
}

/* Each cache but the first can be attached once; a detached one can be had again. */
static void test_attach(struct wpm_heap *h)
{
    uint32_t n = h->ncaches;
    CHECK(n > 2);
    for (uint32_t i = 1; i < n; i++) {
        struct mcache *c = mcache_attach(h);
        CHECK(c == &h->cache[i] && c->index == (int32_t)i && c->owner == 2 * ((int32_t)i + 1));
    }
    CHECK(mcache_attach(h) == NULL);
    mcache_detach(h, &h->cache[n / 2]);
    CHECK(mcache_attach(h) == &h->cache[n / 2]);
    for (uint32_t i = 1; i < n; i++) mcache_detach(h, &h->cache[i]);
    CHECK_EQ(heap_faults(h), 0);
}

/* Slots of class `k` from cache `c` until there are none: how many, and the last span. */
static uint32_t take_all(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t *last)
{
    uint32_t n = 0;
    struct cache_entry *e = &c->entry[k];
    while (e->window != 0 || mcache_refill(h, c, k)) {
        *last = (uint32_t)e->span;
        (void)mcache_take_slot(h, c, k, bits_lowest(e->window));
        n++;
    }
    return n;
}

/* All slots of the next span of class `k` from cache `c`; the span. */
static uint32_t take_span(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    struct cache_entry *e = &c->entry[k];
    for (uint32_t n = 0; n < class_table[k].slots; n++) {
        CHECK(e->window != 0 || mcache_refill(h, c, k));
        (void)mcache_take_slot(h, c, k, bits_lowest(e->window));
    }
    CHECK_EQ(e->window, 0);
    return (uint32_t)e->span;
}

/* Before a refill fails every span is looked at: slots that strangers have freed, but told nobody
 * of yet, are found in spans that the cache has parked and in central ones, not in another's. */
static void test_left(uint32_t k)
{
    static struct wpm_heap full;
    memset(&full, 0, sizeof full);
    CHECK(metadata_reserve(&full, LIMIT_BYTES));
    struct mcache *a = mcache_attach(&full), *b = mcache_attach(&full);
    struct mcache *gone = mcache_attach(&full);
    uint32_t parked = 0, unused = 0;
    uint32_t others = take_span(&full, b, k), central = take_span(&full, gone, k);
    mcache_detach(&full, gone);
    CHECK(take_all(&full, a, k, &parked) > 0);
    CHECK(!mcache_refill(&full, a, k));
    CHECK_EQ(heap_faults(&full), 0);
    full.freed[others * SPAN_WORDS] |= 2;
    CHECK(!mcache_refill(&full, a, k));
    full.freed[parked * SPAN_WORDS] |= 1;
    full.freed[central * SPAN_WORDS] |= 1;
    CHECK_EQ(take_all(&full, a, k, &unused), 2);
    CHECK(!mcache_refill(&full, a, k));
    CHECK_EQ(take_all(&full, b, k, &unused), 1);
    CHECK_EQ(unused, others);
    CHECK_EQ(heap_faults(&full), 0);
    CHECK(metadata_unreserve(&full));
}

int main(void)
{
    CHECK(metadata_reserve(&heap, LIMIT_BYTES));
    CHECK(sizeclass_valid());
    test_attach(&heap);
    struct mcache *caches[2] = {mcache_attach(&heap), mcache_attach(&heap)};
    test_refill(&heap, caches[0], 2);
    test_refill(&heap, caches[1], 20);
    mcache_detach(&heap, caches[0]);
    mcache_detach(&heap, caches[1]);
    CHECK_EQ(heap_faults(&heap), 0);
    CHECK_EQ(heap.span_pages, 0);
    caches[0] = mcache_attach(&heap);
    caches[1] = mcache_attach(&heap);
    for (size_t bytes = 16; bytes <= 4096; bytes *= 4) test_random(&heap, caches, bytes);
    mcache_detach(&heap, caches[0]);
    mcache_detach(&heap, caches[1]);
    test_handover(&heap);
    for (uint32_t k = 2; k < NUM_CLASSES; k += 9) test_left(k);
    CHECK(metadata_unreserve(&heap));
    return unit_report("mcache");
}
