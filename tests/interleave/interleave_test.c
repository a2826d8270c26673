/* interleave_test.c -- the steps without a lock, in all schedules: frees by strangers against all
 * that an owner does with a span meanwhile.
 *
 * After each schedule: every free said what it must; the records of the heap are in order; and no
 * slot is stranded: as many objects can be had without a new span as spans have free slots.
 * An argument names scenarios to run; `expect-fault` turns the verdict round (seeded bugs).
 */
#include "alloc.h"
#include "explore.h"
#include "heapfaults.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REGION_BYTES (18u << 20)
#define RECORD_BYTES (1u << 20) /* the records at the start of the region are not longer */
#define OBJECTS 64u

static unsigned char region[REGION_BYTES] __attribute__((aligned(4096)));
static unsigned char start[RECORD_BYTES];
static size_t start_bytes;

static wpm_heap *h;
static struct mcache *owner, *stranger, *other;
static uint32_t k;          /* the class of all objects */
static size_t bytes;        /* of its slots */
static void *object[OBJECTS];
static uint32_t nobjects;   /* that were handed out before the threads start */
static void *result[EXPLORE_THREADS];
static wpm_status status[EXPLORE_THREADS];

static void set_up(void)
{
    memcpy(region, start, start_bytes);
    memset(result, 0, sizeof result);
    memset(status, 0, sizeof status);
}

/* A heap with three caches; the owner holds `n` objects of a class with `slots` slots a span. */
static void begin(uint32_t slots, uint32_t n)
{
    memset(region, 0, RECORD_BYTES);
    h = wpm_heap_init(region, REGION_BYTES);
    owner = mcache_attach(h);
    stranger = mcache_attach(h);
    other = mcache_attach(h);
    k = 1;
    while (class_table[k].slots != slots) k++;
    bytes = class_table[k].size_bytes;
    nobjects = n;
    for (uint32_t i = 0; i < n; i++) object[i] = alloc_malloc(h, owner, bytes);
}

static void end_of_start(void)
{
    start_bytes = (size_t)(h->map.base - (uintptr_t)region);
    memcpy(start, region, start_bytes);
}

/* Slots of all spans of the class. */
static uint32_t slots_of_class(void)
{
    uint32_t n = 0;
    for (uint32_t s = 1; s < h->nspans; s++) {
        if (h->span[s].npages != 0 && h->span[s].span_class == k) n += h->span[s].nslots;
    }
    return n;
}

/* What must hold of the heap when `live` objects of the class are left. */
static const char *judge_heap(uint32_t live)
{
    if (h->stray != 0) return "a slot was freed twice";
    if (heap_faults(h) != 0) return "the records are not in order";
    struct mcache *c = owner->attached ? owner : other;
    int64_t pages = h->span_pages;
    uint32_t free_slots = slots_of_class() - live, got = 0;
    while (alloc_malloc(h, c, bytes) != NULL && h->span_pages <= pages) {
        pages = h->span_pages;
        got++;
    }
    return got == free_slots ? NULL : "slots are stranded, or handed out twice";
}

/* ---- what threads do ---- */
static void stranger_frees_0(void) { status[1] = alloc_free(h, stranger, object[0]); }
static void other_frees_0(void) { status[2] = alloc_free(h, other, object[0]); }
static void other_frees_1(void) { status[2] = alloc_free(h, other, object[1]); }
static void nobody_frees_1(void) { status[2] = wpm_free(h, object[1]); }
static void owner_allocates(void) { result[0] = alloc_malloc(h, owner, bytes); }
static void other_allocates(void) { result[2] = alloc_malloc(h, other, bytes); }
static void owner_frees_1(void) { status[0] = alloc_free(h, owner, object[1]); }
static void owner_leaves(void) { mcache_detach(h, owner); }

static void owner_frees_and_begins_another(void)
{
    status[0] = alloc_free(h, owner, object[1]);
    result[0] = alloc_malloc(h, owner, bytes);
    (void)alloc_malloc(h, owner, bytes * 2);
}

/* ---- judges ---- */
static const char *one_of_two(void)
{
    unsigned done = (status[1] == WPM_OK) + (status[2] == WPM_OK);
    unsigned refused = (status[1] == WPM_DOUBLE_FREE) + (status[2] == WPM_DOUBLE_FREE);
    if (done != 1 || refused != 1) return "not one of two frees of a slot was refused";
    return judge_heap(nobjects - 1 + (result[0] != NULL));
}

/* All frees that were asked for were done; `freed` objects fewer, one more for each result. */
static const char *all_done(uint32_t freed)
{
    for (unsigned t = 0; t < EXPLORE_THREADS; t++) {
        if (status[t] != WPM_OK) return "a free was refused";
    }
    uint32_t live = nobjects - freed;
    for (unsigned t = 0; t < EXPLORE_THREADS; t++) live += result[t] != NULL;
    return judge_heap(live);
}

static const char *one_freed(void) { return all_done(1); }
static const char *two_freed(void) { return all_done(2); }

/* ---- scenarios ---- */
enum { SLOTS = 4, FULL = SLOTS, PARKED = SLOTS + 1 };

static const struct {
    uint32_t objects;  /* of the owner at the start: FULL, and the next one parks the span */
    bool central;      /* the owner has left before the start */
    struct scenario scenario;
} table[] = {
    {PARKED, false, {"two strangers free one slot", 3, 3, 2, set_up,
        {owner_allocates, stranger_frees_0, other_frees_0}, one_of_two}},
    {FULL, false, {"a stranger frees while the owner parks", 2, 4, 2, set_up,
        {owner_allocates, stranger_frees_0, NULL}, one_freed}},
    {PARKED, false, {"two strangers free two slots, the owner refills", 3, 3, 1, set_up,
        {owner_allocates, stranger_frees_0, other_frees_1}, two_freed}},
    {FULL, false, {"two strangers free two slots while the owner parks", 3, 2, 1, set_up,
        {owner_allocates, stranger_frees_0, other_frees_1}, two_freed}},
    {PARKED, false, {"owner and stranger free two slots", 2, 4, 2, set_up,
        {owner_frees_1, stranger_frees_0, NULL}, two_freed}},
    {PARKED, false, {"the owner unparks and refills, strangers free", 3, 2, 1, set_up,
        {owner_frees_and_begins_another, stranger_frees_0, NULL}, two_freed}},
    {PARKED, false, {"a stranger frees while the owner leaves", 2, 3, 1, set_up,
        {owner_leaves, stranger_frees_0, NULL}, one_freed}},
    {FULL, false, {"two strangers free while the owner leaves", 3, 2, 1, set_up,
        {owner_leaves, stranger_frees_0, other_frees_1}, two_freed}},
    {PARKED, true, {"two strangers free slots of a central span", 3, 2, 1, set_up,
        {NULL, stranger_frees_0, nobody_frees_1}, two_freed}},
    {PARKED, true, {"a stranger frees, another takes the central span", 3, 3, 1, set_up,
        {NULL, stranger_frees_0, other_allocates}, one_freed}},
};

static void nothing(void) {}

/* Scenario `i`, from its own start. */
static struct outcome run(unsigned i)
{
    struct scenario s = table[i].scenario;
    begin(SLOTS, table[i].objects);
    if (table[i].central) mcache_detach(h, owner);
    end_of_start();
    for (unsigned t = 0; t < EXPLORE_THREADS; t++) {
        if (s.body[t] == NULL) s.body[t] = nothing;
    }
    return explore(&s);
}

int main(int argc, char **argv)
{
    bool expect_fault = argc > 1 && strcmp(argv[1], "expect-fault") == 0;
    unsigned faults = 0;
    uint64_t schedules = 0;
    printf("%-52s %7s %8s %6s %6s %10s\n", "scenario", "threads", "switches", "delays", "words",
           "schedules");
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct scenario *s = &table[i].scenario;
        struct outcome o = run(i);
        printf("%-52s %7u %8u %6u %6u %10" PRIu64 "%s%s\n", s->name, s->threads, s->switches,
               s->delays, o.words, o.schedules, o.fault != NULL ? "  FAULT: " : "",
               o.fault != NULL ? o.fault : "");
        fflush(stdout);
        faults += o.fault != NULL;
        schedules += o.schedules;
    }
    printf("interleave: %" PRIu64 " schedules, %u scenarios, %u with a fault\n", schedules,
           (unsigned)(sizeof table / sizeof table[0]), faults);
    return expect_fault ? faults == 0 : faults != 0;
}
