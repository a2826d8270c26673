/* pacer.h -- when a collection begins, and how much marking each allocated byte pays for.
 *
 * The heap grows from what the last cycle marked to a goal: by `percent` of what it marked and of
 * its roots, or to the limit when that is lower. A cycle begins at the trigger, as far below the
 * goal as the program allocates while a cycle of the last one's length runs in a quarter of the
 * time (the runway, by the rate at which bytes were allocated for each one scanned). While it runs,
 * `assist` is the marking that each allocated byte owes so that both end together.
 *
 * All in whole numbers that stop at UINT64_MAX: no input makes anything wrap. The formulas stand in
 * spec/pacer.acsl. The owner of the struct guards it by a lock of his own. Rules and figures: Go
 * 1.24, runtime/mgcpacer.go, whose floating point these fractions replace.
 */
#ifndef WPM_GC_PACER_H
#define WPM_GC_PACER_H

#include <stdbool.h>
#include <stdint.h>

#include "../config.h"
#include "ratio.h"

#define PACER_NO_GROWTH UINT32_MAX           /* a percent: only the limit begins a cycle */
#define PACER_MOST_GROWTH 100000u            /* the percent that a goal gives way by, then */
#define PACER_LEAST_GOAL ((uint64_t)4 << 20) /* bytes, Go's least goal at 100 percent */
#define PACER_ROOM ((uint64_t)64 << 10)      /* bytes from a trigger to its goal, at least */
#define PACER_LEAST_WORK 1000u               /* bytes that are left to scan, at least */
#define PACER_RATES 4                        /* cycles whose rates count */

struct pacer {
    /* What the embedder chooses, may change between two cycles. */
    uint32_t percent; /* growth; PACER_NO_GROWTH: none */
    uint64_t limit;   /* bytes that the heap may have; UINT64_MAX: any */
    uint64_t least;   /* bytes: no goal of 100 percent is lower */
    /* Roots, bytes to scan. */
    uint64_t stack;
    uint64_t globals;
    /* What the last cycle left: bytes marked, bytes scanned. */
    uint64_t marked;
    uint64_t scanned;
    uint64_t scanned_stack;
    /* Bytes allocated for each byte scanned, had both all of the time: the largest of the last
     * cycles, and those of the last ones, the newest last. */
    struct ratio rate;
    struct ratio rates[PACER_RATES];
    /* Heap sizes, bytes. */
    uint64_t goal;
    uint64_t trigger;
    uint64_t triggered; /* at the beginning of the cycle */
    bool limited;       /* the goal is the limit's */
    /* Bytes to scan for each byte allocated. */
    struct ratio assist;
};

/* What a cycle has done, told at its end. */
struct pacer_cycle {
    uint64_t live;      /* heap size at its end, bytes */
    uint64_t marked;    /* of these marked, or allocated since it began */
    uint64_t heap;      /* bytes scanned in the heap, */
    uint64_t stack;     /* in stacks, */
    uint64_t globals;   /* in other roots */
    struct ratio busy;  /* share of the time of all processors that it took, */
    struct ratio spare; /* and that it had besides, while they had nothing else to do */
};

#include "../../spec/pacer.acsl"

/* Begin, with nothing allocated. `least` is PACER_LEAST_GOAL in Go. */
/*@ requires memory: \valid(p);
    assigns *p;
    ensures valid: PacerValid(p);
    ensures chosen: p->percent == percent && p->limit == limit && p->least == least;
    ensures none: p->marked == 0 && p->scanned == 0 && p->scanned_stack == 0 &&
      p->stack == 0 && p->globals == 0 && p->triggered == 0;
    ensures goal: p->goal == PacerGoal(p, 0);
    ensures trigger: p->trigger == PacerTrigger(p, p->goal, 0);
*/
void pacer_init(struct pacer *p, uint32_t percent, uint64_t limit, uint64_t least);

/* What a memory limit leaves to the heap: the limit without the bytes that are not the heap's and
 * those mapped above the limit, and of that a little less. At least `marked`. */
/*@ assigns \nothing;
    ensures lives: \result >= marked;
    ensures below: \result > marked ==> \result + other + over + PACER_LEAST_GOAL / 4 <= limit;
    ensures headroom: \result > marked ==>
      \result + AtLeastNone(AtLeastNone(limit - other) - over) / 100 * 3 <=
      AtLeastNone(AtLeastNone(limit - other) - over);
*/
uint64_t pacer_limit(uint64_t limit, uint64_t other, uint64_t over, uint64_t marked);

/* Choose goal and trigger anew, when a cycle has ended, the sweep that follows it has, or what the
 * embedder chooses has changed. `floor`: bytes that neither is below, but for a limit's sake: while
 * a sweep is at work, live bytes and some more; else 0. */
/*@ requires formed: PacerFormed(p);
    assigns p->goal, p->trigger, p->limited;
    ensures valid: PacerValid(p);
    ensures goal: p->goal == PacerGoal(p, floor);
    ensures limited: p->limited == true <==> p->limit < PacerGrown(p);
    ensures trigger: p->trigger ==
      PacerTrigger(p, p->goal, p->limited == true ? 0 : floor);
*/
void pacer_commit(struct pacer *p, uint64_t floor);

/* Is it time for a cycle? */
/*@ requires valid: PacerValid(p);
    assigns \nothing;
    ensures due: \result == true <==> live >= p->trigger;
*/
static inline bool pacer_due(const struct pacer *p, uint64_t live) { return live >= p->trigger; }

/* A cycle begins, at a heap of `live` bytes of which `scannable` may hold pointers. */
/*@ requires valid: PacerValid(p);
    assigns p->triggered, p->goal, p->assist;
    ensures valid: PacerValid(p);
    ensures begun: p->triggered == live;
    ensures goal: p->goal == (p->limited == true ? \old(p->goal) :
      Larger(\old(p->goal), Capped(live + PACER_ROOM)));
*/
void pacer_begin(struct pacer *p, uint64_t live, uint64_t scannable);

/* Set the assist ratio for the rest of a cycle: what is left to scan over the bytes that may still
 * be allocated, when `done` bytes are scanned and the heap has `live`, `scannable` of them with
 * pointers. More done than expected: the worst is expected, and the goal gives way for it. */
/*@ requires valid: PacerValid(p);
    assigns p->assist;
    ensures valid: PacerValid(p);
    ensures expected: done <= PacerExpected(p) && live <= p->goal ==>
      RatioNear(p->assist, Larger(PACER_LEAST_WORK, PacerExpected(p) - done),
                Larger(1, p->goal - live));
    ensures late: done <= PacerExpected(p) && live > p->goal ==>
      RatioNear(p->assist, Larger(PACER_LEAST_WORK, PacerMost(p, scannable) - done),
                Larger(1, Capped(p->goal + p->goal / 10) - live));
    ensures more: done > PacerExpected(p) ==> \exists struct ratio more;
      RatioNear(more, PacerMost(p, scannable), Larger(1, PacerExpected(p))) &&
      RatioNear(p->assist, Larger(PACER_LEAST_WORK, PacerMost(p, scannable) - done),
                Larger(1, (live <= PacerFurther(p, more) ? PacerFurther(p, more) :
                  Capped(PacerFurther(p, more) + PacerFurther(p, more) / 10)) - live));
*/
void pacer_revise(struct pacer *p, uint64_t live, uint64_t scannable, uint64_t done);

/* A cycle has ended: its rate counts for the next ones, goal and trigger are chosen anew.
 * `floor` as for pacer_commit. */
/*@ requires valid: PacerValid(p);
    requires cycle: \valid_read(c) && \separated(c, p);
    requires shares: RatioOk(c->busy) && c->busy.num <= c->busy.den && RatioOk(c->spare);
    assigns *p;
    ensures valid: PacerValid(p);
    ensures marked: p->marked == c->marked && p->scanned == c->heap &&
      p->scanned_stack == c->stack;
    ensures kept: p->percent == \old(p->percent) && p->limit == \old(p->limit) &&
      p->least == \old(p->least) && p->stack == \old(p->stack) &&
      p->globals == \old(p->globals);
    ensures goal: p->goal == PacerGoal(p, floor);
    ensures trigger: p->trigger ==
      PacerTrigger(p, p->goal, p->limit < PacerGrown(p) ? 0 : floor);
    ensures newest: c->live > \old(p->triggered) ==>
      \forall integer i; 0 <= i < PACER_RATES - 1 ==> p->rates[i] == \old(p->rates[i + 1]);
    ensures largest: c->live > \old(p->triggered) ==>
      \forall integer i; 0 <= i < PACER_RATES ==>
        !RatioBelow(p->rate, p->rates[i]);
    ensures unseen: c->live <= \old(p->triggered) ==> p->rate == \old(p->rate) &&
      \forall integer i; 0 <= i < PACER_RATES ==> p->rates[i] == \old(p->rates[i]);
*/
void pacer_end(struct pacer *p, const struct pacer_cycle *c, uint64_t floor);

#endif
