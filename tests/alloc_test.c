/* alloc_test.c -- the heap API: every size, every status, several heaps, limits, statistics. */
#include "sizeclass.h"
#include "unit.h"
#include "wpmalloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REGION_BYTES (8u << 20)

static unsigned char *region;

/* Every request up to 40,000 bytes and some beyond: aligned, usable, writable to the end, apart. */
static void test_sizes(wpm_heap *h)
{
    unsigned char *before = NULL;
    for (size_t bytes = 0; bytes <= 40000; bytes += bytes < 2100 ? 1 : 97) {
        unsigned char *p = wpm_malloc(h, bytes);
        CHECK(p != NULL);
        CHECK_EQ((uintptr_t)p % 16, 0);
        CHECK(wpm_usable_size(h, p) >= bytes && wpm_usable_size(h, p) >= 1);
        memset(p, 0xa5, wpm_usable_size(h, p));
        CHECK(p != before);
        CHECK_EQ(wpm_free(h, p), WPM_OK);
        CHECK_EQ(wpm_free(h, p), h == NULL ? WPM_OK : wpm_describe(h, p).status);
        CHECK(wpm_free(h, p) != WPM_OK);
        before = NULL;
    }
}

static void test_zeroed(wpm_heap *h)
{
    for (size_t bytes = 1; bytes < 200000; bytes = bytes * 3 + 1) {
        for (int round = 0; round < 3; round++) {
            unsigned char *p = wpm_calloc(h, 1, bytes);
            size_t wrong = 0;
            CHECK(p != NULL);
            for (size_t i = 0; i < bytes; i++) wrong += p[i] != 0;
            CHECK_EQ(wrong, 0);
            memset(p, 0xff, wpm_usable_size(h, p));
            CHECK_EQ(wpm_free(h, p), WPM_OK);
        }
    }
    CHECK(wpm_calloc(h, SIZE_MAX / 2, 3) == NULL);
    CHECK(wpm_calloc(h, 3, SIZE_MAX / 2) == NULL);
    for (size_t count = 0; count <= 7; count += 7) {
        void *none = wpm_calloc(h, count, 7 - count);
        CHECK(none != NULL);
        CHECK_EQ(wpm_free(h, none), WPM_OK);
    }
}

static void test_aligned(wpm_heap *h)
{
    for (size_t align = 1; align <= 1u << 20; align *= 2) {
        for (size_t bytes = 1; bytes < 100000; bytes = bytes * 5 + 3) {
            void *p = wpm_aligned(h, align, bytes);
            CHECK(p != NULL);
            CHECK_EQ((uintptr_t)p % align, 0);
            CHECK(wpm_usable_size(h, p) >= bytes);
            CHECK_EQ(wpm_free(h, p), WPM_OK);
        }
    }
    CHECK(wpm_aligned(h, 0, 8) == NULL);
    CHECK(wpm_aligned(h, 3, 8) == NULL);
    CHECK(wpm_aligned(h, 48, 8) == NULL);
    CHECK(wpm_aligned(h, SIZE_MAX / 2 + 1, 8) == NULL);
    CHECK(wpm_aligned(h, 32, SIZE_MAX) == NULL);
}

static void test_resize(wpm_heap *h)
{
    wpm_status status = WPM_CORRUPT;
    unsigned char *p = wpm_realloc(h, NULL, 10, &status);
    CHECK(p != NULL && status == WPM_OK);
    memset(p, 7, 10);
    size_t kept = 10;
    for (size_t bytes = 1; bytes < 3000000; bytes = bytes * 2 + 5) {
        p = wpm_realloc(h, p, bytes, &status);
        CHECK(p != NULL && status == WPM_OK);
        if (bytes < kept) kept = bytes;
        for (size_t i = 0; i < kept; i++) CHECK_EQ(p[i], 7);
    }
    CHECK(wpm_realloc(h, p, SIZE_MAX, &status) == NULL);
    CHECK_EQ(status, WPM_OK);
    CHECK_EQ(p[0], 7);
    p = wpm_realloc(h, p, 100, &status);
    CHECK(p != NULL && p[0] == 7);
    CHECK_EQ(wpm_free(h, p), WPM_OK);
    CHECK(wpm_realloc(h, p, 50, &status) == NULL);
    CHECK_EQ(status, WPM_DOUBLE_FREE);
    CHECK(wpm_realloc(h, &status, 50, NULL) == NULL);
}

/* Every wrong pointer has its status, and the object beside it is as before. */
static void test_misuse(wpm_heap *h, wpm_heap *other)
{
    unsigned char *small = wpm_malloc(h, 100);
    unsigned char *large = wpm_malloc(h, 100000);
    int local = 0;
    CHECK_EQ(wpm_free(h, NULL), WPM_OK);
    for (size_t i = 1; i < wpm_usable_size(h, small); i++)
        CHECK_EQ(wpm_free(h, small + i), WPM_INTERIOR);
    for (size_t i = 1; i < 100000; i += 997) CHECK_EQ(wpm_free(h, large + i), WPM_INTERIOR);
    CHECK_EQ(wpm_free(h, &local), WPM_FOREIGN);
    CHECK_EQ(wpm_free(h, (void *)1), WPM_FOREIGN);
    CHECK_EQ(wpm_free(h, (void *)UINTPTR_MAX), WPM_FOREIGN);
    CHECK_EQ(wpm_free(h, h), WPM_FOREIGN);
    CHECK_EQ(wpm_free(other, small), WPM_FOREIGN);
    CHECK_EQ(wpm_free(h, small + wpm_usable_size(h, small)), WPM_DOUBLE_FREE);
    wpm_info info = wpm_describe(h, small + 5);
    CHECK_EQ(info.status, WPM_INTERIOR);
    CHECK_EQ(info.offset_bytes, 5);
    CHECK_EQ(info.slot_bytes, wpm_usable_size(h, small));
    CHECK_EQ(wpm_free(h, small), WPM_OK);
    CHECK_EQ(wpm_free(h, small), WPM_DOUBLE_FREE);
    CHECK_EQ(wpm_free(h, large), WPM_OK);
    CHECK(wpm_free(h, large) != WPM_OK);
    CHECK_EQ(wpm_usable_size(h, large), 0);
}

static void *all[600000];

/* Objects of so many bytes until memory runs out, in `all`; how many. */
static size_t fill(wpm_heap *h, size_t bytes)
{
    size_t count = 0;
    while ((all[count] = wpm_malloc(h, bytes)) != NULL) count++;
    return count;
}

/* Until memory runs out, and again after everything went back: the same number of objects fits. */
static void test_exhaustion(size_t bytes)
{
    wpm_heap *h = wpm_heap_init(region, REGION_BYTES);
    CHECK(h != NULL);
    size_t first = 0;
    for (int round = 0; round < 3; round++) {
        size_t count = fill(h, bytes);
        if (round == 0) first = count;
        CHECK_EQ(count, first);
        CHECK(wpm_malloc(h, bytes) == NULL);
        wpm_statistics figures;
        wpm_stats(h, &figures);
        CHECK_EQ(figures.live_objects, count);
        CHECK(figures.live_bytes >= count * bytes);
        CHECK_EQ(figures.span_bytes + figures.free_bytes, figures.committed_bytes);
        for (size_t i = 0; i < count; i++) CHECK_EQ(wpm_free(h, all[(i * 7919) % count]), WPM_OK);
        if (count % 7919 == 0) break;
        wpm_stats(h, &figures);
        CHECK_EQ(figures.live_objects, 0);
    }
    CHECK(first * bytes > REGION_BYTES / 2);
}

/* NULL means that no slot is free: of a full heap, as many objects come back as have been freed,
 * wherever their spans are. */
static void test_last_slots(size_t bytes)
{
    wpm_heap *h = wpm_heap_init(region, REGION_BYTES);
    CHECK(h != NULL);
    size_t count = fill(h, bytes);
    for (size_t step = 2; step < count; step = step * 5 + 1) {
        size_t freed = 0, found = 0;
        for (size_t i = step / 2; i < count; i += step, freed++)
            CHECK_EQ(wpm_free(h, all[i]), WPM_OK);
        for (size_t i = step / 2; i < count && (all[i] = wpm_malloc(h, bytes)) != NULL; i += step)
            found++;
        CHECK_EQ(found, freed);
        CHECK(wpm_malloc(h, bytes) == NULL);
    }
}

/* The most bytes that one object of heap `h` can have. */
static size_t longest_object(wpm_heap *h)
{
    size_t none = REGION_BYTES + 1, some = 0;
    while (none - some > 1) {
        size_t bytes = some + (none - some) / 2;
        void *p = wpm_malloc(h, bytes);
        *(p != NULL ? &some : &none) = bytes;
        CHECK_EQ(wpm_free(h, p), WPM_OK);
    }
    return some;
}

/* Every class has had many spans, from cache `c` (NULL: the shared one), and nothing lives. What a
 * stranger frees, it frees behind the owner's back. */
static void churn(wpm_heap *h, wpm_cache *c, bool stranger)
{
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        size_t bytes = class_table[k].size_bytes;
        if (bytes % MALLOC_ALIGN != 0) continue;
        size_t count = 3 * class_table[k].slots + 1;
        for (size_t i = 0; i < count; i++)
            all[i] = c == NULL ? wpm_malloc(h, bytes) : wpm_cache_malloc(h, c, bytes);
        for (size_t i = 0; i < count; i++) CHECK(all[i] != NULL);
        for (size_t i = 0; i < count; i++)
            CHECK_EQ(c == NULL || stranger ? wpm_free(h, all[i]) : wpm_cache_free(h, c, all[i]),
                     WPM_OK);
    }
}

/* A heap without an object serves what it served when it was new, whatever its caches kept. */
static void test_gathered(void)
{
    wpm_heap *h = wpm_heap_init(region, REGION_BYTES);
    CHECK(h != NULL);
    size_t fresh = longest_object(h);
    CHECK(fresh > REGION_BYTES / 2);
    churn(h, NULL, false);
    CHECK_EQ(longest_object(h), fresh);
    wpm_cache *a = wpm_cache_attach(h);
    CHECK(a != NULL);
    churn(h, a, false);
    CHECK(wpm_malloc(h, fresh) == NULL); /* what another thread's cache keeps is its own */
    void *p = wpm_cache_malloc(h, a, fresh);
    CHECK(p != NULL);
    CHECK_EQ(wpm_cache_free(h, a, p), WPM_OK);
    churn(h, a, true);
    wpm_cache_detach(h, a);
    CHECK_EQ(longest_object(h), fresh);
    /* Nobody's spans, whose last slots strangers have freed. */
    wpm_cache *b = wpm_cache_attach(h);
    for (size_t bytes = 16; bytes < 4096; bytes = bytes * 3) {
        size_t count = 0;
        while ((all[count] = wpm_cache_malloc(h, b, bytes)) != NULL) count++;
        for (size_t i = 0; i < count; i += 2) CHECK_EQ(wpm_free(h, all[i]), WPM_OK);
        wpm_cache_detach(h, b);
        for (size_t i = 1; i < count; i += 2) CHECK_EQ(wpm_free(h, all[i]), WPM_OK);
        b = wpm_cache_attach(h);
        CHECK(b != NULL);
        p = wpm_cache_malloc(h, b, 40000);
        CHECK(p != NULL);
        CHECK_EQ(wpm_cache_free(h, b, p), WPM_OK);
    }
    wpm_cache_detach(h, b);
    CHECK_EQ(longest_object(h), fresh);
    wpm_statistics figures;
    wpm_stats(h, &figures);
    CHECK_EQ(figures.live_objects, 0);
    CHECK_EQ(figures.span_bytes, 0);
}

static bool count_one(void *context, void *object, size_t slot_bytes)
{
    size_t *counts = context;
    counts[0] += 1;
    counts[1] += slot_bytes;
    return object != NULL && counts[0] < counts[2];
}

static void test_walk(wpm_heap *h)
{
    void *all[100];
    size_t counts[3] = {0, 0, SIZE_MAX};
    for (size_t i = 0; i < 100; i++) all[i] = wpm_malloc(h, i * 100);
    wpm_walk(h, count_one, counts);
    CHECK_EQ(counts[0], 100);
    CHECK(counts[1] >= 495000);
    size_t stopped[3] = {0, 0, 10};
    wpm_walk(h, count_one, stopped);
    CHECK_EQ(stopped[0], 10);
    for (size_t i = 0; i < 100; i++) CHECK_EQ(wpm_free(h, all[i]), WPM_OK);
    counts[0] = 0;
    wpm_walk(h, count_one, counts);
    CHECK_EQ(counts[0], 0);
}

/* A region of any size and alignment is a heap that works, or refused. */
static void test_regions(void)
{
    size_t refused = 0, served = 0;
    CHECK(wpm_heap_init(NULL, 1 << 20) == NULL);
    for (size_t bytes = 0; bytes < REGION_BYTES; bytes = bytes * 5 / 4 + 61) {
        for (size_t shift = 0; shift < 70; shift += 23) {
            memset(region, 0xee, bytes + 128);
            wpm_heap *h = wpm_heap_init(region + shift, bytes);
            refused += h == NULL;
            if (h == NULL) continue;
            served += 1;
            unsigned char *p = wpm_malloc(h, 16);
            CHECK(p != NULL);
            CHECK(p >= region + shift && p + 16 <= region + shift + bytes);
            CHECK_EQ(region[shift + bytes], 0xee);
            CHECK_EQ(wpm_free(h, p), WPM_OK);
            wpm_heap_destroy(h);
        }
    }
    CHECK(refused > 10 && served > 10);
}

static void test_cache(wpm_heap *h)
{
    wpm_statistics figures;
    wpm_cache *a = wpm_cache_attach(h);
    wpm_cache *b = wpm_cache_attach(h);
    CHECK(a != NULL && b != NULL && a != b);
    void *all[2000];
    for (size_t i = 0; i < 2000; i++) CHECK((all[i] = wpm_cache_malloc(h, a, i % 600)) != NULL);
    for (size_t i = 0; i < 1000; i++) CHECK_EQ(wpm_cache_free(h, b, all[i]), WPM_OK);
    for (size_t i = 0; i < 1000; i++) CHECK_EQ(wpm_cache_free(h, b, all[i]), WPM_DOUBLE_FREE);
    for (size_t i = 1000; i < 1500; i++) CHECK_EQ(wpm_cache_free(h, a, all[i]), WPM_OK);
    wpm_cache_detach(h, a);
    for (size_t i = 1500; i < 2000; i++) CHECK_EQ(wpm_free(h, all[i]), WPM_OK);
    wpm_cache_detach(h, b);
    wpm_stats(h, &figures);
    CHECK_EQ(figures.live_objects, 0);
    CHECK_EQ(figures.mallocs, figures.frees);
}

int main(void)
{
    region = malloc(REGION_BYTES + 4096);
    wpm_heap *reserved = wpm_heap_create(256u << 20);
    wpm_heap *placed = wpm_heap_init(region + 5, REGION_BYTES);
    CHECK(reserved != NULL && placed != NULL);
    wpm_heap *both[2] = {reserved, placed};
    for (int i = 0; i < 2; i++) {
        test_sizes(both[i]);
        test_zeroed(both[i]);
        test_aligned(both[i]);
        test_misuse(both[i], both[1 - i]);
        test_walk(both[i]);
    }
    test_resize(reserved);
    test_resize(placed);
    test_cache(reserved);
    wpm_heap_destroy(reserved);
    test_gathered();
    test_exhaustion(16);
    test_exhaustion(100);
    test_exhaustion(5000);
    test_exhaustion(40000);
    for (size_t bytes = 16; bytes <= 40000; bytes = bytes * 3 + 1) test_last_slots(bytes);
    test_regions();
    CHECK(wpm_heap_create(SIZE_MAX / 2) == NULL);
    free(region);
    return unit_report("alloc");
}
