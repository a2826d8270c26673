/* pagealloc_test.c -- every case of tests/data/pagealloc.json, and random use against a plain
 * model.
 *
 * The cases of Go stand at their own chunk numbers (pagemodel.h); "in use" there is "not free"
 * here. Allocators of one chunk, of odd numbers of chunks, of two and more entries of the highest
 * level and of the most pages that there may be.
 */
#include "pagemodel.h"
#include "random.h"

/* ---- The table's cases ---- */

/* Grown chunks: what is free is exactly the runs of the case. */
static uint32_t check_grow(const json *cases)
{
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i), *chunks = json_get(c, "chunks");
        const json *runs = json_get(c, "in_use");
        struct chunk_map m = {0};
        for (size_t k = 0; k < json_len(chunks); k++)
            chunk_map_add(&m, (uint32_t)json_uint(json_at(chunks, k)));
        struct pages s = pages_new((m.here[m.count - 1] + 1) * CHUNK_PAGES);
        for (uint32_t k = 0; k < m.count; k++)
            pages_grow(&s, m.here[k] * CHUNK_PAGES, CHUNK_PAGES);
        pages_check(&s);
        uint32_t end = 0;
        for (size_t r = 0; r < json_len(runs); r++) {
            uint32_t first = bitmap_next_set(s.pa.free, end, s.pa.npages);
            end = first + pagealloc_free_run(&s.pa, first, NO_PAGE);
            CHECK_EQ(first, json_uint(json_at(json_at(runs, r), 0)));
            CHECK_EQ(end, json_uint(json_at(json_at(runs, r), 1)));
        }
        CHECK_EQ(bitmap_next_set(s.pa.free, end, s.pa.npages), s.pa.npages);
        pages_drop(&s);
    }
    return (uint32_t)json_len(cases);
}

static uint32_t check_allocs(const json *cases)
{
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i), *hits = json_get(c, "hits");
        struct chunk_map m = chunk_map_of(json_get(c, "before"));
        struct pages s = case_begin(&m, json_get(c, "before"), json_get(c, "scav_before"));
        for (size_t h = 0; h < json_len(hits); h++) {
            const json *hit = json_at(hits, h);
            uint32_t n = json_number(hit, "npages"), page = page_here(&m, json_get(hit, "page"));
            uint32_t released = NO_PAGE;
            CHECK_EQ(pagealloc_alloc(&s.pa, n, &released), page);
            CHECK_EQ(released, json_number(hit, "scav_pages"));
            CHECK_EQ((uint64_t)released * PAGE_SIZE, json_uint(json_get(hit, "scav_bytes")));
            if (page != NO_PAGE) pages_claimed(&s, page, n);
        }
        case_end(&s, &m, json_get(c, "after"), json_get(c, "scav_before"));
    }
    return (uint32_t)json_len(cases);
}

/* Allocate a size until nothing fits. */
static uint32_t check_exhaustion(const json *c)
{
    const json *chunks = json_get(c, "chunks"), *sizes = json_get(c, "npages");
    uint32_t pages = (uint32_t)json_len(chunks) * CHUNK_PAGES;
    for (size_t i = 0; i < json_len(sizes); i++) {
        uint32_t n = (uint32_t)json_uint(json_at(sizes, i));
        struct pages s = pages_new(pages);
        for (size_t k = 0; k < json_len(chunks); k++)
            pages_grow(&s, (uint32_t)json_uint(json_at(chunks, k)) * CHUNK_PAGES, CHUNK_PAGES);
        for (uint32_t k = 0; k < pages / n; k++) CHECK_EQ(pages_alloc(&s, n), k * n);
        CHECK_EQ(pages_alloc(&s, n), NO_PAGE);
        CHECK_EQ(s.pa.free_pages, pages % n);
        pages_check(&s);
        pages_drop(&s);
    }
    return (uint32_t)json_len(sizes);
}

static uint32_t check_frees(const json *cases)
{
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i), *frees = json_get(c, "frees");
        struct chunk_map m = chunk_map_of(json_get(c, "before"));
        struct pages s = case_begin(&m, json_get(c, "before"), NULL);
        for (size_t f = 0; f < json_len(frees); f++)
            pages_free(&s, page_here(&m, json_at(frees, f)), json_number(c, "npages"));
        case_end(&s, &m, json_get(c, "after"), NULL);
    }
    return (uint32_t)json_len(cases);
}

static uint32_t check_sequences(const json *cases)
{
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i), *ops = json_get(c, "ops");
        struct chunk_map m = chunk_map_of(json_get(c, "init"));
        struct pages s = case_begin(&m, json_get(c, "init"), NULL);
        for (size_t k = 0; k < json_len(ops); k++) {
            const json *op = json_at(ops, k);
            uint32_t n = json_number(op, "npages"), page = page_here(&m, json_get(op, "page"));
            if (strcmp(json_string(json_get(op, "op")), "free") == 0) pages_free(&s, page, n);
            else CHECK_EQ(pages_alloc(&s, n), page);
            pages_check(&s);
        }
        CHECK(json_len(ops) > 0);
        pages_drop(&s);
    }
    return (uint32_t)json_len(cases);
}

static void check_table(void)
{
    json *root = json_read("tests/data/pagealloc.json");
    uint32_t cases = 0;
    CHECK_EQ(json_number(root, "page_size"), PAGE_SIZE);
    CHECK_EQ(json_number(root, "chunk_pages"), CHUNK_PAGES);
    cases += check_grow(json_get(root, "grow"));
    cases += check_allocs(json_get(root, "alloc"));
    cases += check_exhaustion(json_get(root, "exhaust"));
    cases += check_frees(json_get(root, "free"));
    cases += check_sequences(json_get(root, "alloc_and_free"));
    CHECK_EQ(cases, 4 + 9 + 12 + 7 + 1);
    json_drop(root);
}

/* ---- Random use ---- */

/* How many of `most` bytes from `first` on are `value`. */
static uint32_t same_from(const uint8_t *bytes, uint8_t value, uint32_t first, uint32_t most)
{
    uint32_t n = 0;
    while (n < most && bytes[first + n] == value) n++;
    return n;
}

/* Change one run, at a random page, of `longest` pages at most. */
static void change_run(struct pages *s, uint64_t *seed, uint32_t longest)
{
    uint32_t page = random_below(seed, s->pa.npages), room = s->pa.npages - page;
    uint32_t want = 1 + random_below(seed, longest < room ? longest : room);
    uint32_t n = same_from(s->free, s->free[page], page, want);
    if (!s->free[page]) {
        if (random_below(seed, 3)) pages_free(s, page, n);
        else pages_grow(s, page, n);
        return;
    }
    CHECK_EQ(pagealloc_free_run(&s->pa, page, want), n);
    CHECK_EQ(pagealloc_free_run(&s->pa, page, 0), 0);
    if (random_below(seed, 2)) pages_take(s, page, n);
    else pages_mark_released(s, page, n);
}

/* Allocations, and runs of all kinds, now more of the one, now of the other. */
static void check_random(uint64_t seed, uint32_t npages, uint32_t steps, uint32_t longest,
                         uint32_t check_every)
{
    struct pages s = pages_new(npages);
    pages_check(&s);
    CHECK_EQ(pages_alloc(&s, 1), NO_PAGE);
    for (uint32_t step = 0; step < steps; step++) {
        uint32_t of_100 = step / 100 % 2 ? 70 : 30;
        if (random_below(&seed, 100) < of_100) pages_alloc(&s, 1 + random_below(&seed, longest));
        else change_run(&s, &seed, longest);
        if (step % check_every == 0) pages_check(&s);
    }
    CHECK_EQ(pagealloc_free_run(&s.pa, npages, 1), 0);
    pages_check(&s);
    pages_drop(&s);
}

/* Runs across the borders of every level, with nothing else free. */
static void check_borders(void)
{
    static const uint32_t sizes[] = {64, L1_PAGES, L2_PAGES, L3_PAGES, L4_PAGES};
    struct pages s = pages_new(2 * L4_PAGES + CHUNK_PAGES);
    for (uint32_t k = 0; k < 5; k++) {
        uint32_t border = L4_PAGES - (k < 4 ? sizes[k] : 0);
        for (uint32_t before = 0; before <= 2; before++) {
            uint32_t page = border - before, n = before + 2;
            pages_grow(&s, page, n);
            CHECK_EQ(pagealloc_find(&s.pa, n), page);
            CHECK_EQ(pagealloc_find(&s.pa, n + 1), NO_PAGE);
            CHECK_EQ(pages_alloc(&s, n), page);
        }
    }
    pages_grow(&s, 1, 2 * L4_PAGES + 510);
    pages_check(&s);
    CHECK_EQ(pages_alloc(&s, 2 * L4_PAGES + 511), NO_PAGE);
    CHECK_EQ(pages_alloc(&s, 2 * L4_PAGES + 510), 1);
    pages_check(&s);
    pages_drop(&s);
}

/* A claim that leaves the summary of its chunk as it was, and one that changes the topmost. */
static void check_unchanged_summaries(void)
{
    struct pages s = pages_new(64 * CHUNK_PAGES);
    pages_grow(&s, 1000, 5);
    pages_grow(&s, 1010, 5);
    pages_check(&s);
    pages_take(&s, 1010, 5);
    pages_check(&s);
    pages_grow(&s, 1010, 5);
    pages_take(&s, 1002, 1);
    pages_check(&s);
    CHECK_EQ(pages_alloc(&s, 5), 1010);
    CHECK_EQ(pages_alloc(&s, 2), 1000);
    pages_check(&s);
    pages_drop(&s);
}

/* The most pages that an allocator may have, without a model: it would be large. */
static void check_most_pages(void)
{
    struct pages small = pages_new(CHUNK_PAGES);
    struct pagealloc pa = small.pa;
    uint32_t released = 0;
    pa.npages = MAX_PAGES;
    pa.free = zeroed(MAX_PAGES / 64, sizeof(uint64_t));
    pa.released = zeroed(MAX_PAGES / 64, sizeof(uint64_t));
    pa.l1 = zeroed_level(MAX_PAGES, L1_PAGES);
    pa.l2 = zeroed_level(MAX_PAGES, L2_PAGES);
    pa.l3 = zeroed_level(MAX_PAGES, L3_PAGES);
    pa.l4 = zeroed_level(MAX_PAGES, L4_PAGES);
    pagealloc_init(&pa);
    CHECK_EQ(pagealloc_find(&pa, 1), NO_PAGE);
    pagealloc_grow(&pa, MAX_PAGES - 3, 3);
    CHECK_EQ(pagealloc_find(&pa, 3), MAX_PAGES - 3);
    CHECK_EQ(pagealloc_find(&pa, 4), NO_PAGE);
    pagealloc_grow(&pa, 0, MAX_PAGES - 3);
    CHECK_EQ(pa.free_pages, MAX_PAGES);
    CHECK_EQ(pagealloc_free_run(&pa, 0, NO_PAGE), MAX_PAGES);
    CHECK_EQ(pagealloc_find(&pa, MAX_PAGES + 1), NO_PAGE);
    CHECK_EQ(pagealloc_find(&pa, NO_PAGE), NO_PAGE);
    CHECK_EQ(pagealloc_alloc(&pa, MAX_PAGES, &released), 0);
    CHECK_EQ(released, MAX_PAGES);
    CHECK_EQ(pa.free_pages, 0);
    pagealloc_free(&pa, MAX_PAGES / 2, 1);
    CHECK_EQ(pagealloc_alloc(&pa, 1, &released), MAX_PAGES / 2);
    CHECK_EQ(released, 0);
    CHECK_EQ(pagealloc_alloc(&pa, 1, &released), NO_PAGE);
    free(pa.free);
    free(pa.released);
    free(pa.l1);
    free(pa.l2);
    free(pa.l3);
    free(pa.l4);
    pages_drop(&small);
}

int main(void)
{
    check_table();
    check_random(1, CHUNK_PAGES, 20000, 20, 1);
    check_random(2, CHUNK_PAGES, 5000, 600, 1);
    check_random(3, 3 * CHUNK_PAGES, 5000, 700, 1);
    check_random(4, 16 * CHUNK_PAGES, 3000, 3000, 7);
    check_random(5, 37 * CHUNK_PAGES, 3000, 60, 11);
    check_random(6, 300 * CHUNK_PAGES, 500, 40000, 61);
    check_random(7, 2 * L4_PAGES + 3 * CHUNK_PAGES, 60, L4_PAGES, 30);
    check_borders();
    check_unchanged_summaries();
    check_most_pages();
    return unit_report("pagealloc");
}
