/* limiter_test.c -- the bucket against a plain model, and the steps of a program that collects too
 * much; how many threads mark, on each number of processors. */
#include <math.h>

#include "../../src/gc/limiter.h"
#include "../../src/gc/workers.h"
#include "../json.h"
#include "../random.h"
#include "../unit.h"

#define SECOND ((uint64_t)1000000000)
#define PROCESSORS 14

/* Half and half never fills it, more does and turns it on, the first drain turns it off. */
static void check_steps(void)
{
    struct limiter l;
    limiter_init(&l, PROCESSORS * SECOND);
    for (int i = 0; i < 100; i++) limiter_update(&l, 7 * SECOND, 7 * SECOND);
    CHECK(l.fill == 0 && !l.on);
    limiter_update(&l, 10 * SECOND, 4 * SECOND);
    CHECK(l.fill == 6 * SECOND && !l.on);
    limiter_update(&l, 4 * SECOND, 5 * SECOND);
    CHECK(l.fill == 5 * SECOND && !l.on);
    limiter_update(&l, 9 * SECOND, 0);
    CHECK(l.fill == l.capacity && l.on && l.overflow == 0);
    limiter_update(&l, SECOND, SECOND);
    CHECK(l.fill == l.capacity && l.on);
    limiter_update(&l, 3 * SECOND, SECOND);
    CHECK(l.fill == l.capacity && l.on && l.overflow == 2 * SECOND);
    limiter_update(&l, 0, 1);
    CHECK(l.fill == l.capacity - 1 && !l.on);
    limiter_update(&l, 0, UINT64_MAX);
    CHECK(l.fill == 0 && !l.on);
    limiter_resize(&l, SECOND);
    limiter_update(&l, UINT64_MAX, 0);
    CHECK(l.fill == SECOND && l.on && l.overflow == UINT64_MAX);
    limiter_resize(&l, 2 * SECOND);
    CHECK(l.fill == SECOND && !l.on);
    limiter_resize(&l, SECOND / 2);
    CHECK(l.fill == SECOND / 2 && l.on);
}

/* Any times, against sums in floating point. */
static void check_random(void)
{
    uint64_t seed = 11;
    struct limiter l;
    limiter_init(&l, 1 << 20);
    double fill = 0, over = 0;
    for (int i = 0; i < 100000; i++) {
        uint64_t gc = random_below(&seed, 1 << 18), program = random_below(&seed, 1 << 18);
        bool was = l.on;
        limiter_update(&l, gc, program);
        fill += (double)gc - (double)program;
        if (fill > 1 << 20) {
            over += fill - (1 << 20);
            fill = 1 << 20;
        }
        if (fill < 0) fill = 0;
        CHECK(fabs(fill - (double)l.fill) < 1 && fabs(over - (double)l.overflow) < 1);
        CHECK_EQ(l.on, gc == program ? was : l.fill == l.capacity);
    }
}

/* A quarter of the time is marking's, as near as whole processors come or exactly. */
static void check_workers(void)
{
    for (uint32_t n = 1; n <= 1000; n++) {
        struct workers w = workers_of(n);
        double share = w.whole + (double)w.part.num / w.part.den * n;
        bool far = fabs(floor(n * 0.25 + 0.5) / (n * 0.25) - 1) > 0.3;
        CHECK_EQ(w.part.num != 0, far);
        if (far) CHECK(fabs(share - n * 0.25) < 1e-9);
        else CHECK_EQ(w.whole, (uint32_t)floor(n * 0.25 + 0.5));
    }
    CHECK(workers_of(6).whole == 1 && workers_of(6).part.num == 2 && workers_of(6).part.den == 24);
    CHECK_EQ(workers_of(WORKERS_MOST).whole, (WORKERS_MOST + 2) / 4);
}

/* The rules of the table for processors with nothing else to do. */
static void check_idle(void)
{
    json *root = json_read("tests/data/pacer.json");
    uint32_t most = (uint32_t)json_uint(json_get(json_get(root, "idle_workers"), "max"));
    struct idle i = {0, 0};
    idle_limit(&i, most);
    for (uint32_t n = 0; n < most; n++) CHECK(idle_needed(&i) && idle_add(&i));
    CHECK(!idle_needed(&i) && !idle_add(&i));
    idle_remove(&i);
    CHECK(idle_needed(&i) && idle_add(&i));
    idle_limit(&i, 1);
    CHECK(!idle_needed(&i) && !idle_add(&i));
    while (i.count > 0) {
        CHECK(!idle_needed(&i) || i.count < 1);
        idle_remove(&i);
    }
    CHECK(idle_needed(&i) && idle_add(&i) && !idle_needed(&i) && !idle_add(&i));
    json_drop(root);
}

int main(void)
{
    check_steps();
    check_random();
    check_workers();
    check_idle();
    return unit_report("gc/limiter");
}
