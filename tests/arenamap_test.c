/* arenamap_test.c -- pages and addresses of heaps, in either layout: there and back, foreign
 * addresses, heaps side by side, and what happens when the system refuses. */
#define _GNU_SOURCE
#include "heapfaults.h"
#include "metadata.h"
#include "platform/inject.h"
#include "random.h"
#include "unit.h"
#include "wpmalloc.h"

#include <stdlib.h>
#include <string.h>

#define FOREIGN (UINT64_C(1) << 44) /* distances from here on are no heap's */
#define LIMIT_BYTES (200u << 20)

static uint32_t fail_at[PLATFORM_CALLS]; /* the n-th call from now on fails; 0: none */

bool platform_inject(enum platform_call call)
{
    return fail_at[call] != 0 && --fail_at[call] == 0;
}

/* An address that is none of the heap's. */
static void test_foreign(const struct wpm_heap *h, uintptr_t address)
{
    uintptr_t distance = arenamap_distance(&h->map, address);
    CHECK(distance / PAGE_SIZE >= h->map.npages);
    CHECK_EQ(arenamap_page(&h->map, address), NO_PAGE);
}

/* Addresses that no heap has. */
static void test_foreigners(const struct wpm_heap *h)
{
    static const uintptr_t nowhere[] = {
        0, 1, 4096, PAGE_SIZE, 0x7fffffffffff, 0x800000000000, 0xffffffffffff, 0x1000000000000,
        0x8000000000000000, 0xffff800000000000, UINTPTR_MAX - PAGE_SIZE, UINTPTR_MAX};
    int here;
    static int there;
    void *elsewhere = malloc(100);
    for (uint32_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) test_foreign(h, nowhere[i]);
    test_foreign(h, (uintptr_t)&here);
    test_foreign(h, (uintptr_t)&there);
    test_foreign(h, (uintptr_t)h);
    test_foreign(h, (uintptr_t)elsewhere);
    test_foreign(h, (uintptr_t)h->span);
    test_foreign(h, (uintptr_t)h->page_span);
    free(elsewhere);
}

/* Each page and its address name each other, and the distance is dense. */
static void test_pages(const struct wpm_heap *h)
{
    uint64_t wrong = 0;
    for (uint32_t p = 0; p < h->npages; p++) {
        uintptr_t address = arenamap_address(&h->map, p);
        wrong += arenamap_page(&h->map, address) != p;
        wrong += arenamap_page(&h->map, address + PAGE_SIZE - 1) != p;
        wrong += arenamap_distance(&h->map, address) != (uint64_t)p * PAGE_SIZE;
        wrong += arenamap_distance(&h->map, address + 4711) != (uint64_t)p * PAGE_SIZE + 4711;
        wrong += p > 0 && !arenamap_fence(&h->map, p) &&
                 address != arenamap_address(&h->map, p - 1) + PAGE_SIZE;
    }
    CHECK_EQ(wrong, 0);
    CHECK_EQ(arenamap_fence(&h->map, 0), 0);
}

/* A heap's pages are foreign to another heap. */
static void test_strangers(const struct wpm_heap *h, const struct wpm_heap *other)
{
    uint64_t wrong = 0;
    for (uint32_t p = 0; p < other->npages; p++) {
        uintptr_t address = arenamap_address(&other->map, p);
        wrong += arenamap_page(&h->map, address) != NO_PAGE;
        wrong += arenamap_distance(&h->map, address) / PAGE_SIZE < h->map.npages;
    }
    CHECK_EQ(wrong, 0);
}

/* Fill the heap with objects of `bytes` bytes; each keeps its pattern. Returns how many. */
static uint32_t fill(wpm_heap *h, size_t bytes, void **objects, uint32_t most)
{
    uint32_t count = 0;
    while (count < most && (objects[count] = wpm_malloc(h, bytes)) != NULL) {
        memset(objects[count], (int)count & 0xff, bytes);
        count++;
    }
    for (uint32_t i = 0; i < count; i++) {
        const unsigned char *o = objects[i];
        CHECK(o[0] == (i & 0xff) && memcmp(o, o + 1, bytes - 1) == 0);
    }
    return count;
}

static void test_side_by_side(void)
{
    static unsigned char region[6u << 20];
    void *objects[64], *more[64], *third[64], *fourth[64];
    wpm_heap *a = wpm_heap_create(LIMIT_BYTES), *b = wpm_heap_create(LIMIT_BYTES);
    wpm_heap *c = wpm_heap_init(region, 3u << 20);
    wpm_heap *d = wpm_heap_init(region + (3u << 20) + 5, (3u << 20) - 5);
    if (!CHECK(a != NULL && b != NULL && c != NULL && d != NULL)) return;
    uint32_t n = fill(a, 7u << 20, objects, 64), m = fill(b, 7u << 20, more, 64);
    CHECK(n >= 24 && m >= 24);
    CHECK(fill(c, 100000, third, 64) > 20 && fill(d, 100000, fourth, 64) > 20);
    const struct wpm_heap *heaps[] = {a, b, c, d};
    for (uint32_t i = 0; i < 4; i++) {
        test_pages(heaps[i]);
        test_foreigners(heaps[i]);
        CHECK_EQ(heap_faults(heaps[i]), 0);
        for (uint32_t j = 0; j < 4; j++)
            if (i != j) test_strangers(heaps[i], heaps[j]);
    }
    for (uint32_t i = 0; i < n; i++) {
        CHECK_EQ(wpm_free(b, objects[i]), WPM_FOREIGN);
        CHECK_EQ(wpm_free(d, objects[i]), WPM_FOREIGN);
        CHECK_EQ(wpm_free(a, objects[i]), WPM_OK);
    }
    CHECK_EQ(wpm_free(d, third[0]), WPM_FOREIGN);
    CHECK_EQ(wpm_free(c, fourth[0]), WPM_FOREIGN);
    wpm_heap_destroy(a);
    wpm_heap_destroy(b);
}

/* A heap that has not started knows no address. */
static void test_unborn(void)
{
    static struct wpm_heap unborn;
    uint64_t pages = 0;
    for (uint32_t shift = 0; shift < 64; shift++)
        pages += arenamap_page(&unborn.map, (uintptr_t)1 << shift) != NO_PAGE;
    CHECK_EQ(pages + (arenamap_page(&unborn.map, 0) != NO_PAGE), 0);
}

/* The n-th call of one kind fails: the heap is not made, or the object; the next try succeeds. */
static void test_refusals(enum platform_call call)
{
    uint32_t refused = 0;
    for (uint32_t n = 1; n <= 40; n++) {
        void *objects[64];
        fail_at[call] = n;
        wpm_heap *h = wpm_heap_create(LIMIT_BYTES);
        if (h == NULL) h = wpm_heap_create(LIMIT_BYTES);
        if (!CHECK(h != NULL)) return;
        uint32_t count = fill(h, 30u << 20, objects, 64);
        refused += fail_at[call] == 0;
        fail_at[call] = 0;
        CHECK_EQ(heap_faults(h), 0);
        test_pages(h);
        for (uint32_t i = 0; i < count; i++) CHECK_EQ(wpm_free(h, objects[i]), WPM_OK);
        CHECK(fill(h, 30u << 20, objects, 64) >= 4);
        CHECK_EQ(heap_faults(h), 0);
        wpm_heap_destroy(h);
    }
    CHECK(refused >= 2);
}

int main(void)
{
    test_unborn();
    test_side_by_side();
    test_refusals(PLATFORM_RESERVE);
    test_refusals(PLATFORM_COMMIT);
    return unit_report("arenamap");
}
