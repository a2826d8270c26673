/* create_test.c -- what the prover takes for granted of create.c: a heap that was made is sound,
 * nothing of it is held, and its memory is where it was to be; none is made of too little. */
#include "create.h"
#include "heapcheck.h"
#include "unit.h"
#include "wpmalloc.h"

#include "heaplock.h"

#include <stdlib.h>
#include <string.h>

#define REGION_BYTES (9u << 20)
#define EDGE 128u

static unsigned char *region;

static void check_fresh(wpm_heap *h, uint32_t owned)
{
    wpm_statistics figures;
    wpm_stats(h, &figures);
    CHECK_EQ(figures.live_objects, 0);
    CHECK_EQ(figures.spans, 0);
    CHECK_EQ(figures.mallocs, 0);
    CHECK_EQ(h->owned, owned);
    heap_lock(h);
    CHECK_EQ(heap_check(h), HEAP_SOUND);
    heap_unlock(h);
}

/* Fill a heap, free it, and see that it is sound. */
static void check_work(wpm_heap *h)
{
    void *object[50];
    for (size_t i = 0; i < 50; i++) object[i] = wpm_malloc(h, i * i * 7);
    for (size_t i = 0; i < 50; i++) CHECK_EQ(wpm_free(h, object[i]), WPM_OK);
    heap_lock(h);
    CHECK_EQ(heap_check(h), HEAP_SOUND);
    heap_unlock(h);
}

/* Regions of many sizes and alignments, full of rubbish: a heap inside it, or none. */
static void test_regions(void)
{
    uint32_t made = 0, refused = 0;
    for (size_t bytes = 0; bytes <= REGION_BYTES; bytes = bytes * 5 / 4 + 77) {
        for (size_t shift = 0; shift < 64; shift += 21) {
            memset(region, 0xa5, bytes + EDGE);
            wpm_heap *h = wpm_heap_init(region + shift, bytes);
            uint32_t wrong = 0;
            for (size_t i = 0; i < shift; i++) wrong += region[i] != 0xa5;
            if (h == NULL) {
                refused++;
            } else {
                made++;
                check_fresh(h, 0);
                CHECK((unsigned char *)h >= region + shift);
                CHECK((unsigned char *)(h + 1) <= region + shift + bytes);
                check_work(h);
                wpm_heap_destroy(h); /* does nothing: the region is the caller's */
                check_work(h);
            }
            for (size_t i = shift + bytes; i < bytes + EDGE; i++) wrong += region[i] != 0xa5;
            CHECK_EQ(wrong, 0);
        }
    }
    CHECK(made > 10 && refused > 10);
    CHECK(wpm_heap_init(NULL, REGION_BYTES) == NULL);
    CHECK(wpm_heap_init(region, SIZE_MAX) == NULL);
}

static void test_reservations(void)
{
    const uint64_t all = (uint64_t)MAX_PAGES * PAGE_SIZE, much = (uint64_t)1 << 34;
    for (size_t limit = 1; limit < (all < much ? all : much); limit *= 7) {
        wpm_heap *h = wpm_heap_create(limit);
        if (!CHECK(h != NULL)) continue;
        check_fresh(h, 1);
        check_work(h);
        wpm_heap_destroy(h);
    }
    wpm_heap *most = wpm_heap_create(0);
    if (CHECK(most != NULL)) {
        check_fresh(most, 1);
        check_work(most);
    }
    wpm_heap_destroy(most);
    CHECK(wpm_heap_create(SIZE_MAX) == NULL);
    wpm_heap_destroy(NULL);
}

int main(void)
{
    region = malloc(REGION_BYTES + EDGE);
    if (!CHECK(region != NULL)) return unit_report("create");
    test_regions();
    test_reservations();
    free(region);
    return unit_report("create");
}
