/* pagecache_test.c -- every case of tests/data/pagecache.json, and random use against a plain
 * model.
 *
 * Go's caches have bits for free pages, as ours. The chunks of its cases are as in
 * pagealloc_test.c.
 */
#include "../src/pagecache.h"
#include "pagemodel.h"
#include "random.h"

#define FLUSH_CASES 100u /* random caches that Go's test flushes */

/* ---- The table's cases ---- */

static uint64_t word_in(const json *object, const char *key)
{
    return json_uint(json_get(object, key));
}

static uint32_t check_allocs(const json *cases)
{
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i), *hits = json_get(c, "hits");
        /* Go's released bits may be those of pages that the cache does not have; ours may not. */
        uint64_t free = word_in(c, "cache"), released = word_in(c, "scav") & free;
        struct pagecache cache = {1024, free, released};
        for (size_t h = 0; h < json_len(hits); h++) {
            const json *hit = json_at(hits, h), *page = json_get(hit, "page");
            uint32_t count = NO_PAGE;
            CHECK_EQ(pagecache_alloc(&cache, json_number(hit, "npages"), &count),
                     json_is_null(page) ? NO_PAGE : 1024 + json_uint(page));
            CHECK_EQ(count, json_number(hit, "scav_pages"));
        }
        CHECK_EQ(cache.base, 1024);
    }
    return (uint32_t)json_len(cases);
}

/* What a fill or a flush does to the model. */
static void move_word(struct pages *s, const struct pagecache *c, bool to_cache)
{
    for (uint32_t j = 0; j < 64; j++) {
        if (!bits_test(c->free, j)) continue;
        s->free[c->base + j] = !to_cache;
        s->released[c->base + j] = !to_cache && bits_test(c->released, j);
    }
}

static uint32_t check_fills(const json *cases)
{
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i), *hits = json_get(c, "hits");
        struct chunk_map m = chunk_map_of(json_get(c, "before"));
        struct pages s = case_begin(&m, json_get(c, "before"), json_get(c, "scav_before"));
        for (size_t h = 0; h < json_len(hits); h++) {
            const json *hit = json_at(hits, h);
            struct pagecache cache = {64, 0, 0};
            pagecache_fill(&cache, &s.pa);
            CHECK_EQ(cache.free, json_is_null(hit) ? 0 : word_in(hit, "cache"));
            CHECK_EQ(cache.released, json_is_null(hit) ? 0 : word_in(hit, "scav"));
            if (!json_is_null(hit)) CHECK_EQ(cache.base, page_here(&m, json_get(hit, "page")));
            move_word(&s, &cache, true);
        }
        case_end(&s, &m, json_get(c, "after"), json_get(c, "scav_before"));
    }
    return (uint32_t)json_len(cases);
}

/* Flush a cache into a chunk whose other pages are free, as the rule of the table says. */
static void check_flush(uint32_t base, uint64_t free, uint64_t released)
{
    struct pages s = pages_new(CHUNK_PAGES);
    struct pagecache cache = {base, free, released};
    pages_grow(&s, 0, CHUNK_PAGES);
    pages_take(&s, 0, CHUNK_PAGES);
    if (base > 0) pages_free(&s, 0, base);
    if (base + 64 < CHUNK_PAGES) pages_free(&s, base + 64, CHUNK_PAGES - 64 - base);
    move_word(&s, &cache, false);
    pagecache_flush(&cache, &s.pa);
    CHECK_EQ(s.pa.free[base / 64], free);
    CHECK_EQ(s.pa.released[base / 64], released);
    CHECK(cache.free == 0 && cache.released == 0);
    pages_check(&s);
    pages_drop(&s);
}

static uint32_t check_flushes(const json *flush)
{
    const json *fixed = json_get(flush, "fixed");
    uint64_t seed = 1;
    for (size_t i = 0; i < json_len(fixed); i++) {
        const json *c = json_at(fixed, i);
        check_flush(json_number(c, "base"), word_in(c, "cache"), word_in(c, "scav"));
    }
    for (uint32_t i = 0; i < FLUSH_CASES; i++) {
        uint64_t free = random_word(&seed);
        check_flush(64 * random_below(&seed, 8), free, free & random_word(&seed));
    }
    return (uint32_t)json_len(fixed) + FLUSH_CASES;
}

static void check_table(void)
{
    json *root = json_read("tests/data/pagecache.json");
    uint32_t cases = 0;
    CHECK_EQ(json_number(root, "chunk_pages"), CHUNK_PAGES);
    cases += check_allocs(json_get(root, "alloc"));
    cases += check_fills(json_get(root, "alloc_to_cache"));
    cases += check_flushes(json_get(root, "flush"));
    CHECK_EQ(cases, 6 + 4 + 2 + FLUSH_CASES);
    json_drop(root);
}

/* ---- Random use ---- */

/* First of n bits in a row that are set; 64. */
static uint32_t plain_run(uint64_t x, uint32_t n)
{
    uint32_t run = 0;
    for (uint32_t j = 0; j < 64; j++) {
        run = x / ((uint64_t)1 << j) % 2 ? run + 1 : 0;
        if (run == n) return j + 1 - n;
    }
    return 64;
}

/* Requests of a cache until nothing is left. */
static void check_random_words(uint32_t words)
{
    uint64_t seed = 2;
    for (uint32_t i = 0; i < words; i++) {
        uint64_t free = random_word(&seed) | (i % 2 ? random_word(&seed) : 0);
        uint64_t released = free & random_word(&seed);
        struct pagecache cache = {512, free, released};
        while (free != 0) {
            uint32_t n = 1 + random_below(&seed, random_below(&seed, 3) ? 3 : 66);
            uint32_t j = plain_run(free, n), want = 0, count = NO_PAGE;
            for (uint32_t k = j; j < 64 && k < j + n; k++) {
                want += bits_test(released, k);
                free = bits_clear(free, k);
                released = bits_clear(released, k);
            }
            CHECK_EQ(pagecache_alloc(&cache, n, &count), j < 64 ? 512 + j : NO_PAGE);
            CHECK_EQ(count, want);
            CHECK(cache.base == 512 && cache.free == free && cache.released == released);
        }
    }
}

/* A whole block at once, and what never fits. */
static void check_whole_block(void)
{
    struct pagecache cache = {64, UINT64_MAX, 1};
    uint32_t count = NO_PAGE;
    CHECK_EQ(pagecache_alloc(&cache, 65, &count), NO_PAGE);
    CHECK_EQ(pagecache_alloc(&cache, NO_PAGE, &count), NO_PAGE);
    CHECK_EQ(count, 0);
    CHECK_EQ(pagecache_alloc(&cache, 64, &count), 64);
    CHECK_EQ(count, 1);
    CHECK(cache.free == 0 && cache.released == 0);
}

/* Fill, take some, flush, between changes of the allocator's pages. */
static void check_random_fills(uint32_t chunks, uint32_t steps)
{
    struct pages s = pages_new(chunks * CHUNK_PAGES);
    struct pagecache cache = {0, 0, 0};
    uint64_t seed = chunks;
    for (uint32_t step = 0; step < steps; step++) {
        uint32_t page = random_below(&seed, s.pa.npages);
        bool cached = page / 64 == cache.base / 64 && bits_test(cache.free, page % 64);
        if (cached) continue;
        if (s.free[page]) pages_take(&s, page, 1);
        else if (random_below(&seed, 2)) pages_grow(&s, page, 1);
        else pages_free(&s, page, 1);
        if (step % 5 != 0) continue;
        if (cache.free != 0) {
            uint32_t count = 0;
            pagecache_alloc(&cache, 1 + random_below(&seed, 3), &count);
            move_word(&s, &cache, false);
            pagecache_flush(&cache, &s.pa);
            CHECK(cache.free == 0 && cache.released == 0);
        } else {
            uint32_t lowest = pages_plain_find(&s, 1);
            pagecache_fill(&cache, &s.pa);
            CHECK_EQ(cache.free == 0, lowest == NO_PAGE);
            if (lowest != NO_PAGE) CHECK_EQ(cache.base, lowest - lowest % 64);
            for (uint32_t j = 0; j < 64; j++) {
                CHECK_EQ(bits_test(cache.free, j), s.free[cache.base + j]);
                CHECK_EQ(bits_test(cache.released, j), s.released[cache.base + j]);
            }
            move_word(&s, &cache, true);
        }
        pages_check(&s);
    }
    pages_drop(&s);
}

int main(void)
{
    check_table();
    check_random_words(20000);
    check_whole_block();
    check_random_fills(1, 5000);
    check_random_fills(7, 5000);
    return unit_report("pagecache");
}
