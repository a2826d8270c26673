/* pagealloc_fuzz.c -- the page allocator with a page cache before it, against a byte a page.
 *
 * Some pages are free at the start. After each call every page is where the model has it, and the
 * proved checks (pagecheck.h) hold. The first byte of the input chooses how many chunks there are:
 * one, some, or enough for two entries of the second level.
 */
#include "fuzz.h"
#include "pagecache.h"
#include "pagecheck.h"

#include <string.h>

#define MOST_CHUNKS 18u
#define MOST_PAGES (MOST_CHUNKS * CHUNK_PAGES)

enum page { USED, FREE, FRESH, CACHED, CACHED_FRESH }; /* fresh: no memory behind it */

struct pool {
    struct pagealloc pa;
    struct pagecache cache;
    uint8_t page[MOST_PAGES];
    uint64_t free[MOST_PAGES / 64], released[MOST_PAGES / 64];
    struct page_summary l1[MOST_CHUNKS], l2[2], l3[1], l4[1];
};

static bool is_free(uint8_t page) { return page == FREE || page == FRESH; }

/* How many pages from `first` on are of the same sort, free or used, `most` at most. */
static uint32_t run_from(const struct pool *p, uint32_t first, uint32_t most)
{
    uint32_t n = 0;
    bool want = is_free(p->page[first]);
    while (n < most && first + n < p->pa.npages && is_free(p->page[first + n]) == want &&
           p->page[first + n] < CACHED)
        n++;
    return n;
}

/* The first of n free pages in a row, by looking at each; NO_PAGE. */
static uint32_t first_fit(const struct pool *p, uint32_t n)
{
    uint32_t run = 0;
    for (uint32_t i = 0; i < p->pa.npages; i++) {
        run = is_free(p->page[i]) ? run + 1 : 0;
        if (run == n) return i + 1 - n;
    }
    return NO_PAGE;
}

/* The pages are of this sort from now on; how many were fresh. */
static uint32_t change(struct pool *p, uint32_t first, uint32_t n, uint8_t to)
{
    uint32_t fresh = 0;
    for (uint32_t i = first; i < first + n; i++) {
        fresh += p->page[i] == FRESH || p->page[i] == CACHED_FRESH;
        p->page[i] = to;
    }
    return fresh;
}

static void alloc(struct pool *p, uint32_t n)
{
    uint32_t want = first_fit(p, n), released = 0;
    REQUIRE(pagealloc_find(&p->pa, n) == want);
    REQUIRE(pagealloc_alloc(&p->pa, n, &released) == want);
    if (want != NO_PAGE) REQUIRE(released == change(p, want, n, USED));
}

/* What may be done to the run at `page`, by its sort. */
static void change_run(struct pool *p, uint32_t op, uint32_t page, uint32_t most)
{
    uint32_t n = run_from(p, page, most), released = 0;
    if (n == 0) return;
    if (!is_free(p->page[page])) {
        if (op % 4 == 0) {
            pagealloc_grow(&p->pa, page, n);
            (void)change(p, page, n, FRESH);
        } else {
            pagealloc_free(&p->pa, page, n);
            (void)change(p, page, n, FREE);
        }
    } else if (op % 4 == 0) {
        REQUIRE(pagealloc_free_run(&p->pa, page, most) == n);
        pagealloc_mark_released(&p->pa, page, n);
        (void)change(p, page, n, FRESH);
    } else {
        pagealloc_take(&p->pa, page, n, &released);
        REQUIRE(released == change(p, page, n, USED));
    }
}

static uint32_t cached(const struct pool *p, uint32_t i)
{
    return i < p->pa.npages && p->page[i] >= CACHED;
}

static void cache_alloc(struct pool *p, uint32_t n)
{
    uint32_t want = NO_PAGE, run = 0, released = 0;
    for (uint32_t i = p->cache.base; i < p->cache.base + 64 && want == NO_PAGE; i++) {
        run = cached(p, i) != 0 ? run + 1 : 0;
        if (run == n) want = i + 1 - n;
    }
    REQUIRE(pagecache_alloc(&p->cache, n, &released) == want);
    if (want != NO_PAGE) REQUIRE(released == change(p, want, n, USED));
}

/* Empty: all that is free in the first block that has any. Else: all goes back. */
static void cache_turn(struct pool *p)
{
    if (p->cache.free != 0) {
        pagecache_flush(&p->cache, &p->pa);
        for (uint32_t i = 0; i < p->pa.npages; i++)
            if (p->page[i] >= CACHED) p->page[i] = (uint8_t)(p->page[i] - CACHED + FREE);
        return;
    }
    uint32_t first = first_fit(p, 1);
    pagecache_fill(&p->cache, &p->pa);
    if (first == NO_PAGE) return;
    for (uint32_t i = first / 64 * 64; i < first / 64 * 64 + 64; i++)
        if (is_free(p->page[i])) p->page[i] = (uint8_t)(p->page[i] - FREE + CACHED);
}

static void compare(const struct pool *p)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->pa.npages; i++) {
        uint8_t page = p->page[i];
        count += is_free(page);
        REQUIRE(bitmap_test(p->pa.free, i) == is_free(page));
        REQUIRE(bitmap_test(p->pa.released, i) == (page == FRESH));
    }
    REQUIRE(p->pa.free_pages == count);
    for (uint32_t j = 0; j < 64; j++) {
        uint32_t i = p->cache.base + j;
        REQUIRE(bits_test(p->cache.free, j) == cached(p, i));
        REQUIRE(bits_test(p->cache.released, j) ==
                (i < p->pa.npages && p->page[i] == CACHED_FRESH));
    }
    REQUIRE(pagecheck_summaries(&p->pa) && pagecheck_search(&p->pa));
    REQUIRE(pagecheck_released(&p->pa) && pagecheck_count(&p->pa));
}

static void step(struct pool *p, struct record r)
{
    uint32_t page = r.a % p->pa.npages;
    uint32_t n = 1 + (r.what < 128 ? r.b % 64 : r.b % p->pa.npages);
    switch (r.op % 8) {
    case 0:
    case 1: alloc(p, n); break;
    case 2: cache_turn(p); break;
    case 3:
    case 4: cache_alloc(p, 1 + r.b % 70); break;
    default: change_run(p, r.op / 8, page, n); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t chunks[4] = {1, 3, 17, MOST_CHUNKS};
    static struct pool pool;
    if (size < 1) return 0;
    memset(&pool, 0, sizeof pool);
    pool.pa = (struct pagealloc){.npages = chunks[data[0] % 4] * CHUNK_PAGES,
                                 .free = pool.free,
                                 .released = pool.released,
                                 .l1 = pool.l1,
                                 .l2 = pool.l2,
                                 .l3 = pool.l3,
                                 .l4 = pool.l4};
    pagealloc_init(&pool.pa);
    pagealloc_grow(&pool.pa, 0, pool.pa.npages / 2 + 5);
    (void)change(&pool, 0, pool.pa.npages / 2 + 5, FRESH);
    for (size_t i = 1; i + RECORD_BYTES <= size; i += RECORD_BYTES) {
        step(&pool, record_at(data + i));
        compare(&pool);
    }
    return 0;
}
