/* metaplan_test.c -- places of arrays, against a plan that is made by hand. */
#include "metaplan.h"
#include "random.h"
#include "unit.h"

static uint64_t records(uint32_t a, const struct heap_counts *n)
{
    const uint64_t chunks = n->npages / CHUNK_PAGES, pages = n->npages;
    const uint64_t elements[ARRAYS] = {pages / 64, pages / 64, chunks, (chunks + 15) / 16,
                                       (chunks + 255) / 256, (chunks + 4095) / 4096, n->ncaches,
                                       n->nsets, pages + 1, pages + 1, (pages + 1) * SPAN_WORDS,
                                       (pages + 1) * SPAN_WORDS, pages + 1, pages + 1};
    return elements[a];
}

static const size_t element[ARRAYS] = {
    sizeof(uint64_t), sizeof(uint64_t), sizeof(struct page_summary), sizeof(struct page_summary),
    sizeof(struct page_summary), sizeof(struct page_summary), sizeof(struct mcache),
    sizeof(struct span_set), sizeof(uint32_t), sizeof(struct mspan), sizeof(uint64_t),
    sizeof(uint64_t), sizeof(uint32_t), sizeof(uint32_t)};

static void test_plan(const struct heap_counts *n, uint64_t start, uint64_t align, uint32_t cut)
{
    struct array_place place[ARRAYS];
    uint64_t end = start;
    metaplan_put(place, 0, cut, n, &end, align);
    uint64_t between = end;
    metaplan_put(place, cut, ARRAYS, n, &end, align);
    CHECK(start <= between && between <= end);
    uint64_t expected = start;
    for (uint32_t a = 0; a < ARRAYS; a++) {
        expected = (expected + align - 1) / align * align;
        CHECK_EQ(place[a].start, expected);
        CHECK_EQ(place[a].bytes, records(a, n) * element[a]);
        expected += place[a].bytes;
    }
    CHECK_EQ(end, expected);
}

int main(void)
{
    uint64_t random = 4096;
    for (uint32_t step = 0; step < 20000; step++) {
        struct heap_counts n = {(1 + random_below(&random, 4096)) * CHUNK_PAGES,
                                1 + random_below(&random, MAX_CACHES), 0};
        n.nsets = (n.ncaches + 2) * NUM_CLASSES;
        test_plan(&n, random_below(&random, 1u << 30), UINT64_C(8) << random_below(&random, 14),
                  random_below(&random, ARRAYS + 1));
    }
    const struct heap_counts most = {MAX_PAGES, MAX_CACHES, (MAX_CACHES + 2) * NUM_CLASSES};
    test_plan(&most, 0, 1, ARRAYS_FIXED);
    CHECK_EQ(place_round_up(0, 64), 0);
    CHECK_EQ(place_round_up(1, 64), 64);
    CHECK_EQ(place_round_up(64, 64), 64);
    return unit_report("metaplan");
}
