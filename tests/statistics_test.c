/* statistics_test.c -- figures of a heap against a model that counts each call; and that none
 * wraps, whatever the counters say. */
#include "heaplock.h"
#include "random.h"
#include "statistics.h"
#include "unit.h"
#include "wpmalloc.h"

#define LIMIT_BYTES (64u << 20)
#define OBJECTS 2000u
#define STEPS 20000u

static void *object[OBJECTS];

struct model {
    uint64_t mallocs, frees, bytes;
};

static wpm_statistics figures_of(wpm_heap *h)
{
    wpm_statistics figures;
    wpm_stats(h, &figures);
    return figures;
}

static void check_against(wpm_heap *h, const struct model *m)
{
    wpm_statistics figures = figures_of(h);
    uint64_t spans = 0, pages = 0;
    heap_lock(h);
    for (uint32_t s = 1; s < h->nspans; s++) {
        spans += h->span[s].npages != 0;
        pages += h->span[s].npages;
    }
    heap_unlock(h);
    CHECK_EQ(figures.spans, spans);
    CHECK_EQ(figures.live_objects, m->mallocs - m->frees);
    CHECK_EQ(figures.live_bytes, m->bytes);
    CHECK_EQ(figures.mallocs, m->mallocs);
    CHECK_EQ(figures.frees, m->frees);
    CHECK_EQ(figures.span_bytes + figures.free_bytes, figures.committed_bytes);
    CHECK(figures.span_bytes >= pages * PAGE_SIZE); /* and fences */
    CHECK(figures.released_bytes <= figures.free_bytes);
    CHECK(figures.committed_bytes <= figures.region_bytes);
    CHECK(figures.live_bytes <= figures.span_bytes);
}

/* One object more or less, through the cache or without. */
static void step(wpm_heap *h, wpm_cache *c, struct model *m, uint64_t *seed)
{
    uint32_t i = (uint32_t)(random_bits(seed) % OBJECTS);
    bool cached = random_bits(seed) % 2 == 0;
    if (object[i] == NULL) {
        size_t bytes = random_bits(seed) % (random_bits(seed) % 30 == 0 ? 90000 : 900);
        object[i] = cached ? wpm_cache_malloc(h, c, bytes) : wpm_malloc(h, bytes);
        if (object[i] == NULL) return;
        m->mallocs++;
        m->bytes += wpm_usable_size(h, object[i]);
        return;
    }
    m->frees++;
    m->bytes -= wpm_usable_size(h, object[i]);
    CHECK_EQ(cached ? wpm_cache_free(h, c, object[i]) : wpm_free(h, object[i]), WPM_OK);
    object[i] = NULL;
}

/* Counters that were never so: the figures stop at their ends. */
static void check_ends(wpm_heap *h)
{
    heap_lock(h);
    int64_t claimed[2] = {h->cache[0].claimed, h->cache[1].claimed};
    int64_t large = h->large_allocs;
    h->cache[0].claimed = h->cache[1].claimed = h->large_allocs = 0;
    heap_unlock(h);
    CHECK_EQ(figures_of(h).mallocs, 0);
    CHECK_EQ(figures_of(h).frees, 0);
    heap_lock(h);
    h->cache[0].claimed = h->cache[1].claimed = h->large_allocs = INT64_MAX;
    heap_unlock(h);
    CHECK(figures_of(h).mallocs > UINT64_MAX - NUM_CLASSES * 64 * MAX_CACHES);
    CHECK(figures_of(h).frees <= figures_of(h).mallocs);
    heap_lock(h);
    h->cache[0].claimed = INT64_MIN;
    h->cache[1].claimed = -1;
    h->large_allocs = INT64_MAX;
    heap_unlock(h);
    CHECK(figures_of(h).mallocs <= INT64_MAX);
    heap_lock(h);
    h->cache[0].claimed = claimed[0];
    h->cache[1].claimed = claimed[1];
    h->large_allocs = large;
    heap_unlock(h);
}

int main(void)
{
    uint64_t seed = 21;
    struct model m = {0, 0, 0};
    wpm_heap *h = wpm_heap_create(LIMIT_BYTES);
    wpm_cache *c = h == NULL ? NULL : wpm_cache_attach(h);
    if (!CHECK(c != NULL)) return unit_report("statistics");
    check_against(h, &m);
    for (uint32_t i = 0; i < STEPS; i++) {
        step(h, c, &m, &seed);
        if (i % 97 == 0) check_against(h, &m);
    }
    check_ends(h);
    check_against(h, &m);
    wpm_cache_detach(h, c);
    check_against(h, &m);
    wpm_heap_destroy(h);
    return unit_report("statistics");
}
