/* fixalloc_test.c -- ids against a model that keeps a plain list, and the invariant after each
 * step. */
#include "../src/fixalloc.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define IDS 300u

static uint32_t stack[IDS];
static uint32_t where[IDS];

/* What the pool should be: who is in use, and what was given back, oldest first. */
struct model {
    bool taken[IDS];
    uint32_t given[IDS];
    uint32_t ngiven, used, ntaken;
};

static struct fixalloc fresh_pool(uint32_t capacity)
{
    memset(stack, 0, sizeof stack);
    memset(where, 0, sizeof where);
    struct fixalloc f = {stack, where, capacity, 0, 0};
    return f;
}

static void check_against(const struct fixalloc *f, const struct model *m)
{
    uint32_t wrong = 0;
    for (uint32_t id = 0; id < IDS; id++) wrong += fixalloc_taken(f, id) != m->taken[id];
    CHECK_EQ(wrong, 0);
    CHECK_EQ(fixalloc_in_use(f), m->ntaken);
    CHECK(fixalloc_valid(f));
}

/* Take from both; they agree. */
static uint32_t take(struct fixalloc *f, struct model *m)
{
    uint32_t want = 0;
    if (m->ngiven > 0) want = m->given[--m->ngiven];
    else if (m->used + 1 < f->capacity) want = ++m->used;
    uint32_t id = fixalloc_take(f);
    CHECK_EQ(id, want);
    if (id != 0) m->taken[id] = true, m->ntaken++;
    return id;
}

static void give(struct fixalloc *f, struct model *m, uint32_t id)
{
    fixalloc_give(f, id);
    m->taken[id] = false;
    m->ntaken--;
    m->given[m->ngiven++] = id;
}

/* All ids once, none twice, then none; back in order, again last in first out. */
static void check_exhaustion(uint32_t capacity)
{
    struct fixalloc f = fresh_pool(capacity);
    struct model m = {0};
    for (uint32_t k = 1; k < capacity; k++) CHECK_EQ(take(&f, &m), k);
    CHECK_EQ(take(&f, &m), 0);
    CHECK_EQ(fixalloc_take(&f), 0);
    check_against(&f, &m);
    for (uint32_t id = 1; id < capacity; id++) give(&f, &m, id);
    check_against(&f, &m);
    for (uint32_t id = capacity - 1; id > 0; id--) CHECK_EQ(take(&f, &m), id);
    CHECK_EQ(take(&f, &m), 0);
}

/* Random takes and gives. */
static void check_random(uint32_t seed, uint32_t steps)
{
    struct fixalloc f = fresh_pool(IDS);
    struct model m = {0};
    srand(seed);
    for (uint32_t step = 0; step < steps; step++) {
        uint32_t id = (uint32_t)rand() % IDS;
        bool grow = (uint32_t)rand() % 1000 < (step / 700 % 2 ? 300 : 700);
        if (grow) take(&f, &m);
        else if (id != 0 && m.taken[id]) give(&f, &m, id);
        if (step % 16 == 0) check_against(&f, &m);
    }
    check_against(&f, &m);
}

/* Zero-filled memory is a pool, and a pool that gives nothing back writes nothing. */
static void check_untouched(void)
{
    struct fixalloc f = fresh_pool(IDS);
    for (uint32_t k = 1; k < IDS; k++) fixalloc_take(&f);
    uint32_t written = 0;
    for (uint32_t k = 0; k < IDS; k++) written += stack[k] != 0 || where[k] != 0;
    CHECK_EQ(written, 0);
    fixalloc_give(&f, 7);
    for (uint32_t k = 0; k < IDS; k++) written += (stack[k] ? 1u : 0u) + (where[k] ? 1u : 0u);
    CHECK_EQ(written, 2);
}

/* A capacity that grows over zero-filled memory keeps the pool valid. */
static void check_growth(void)
{
    struct fixalloc f = fresh_pool(4);
    struct model m = {0};
    for (uint32_t k = 0; k < 3; k++) take(&f, &m);
    CHECK_EQ(take(&f, &m), 0);
    give(&f, &m, 2);
    f.capacity = 6;
    CHECK(fixalloc_valid(&f));
    CHECK_EQ(take(&f, &m), 2);
    CHECK_EQ(take(&f, &m), 4);
    CHECK_EQ(take(&f, &m), 5);
    CHECK_EQ(take(&f, &m), 0);
    check_against(&f, &m);
}

/* Each part of the invariant, broken. */
static void check_checker(void)
{
    struct fixalloc f = fresh_pool(10);
    for (uint32_t k = 0; k < 6; k++) fixalloc_take(&f);
    fixalloc_give(&f, 3);
    fixalloc_give(&f, 5);
    CHECK(fixalloc_valid(&f));
    CHECK(!fixalloc_taken(&f, 0) && !fixalloc_taken(&f, 3) && !fixalloc_taken(&f, 7));
    CHECK(!fixalloc_taken(&f, UINT32_MAX) && fixalloc_taken(&f, 6));
    stack[1] = 3; /* an id twice: a double free */
    CHECK(!fixalloc_valid(&f));
    stack[1] = 5;
    where[5] = 1; /* a place that is another's */
    CHECK(!fixalloc_valid(&f));
    where[5] = 0; /* on the stack and in use */
    CHECK(!fixalloc_valid(&f));
    where[5] = 2;
    where[8] = 2; /* never used, yet on the stack */
    CHECK(!fixalloc_valid(&f));
    where[8] = 0;
    where[0] = 1;
    CHECK(!fixalloc_valid(&f));
    where[0] = 0;
    f.depth = 1; /* an id lost */
    CHECK(!fixalloc_valid(&f));
    f.depth = 2;
    f.used = 10; /* beyond the capacity */
    CHECK(!fixalloc_valid(&f));
    f.used = 6;
    CHECK(fixalloc_valid(&f));
}

int main(void)
{
    check_exhaustion(1);
    check_exhaustion(2);
    check_exhaustion(3);
    check_exhaustion(IDS);
    for (uint32_t seed = 1; seed <= 20; seed++) check_random(seed, 4000);
    check_untouched();
    check_growth();
    check_checker();
    return unit_report("fixalloc");
}
