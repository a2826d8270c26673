/* mheap_test.c -- spans and pages: who has which page, in heaps that own memory and in regions. */
#include "heapfaults.h"
#include "mheap.h"
#include "metadata.h"
#include "platform/inject.h"
#include "random.h"
#include "unit.h"

#include <string.h>

#define LIMIT_BYTES (32u << 20)
#define SPANS 600u

static struct wpm_heap heap;
static uint8_t region[24u << 20];

static bool refused; /* the system releases no memory */

bool platform_inject(enum platform_call call) { return refused && call == PLATFORM_RELEASE; }

static uint8_t *span_memory(const struct wpm_heap *h, uint32_t s)
{
    return (uint8_t *)arenamap_address(&h->map, h->span[s].start);
}

/* Whether every byte of span `s` is zero. */
static bool is_zero(const struct wpm_heap *h, uint32_t s)
{
    const uint8_t *memory = span_memory(h, s);
    size_t bytes = (size_t)h->span[s].npages * PAGE_SIZE;
    return memory[0] == 0 && memcmp(memory, memory + 1, bytes - 1) == 0;
}

/* Write into every page, so that memory called zero later is either fresh or was given back. */
static void scribble(const struct wpm_heap *h, uint32_t s)
{
    memset(span_memory(h, s), 0xa5, (size_t)h->span[s].npages * PAGE_SIZE);
}

/* A span of class `k`, as the contract of mheap_alloc_span has it. */
static uint32_t take_span(struct wpm_heap *h, uint32_t k)
{
    uint32_t s = mheap_alloc_span(h, k);
    if (s == NO_SPAN) return s;
    CHECK_EQ(h->span[s].npages, class_table[k].span_pages);
    CHECK_EQ(h->span[s].nslots, class_table[k].slots);
    CHECK_EQ(h->span[s].slot_bytes, class_table[k].size_bytes);
    CHECK_EQ(h->span[s].magic, class_table[k].magic);
    CHECK_EQ(h->span[s].place, PLACE_HAND);
    CHECK_EQ(h->span[s].owner, OWNER_NONE);
    CHECK(h->span[s].dirty_words == SPAN_WORDS || is_zero(h, s));
    scribble(h, s);
    /* In no set, as a span that its cache has parked. */
    h->span[s].place = PLACE_PARKED;
    h->span[s].owner = 3;
    return s;
}

static uint32_t take_large(struct wpm_heap *h, uint32_t npages, uint32_t align)
{
    bool zero = true;
    uint32_t s = mheap_alloc_large(h, npages, align, &zero);
    if (s == NO_SPAN) return s;
    CHECK_EQ(h->span[s].npages, npages);
    CHECK_EQ(h->span[s].place, PLACE_LARGE);
    CHECK_EQ(h->live[s * SPAN_WORDS], 1);
    CHECK_EQ((uintptr_t)span_memory(h, s) % ((uintptr_t)align * PAGE_SIZE), 0);
    CHECK(!zero || is_zero(h, s));
    scribble(h, s);
    return s;
}

static void give(struct wpm_heap *h, uint32_t s)
{
    if (h->span[s].place != PLACE_LARGE) h->span[s].place = PLACE_HAND;
    mheap_free_span(h, s);
    CHECK_EQ(h->span[s].npages, 0);
}

/* A request for pages is refused only when there is no such run. */
static bool run_is_there(const struct wpm_heap *h, uint32_t npages)
{
    return pagealloc_find(&h->pages, npages) != NO_PAGE;
}

static void resize(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    uint32_t old = h->span[s].npages, behind = h->span[s].start + old, start = h->span[s].start;
    bool room = npages <= old || (npages - old <= h->npages - behind &&
                                  pagealloc_free_run(&h->pages, behind, npages - old) ==
                                      npages - old);
    CHECK_EQ(mheap_resize_large(h, s, npages), room);
    CHECK_EQ(h->span[s].npages, room ? npages : old);
    CHECK_EQ(h->span[s].start, start);
    if (room) scribble(h, s);
}

/* Random use; everything given back leaves one free run. */
static void test_random(struct wpm_heap *h, uint64_t seed, uint32_t steps)
{
    uint32_t span[SPANS], count = 0;
    for (uint32_t i = 0; i < steps; i++) {
        uint32_t what = random_below(&seed, 8), s = NO_SPAN;
        uint32_t npages = 1 + random_below(&seed, i % 64 == 0 ? 900 : 40);
        uint32_t align = 1u << random_below(&seed, 6);
        if (what < 3 && count < SPANS) {
            uint32_t k = 4 + random_below(&seed, NUM_CLASSES - 4);
            s = take_span(h, k);
            CHECK(s != NO_SPAN || !run_is_there(h, class_table[k].span_pages));
        } else if (what < 5 && count < SPANS) {
            s = take_large(h, npages, align);
            CHECK(s != NO_SPAN || !run_is_there(h, align > 1 ? npages + align : npages));
        } else if (count > 0) {
            uint32_t j = random_below(&seed, count);
            if (what == 5 && h->span[span[j]].place == PLACE_LARGE) {
                resize(h, span[j], npages);
            } else {
                give(h, span[j]);
                span[j] = span[--count];
            }
        }
        if (s != NO_SPAN) span[count++] = s;
        if (i % 61 == 0) CHECK_EQ(heap_faults(h), 0);
        if (i % 509 == 0) (void)mheap_release_all(h);
    }
    while (count > 0) give(h, span[--count]);
    CHECK_EQ(heap_faults(h), 0);
    CHECK_EQ(h->pages.free_pages, h->npages);
    CHECK_EQ(pagealloc_free_run(&h->pages, 0, h->npages), h->npages);
}

/* The heap takes all that its limit leaves, then refuses, and is as it was. */
static void test_full(struct wpm_heap *h)
{
    uint32_t span[SPANS], count = 0;
    while (count < SPANS && (span[count] = take_large(h, 16, 1)) != NO_SPAN) count++;
    CHECK_EQ(h->npages, h->grow_limit);
    CHECK_EQ(count, h->grow_limit / 16);
    CHECK_EQ(heap_faults(h), 0);
    CHECK_EQ(take_large(h, 16, 1), NO_SPAN);
    CHECK_EQ(take_large(h, 1, 16), NO_SPAN);
    CHECK_EQ(take_large(h, MAX_PAGES, 1), NO_SPAN);
    CHECK_EQ(take_large(h, MAX_PAGES, MAX_PAGES), NO_SPAN);
    CHECK_EQ(heap_faults(h), 0);
    while (count > 0) give(h, span[--count]);
    CHECK_EQ(take_large(h, h->npages + 1, 1), NO_SPAN);
    CHECK_EQ(heap_faults(h), 0);
}

/* Released memory is counted once and reads as zero. */
static void test_release(struct wpm_heap *h)
{
    uint32_t a = take_large(h, 40, 1), b = take_large(h, 8, 1), c = take_large(h, 40, 1);
    give(h, a);
    give(h, c);
    uint64_t kept = h->pages.free_pages - (uint64_t)h->released_pages;
    uint64_t released = mheap_release_all(h);
    CHECK_EQ(released, h->owned ? kept : 0);
    CHECK_EQ(mheap_release_all(h), 0);
    if (h->owned) CHECK_EQ(h->released_pages, h->pages.free_pages);
    CHECK_EQ(heap_faults(h), 0);
    a = take_large(h, 40, 1);
    give(h, b);
    give(h, a);
    CHECK_EQ(heap_faults(h), 0);
}

/* Memory that the system does not take back is not counted as released. */
static void test_release_refused(struct wpm_heap *h)
{
    uint32_t span[SPANS], count = 0;
    while (count < SPANS && (span[count] = take_large(h, 40, 1)) != NO_SPAN) count++;
    CHECK(count > 20);
    int64_t before = h->released_pages;
    refused = true;
    while (count > 0) give(h, span[--count]);
    CHECK_EQ(mheap_release_all(h), 0);
    CHECK_EQ(h->released_pages, before);
    refused = false;
    CHECK_EQ(mheap_release_all(h) > 0, h->owned);
    CHECK_EQ(heap_faults(h), 0);
}

/* More free memory than a heap keeps goes back as soon as it is free, if the system takes it. */
static void test_surplus(void)
{
    CHECK(metadata_reserve(&heap, 4 * (size_t)LIMIT_BYTES));
    for (int round = 0; round < 2; round++) {
        bool zero = false;
        uint32_t s = mheap_alloc_large(&heap, 10000, 1, &zero);
        CHECK(s != NO_SPAN);
        int64_t before = heap.released_pages;
        refused = round == 0;
        give(&heap, s);
        refused = false;
        CHECK_EQ(heap.released_pages - before, round == 0 ? 0 : 10000);
        CHECK_EQ(heap_faults(&heap), 0);
    }
    CHECK(metadata_unreserve(&heap));
    memset(&heap, 0, sizeof heap);
}

static void test_heap(struct wpm_heap *h, uint64_t seed)
{
    test_random(h, seed, 400);
    test_release(h);
    test_full(h);
    test_random(h, seed + 1, 3000);
    test_release(h);
    test_release_refused(h);
}

int main(void)
{
    test_surplus();
    CHECK(metadata_reserve(&heap, LIMIT_BYTES));
    test_heap(&heap, 1);
    CHECK(metadata_unreserve(&heap));
    memset(&heap, 0, sizeof heap);
    memset(region, 0x5a, sizeof region);
    CHECK(metadata_place(&heap, (uintptr_t)region, sizeof region));
    test_heap(&heap, 2);
    return unit_report("mheap");
}
