/* pagesum_test.c -- every case of tests/data/pallocbits.json, and random blocks against plain
 * scans.
 *
 * Go's bits say "in use", ours "free": each case is the complement. The chunk of a case stands
 * between two others that are wholly of the other kind, so that a scan that leaves it gives a
 * wrong answer.
 */
#include "../src/pagesum.h"
#include "json.h"
#include "random.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 1u                           /* the chunk of a case, in three */
#define FIRST_PAGE (CHUNK * CHUNK_PAGES)
#define ROW_PAGES (PAGESUM_FAN * 16u * CHUNK_PAGES) /* a row of blocks of 8,192 pages */

/* ---- Plain scans ---- */

/* The summary of pages first .. first + pages - 1; of those, the ones from np on are not free. */
static struct page_summary plain_summary(const uint8_t *page, uint32_t np, uint32_t first,
                                         uint32_t pages)
{
    struct page_summary s = {0, 0, 0};
    for (uint32_t p = first; p < first + pages; p++) {
        s.end = p < np && page[p] ? s.end + 1 : 0;
        if (s.end > s.max) s.max = s.end;
        if (s.end == p + 1 - first) s.start = s.end;
    }
    return s;
}

/* First page of the first run of n free pages inside [from, end); NO_PAGE. */
static uint32_t plain_find(const uint8_t *page, uint32_t from, uint32_t end, uint32_t n)
{
    uint32_t run = 0;
    for (uint32_t p = from; p < end; p++) {
        run = page[p] ? run + 1 : 0;
        if (run == n) return p + 1 - n;
    }
    return NO_PAGE;
}

static void check_summary(struct page_summary got, struct page_summary want)
{
    CHECK_EQ(got.start, want.start);
    CHECK_EQ(got.max, want.max);
    CHECK_EQ(got.end, want.end);
}

/* ---- The table's cases ---- */

/* Three chunks: that of the case all `value`, its neighbours the opposite. */
static void set_up(uint64_t w[3 * CHUNK_WORDS], uint64_t value)
{
    for (uint32_t k = 0; k < 3 * CHUNK_WORDS; k++)
        w[k] = k / CHUNK_WORDS == CHUNK ? value : UINT64_MAX - value;
}

/* Apply pairs [first, count] to the chunk: free them, or claim them. */
static void apply(uint64_t *w, const json *ranges, bool to_free)
{
    for (size_t i = 0; i < json_len(ranges); i++) {
        uint32_t first = FIRST_PAGE + (uint32_t)json_uint(json_at(json_at(ranges, i), 0));
        uint32_t end = first + (uint32_t)json_uint(json_at(json_at(ranges, i), 1));
        if (to_free) bitmap_set_range(w, first, end);
        else bitmap_clear_range(w, first, end);
    }
}

static void check_words(const uint64_t *got, const uint64_t *want)
{
    for (uint32_t k = 0; k < 3 * CHUNK_WORDS; k++) CHECK_EQ(got[k], want[k]);
}

static uint32_t number(const json *object, const char *key)
{
    return (uint32_t)json_uint(json_get(object, key));
}

static struct page_summary summary_in(const json *c)
{
    struct page_summary s = {number(c, "start"), number(c, "max"), number(c, "end")};
    return s;
}

static uint32_t find_in_case(const uint64_t *w, uint32_t n)
{
    uint32_t page = pagesum_find_in_chunk(w, FIRST_PAGE, FIRST_PAGE + CHUNK_PAGES, n);
    return page == NO_PAGE ? NO_PAGE : page - FIRST_PAGE;
}

static uint32_t check_claims(const json *cases)
{
    uint64_t w[3 * CHUNK_WORDS];
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i), *words = json_get(c, "words");
        set_up(w, UINT64_MAX);
        uint32_t first = FIRST_PAGE + number(c, "i");
        bitmap_clear_range(w, first, first + number(c, "n"));
        for (uint32_t k = 0; k < CHUNK_WORDS; k++)
            CHECK_EQ(w[CHUNK * CHUNK_WORDS + k], UINT64_MAX - json_uint(json_at(words, k)));
        CHECK(w[CHUNK_WORDS - 1] == 0 && w[2 * CHUNK_WORDS] == 0);
    }
    return (uint32_t)json_len(cases);
}

static uint32_t check_counts(const json *cases)
{
    uint64_t w[3 * CHUNK_WORDS];
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i), *queries = json_get(c, "queries");
        set_up(w, UINT64_MAX);
        apply(w, json_get(c, "set"), false);
        for (size_t q = 0; q < json_len(queries); q++) {
            const json *query = json_at(queries, q);
            uint32_t first = FIRST_PAGE + number(query, "i"), n = number(query, "n");
            CHECK_EQ(n - bitmap_count_range(w, first, first + n), number(query, "want"));
        }
    }
    return (uint32_t)json_len(cases);
}

static uint32_t check_summaries(const json *cases, const json *words)
{
    uint64_t w[3 * CHUNK_WORDS];
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i);
        set_up(w, 0);
        apply(w, json_get(c, "free"), true);
        check_summary(pagesum_of_chunk(w, CHUNK), summary_in(c));
    }
    for (size_t i = 0; i < json_len(words); i++) {
        const json *c = json_at(words, i);
        set_up(w, UINT64_MAX - json_uint(json_get(c, "word")));
        check_summary(pagesum_of_chunk(w, CHUNK), summary_in(c));
    }
    return (uint32_t)(json_len(cases) + json_len(words));
}

static uint32_t check_finds(const json *cases)
{
    uint64_t w[3 * CHUNK_WORDS], want[3 * CHUNK_WORDS];
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i), *hits = json_get(c, "hits");
        uint32_t n = number(c, "npages");
        set_up(w, UINT64_MAX);
        apply(w, json_get(c, "before"), false);
        for (size_t h = 0; h < json_len(hits); h++) {
            const json *hit = json_at(hits, h);
            uint32_t page = find_in_case(w, n);
            CHECK_EQ(page, json_is_null(hit) ? NO_PAGE : (uint32_t)json_uint(hit));
            if (page == NO_PAGE) continue;
            bitmap_clear_range(w, FIRST_PAGE + page, FIRST_PAGE + page + n);
        }
        set_up(want, UINT64_MAX);
        apply(want, json_get(c, "after"), false);
        check_words(w, want);
    }
    return (uint32_t)json_len(cases);
}

static uint32_t check_frees(const json *cases)
{
    uint64_t w[3 * CHUNK_WORDS], want[3 * CHUNK_WORDS];
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i), *frees = json_get(c, "frees");
        set_up(w, 0);
        apply(w, json_get(c, "free_before"), true);
        for (size_t f = 0; f < json_len(frees); f++) {
            uint32_t page = FIRST_PAGE + (uint32_t)json_uint(json_at(frees, f));
            bitmap_set_range(w, page, page + number(c, "npages"));
        }
        set_up(want, 0);
        apply(want, json_get(c, "free_after"), true);
        check_words(w, want);
    }
    return (uint32_t)json_len(cases);
}

/* A run of bits in a word; the two rules are for every length, so `n` of theirs is a sentence. */
static uint32_t check_word_runs(const json *cases, const json *rules)
{
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i);
        CHECK_EQ(bits_find_run(json_uint(json_get(c, "word")), number(c, "n")), number(c, "want"));
    }
    for (size_t i = 0; i < json_len(rules); i++) {
        const json *c = json_at(rules, i), *want = json_get(c, "want");
        for (uint32_t n = 1; n <= 64; n++)
            CHECK_EQ(bits_find_run(json_uint(json_get(c, "word")), n),
                     json_is_null(want) ? 64 : json_uint(want));
    }
    return (uint32_t)(json_len(cases) + json_len(rules));
}

static void check_table(void)
{
    json *root = json_read("tests/data/pallocbits.json");
    uint32_t cases = 0;
    CHECK_EQ(number(root, "chunk_pages"), CHUNK_PAGES);
    cases += check_claims(json_get(root, "alloc_range"));
    cases += check_counts(json_get(root, "popcnt_range"));
    cases += check_summaries(json_get(root, "summarize"), json_get(root,
      "summarize_repeated_word"));
    cases += check_finds(json_get(root, "find_then_alloc"));
    cases += check_frees(json_get(root, "free"));
    cases += check_word_runs(json_get(root, "find_bit_range64"),
                             json_get(root, "find_bit_range64_rules"));
    CHECK_EQ(cases, 4 + 5 + 5 + 14 + 8 + 3 + 4 + 2);
    json_drop(root);
}

/* ---- Random blocks ---- */

/* Runs of free and other pages, of 1 .. longest pages. */
static void random_pages(uint64_t *seed, uint8_t *page, uint64_t *w, uint32_t pages,
                         uint32_t longest)
{
    uint32_t p = 0;
    memset(w, 0, pages / 8);
    memset(page, 0, pages);
    while (p < pages) {
        uint32_t n = 1 + random_below(seed, longest);
        if (n > pages - p) n = pages - p;
        if (random_below(seed, 2)) {
            bitmap_set_range(w, p, p + n);
            memset(page + p, 1, n);
        }
        p += n;
    }
}

static void check_random_chunks(void)
{
    static const uint32_t longest[] = {2, 9, 70, 300, 1000};
    uint8_t page[3 * CHUNK_PAGES];
    uint64_t w[3 * CHUNK_WORDS], seed = 1;
    for (uint32_t step = 0; step < 20000; step++) {
        random_pages(&seed, page, w, 3 * CHUNK_PAGES, longest[step % 5]);
        check_summary(pagesum_of_chunk(w, CHUNK),
                      plain_summary(page, 3 * CHUNK_PAGES, FIRST_PAGE, CHUNK_PAGES));
        uint32_t from = 64 * random_below(&seed, 2 * CHUNK_WORDS);
        uint32_t end = from + 64 * (1 + random_below(&seed, CHUNK_WORDS));
        uint32_t n = 1 + random_below(&seed, step % 3 ? 80 : 600);
        CHECK_EQ(pagesum_find_in_chunk(w, from, end, n), plain_find(page, from, end, n));
    }
}

/* Two neighbours as one block. */
static void check_random_joins(void)
{
    uint8_t page[192];
    uint64_t w[3], seed = 2;
    for (uint32_t step = 0; step < 100000; step++) {
        random_pages(&seed, page, w, 192, step % 2 ? 4 : 200);
        uint32_t pages = 1 + random_below(&seed, 90), more = 1 + random_below(&seed, 90);
        struct page_summary a = plain_summary(page, 192, 0, pages);
        struct page_summary b = plain_summary(page, 192, pages, more);
        check_summary(pagesum_join(a, pages, b, more), plain_summary(page, 192, 0, pages + more));
    }
}

/* A row of blocks of `size` pages, of which `count` are there, in entries from `first` on. */
static void check_row_summary(const uint8_t *page, uint32_t first, uint32_t count, uint32_t size)
{
    struct page_summary s[2 * PAGESUM_FAN];
    uint32_t np = (first + count) * size;
    for (uint32_t i = 0; i < first + count; i++) s[i] = plain_summary(page, np, i * size, size);
    check_summary(pagesum_of_row(s, first, count, size),
                  plain_summary(page, np, first * size, PAGESUM_FAN * size));
}

/* The first run of n pages in a row. It is given when it reaches over a border or starts its block;
 * else its block is, which is the first that has one inside. */
static void check_row_find(const uint8_t *page, uint32_t first, uint32_t count, uint32_t size,
                           uint32_t n)
{
    struct page_summary s[2 * PAGESUM_FAN];
    for (uint32_t i = 0; i < first + count; i++) s[i] = plain_summary(page, NO_PAGE, i * size,
      size);
    uint32_t want = plain_find(page, first * size, (first + count) * size, n);
    struct page_place place = pagesum_find_in_row(s, first, count, size, n);
    if (want == NO_PAGE) {
        CHECK_EQ(place.page, NO_PAGE);
        CHECK_EQ(place.entry, first + count);
    } else if (want % size == 0 || want / size != (want + n - 1) / size) {
        CHECK_EQ(place.page, want);
    } else {
        CHECK_EQ(place.page, NO_PAGE);
        CHECK_EQ(place.entry, want / size);
    }
}

static void check_random_rows(void)
{
    uint8_t *page = malloc(ROW_PAGES);
    uint64_t *w = malloc(ROW_PAGES / 8), seed = 3;
    if (!CHECK(page != NULL && w != NULL)) return;
    for (uint32_t step = 0; step < 600; step++) {
        uint32_t longest = step % 3 ? 2000 : 20;
        random_pages(&seed, page, w, 2 * PAGESUM_FAN * CHUNK_PAGES, longest);
        uint32_t first = PAGESUM_FAN * random_below(&seed, 2);
        uint32_t count = 1 + random_below(&seed, PAGESUM_FAN);
        check_row_summary(page, first, count, CHUNK_PAGES);
        check_row_find(page, first, count, CHUNK_PAGES, 1 + random_below(&seed, longest + 200));
    }
    for (uint32_t step = 0; step < 40; step++) {
        random_pages(&seed, page, w, ROW_PAGES, 30000);
        uint32_t count = 1 + random_below(&seed, PAGESUM_FAN);
        check_row_summary(page, 0, count, 16 * CHUNK_PAGES);
        check_row_find(page, 0, count, 16 * CHUNK_PAGES, 1 + random_below(&seed, 30000));
    }
    for (uint32_t step = 0; step < 100000; step++) {
        random_pages(&seed, page, w, 320, step % 2 ? 3 : 30);
        uint32_t count = random_below(&seed, PAGESUM_FAN + 1), first = random_below(&seed, 8);
        uint32_t size = 1 + random_below(&seed, 12);
        check_row_find(page, first, count, size, 1 + random_below(&seed, step % 2 ? 4 : 40));
    }
    free(page);
    free(w);
}

int main(void)
{
    check_table();
    check_random_chunks();
    check_random_joins();
    check_random_rows();
    return unit_report("pagesum");
}
