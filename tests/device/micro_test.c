/* micro_test.c -- the micro profile from the outside, against a list of what is live.
 *
 * Regions from a few bytes on, at all alignments; long random sequences in small regions, in which
 * every refusal is checked against the free granules that wpm_describe tells of; every address of a
 * region freed, of which only the starts of objects may be taken; the hook that is told of misuse.
 */
#include <stdio.h>
#include <string.h>

#include "require.h"
#include "wpmalloc.h"

#define GRANULE 64u
#define MOST 256u
#define REGION_BYTES (16u << 10)

struct object {
    unsigned char *start;
    size_t bytes;
    unsigned char mark; /* what its bytes are */
};

static unsigned char memory[REGION_BYTES + 256];
static struct object live[MOST];
static unsigned nlive, told;
static const void *told_of;
static wpm_heap *heap;
static unsigned char *region;
static size_t region_bytes;
static uint32_t state = 2463534242u;

static uint32_t random_below(uint32_t n)
{
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    return state % n;
}

static size_t rounded(size_t bytes)
{
    return bytes == 0 ? GRANULE : (bytes + GRANULE - 1) / GRANULE * GRANULE;
}

/* Bytes of the longest run of free granules. */
static size_t longest_run(void)
{
    size_t longest = 0, run = 0;
    unsigned char *first = region + (GRANULE - (uintptr_t)region % GRANULE) % GRANULE;
    for (unsigned char *p = first; p < region + region_bytes; p += GRANULE) {
        run = wpm_describe(heap, p).status == WPM_DOUBLE_FREE ? run + GRANULE : 0;
        if (run > longest) longest = run;
    }
    return longest;
}

static void check_figures(void)
{
    wpm_statistics s;
    size_t sum = 0;
    wpm_stats(heap, &s);
    for (unsigned i = 0; i < nlive; i++) sum += rounded(live[i].bytes);
    REQUIRE(s.live_objects == nlive && s.live_bytes == sum && s.mallocs - s.frees == nlive);
    REQUIRE(s.span_bytes + s.free_bytes == s.region_bytes && s.region_bytes < region_bytes);
}

static void fill(struct object *o)
{
    o->mark = (unsigned char)random_below(255);
    memset(o->start, o->mark, o->bytes);
}

static void check_bytes(const struct object *o, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) REQUIRE(o->start[i] == o->mark);
}

static void add(void *p, size_t bytes)
{
    live[nlive] = (struct object){p, bytes, 0};
    REQUIRE(wpm_usable_size(heap, p) == rounded(bytes));
    for (unsigned i = 0; i < nlive; i++)
        REQUIRE(live[i].start + rounded(live[i].bytes) <= live[nlive].start ||
                live[nlive].start + rounded(bytes) <= live[i].start);
    fill(&live[nlive++]);
}

static void begin_one(void)
{
    size_t bytes = random_below(4) == 0 ? random_below(2000) : random_below(200), align = 1;
    void *p;
    switch (random_below(3)) {
    case 0: p = wpm_malloc(heap, bytes); break;
    case 1:
        p = wpm_calloc(heap, 1 + bytes / 7, 7);
        bytes = (1 + bytes / 7) * 7;
        for (size_t i = 0; p != NULL && i < bytes; i++) REQUIRE(((unsigned char *)p)[i] == 0);
        break;
    default:
        align = (size_t)1 << random_below(11);
        p = wpm_aligned(heap, align, bytes);
        REQUIRE((uintptr_t)p % align == 0);
        if (align > GRANULE) bytes += p == NULL ? align - GRANULE : 0;
    }
    if (p != NULL) add(p, bytes);
    else REQUIRE(longest_run() < rounded(bytes));
}

static void end_one(unsigned i)
{
    check_bytes(&live[i], live[i].bytes);
    REQUIRE(wpm_free(heap, live[i].start) == WPM_OK);
    live[i] = live[--nlive];
}

static void resize_one(unsigned i)
{
    size_t bytes = random_below(1500);
    wpm_status status = WPM_CORRUPT;
    void *p = wpm_realloc(heap, live[i].start, bytes, random_below(2) ? &status : NULL);
    REQUIRE(status == WPM_OK || status == WPM_CORRUPT);
    if (p == NULL) {
        REQUIRE(longest_run() < rounded(bytes) && rounded(live[i].bytes) < rounded(bytes));
        check_bytes(&live[i], live[i].bytes);
        return;
    }
    struct object old = live[i];
    live[i] = live[--nlive];
    old.start = p;
    check_bytes(&old, old.bytes < bytes ? old.bytes : bytes);
    add(p, bytes);
}

static void make_heap(unsigned offset, size_t bytes)
{
    memset(memory, 0xa5, sizeof memory);
    region = memory + offset;
    region_bytes = bytes;
    heap = wpm_heap_init(region, bytes);
    nlive = 0;
}

static void test_sequence(size_t bytes, unsigned steps)
{
    make_heap(random_below(128), bytes);
    REQUIRE(heap != NULL);
    for (unsigned i = 0; i < steps; i++) {
        unsigned k = random_below(8);
        if (k < 4 && nlive < MOST) begin_one();
        else if (nlive > 0 && k < 6) end_one(random_below(nlive));
        else if (nlive > 0) resize_one(random_below(nlive));
        if (i % 64 == 0) check_figures();
    }
    while (nlive > 0) end_one(0);
    check_figures();
    REQUIRE(longest_run() >= region_bytes * 9 / 10 - 400);
    for (unsigned char *p = memory; p < memory + sizeof memory; p++)
        REQUIRE((p >= region && p < region + region_bytes) || *p == 0xa5);
}

static void tell(void *context, unsigned status, const void *address)
{
    REQUIRE(context == &heap && status != WPM_OK);
    told++;
    told_of = address;
}

/* Free every address around: refused, told, and nothing changes, but where objects start. */
static void test_misuse(void)
{
    wpm_hooks hooks = {NULL, NULL, &heap, tell};
    make_heap(5, 4096);
    wpm_set_hooks(&hooks);
    while (nlive < 12) add(wpm_malloc(heap, 1 + nlive * 20), 1 + nlive * 20);
    for (unsigned i = 0; i < nlive; i += 2) end_one(i);
    unsigned expected = 0;
    for (unsigned char *p = memory; p < memory + sizeof memory; p++) {
        bool start = false;
        for (unsigned i = 0; i < nlive; i++) start = start || live[i].start == p;
        if (start) continue;
        wpm_status s = wpm_free(heap, p), status = WPM_OK;
        REQUIRE(s == WPM_FOREIGN || s == WPM_INTERIOR || s == WPM_DOUBLE_FREE);
        REQUIRE(wpm_describe(heap, p).status == s && wpm_usable_size(heap, p) == 0);
        REQUIRE(told == ++expected && told_of == p);
        REQUIRE(wpm_realloc(heap, p, 10, &status) == NULL && status == s && told == ++expected);
    }
    REQUIRE(wpm_free(heap, (void *)UINTPTR_MAX) == WPM_FOREIGN && wpm_free(heap, NULL) == WPM_OK);
    check_figures();
    while (nlive > 0) end_one(0);
    wpm_set_hooks(NULL);
}

static size_t test_regions(void)
{
    size_t least = 0;
    for (size_t bytes = 0; bytes <= 4096; bytes += 4) {
        make_heap((unsigned)(bytes % 64), bytes);
        void *p = heap != NULL ? wpm_malloc(heap, 1) : NULL;
        REQUIRE((heap == NULL) == (p == NULL) && (least == 0 || p != NULL || bytes < least + 64));
        if (p != NULL && least == 0) least = bytes;
        for (unsigned char *q = memory; q < memory + sizeof memory; q++)
            REQUIRE((q >= region && q < region + bytes) || *q == 0xa5);
    }
    REQUIRE(least > 0 && wpm_heap_init(NULL, 1u << 20) == NULL && wpm_heap_create(0) == NULL);
    return least;
}

int main(void)
{
    size_t least = test_regions();
    wpm_statistics s;
    test_misuse();
    for (size_t bytes = 2048; bytes <= REGION_BYTES; bytes *= 2) test_sequence(bytes, 6000);
    make_heap(0, 2048);
    wpm_stats(heap, &s);
    printf("least region %u bytes, of 2 KiB %u are for objects", (unsigned)least,
           (unsigned)s.region_bytes);
    make_heap(0, REGION_BYTES);
    wpm_stats(heap, &s);
    printf(", of %u KiB %u, %u calls told of misuse\n", REGION_BYTES >> 10,
           (unsigned)s.region_bytes, told);
    return 0;
}
