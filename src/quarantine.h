/* quarantine.h -- slots of dead objects wait before they are handed out again.
 *
 * For each class a thread has a ring of the slots whose objects it has ended last, and a pool of
 * those that have waited. A slot joins the ring and pushes the oldest out of it into the pool: so a
 * slot of the pool has seen a whole ring of further ends of its class. An object is served from the
 * pool, at a place that chance decides, while the pool is more than half full; when it is full,
 * half of it is given back to the heap. What waits or has waited is still taken, as far as the heap
 * knows. Out of reach of the program: rings and pools lie apart from objects.
 */
#ifndef WPM_QUARANTINE_H
#define WPM_QUARANTINE_H

#include "config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUARANTINE_MOST 32u      /* slots of a ring, at most, and of its pool */
#define QUARANTINE_LEAST 4u      /* and at least */
#define QUARANTINE_BYTES 0x8000u /* of a ring of long slots, about */
#define QUARANTINE_TURNS 64u     /* places that chance chooses from */

/* The slots of a class that wait, and that have waited. */
struct quarantine {
    uint32_t length; /* places of the ring, and of the pool; 0: never used */
    uint32_t next;   /* of the ring: the place of the oldest, or one that is empty */
    uint32_t waited; /* slots in the pool */
    uintptr_t ring[QUARANTINE_MOST]; /* 0: none yet */
    uintptr_t pool[QUARANTINE_MOST];
};

/* Slots that leave. */
struct quarantine_batch {
    uint32_t count;
    uintptr_t row[2 * QUARANTINE_MOST]; /* 0: none */
};

#include "../spec/quarantine.acsl"

/* Places of a ring of a class whose slots have `slot_bytes` bytes. */
/*@ requires some: 0 < slot_bytes;
    assigns \nothing;
    ensures length: QUARANTINE_LEAST <= \result <= QUARANTINE_MOST;
    ensures fits: \result > QUARANTINE_LEAST ==> \result * slot_bytes <= QUARANTINE_BYTES;
    ensures most: \result < QUARANTINE_MOST ==> (\result + 1) * slot_bytes > QUARANTINE_BYTES;
*/
static inline uint32_t quarantine_length(size_t slot_bytes)
{
    size_t fit = QUARANTINE_BYTES / slot_bytes;
    if (fit < QUARANTINE_LEAST) return QUARANTINE_LEAST;
    return fit < QUARANTINE_MOST ? (uint32_t)fit : QUARANTINE_MOST;
}

/* The slot at `address` waits from now on, and the oldest has waited; false: nothing has happened,
 * because the pool is full or the ring was never used. */
/*@ requires valid: QuarantineValid(q);
    requires some: address != 0;
    assigns *q;
    ensures valid: QuarantineValid(q) && q->length == \old(q->length);
    ensures full: \result == false <==> \old(q->waited) == q->length;
    ensures none: \result == false ==> QuarantineKept{Pre,Post}(q);
    ensures newest: \result == true ==> q->ring[\old(q->next)] == address &&
      QuarantineAge(q, \old(q->next)) == 0;
    ensures older: \result == true ==> \forall integer i; 0 <= i < q->length ==>
      i != \old(q->next) ==> q->ring[i] == \old(q->ring[i]) &&
      QuarantineAge(q, i) == \old(QuarantineAge(q, i)) + 1;
    ensures oldest: \result == true ==> \old(QuarantineAge(q, q->next)) + 1 == q->length;
    ensures first: \result == true ==> \old(q->ring[q->next]) == 0 ==>
      q->waited == \old(q->waited);
    ensures waited: \result == true ==> \old(q->ring[q->next]) != 0 ==>
      q->waited == \old(q->waited) + 1 && q->pool[\old(q->waited)] == \old(q->ring[q->next]);
    ensures pool: \forall integer i; 0 <= i < \old(q->waited) ==> q->pool[i] == \old(q->pool[i]);
*/
static inline bool quarantine_put(struct quarantine *q, uintptr_t address)
{
    uint32_t at = q->next, n = q->waited;
    if (n == q->length) return false;
    uintptr_t oldest = q->ring[at];
    q->ring[at] = address;
    q->pool[n] = oldest;
    q->waited = oldest != 0 ? n + 1 : n;
    at++;
    q->next = at < q->length ? at : 0;
    return true;
}

/* A slot that has waited, of the pool the one that `turn` says; 0: it is at most half full. */
/*@ requires valid: QuarantineValid(q);
    requires turn: turn < QUARANTINE_TURNS;
    assigns q->waited, q->pool[0 .. QUARANTINE_MOST - 1];
    ensures valid: QuarantineValid(q);
    ensures none: \result == 0 ==> QuarantineKept{Pre,Post}(q);
    ensures half: \old(2 * q->waited <= q->length) ==> \result == 0;
    ensures taken: \old(2 * q->waited > q->length) ==> q->waited == \old(q->waited) - 1 &&
      \exists integer i; i == \old(turn * q->waited / QUARANTINE_TURNS) && 0 <= i <= q->waited &&
        \result == \old(q->pool[i]) &&
        (i < q->waited ==> q->pool[i] == \old(q->pool[q->waited - 1])) &&
        \forall integer j; 0 <= j < q->waited ==> j != i ==> q->pool[j] == \old(q->pool[j]);
*/
static inline uintptr_t quarantine_take(struct quarantine *q, uint32_t turn)
{
    uint32_t n = q->waited;
    if (2 * n <= q->length) return 0;
    uint32_t at = turn * n / QUARANTINE_TURNS;
    uintptr_t address = q->pool[at];
    q->pool[at] = q->pool[n - 1];
    q->waited = n - 1;
    return address;
}

/* Make room in the pool of a ring that quarantine_put has refused: the half of it that came first
 * leaves. A ring never used gets its length. */
/*@ requires valid: QuarantineValid(q) && \valid(out) && \separated(q, out);
    requires full: q->waited == q->length;
    requires some: 0 < slot_bytes;
    assigns q->length, q->waited, q->pool[0 .. QUARANTINE_MOST - 1], *out;
    ensures valid: QuarantineValid(q) && q->waited < q->length;
    ensures first: \old(q->length) == 0 ==> out->count == 0;
    ensures length: \old(q->length) != 0 ==> q->length == \old(q->length) &&
      q->waited == q->length / 2;
    ensures count: out->count == \old(q->length) - q->waited;
    ensures gone: \forall integer i; 0 <= i < out->count ==> out->row[i] == \old(q->pool[i]);
    ensures moved: \forall integer i; 0 <= i < q->waited ==>
      q->pool[i] == \at(q->pool[\at(out->count, Post) + i], Pre);
*/
void quarantine_spill(struct quarantine *q, size_t slot_bytes, struct quarantine_batch *out);

/* All that waits or has waited, whatever its age; nothing waits then. */
/*@ requires valid: QuarantineValid(q) && \valid(out) && \separated(q, out);
    assigns q->waited, q->ring[0 .. QUARANTINE_MOST - 1], *out;
    ensures valid: QuarantineValid(q) && q->waited == 0;
    ensures empty: \forall integer i; 0 <= i < q->length ==> q->ring[i] == 0;
    ensures count: out->count == q->length + \old(q->waited);
    ensures ring: \forall integer i; 0 <= i < q->length ==> out->row[i] == \old(q->ring[i]);
    ensures pool: \forall integer i; 0 <= i < \old(q->waited) ==>
      out->row[q->length + i] == \old(q->pool[i]);
*/
void quarantine_empty(struct quarantine *q, struct quarantine_batch *out);

/* Whether a slot waits, or has waited and was not served yet. */
/*@ requires valid: QuarantineValid(q);
    requires some: address != 0;
    assigns \nothing;
    ensures found: \result == true <==>
      (\exists integer i; 0 <= i < q->length && q->ring[i] == address) ||
      (\exists integer i; 0 <= i < q->waited && q->pool[i] == address);
*/
bool quarantine_holds(const struct quarantine *q, uintptr_t address);

#endif
