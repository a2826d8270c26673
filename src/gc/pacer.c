#include "pacer.h"

/* x percent / 100. */
/*@ assigns \nothing;
    ensures part: \result == Percent(percent, x);
*/
static uint64_t percent_of(uint32_t percent, uint64_t x)
{
    return ratio_times((struct ratio){percent, 100}, x);
}

/*@ requires valid: \valid_read(p);
    assigns \nothing;
    ensures expected: \result == PacerExpected(p);
*/
static uint64_t expected_work(const struct pacer *p)
{
    return ratio_sum(ratio_sum(p->scanned, p->scanned_stack), p->globals);
}

/*@ requires valid: \valid_read(p);
    assigns \nothing;
    ensures most: \result == PacerMost(p, scannable);
*/
static uint64_t most_work(const struct pacer *p, uint64_t scannable)
{
    return ratio_sum(ratio_sum(scannable, p->stack), p->globals);
}

/*@ requires valid: \valid_read(p);
    assigns \nothing;
    ensures grown: \result == PacerGrown(p);
*/
static uint64_t grown(const struct pacer *p)
{
    if (p->percent == PACER_NO_GROWTH) return UINT64_MAX;
    uint64_t base = ratio_sum(ratio_sum(p->marked, p->scanned_stack), p->globals);
    return ratio_max(ratio_sum(p->marked, percent_of(p->percent, base)),
                     percent_of(p->percent, p->least));
}

/* The trigger of a goal. */
/*@ requires valid: \valid_read(p) && PacerRates(p);
    requires goal: p->marked <= goal;
    assigns \nothing;
    ensures trigger: \result == PacerTrigger(p, goal, floor);
    ensures below: \result <= goal;
*/
static uint64_t trigger_of(const struct pacer *p, uint64_t goal, uint64_t floor)
{
    uint64_t way = (goal - p->marked) / 64;
    uint64_t early = ratio_max(p->marked + way * 45, ratio_min(floor, goal));
    uint64_t late = ratio_max(p->marked + way * 61, ratio_less(goal, p->least));
    uint64_t scan = ratio_times(p->rate, expected_work(p));
    uint64_t runway = ratio_times((struct ratio){3, 1}, scan);
    return ratio_min(ratio_max(ratio_less(goal, runway), early), ratio_max(late, early));
}

void pacer_init(struct pacer *p, uint32_t percent, uint64_t limit, uint64_t least)
{
    p->percent = percent;
    p->limit = limit;
    p->least = least;
    p->stack = 0;
    p->globals = 0;
    p->marked = 0;
    p->scanned = 0;
    p->scanned_stack = 0;
    p->goal = 0;
    p->trigger = 0;
    p->triggered = 0;
    p->limited = false;
    p->assist = (struct ratio){0, 1};
    p->rate = (struct ratio){0, 1};
    /*@ loop invariant range: 0 <= i <= PACER_RATES;
        loop invariant ok: \forall integer j; 0 <= j < i ==> RatioOk(p->rates[j]);
        loop assigns i, p->rates[0 .. PACER_RATES - 1];
        loop variant PACER_RATES - i;
    */
    for (int i = 0; i < PACER_RATES; i++) p->rates[i] = (struct ratio){0, 1};
    pacer_commit(p, 0);
}

uint64_t pacer_limit(uint64_t limit, uint64_t other, uint64_t over, uint64_t marked)
{
    uint64_t heap = ratio_less(ratio_less(limit, other), over);
    uint64_t headroom = ratio_max(heap / 100 * 3, PACER_LEAST_GOAL / 4);
    return ratio_max(ratio_less(heap, headroom), marked);
}

void pacer_commit(struct pacer *p, uint64_t floor)
{
    uint64_t growth = grown(p);
    p->limited = p->limit < growth;
    if (p->limited) floor = 0;
    p->goal = ratio_max(p->marked, p->limited ? p->limit : ratio_max(growth, floor));
    p->trigger = trigger_of(p, p->goal, floor);
}

void pacer_begin(struct pacer *p, uint64_t live, uint64_t scannable)
{
    p->triggered = live;
    if (!p->limited) p->goal = ratio_max(p->goal, ratio_sum(live, PACER_ROOM));
    pacer_revise(p, live, scannable, 0);
}

void pacer_revise(struct pacer *p, uint64_t live, uint64_t scannable, uint64_t done)
{
    uint64_t work = expected_work(p), goal = p->goal;
    if (done > work) {
        struct ratio more = ratio_of(most_work(p, scannable), ratio_max(1, work));
        uint32_t percent = p->percent == PACER_NO_GROWTH ? PACER_MOST_GROWTH : p->percent;
        uint64_t further = ratio_times(more, ratio_less(goal, p->triggered));
        goal = ratio_min(ratio_sum(p->triggered, further),
                         ratio_sum(goal, percent_of(percent, goal)));
        work = most_work(p, scannable);
    }
    if (live > goal) {
        goal = ratio_sum(goal, goal / 10);
        work = most_work(p, scannable);
    }
    p->assist = ratio_of(ratio_max(PACER_LEAST_WORK, ratio_less(work, done)),
                         ratio_max(1, ratio_less(goal, live)));
}

/* The rate of a cycle: what was allocated, had that all of the time, over what was scanned, had
 * that. */
/*@ requires cycle: \valid_read(c);
    requires shares: RatioOk(c->busy) && c->busy.num <= c->busy.den && RatioOk(c->spare);
    assigns \nothing;
    ensures ok: RatioOk(\result);
*/
static struct ratio rate_of(const struct pacer_cycle *c, uint64_t triggered)
{
    struct ratio rest = {c->busy.den - c->busy.num, c->busy.den};
    uint64_t bytes = ratio_less(c->live, triggered);
    uint64_t work = ratio_sum(ratio_sum(c->heap, c->stack), c->globals);
    return ratio_of(ratio_sum(ratio_times(c->busy, bytes), ratio_times(c->spare, bytes)),
                    ratio_max(1, ratio_times(rest, work)));
}

/* The largest of `now` and the kept rates. */
/*@ requires rates: \valid_read(p) && PacerRates(p) && RatioOk(now);
    assigns \nothing;
    ensures ok: RatioOk(\result);
    ensures one: \result == now ||
      \exists integer i; 0 <= i < PACER_RATES && \result == p->rates[i];
    ensures now: !RatioBelow(\result, now);
    ensures largest: \forall integer i; 0 <= i < PACER_RATES ==> !RatioBelow(\result, p->rates[i]);
*/
static struct ratio largest_rate(const struct pacer *p, struct ratio now)
{
    struct ratio most = now;
    /*@ loop invariant range: 0 <= i <= PACER_RATES;
        loop invariant ok: RatioOk(most);
        loop invariant one: most == now || \exists integer j; 0 <= j < i && most == p->rates[j];
        loop invariant now: !RatioBelow(most, now);
        loop invariant largest: \forall integer j; 0 <= j < i ==> !RatioBelow(most, p->rates[j]);
        loop assigns i, most;
        loop variant PACER_RATES - i;
    */
    for (int i = 0; i < PACER_RATES; i++)
        if (ratio_below(most, p->rates[i])) most = p->rates[i];
    return most;
}

/* The newest rate comes in, the oldest goes. */
/*@ requires valid: PacerValid(p) && RatioOk(now);
    assigns p->rates[0 .. PACER_RATES - 1];
    ensures valid: PacerValid(p);
    ensures newest: p->rates[PACER_RATES - 1] == now;
    ensures moved: \forall integer i; 0 <= i < PACER_RATES - 1 ==>
      p->rates[i] == \old(p->rates[i + 1]);
*/
static void keep_rate(struct pacer *p, struct ratio now)
{
    p->rates[0] = p->rates[1];
    p->rates[1] = p->rates[2];
    p->rates[2] = p->rates[3];
    p->rates[3] = now;
}
STATIC_ASSERT(PACER_RATES == 4, "keep_rate moves as many");

void pacer_end(struct pacer *p, const struct pacer_cycle *c, uint64_t floor)
{
    if (c->live > p->triggered) {
        struct ratio now = rate_of(c, p->triggered);
        p->rate = largest_rate(p, now);
        keep_rate(p, now);
    }
    p->marked = c->marked;
    p->scanned = c->heap;
    p->scanned_stack = c->stack;
    pacer_commit(p, floor);
}
