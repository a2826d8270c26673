/* limiter.h -- when collection has taken half of the time for a while, allocation pays no more.
 *
 * A leaky bucket of processor time: collection fills it, the program drains it, so that it fills
 * only while collection takes more than half. Full, it turns the limiter on: no thread is asked to
 * mark for what it allocates, and the heap may pass its goal, instead of a program that no longer
 * gets on. The first drain turns it off. Its owner guards it by a lock. Rule and figures: Go 1.24,
 * runtime/mgclimit.go; there the capacity is a second for each processor.
 */
#ifndef WPM_GC_LIMITER_H
#define WPM_GC_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "ratio.h"

struct limiter {
    uint64_t capacity; /* nanoseconds; not 0 */
    uint64_t fill;     /* nanoseconds, at most `capacity` */
    uint64_t overflow; /* nanoseconds that did not fit, all in all */
    bool on;
};

#include "../../spec/limiter.acsl"

/* Begin, empty. */
/*@ requires memory: \valid(l);
    requires capacity: 1 <= capacity;
    assigns *l;
    ensures ok: LimiterOk(*l) && l->capacity == capacity;
    ensures empty: l->fill == 0 && l->overflow == 0 && l->on == false;
*/
static inline void limiter_init(struct limiter *l, uint64_t capacity)
{
    *l = (struct limiter){capacity, 0, 0, false};
}

/* Another capacity: the number of processors has changed. What is in the bucket stays, if it
 * fits. */
/*@ requires ok: \valid(l) && LimiterOk(*l);
    requires capacity: 1 <= capacity;
    assigns *l;
    ensures ok: LimiterOk(*l) && l->capacity == capacity;
    ensures fill: l->fill == Smaller(capacity, \old(l->fill));
    ensures on: l->on == true <==> l->fill == capacity;
    ensures kept: l->overflow == \old(l->overflow);
*/
static inline void limiter_resize(struct limiter *l, uint64_t capacity)
{
    l->capacity = capacity;
    l->fill = ratio_min(capacity, l->fill);
    l->on = l->fill == capacity;
}

/* Collection has taken `gc` nanoseconds of processor time, the program `program`. */
/*@ requires ok: \valid(l) && LimiterOk(*l);
    assigns l->fill, l->overflow, l->on;
    ensures ok: LimiterOk(*l);
    ensures fill: l->fill == LimiterFill(\old(*l), gc, program);
    ensures over: l->overflow == Capped(\old(l->overflow) +
      AtLeastNone(\old(l->fill) + AtLeastNone(gc - program) - l->capacity));
    ensures on: gc != program ==> (l->on == true <==> l->fill == l->capacity);
    ensures same: gc == program ==> l->on == \old(l->on);
*/
static inline void limiter_update(struct limiter *l, uint64_t gc, uint64_t program)
{
    if (gc > program) {
        uint64_t more = gc - program, room = l->capacity - l->fill;
        l->on = more >= room;
        l->overflow = ratio_sum(l->overflow, ratio_less(more, room));
        l->fill += ratio_min(more, room);
    } else if (gc < program) {
        l->fill = ratio_less(l->fill, program - gc);
        l->on = false;
    }
}

#endif
