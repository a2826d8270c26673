/* space.c -- random workloads and recorded ones. */
#include "space.h"

#include "random.h"
#include "sequence.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SLOTS 8192u
#define TRACE_BYTES 65536u
#define STEP 64u /* bytes, of the least region */

static struct {
    void *object; /* NULL: none, or it was refused */
    uint32_t bytes;
} slots[MOST_SLOTS];
static uint32_t used; /* slots from 0, of the random workloads */
static uint32_t live_bytes;
static void *heap;
static struct space result;
static uint64_t state;

static char trace[TRACE_BYTES + 1];
static void (*workload)(void);
static uint32_t parameter;

/* ---- Calls ---- */

static void lives(uint32_t i, void *object, uint32_t bytes)
{
    slots[i].object = object;
    slots[i].bytes = object != NULL ? bytes : 0;
    live_bytes += slots[i].bytes;
    if (live_bytes > result.peak_bytes) result.peak_bytes = live_bytes;
}

static bool ask(uint32_t i, uint32_t bytes)
{
    void *object = allocator.take(heap, bytes);
    result.asked++;
    result.failed += object == NULL;
    if (object != NULL) memset(object, (int)(i & 0xff), bytes);
    lives(i, object, bytes);
    return object != NULL;
}

static void end(uint32_t i)
{
    const unsigned char *at = slots[i].object;
    if (at == NULL) return;
    if (at[0] != (i & 0xff) || at[slots[i].bytes - 1] != (i & 0xff)) {
        printf("%s: an object was changed\n", allocator.name);
        exit(1);
    }
    live_bytes -= slots[i].bytes;
    allocator.give(heap, slots[i].object);
    slots[i].object = NULL;
    slots[i].bytes = 0;
}

/* An object that moves lives twice meanwhile, by whoever moves it; its bytes count once. */
static void change(uint32_t i, uint32_t bytes)
{
    void *old = slots[i].object, *after;
    uint32_t before = slots[i].bytes;
    if (old == NULL) {
        (void)ask(i, bytes);
        return;
    }
    result.asked++;
    if (allocator.resize != NULL) {
        after = allocator.resize(heap, old, bytes);
    } else {
        after = allocator.take(heap, bytes);
        if (after != NULL) memcpy(after, old, bytes < before ? bytes : before);
        if (after != NULL) allocator.give(heap, old);
    }
    result.failed += after == NULL;
    if (after == NULL) return;
    live_bytes -= before;
    if (bytes > before) memset((char *)after + before, (int)(i & 0xff), bytes - before);
    lives(i, after, bytes);
}

/* ---- Random workloads ---- */

static void run_uniform(void)
{
    for (unsigned round = 0; round < 60; round++) {
        for (unsigned i = 0; i < 100 && used < MOST_SLOTS; i++)
            used += ask(used, random_below(&state, parameter / 1000) + 1);
        for (unsigned i = 0; i < 50 && used > 0; i++) {
            uint32_t k = random_below(&state, used);
            end(k);
            if (k == --used) continue;
            slots[k] = slots[used];
            slots[used].object = NULL;
            if (slots[k].object != NULL) memset(slots[k].object, (int)(k & 0xff), slots[k].bytes);
        }
    }
}

static void end_all_at_random(void)
{
    static uint32_t order[MOST_SLOTS];
    for (uint32_t i = 0; i < used; i++) {
        uint32_t k = random_below(&state, i + 1);
        order[i] = order[k];
        order[k] = i;
    }
    for (uint32_t i = 0; i < used; i++) end(order[i]);
    used = 0;
}

static void run_caps(void)
{
    for (unsigned round = 0; round < 48; round++) {
        uint32_t cap = random_below(&state, parameter) + 1;
        int32_t rest = (int32_t)(parameter * (random_below(&state, 6) + 1));
        while (rest > 0 && used < MOST_SLOTS) {
            uint32_t bytes = random_below(&state, cap) + 1;
            (void)ask(used, bytes);
            rest -= (int32_t)bytes;
            if (random_below(&state, 10) == 0) {
                bytes = random_below(&state, cap) + 1;
                if (slots[used].object != NULL) change(used, bytes);
            }
            used++;
        }
        end_all_at_random();
    }
}

/* ---- Recorded ones ---- */

static uint32_t number(const char **p)
{
    uint32_t n = 0;
    while (isdigit((unsigned char)**p)) n = n * 10 + (uint32_t)(*(*p)++ - '0');
    return n;
}

/* +BYTES in the lowest slot that is free, -SLOT, =SLOT:BYTES. A refused object keeps its slot. */
static void run_trace(void)
{
    static bool taken[MOST_SLOTS];
    memset(taken, 0, sizeof taken);
    for (const char *p = trace; *p != 0;) {
        char what = *p++;
        if (what != '+' && what != '-' && what != '=') continue;
        uint32_t n = number(&p), i = n;
        if (what == '+') {
            for (i = 0; taken[i];) i++;
            taken[i] = true;
            (void)ask(i, n);
        } else if (what == '-') {
            taken[i] = false;
            end(i);
        } else {
            p++;
            change(i, number(&p));
        }
    }
}

bool space_choose(const char *name)
{
    parameter = 8192;
    workload = run_caps;
    if (strcmp(name, "caps") == 0) return true;
    workload = run_uniform;
    parameter = (uint32_t)strtoul(name, NULL, 10);
    if (parameter != 0) return true;
    workload = run_trace;
    FILE *f = fopen(name, "r");
    if (f == NULL) return false;
    trace[fread(trace, 1, TRACE_BYTES, f)] = 0;
    fclose(f);
    return trace[0] != 0;
}

struct space space_run(size_t region_bytes)
{
    memset(slots, 0, sizeof slots);
    result = (struct space){0};
    used = live_bytes = 0;
    state = 1;
    heap = allocator.begin(sequence_region, region_bytes);
    if (heap == NULL) return result;
    workload();
    return result;
}

static bool serves(size_t region_bytes)
{
    struct space s = space_run(region_bytes);
    return s.asked > 0 && s.failed == 0;
}

size_t space_least(void)
{
    size_t too_small = 0, enough = REGION_MOST;
    if (!serves(enough)) return 0;
    while (enough - too_small > STEP) {
        size_t middle = (too_small + enough) / 2 / STEP * STEP;
        if (serves(middle)) enough = middle;
        else too_small = middle;
    }
    return enough;
}
