/* addrranges_test.c -- every case of tests/data/addrranges.json; random sets against a bitmap. */
#include "../src/addrranges.h"
#include "json.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY 128u
#define UNIVERSE 400u

struct range {
    uint64_t base, limit;
};

static uint64_t bases[CAPACITY];
static uint64_t limits[CAPACITY];

static struct addrranges fresh_set(uint32_t capacity)
{
    memset(bases, 0, sizeof bases);
    memset(limits, 0, sizeof limits);
    struct addrranges a = {bases, limits, capacity, 0, 0};
    return a;
}

/* A list of ranges from the file. */
static uint32_t read_ranges(const json *list, struct range *out)
{
    for (size_t i = 0; i < json_len(list); i++) {
        out[i].base = json_uint(json_at(json_at(list, i), 0));
        out[i].limit = json_uint(json_at(json_at(list, i), 1));
    }
    return (uint32_t)json_len(list);
}

static void check_set(const struct addrranges *a, const struct range *want, uint32_t count)
{
    uint64_t bytes = 0;
    CHECK_EQ(a->count, count);
    for (uint32_t i = 0; i < count && i < a->count; i++) {
        CHECK_EQ(a->base[i], want[i].base);
        CHECK_EQ(a->limit[i], want[i].limit);
        bytes += want[i].limit - want[i].base;
    }
    CHECK_EQ(a->total_bytes, bytes);
    CHECK(addrranges_valid(a));
}

/* The file has every second step of its sequence. What the steps between must have added follows
 * from the set that the next one leaves: each piece that is neither there nor about to come. */
static void fill_up_to(struct addrranges *a, const json *list, struct range added)
{
    static struct range want[CAPACITY];
    uint32_t count = read_ranges(list, want);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t x = want[i].base;
        while (x < want[i].limit) {
            uint32_t next = addrranges_find_succ(a, x);
            uint64_t end = want[i].limit;
            if (x >= added.base && x < added.limit) end = added.limit;
            else if (addrranges_contains(a, x)) end = a->limit[next - 1];
            else {
                if (x < added.base && added.base < end) end = added.base;
                if (next < a->count && a->base[next] < end) end = a->base[next];
                CHECK(addrranges_add(a, x, end));
            }
            x = end;
        }
    }
}

/* The same for a step that says only its place: as many single addresses below as are missing. */
static void fill_below(struct addrranges *a, uint32_t place, struct range added)
{
    uint32_t i = addrranges_find_succ(a, added.base);
    for (uint64_t x = added.base - 2; i < place; i++, x -= 2) CHECK(addrranges_add(a, x, x + 1));
}

/* Ranges added one after the other to one set, which each step describes. */
static void check_adds(const json *steps)
{
    static struct range want[CAPACITY];
    struct addrranges a = fresh_set(CAPACITY);
    uint32_t count = 0;
    CHECK_EQ(json_len(steps), 66);
    for (size_t i = 0; i < json_len(steps); i++) {
        const json *step = json_at(steps, i);
        struct range added = {json_uint(json_at(json_get(step, "add"), 0)),
                                  json_uint(json_at(json_get(step, "add"), 1))};
        const json *list = json_find(step, "want");
        const json *at = json_find(step, "want_insert_at");
        uint32_t place = at ? (uint32_t)json_uint(at) : a.count;
        if (list) fill_up_to(&a, list, added);
        if (at) fill_below(&a, place, added);
        if (list) count = read_ranges(list, want);
        else {
            count = a.count + 1;
            for (uint32_t k = 0; k < count; k++) {
                struct range below = {bases[k], limits[k]};
                struct range above = {k ? bases[k - 1] : 0, k ? limits[k - 1] : 0};
                want[k] = k < place ? below : k == place ? added : above;
            }
        }
        CHECK(addrranges_add(&a, added.base, added.limit));
        check_set(&a, want, count);
    }
}

static void check_find_succ(const json *root)
{
    const json *cases = json_get(root, "find_succ");
    CHECK_EQ(json_len(cases), 9);
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i);
        const json *list = json_get(c, "ranges");
        struct addrranges a = fresh_set(CAPACITY);
        struct range ranges[CAPACITY];
        a.count = read_ranges(json_is_array(list) ? list : json_get(root, "large"), ranges);
        for (uint32_t k = 0; k < a.count; k++) {
            bases[k] = ranges[k].base;
            limits[k] = ranges[k].limit;
        }
        CHECK_EQ(addrranges_find_succ(&a, json_uint(json_get(c, "addr"))),
                 json_uint(json_get(c, "want")));
    }
}

/* Random adds, some of which must be refused, against one flag an address. */
static void check_random(uint32_t seed, uint32_t capacity)
{
    bool in[UNIVERSE] = {false};
    struct addrranges a = fresh_set(capacity);
    uint64_t total = 0;
    srand(seed);
    for (uint32_t step = 0; step < 300; step++) {
        uint32_t base = (uint32_t)rand() % UNIVERSE;
        uint32_t limit = base + (uint32_t)rand() % 6;
        if (limit > UNIVERSE) limit = UNIVERSE;
        bool apart = base < limit;
        for (uint32_t x = base; x < limit; x++) apart = apart && !in[x];
        bool touch = (base > 0 && in[base - 1]) || (limit < UNIVERSE && in[limit]);
        bool want = apart && (touch || a.count < capacity);
        CHECK(addrranges_add(&a, base, limit) == want);
        if (want)
            for (uint32_t x = base; x < limit; x++) in[x] = true, total++;
        uint32_t wrong = 0;
        for (uint32_t x = 0; x < UNIVERSE; x++) wrong += addrranges_contains(&a, x) != in[x];
        CHECK_EQ(wrong, 0);
        CHECK_EQ(a.total_bytes, total);
        CHECK(addrranges_valid(&a));
    }
}

/* The ends of the address space, and what is refused. */
static void check_edges(void)
{
    struct addrranges a = fresh_set(2);
    CHECK(!addrranges_add(&a, 5, 5) && !addrranges_add(&a, 6, 5) && a.count == 0);
    CHECK(addrranges_add(&a, UINT64_MAX - 1, UINT64_MAX));
    CHECK(addrranges_add(&a, 0, 10));
    CHECK(!addrranges_add(&a, 20, 30)); /* full */
    CHECK(addrranges_add(&a, 10, 30));  /* full, but it touches */
    CHECK(!addrranges_add(&a, 29, 31) && !addrranges_add(&a, 0, UINT64_MAX));
    CHECK(addrranges_add(&a, 30, UINT64_MAX - 1));
    CHECK_EQ(a.count, 1);
    CHECK_EQ(a.total_bytes, UINT64_MAX);
    CHECK(!addrranges_add(&a, 0, 1) && !addrranges_contains(&a, UINT64_MAX));
    CHECK(addrranges_contains(&a, 0) && addrranges_contains(&a, UINT64_MAX - 1));
}

/* Each part of the invariant, broken. */
static void check_checker(void)
{
    struct addrranges a = fresh_set(4);
    CHECK(addrranges_add(&a, 10, 20) && addrranges_add(&a, 30, 40) && addrranges_valid(&a));
    bases[1] = 20; /* touches */
    CHECK(!addrranges_valid(&a));
    bases[1] = 15; /* overlaps */
    CHECK(!addrranges_valid(&a));
    bases[1] = 40; /* empty */
    CHECK(!addrranges_valid(&a));
    bases[1] = 30;
    a.total_bytes++;
    CHECK(!addrranges_valid(&a));
    a.total_bytes--;
    CHECK(addrranges_valid(&a));
}

int main(void)
{
    json *root = json_read("tests/data/addrranges.json");
    check_adds(json_get(root, "add"));
    check_find_succ(root);
    json_drop(root);
    for (uint32_t seed = 1; seed <= 30; seed++) check_random(seed, seed % 2 ? CAPACITY : 8);
    check_edges();
    check_checker();
    return unit_report("addrranges");
}
