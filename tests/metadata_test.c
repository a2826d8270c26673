/* metadata_test.c -- what the prover takes for granted of metadata.c: arrays apart, zero, in
 * bounds. */
#include "edge.h"
#include "heap.h"
#include "metadata.h"
#include "metagap.h"
#include "touch.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct array {
    uintptr_t start;
    uint64_t bytes;
};

#define ARRAYS 14u

static void list_arrays(const struct wpm_heap *h, struct array list[ARRAYS])
{
    uint64_t records = h->map.npages + 1, chunks = h->pages.npages / CHUNK_PAGES;
    uint64_t summary = sizeof(struct page_summary);
    list[0] = (struct array){(uintptr_t)h->page_span, h->map.npages * sizeof *h->page_span};
    list[1] = (struct array){(uintptr_t)h->span, records * sizeof *h->span};
    list[2] = (struct array){(uintptr_t)h->live, records * SPAN_WORDS * sizeof *h->live};
    list[3] = (struct array){(uintptr_t)h->freed, records * SPAN_WORDS * sizeof *h->freed};
    list[4] = (struct array){(uintptr_t)h->cache, h->ncaches * sizeof *h->cache};
    list[5] = (struct array){(uintptr_t)h->set, h->nsets * sizeof *h->set};
    list[6] = (struct array){(uintptr_t)h->ids.stack, records * sizeof *h->ids.stack};
    list[7] = (struct array){(uintptr_t)h->ids.where, records * sizeof *h->ids.where};
    list[8] = (struct array){(uintptr_t)h->pages.free, h->pages.npages / 8};
    list[9] = (struct array){(uintptr_t)h->pages.released, h->pages.npages / 8};
    list[10] = (struct array){(uintptr_t)h->pages.l1, chunks * summary};
    list[11] = (struct array){(uintptr_t)h->pages.l2, (chunks + 15) / 16 * summary};
    list[12] = (struct array){(uintptr_t)h->pages.l3, (chunks + 255) / 256 * summary};
    list[13] = (struct array){(uintptr_t)h->pages.l4, (chunks + 4095) / 4096 * summary};
}

/* The arrays lie in [start, start + bytes), have no byte in common, and are aligned. */
static void test_apart(const struct wpm_heap *h, uintptr_t start, uint64_t bytes)
{
    struct array list[ARRAYS];
    list_arrays(h, list);
    for (uint32_t i = 0; i < ARRAYS; i++) {
        CHECK_EQ(list[i].start % 8, 0);
        CHECK(list[i].start >= start && list[i].start + list[i].bytes <= start + bytes);
        for (uint32_t j = 0; j < i; j++) {
            CHECK(list[i].start + list[i].bytes <= list[j].start ||
                  list[j].start + list[j].bytes <= list[i].start);
        }
    }
}

/* Pages [from, to) are aligned, have no byte in common with an array, and lie in
 * [start, start + bytes) when bytes is not 0. */
static void test_pages(const struct wpm_heap *h, uint32_t from, uint32_t to, uintptr_t start,
                       uint64_t bytes)
{
    struct array list[ARRAYS];
    uint64_t wrong = 0;
    list_arrays(h, list);
    for (uint32_t p = from; p < to; p++) {
        uintptr_t page = arenamap_address(&h->map, p);
        wrong += page % PAGE_SIZE != 0 || arenamap_page(&h->map, page) != p;
        wrong += bytes != 0 && (page < start || page + PAGE_SIZE > start + bytes);
        for (uint32_t i = 0; i < ARRAYS; i++)
            wrong += page < list[i].start + list[i].bytes && list[i].start < page + PAGE_SIZE;
    }
    CHECK_EQ(wrong, 0);
}

/* Records [from, to) and the pages' table are zero. */
static void test_zero(const struct wpm_heap *h, uint32_t from, uint32_t to)
{
    uint64_t wrong = 0;
    for (uint32_t i = from; i < to; i++) {
        const struct mspan *span = &h->span[i];
        for (size_t b = 0; b < sizeof *span; b++) wrong += ((const unsigned char *)span)[b] != 0;
        wrong += h->page_span[i] != 0;
        for (uint32_t w = 0; w < SPAN_WORDS; w++)
            wrong += (h->live[i * SPAN_WORDS + w] != 0) + (h->freed[i * SPAN_WORDS + w] != 0);
        wrong += h->ids.where[i] != 0;
    }
    CHECK_EQ(wrong, 0);
}

static void test_extend(struct wpm_heap *h, bool fresh_expected, uintptr_t start, uint64_t bytes)
{
    uint32_t limit = h->grow_limit, old = 0;
    CHECK_EQ(h->npages, 0);
    CHECK_EQ(h->nspans, 1);
    CHECK_EQ(h->span[0].npages, 0);
    for (uint32_t npages = limit / 3; npages <= limit; npages += limit / 3) {
        bool fresh = !fresh_expected;
        CHECK(metadata_extend(h, npages, &fresh));
        CHECK_EQ(fresh, fresh_expected);
        CHECK_EQ(h->npages, npages);
        CHECK_EQ(h->nspans, npages + 1);
        CHECK_EQ(h->ids.capacity, npages + 1);
        CHECK_EQ(h->grow_limit, limit);
        test_zero(h, old, npages);
        test_pages(h, old, npages, start, bytes);
        for (uint32_t p = old; p < npages; p++) {
            h->page_span[p] = 77;
            h->live[p * SPAN_WORDS] = 5;
            *(unsigned char *)arenamap_address(&h->map, p) = 1;
        }
        uint64_t kept = 0;
        for (uint32_t p = 0; p < npages; p++) kept += h->page_span[p] == 77;
        CHECK_EQ(kept, npages);
        old = npages;
    }
}

/* The arrays lie between gaps, in the same reservation: before them and behind every touch faults.
 * */
static void test_gaps(void)
{
    static struct wpm_heap h;
    bool fresh;
    metagap_before = 16 * PAGE_SIZE;
    metagap_behind = 5 * PAGE_SIZE;
    CHECK(metadata_reserve(&h, 64u << 20));
    metagap_before = metagap_behind = 0;
    uint64_t gaps = 21 * PAGE_SIZE;
    test_apart(&h, h.metadata + 16 * PAGE_SIZE, h.metadata_bytes - gaps);
    CHECK(metadata_extend(&h, h.grow_limit, &fresh));
    uintptr_t base = arenamap_address(&h.map, 0), stop = h.metadata + h.metadata_bytes;
    if (h.metadata < base && base < stop) stop = base;
    for (uint32_t i = 0; i < 16; i++) CHECK(!readable(h.metadata + i * PAGE_SIZE));
    for (uint32_t i = 1; i <= 5; i++) CHECK(!readable(stop - i * PAGE_SIZE));
    CHECK(readable(edge_address(h.span)) && readable(edge_address(h.pages.free)));
    CHECK(metadata_unreserve(&h));
}

int main(void)
{
    test_gaps();
    static struct wpm_heap reserved, placed;
    uint64_t region_bytes = 4u << 20;
    unsigned char *region = malloc(region_bytes);
    memset(region, 0xdb, region_bytes);

    CHECK(metadata_reserve(&reserved, 64u << 20));
    test_apart(&reserved, reserved.metadata, reserved.metadata_bytes);
    test_extend(&reserved, true, 0, 0);
    CHECK(metadata_unreserve(&reserved));

    CHECK(metadata_place(&placed, (uintptr_t)region + 3, region_bytes - 3));
    test_apart(&placed, (uintptr_t)region, region_bytes);
    test_extend(&placed, false, (uintptr_t)region, region_bytes);

    static struct wpm_heap tiny;
    CHECK(!metadata_place(&tiny, (uintptr_t)region, 4096));
    CHECK(!metadata_reserve(&tiny, UINT64_MAX));
    free(region);
    return unit_report("metadata");
}
