/* space_test.c -- arenas of a heap: side by side, behind gaps, refused; no run crosses a gap. */
#define _GNU_SOURCE
#include "heapfaults.h"
#include "metadata.h"
#include "mheap.h"
#include "platform/inject.h"
#include "random.h"
#include "unit.h"
#include "wpmalloc.h"

#include <string.h>
#include <sys/mman.h>

#define LIMIT_BYTES ((size_t)1 << 30)
#define HINTS 4u                    /* as in src/sparse/space.c */
#define HINT_STEP 0x1000000000u
#define OBJECTS 400u

static uint32_t fail_at[PLATFORM_CALLS]; /* the n-th call from now on fails; 0: none */
static uint32_t calls[PLATFORM_CALLS];

bool platform_inject(enum platform_call call)
{
    calls[call]++;
    return fail_at[call] != 0 && --fail_at[call] == 0;
}

/* Each page is free, a span's, or a fence; no span lies on both sides of a gap. */
static uint64_t faults(const struct wpm_heap *h)
{
    uint64_t faults = heap_faults(h), free_pages = 0;
    for (uint32_t p = 0; p < h->npages; p++) {
        uint32_t is_free = bitmap_test(h->pages.free, p), fence = arenamap_fence(&h->map, p);
        faults += is_free + (h->page_span[p] != NO_SPAN) + fence != 1;
        free_pages += is_free;
    }
    for (uint32_t s = 1; s < h->nspans; s++) {
        if (h->span[s].npages == 0) continue;
        uintptr_t first = arenamap_address(&h->map, h->span[s].start);
        for (uint32_t i = 0; i < h->span[s].npages; i++)
            faults += arenamap_address(&h->map, h->span[s].start + i) != first + i * PAGE_SIZE;
    }
    faults += h->pages.free_pages != free_pages;
    return faults + (h->span_pages != (int64_t)h->npages - (int64_t)free_pages);
}

static uint32_t fences(const struct wpm_heap *h)
{
    uint32_t found = 0;
    for (uint32_t p = 0; p < h->npages; p++) found += arenamap_fence(&h->map, p);
    return found;
}

static unsigned char *take(wpm_heap *h, size_t bytes)
{
    unsigned char *p = wpm_malloc(h, bytes);
    for (size_t i = 0; p != NULL && i < bytes; i += 4096) p[i] = (unsigned char)(i / 4096 + 1);
    return p;
}

static void give(wpm_heap *h, unsigned char *p, size_t bytes)
{
    uint64_t wrong = 0;
    for (size_t i = 0; i < bytes; i += 4096) wrong += p[i] != (unsigned char)(i / 4096 + 1);
    CHECK_EQ(wrong, 0);
    CHECK_EQ(wpm_free(h, p), WPM_OK);
}

/* Make the address that the next block should get somebody else's; NULL: it was already. */
static void *occupy(uintptr_t address)
{
    void *p = mmap((void *)address, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p != MAP_FAILED);
    if ((uintptr_t)p == address) return p;
    CHECK_EQ(munmap(p, 4096), 0);
    return NULL;
}

/* Arenas lie one behind the other, and objects may begin in one and end in another. */
static void test_adjacent(void)
{
    wpm_heap *h = wpm_heap_create(LIMIT_BYTES);
    unsigned char *objects[20];
    for (uint32_t i = 0; i < 20; i++) objects[i] = take(h, 20u << 20);
    CHECK(h->map.narenas >= 6);
    CHECK_EQ(fences(h), 0);
    uint32_t across = 0;
    for (uint32_t s = 1; s < h->nspans; s++) {
        const struct mspan *span = &h->span[s];
        across += span->npages > 0 && span->start / ARENA_PAGES !=
                                          (span->start + span->npages - 1) / ARENA_PAGES;
    }
    CHECK(across > 0);
    CHECK_EQ(faults(h), 0);
    for (uint32_t i = 0; i < 20; i++) give(h, objects[i], 20u << 20);
    CHECK_EQ(faults(h), 0);
    CHECK_EQ(h->pages.free_pages, h->npages);
    wpm_heap_destroy(h);
}

/* The addresses behind the last block are taken, all or the first: gaps, each with a fence. */
static void test_gaps(uint32_t taken)
{
    wpm_heap *h = wpm_heap_create(LIMIT_BYTES);
    unsigned char *objects[20];
    void *others[20 * HINTS];
    uint32_t count = 0, nothers = 0;
    uintptr_t hint = 0;
    for (; count < 12; count++) {
        if (h->map.hint != 0 && h->map.hint != hint && h->map.narenas > 0) {
            hint = h->map.hint;
            for (uint32_t i = 0; i < taken; i++) others[nothers++] = occupy(hint + i * HINT_STEP);
        }
        objects[count] = take(h, 30u << 20);
        if (!CHECK(objects[count] != NULL)) break;
        CHECK_EQ(faults(h), 0);
    }
    CHECK(fences(h) >= 3);
    for (uint32_t i = 0; i < nothers; i++) {
        if (others[i] != NULL) CHECK_EQ(wpm_free(h, others[i]), WPM_FOREIGN);
        CHECK(arenamap_distance(&h->map, (uintptr_t)others[i]) >= (UINT64_C(1) << 44));
        if (others[i] != NULL) CHECK_EQ(munmap(others[i], 4096), 0);
    }
    for (uint32_t i = 0; i < count; i++) give(h, objects[i], 30u << 20);
    CHECK_EQ(faults(h), 0);
    CHECK_EQ(h->pages.free_pages, h->npages - fences(h));
    /* An object that no free run between two fences is long enough for. */
    objects[0] = take(h, 150u << 20);
    CHECK(objects[0] != NULL);
    CHECK_EQ(faults(h), 0);
    give(h, objects[0], 150u << 20);
    wpm_heap_destroy(h);
}

/* Random use of a heap whose every block but some has a gap before it. */
static void test_random(uint64_t seed)
{
    wpm_heap *h = wpm_heap_create(LIMIT_BYTES);
    unsigned char *objects[OBJECTS] = {0};
    size_t sizes[OBJECTS];
    uintptr_t hint = 0;
    for (uint32_t step = 0; step < 3000; step++) {
        uint32_t i = random_below(&seed, OBJECTS);
        if (objects[i] != NULL) {
            give(h, objects[i], sizes[i]);
            objects[i] = NULL;
            continue;
        }
        if (h->map.hint != hint && random_below(&seed, 3) != 0) (void)occupy(h->map.hint);
        hint = h->map.hint;
        sizes[i] = 1 + random_below(&seed, random_below(&seed, 16) == 0 ? 40u << 20 : 100000u);
        size_t align = (size_t)16 << random_below(&seed, 16);
        objects[i] = wpm_aligned(h, align, sizes[i]);
        CHECK(objects[i] == NULL || (uintptr_t)objects[i] % align == 0);
        for (size_t b = 0; objects[i] != NULL && b < sizes[i]; b += 4096)
            objects[i][b] = (unsigned char)(b / 4096 + 1);
        if (step % 100 == 0) CHECK_EQ(faults(h), 0);
    }
    for (uint32_t i = 0; i < OBJECTS; i++)
        if (objects[i] != NULL) give(h, objects[i], sizes[i]);
    CHECK_EQ(faults(h), 0);
    CHECK(fences(h) > 0);
    wpm_heap_destroy(h);
}

/* The n-th reservation fails: of the record, of the arrays (tried, then made), of arenas. */
static void test_reservations(void)
{
    for (uint32_t n = 1; n <= 3; n++) {
        fail_at[PLATFORM_RESERVE] = n;
        CHECK(wpm_heap_create(LIMIT_BYTES) == NULL);
        CHECK_EQ(fail_at[PLATFORM_RESERVE], 0);
    }
    wpm_heap *h = wpm_heap_create(LIMIT_BYTES);
    unsigned char *objects[3];
    for (uint32_t n = 0; n < 3; n++) {
        uint32_t npages = h->npages, narenas = h->map.narenas, spans = h->nspans;
        for (uint32_t tries = 0; tries < 2; tries++) {
            /* Growth asks twice, for a step and for what is needed. */
            fail_at[PLATFORM_RESERVE] = 1;
            calls[PLATFORM_RESERVE] = 0;
            objects[n] = take(h, 100u << 20);
            CHECK_EQ(fail_at[PLATFORM_RESERVE], 0);
            CHECK(calls[PLATFORM_RESERVE] >= 1);
            if (objects[n] != NULL) break;
            CHECK_EQ(h->npages, npages);
            CHECK_EQ(h->map.narenas, narenas);
            CHECK_EQ(h->nspans, spans);
        }
        if (objects[n] == NULL) objects[n] = take(h, 100u << 20);
        CHECK(objects[n] != NULL);
        CHECK_EQ(faults(h), 0);
    }
    for (uint32_t n = 0; n < 3; n++) give(h, objects[n], 100u << 20);
    wpm_heap_destroy(h);
}

/* A block whose memory cannot be made usable is kept, and used by the next try. */
static void test_kept_block(void)
{
    static struct wpm_heap h;
    memset(&h, 0, sizeof h);
    CHECK(metadata_reserve(&h, LIMIT_BYTES));
    bool fresh = false;
    for (uint32_t n = 1; n < 20; n++) {
        uint32_t npages = h.npages;
        fail_at[PLATFORM_COMMIT] = n;
        if (metadata_extend(&h, npages + 5000, &fresh)) break;
        CHECK_EQ(h.npages, npages);
        CHECK_EQ(fail_at[PLATFORM_COMMIT], 0);
        CHECK_EQ(h.map.narenas, arenamap_ahead(&h.map, 0) / ARENA_PAGES);
    }
    fail_at[PLATFORM_COMMIT] = 0;
    CHECK_EQ(h.npages, 5000);
    CHECK_EQ(h.map.narenas, 1);
    CHECK_EQ(calls[PLATFORM_COMMIT] > 5, 1);
    CHECK(metadata_unreserve(&h));
}

/* A block that lies elsewhere and cannot be given back is used where it is. */
static void test_unreserve_refused(void)
{
    wpm_heap *h = wpm_heap_create(LIMIT_BYTES);
    unsigned char *a = take(h, 40u << 20);
    void *other = occupy(h->map.hint);
    fail_at[PLATFORM_UNRESERVE] = 1;
    unsigned char *b = take(h, 40u << 20);
    CHECK_EQ(fail_at[PLATFORM_UNRESERVE], 0);
    CHECK(b != NULL && fences(h) == 1);
    CHECK_EQ(faults(h), 0);
    give(h, a, 40u << 20);
    give(h, b, 40u << 20);
    wpm_heap_destroy(h);
    if (other != NULL) CHECK_EQ(munmap(other, 4096), 0);
}

/* The tables of the map lie inside the reservation, apart from the arrays beside them. */
static void test_tables(void)
{
    static struct wpm_heap h;
    memset(&h, 0, sizeof h);
    CHECK(metadata_reserve(&h, 0));
    uint64_t slots = h.map.npages / ARENA_PAGES;
    struct { uintptr_t start; uint64_t bytes; } list[] = {
        {(uintptr_t)h.set, h.nsets * sizeof *h.set},
        {(uintptr_t)h.map.arena, slots * sizeof *h.map.arena},
        {(uintptr_t)h.map.block, slots * sizeof *h.map.block},
        {(uintptr_t)h.map.root, MAX_ROOTS * sizeof *h.map.root},
        {(uintptr_t)h.page_span, h.map.npages * sizeof *h.page_span},
        {(uintptr_t)h.ids.where, (h.map.npages + 1) * sizeof *h.ids.where},
        {(uintptr_t)h.map.leaf, (slots < MAX_ROOTS ? slots : MAX_ROOTS) * TABLE_ARENAS * 4},
        {h.metadata + h.metadata_bytes, 0}};
    for (uint32_t i = 1; i < sizeof list / sizeof *list; i++)
        CHECK(list[i].start >= list[i - 1].start + list[i - 1].bytes);
    CHECK_EQ(h.map.hint % ARENA_BYTES, 0);
    CHECK(metadata_unreserve(&h));
}

/* A region, at any address, is a row of arenas. */
static void test_region(void)
{
    size_t bytes = 200u << 20;
    unsigned char *region = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    wpm_heap *h = wpm_heap_init(region + 77, bytes - 77);
    unsigned char *big = take(h, 100u << 20), *p = take(h, 50u << 20);
    CHECK(big != NULL && p != NULL);
    CHECK_EQ(fences(h), 0);
    CHECK_EQ(faults(h), 0);
    for (size_t i = 0; i < bytes; i += PAGE_SIZE) {
        uint32_t page = arenamap_page(&h->map, (uintptr_t)region + i);
        CHECK_EQ(page == NO_PAGE, (uintptr_t)region + i < h->map.base);
    }
    CHECK_EQ(arenamap_page(&h->map, (uintptr_t)region + bytes), NO_PAGE);
    CHECK_EQ(arenamap_page(&h->map, (uintptr_t)region + bytes + ARENA_BYTES), NO_PAGE);
    give(h, big, 100u << 20);
    give(h, p, 50u << 20);
    CHECK_EQ(munmap(region, bytes), 0);
}

int main(void)
{
    test_tables();
    test_adjacent();
    test_gaps(1);
    test_gaps(HINTS);
    test_random(1);
    test_reservations();
    test_kept_block();
    test_unreserve_refused();
    test_region();
    return unit_report("space");
}
