/* pagemodel.h -- a page allocator for tests beside a plain model of it, and the chunks of Go's
 * cases.
 *
 * The model has a byte a page. pages_check compares all that the allocator can be asked about, and
 * all of its summaries, with plain scans of those bytes: it is the invariant PageallocValid, run.
 *
 * Go's cases number chunks from a base chunk. Chunks that are never grown have no free page.
 * Numbers too far away for the arrays of a test are moved together (chunk_map): chunks next to
 * each other stay next to each other, and between two that are not there stays a gap of one chunk
 * that is never grown.
 */
#ifndef WPM_TESTS_PAGEMODEL_H
#define WPM_TESTS_PAGEMODEL_H

#include "../src/pagealloc.h"
#include "json.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* ---- An allocator and its model ---- */

struct pages {
    struct pagealloc pa;
    uint8_t *free;     /* npages bytes, 0 or 1 */
    uint8_t *released; /* npages bytes, 0 or 1 */
};

/* Zeroed memory; ends the program when there is none. */
static inline void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return memory;
}

static inline struct page_summary *zeroed_level(uint32_t npages, uint32_t size)
{
    return zeroed(pagealloc_entries(npages, size), sizeof(struct page_summary));
}

static inline struct pages pages_new(uint32_t npages)
{
    struct pages s;
    s.pa.npages = npages;
    s.pa.free = zeroed(npages / 64, sizeof(uint64_t));
    s.pa.released = zeroed(npages / 64, sizeof(uint64_t));
    s.pa.l1 = zeroed_level(npages, L1_PAGES);
    s.pa.l2 = zeroed_level(npages, L2_PAGES);
    s.pa.l3 = zeroed_level(npages, L3_PAGES);
    s.pa.l4 = zeroed_level(npages, L4_PAGES);
    s.pa.free_pages = s.pa.search_page = 12345; /* init must not count on zeros here */
    s.free = zeroed(npages, 1);
    s.released = zeroed(npages, 1);
    pagealloc_init(&s.pa);
    return s;
}

static inline void pages_drop(struct pages *s)
{
    free(s->pa.free);
    free(s->pa.released);
    free(s->pa.l1);
    free(s->pa.l2);
    free(s->pa.l3);
    free(s->pa.l4);
    free(s->free);
    free(s->released);
}

/* Entries of a level that are not the summary of their block. */
static inline uint32_t pages_wrong_entries(const struct pages *s, const struct page_summary *level,
                                           uint32_t size)
{
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < pagealloc_entries(s->pa.npages, size); i++) {
        struct page_summary want = {0, 0, 0};
        uint32_t first = i * size, end = first + size;
        for (uint32_t p = first; p < end && p < s->pa.npages; p++) {
            want.end = s->free[p] ? want.end + 1 : 0;
            if (want.end > want.max) want.max = want.end;
            if (want.end == p + 1 - first) want.start = want.end;
        }
        if (end > s->pa.npages) want.end = 0; /* pages that do not exist are not free */
        wrong += level[i].start != want.start || level[i].max != want.max ||
                 level[i].end != want.end;
    }
    return wrong;
}

/* Everything is what the model says. */
static inline void pages_check(const struct pages *s)
{
    uint32_t wrong_free = 0, wrong_released = 0, count = 0, lowest = s->pa.npages;
    for (uint32_t p = s->pa.npages; p-- > 0;) {
        wrong_free += bitmap_test(s->pa.free, p) != s->free[p];
        wrong_released += bitmap_test(s->pa.released, p) != s->released[p];
        count += s->free[p];
        if (s->free[p]) lowest = p;
    }
    CHECK_EQ(wrong_free, 0);
    CHECK_EQ(wrong_released, 0);
    CHECK_EQ(s->pa.free_pages, count);
    CHECK(s->pa.search_page <= lowest);
    CHECK_EQ(pages_wrong_entries(s, s->pa.l1, L1_PAGES), 0);
    CHECK_EQ(pages_wrong_entries(s, s->pa.l2, L2_PAGES), 0);
    CHECK_EQ(pages_wrong_entries(s, s->pa.l3, L3_PAGES), 0);
    CHECK_EQ(pages_wrong_entries(s, s->pa.l4, L4_PAGES), 0);
}

/* First page of the first run of n free pages; NO_PAGE. */
static inline uint32_t pages_plain_find(const struct pages *s, uint32_t n)
{
    uint32_t run = 0;
    for (uint32_t p = 0; p < s->pa.npages; p++) {
        run = s->free[p] ? run + 1 : 0;
        if (run == n) return p + 1 - n;
    }
    return NO_PAGE;
}

/* ---- The operations, on both ---- */

static inline void pages_grow(struct pages *s, uint32_t page, uint32_t n)
{
    pagealloc_grow(&s->pa, page, n);
    memset(s->free + page, 1, n);
    memset(s->released + page, 1, n);
}

static inline void pages_free(struct pages *s, uint32_t page, uint32_t n)
{
    pagealloc_free(&s->pa, page, n);
    memset(s->free + page, 1, n);
}

static inline void pages_mark_released(struct pages *s, uint32_t page, uint32_t n)
{
    pagealloc_mark_released(&s->pa, page, n);
    memset(s->released + page, 1, n);
}

/* The model's half of a claim; how many pages had no memory. */
static inline uint32_t pages_claimed(struct pages *s, uint32_t page, uint32_t n)
{
    uint32_t released = 0;
    for (uint32_t p = page; p < page + n; p++) released += s->released[p];
    memset(s->free + page, 0, n);
    memset(s->released + page, 0, n);
    return released;
}

static inline void pages_take(struct pages *s, uint32_t page, uint32_t n)
{
    uint32_t released = NO_PAGE;
    pagealloc_take(&s->pa, page, n, &released);
    CHECK_EQ(released, pages_claimed(s, page, n));
}

/* Allocate by first fit. Returns the page, or NO_PAGE. */
static inline uint32_t pages_alloc(struct pages *s, uint32_t n)
{
    uint32_t want = pages_plain_find(s, n), released = NO_PAGE;
    CHECK_EQ(pagealloc_find(&s->pa, n), want);
    uint32_t page = pagealloc_alloc(&s->pa, n, &released);
    CHECK_EQ(page, want);
    CHECK_EQ(released, want == NO_PAGE ? 0 : pages_claimed(s, want, n));
    return want;
}

/* ---- Go's cases ---- */

#define FAR_CHUNK 16384u /* chunks from here on are moved together; four entries of l4 lie below */
#define CASE_CHUNKS 64u  /* most chunks of a case */

/* Chunk numbers of a case, ascending, and where they are here. */
struct chunk_map {
    uint32_t count;
    uint32_t chunk[CASE_CHUNKS];
    uint32_t here[CASE_CHUNKS];
};

static inline uint32_t json_number(const json *object, const char *key)
{
    return (uint32_t)json_uint(json_get(object, key));
}

/* Add the chunk after those that are in the map. */
static inline void chunk_map_add(struct chunk_map *m, uint32_t chunk)
{
    uint32_t k = m->count++, here = chunk;
    if (k >= CASE_CHUNKS || (k > 0 && chunk <= m->chunk[k - 1])) {
        fprintf(stderr, "chunk %u: too many or not ascending\n", chunk);
        exit(1);
    }
    if (chunk >= FAR_CHUNK && k == 0) here = 0;
    else if (chunk >= FAR_CHUNK) here = m->here[k - 1] + (chunk == m->chunk[k - 1] + 1 ? 1 : 2);
    m->chunk[k] = chunk;
    m->here[k] = here;
}

/* The map of the chunks of a list of {"chunk", "ranges"}. */
static inline struct chunk_map chunk_map_of(const json *list)
{
    struct chunk_map m = {0};
    for (size_t i = 0; i < json_len(list); i++)
        chunk_map_add(&m, json_number(json_at(list, i), "chunk"));
    return m;
}

/* The chunk here of one of the case's. */
static inline uint32_t chunk_here(const struct chunk_map *m, uint32_t chunk)
{
    for (uint32_t k = 0; k < m->count; k++)
        if (m->chunk[k] == chunk) return m->here[k];
    fprintf(stderr, "chunk %u is not in the case\n", chunk);
    exit(1);
}

/* The page here of one of the case's, or NO_PAGE for null. */
static inline uint32_t page_here(const struct chunk_map *m, const json *page)
{
    if (json_is_null(page)) return NO_PAGE;
    uint32_t number = (uint32_t)json_uint(page);
    return chunk_here(m, number / CHUNK_PAGES) * CHUNK_PAGES + number % CHUNK_PAGES;
}

/* One call for each range of a list of {"chunk", "ranges"}; null is the empty list. */
static inline void each_range(struct pages *s, const struct chunk_map *m, const json *list,
                              void (*act)(struct pages *s, uint32_t page, uint32_t n))
{
    for (size_t i = 0; !json_is_null(list) && i < json_len(list); i++) {
        const json *ranges = json_get(json_at(list, i), "ranges");
        uint32_t chunk = chunk_here(m, json_number(json_at(list, i), "chunk"));
        for (size_t r = 0; r < json_len(ranges); r++) {
            const json *range = json_at(ranges, r);
            uint32_t n = (uint32_t)json_uint(json_at(range, 1));
            if (n > 0) act(s, chunk * CHUNK_PAGES + (uint32_t)json_uint(json_at(range, 0)), n);
        }
    }
}

/* The state in which a case begins: the chunks of `before` are there, with memory but for the
 * ranges of `released` (NULL: none), and without the ranges of `before`, which are in use. */
static inline struct pages case_begin(const struct chunk_map *m, const json *before,
                                      const json *released)
{
    struct pages s = pages_new((m->here[m->count - 1] + 1) * CHUNK_PAGES);
    for (uint32_t k = 0; k < m->count; k++) {
        pages_grow(&s, m->here[k] * CHUNK_PAGES, CHUNK_PAGES);
        pages_take(&s, m->here[k] * CHUNK_PAGES, CHUNK_PAGES);
        pages_free(&s, m->here[k] * CHUNK_PAGES, CHUNK_PAGES);
    }
    if (released != NULL) each_range(&s, m, released, pages_mark_released);
    each_range(&s, m, before, pages_take);
    pages_check(&s);
    return s;
}

/* The case ends with the pages of `after` in use and the others of its chunks free; and with
 * `released` as it began, but for pages in use. */
static inline void case_end(struct pages *s, const struct chunk_map *m, const json *after,
                            const json *released)
{
    pages_check(s);
    struct pages want = case_begin(m, after, released);
    CHECK(memcmp(s->free, want.free, s->pa.npages) == 0);
    CHECK(memcmp(s->released, want.released, s->pa.npages) == 0);
    pages_drop(&want);
    pages_drop(s);
}

#endif
