/* mcentral_test.c -- spans without an owner: full, partial, and back to the heap when empty. */
#include "heapfaults.h"
#include "mcentral.h"
#include "metadata.h"
#include "mheap.h"
#include "unit.h"

#define LIMIT_BYTES (64u << 20)

static struct wpm_heap heap;

/* Slots of span `s` below `n` are live, as if the program held them. */
static void hold(struct wpm_heap *h, uint32_t s, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) h->live[s * SPAN_WORDS + i / 64] |= (uint64_t)1 << i % 64;
    h->span[s].used = (uint16_t)n;
}

/* Another thread gives slot `i` of span `s` back. */
static void give_back(struct wpm_heap *h, uint32_t s, uint32_t i)
{
    h->freed[s * SPAN_WORDS + i / 64] |= (uint64_t)1 << i % 64;
}

static uint32_t place_full(const struct wpm_heap *h, uint32_t k)
{
    return PLACE_SET + set_full(h, k);
}

static uint32_t place_partial(const struct wpm_heap *h, uint32_t k)
{
    return PLACE_SET + set_partial(h, k);
}

/* A span whose slots are all live waits in the full set; each state follows from the frees. */
static void test_class(struct wpm_heap *h, uint32_t k)
{
    int64_t pages = h->span_pages;
    uint32_t s = mheap_alloc_span(h, k);
    CHECK(s != NO_SPAN);
    CHECK_EQ(h->span[s].place, PLACE_HAND);
    uint32_t n = h->span[s].nslots;
    hold(h, s, n);
    mcentral_file(h, s);
    CHECK_EQ(h->span[s].place, place_full(h, k));
    CHECK_EQ(h->span[s].owner, OWNER_NONE);
    CHECK_EQ(heap_faults(h), 0);
    mcentral_refile(h, s);
    CHECK_EQ(h->span[s].place, place_full(h, k));
    give_back(h, s, n - 1);
    mcentral_refile(h, s);
    CHECK_EQ(h->live[s * SPAN_WORDS + (n - 1) / 64] >> (n - 1) % 64 & 1, 0);
    CHECK_EQ(h->freed[s * SPAN_WORDS + (n - 1) / 64], 0);
    if (n == 1) {
        CHECK_EQ(h->span[s].npages, 0);
    } else {
        CHECK_EQ(h->span[s].place, place_partial(h, k));
        CHECK_EQ(h->span[s].owner, OWNER_CENTRAL);
        CHECK_EQ(heap_faults(h), 0);
        CHECK_EQ(mcentral_take(h, k), s);
        CHECK_EQ(h->span[s].place, PLACE_HAND);
        for (uint32_t i = 0; i + 1 < n; i++) give_back(h, s, i);
        mcentral_file(h, s);
        CHECK_EQ(h->span[s].npages, 0);
    }
    CHECK_EQ(h->span_pages, pages);
    CHECK_EQ(heap_faults(h), 0);
}

/* First filed, first taken; a full span is never taken before the partial ones. */
static void test_order(struct wpm_heap *h, uint32_t k)
{
    uint32_t s[4];
    for (uint32_t i = 0; i < 4; i++) s[i] = mheap_alloc_span(h, k);
    for (uint32_t i = 0; i < 4; i++) {
        hold(h, s[i], i == 1 ? h->span[s[i]].nslots : 1);
        mcentral_file(h, s[i]);
    }
    CHECK_EQ(heap_faults(h), 0);
    CHECK_EQ(mcentral_take(h, k), s[0]);
    CHECK_EQ(mcentral_take(h, k), s[2]);
    CHECK_EQ(mcentral_take(h, k), s[3]);
    CHECK_EQ(h->span[s[1]].place, place_full(h, k));
    for (uint32_t i = 0; i < 4; i++) {
        for (uint32_t w = 0; w < SPAN_WORDS; w++)
            h->freed[s[i] * SPAN_WORDS + w] = h->live[s[i] * SPAN_WORDS + w];
        if (i == 1) mcentral_refile(h, s[i]);
        else mcentral_file(h, s[i]);
        CHECK_EQ(h->span[s[i]].npages, 0);
    }
    CHECK_EQ(h->span_pages, 0);
    CHECK_EQ(heap_faults(h), 0);
}

int main(void)
{
    CHECK(metadata_reserve(&heap, LIMIT_BYTES));
    for (uint32_t k = 2; k < NUM_CLASSES; k++) {
        if (k != 3) test_class(&heap, k);
    }
    test_order(&heap, 2);
    test_order(&heap, NUM_CLASSES / 2);
    CHECK(metadata_unreserve(&heap));
    return unit_report("mcentral");
}
