/* workers.h -- how many threads mark beside the program.
 *
 * The program has three quarters of the processors, a quarter mark: whole ones as far as that comes
 * out within three tenths, and of the rest of the quarter each has a share of its time. Processors
 * with nothing else to do may mark besides, up to a number. Pure functions and a counter, whose
 * owner guards it by a lock. Rule and figures: Go 1.24, runtime/mgcpacer.go (startCycle,
 * addIdleMarkWorker).
 */
#ifndef WPM_GC_WORKERS_H
#define WPM_GC_WORKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "ratio.h"

#define WORKERS_MOST 0x3fffffffu /* processors that can be shared out */

/* The processors that marking has. */
struct workers {
    uint32_t whole;    /* that do nothing else */
    struct ratio part; /* of the time of each processor, besides */
};

/* Processors that mark while they have nothing else to do. */
struct idle {
    uint32_t count;
    uint32_t most; /* may be below `count` when it was lowered */
};

#include "../../spec/workers.acsl"

/* The share of `processors`. */
/*@ requires some: 1 <= processors <= WORKERS_MOST;
    assigns \nothing;
    ensures near: !WorkersFar(processors) ==>
      \result.whole == WorkersNear(processors) && \result.part.num == 0;
    ensures rest: WorkersFar(processors) ==> 4 * \result.whole <= processors &&
      \result.whole >= WorkersNear(processors) - 1 &&
      \result.part.num == processors - 4 * \result.whole;
    ensures share: \result.part.den == 4 * processors && \result.part.num < \result.part.den;
*/
static inline struct workers workers_of(uint32_t processors)
{
    uint32_t near = (processors + 2) / 4;
    struct workers w = {near, {0, 4 * processors}};
    uint32_t off = 4 * near > processors ? 4 * near - processors : processors - 4 * near;
    if (10 * (uint64_t)off > 3 * (uint64_t)processors) {
        if (4 * near > processors) w.whole--;
        w.part.num = processors - 4 * w.whole;
    }
    return w;
}

/* Begin, with no more than `most` at once. */
/*@ requires memory: \valid(i);
    assigns i->most;
    ensures most: i->most == most;
*/
static inline void idle_limit(struct idle *i, uint32_t most) { i->most = most; }

/* May one more begin? */
/*@ requires memory: \valid_read(i);
    assigns \nothing;
    ensures needed: \result == true <==> i->count < i->most;
*/
static inline bool idle_needed(const struct idle *i) { return i->count < i->most; }

/* One more begins, if it may. */
/*@ requires memory: \valid(i);
    assigns i->count;
    ensures added: \old(i->count) < i->most ==> \result == true && i->count == \old(i->count) + 1;
    ensures full: \old(i->count) >= i->most ==> \result == false && i->count == \old(i->count);
*/
static inline bool idle_add(struct idle *i)
{
    if (i->count >= i->most) return false;
    i->count++;
    return true;
}

/* One has ended. */
/*@ requires some: \valid(i) && i->count >= 1;
    assigns i->count;
    ensures ended: i->count == \old(i->count) - 1;
*/
static inline void idle_remove(struct idle *i) { i->count--; }

#endif
