/* quarantine.h -- slots of dead objects wait before they are free.
 *
 * For each class a thread keeps a row of the slots whose objects it has ended, newest first. When
 * the row is full, its older half is released at once and the younger stays: so a slot that is
 * released has seen at least half a row of further ends of its class. What waits is still taken, as
 * far as the heap knows, and cannot be handed out. Out of reach of the program: rows lie apart from
 * objects.
 */
#ifndef WPM_QUARANTINE_H
#define WPM_QUARANTINE_H

#include "config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUARANTINE_MOST 64u       /* slots of a row, at most */
#define QUARANTINE_LEAST 8u       /* and at least */
#define QUARANTINE_BYTES 0x10000u /* of a row of long slots, about */

/* The slots of a class that wait: row[left] is the newest, row[length - 1] the oldest. */
struct quarantine {
    uint32_t left;   /* places that are free */
    uint32_t length; /* slots that fit; 0: never used */
    uintptr_t row[QUARANTINE_MOST];
};

/* Slots that have waited. */
struct quarantine_batch {
    uint32_t count;
    uintptr_t row[QUARANTINE_MOST];
};

#include "../spec/quarantine.acsl"

/* Slots of a row of a class whose slots have `slot_bytes` bytes; even. */
/*@ requires some: 0 < slot_bytes;
    assigns \nothing;
    ensures length: QUARANTINE_LEAST <= \result <= QUARANTINE_MOST && \result % 2 == 0;
    ensures fits: \result > QUARANTINE_LEAST ==> \result * slot_bytes <= QUARANTINE_BYTES;
    ensures most: \result < QUARANTINE_MOST ==> (\result + 2) * slot_bytes > QUARANTINE_BYTES;
*/
static inline uint32_t quarantine_length(size_t slot_bytes)
{
    size_t fit = QUARANTINE_BYTES / slot_bytes / 2 * 2;
    if (fit < QUARANTINE_LEAST) return QUARANTINE_LEAST;
    return fit < QUARANTINE_MOST ? (uint32_t)fit : QUARANTINE_MOST;
}

/* The slot at `address` waits from now on; false when the row is full. */
/*@ requires valid: QuarantineValid(q);
    assigns q->left, q->row[0 .. QUARANTINE_MOST - 1];
    ensures valid: QuarantineValid(q);
    ensures full: \result == false ==> \old(q->left) == 0 && q->left == 0;
    ensures newest: \result == true ==> q->left == \old(q->left) - 1 && q->row[q->left] == address;
    ensures older: \forall integer i; \old(q->left) <= i < q->length ==>
      q->row[i] == \old(q->row[i]);
*/
static inline bool quarantine_put(struct quarantine *q, uintptr_t address)
{
    uint32_t left = q->left;
    if (left == 0) return false;
    q->row[left - 1] = address;
    q->left = left - 1;
    return true;
}

/* The older half of a full row has waited long enough; a row never used gets its length. */
/*@ requires valid: QuarantineValid(q) && \valid(out) && \separated(q, out);
    requires full: q->left == 0;
    requires some: 0 < slot_bytes;
    assigns *q, *out;
    ensures valid: QuarantineValid(q) && 0 < q->left;
    ensures first: \old(q->length) == 0 ==> out->count == 0;
    ensures count: out->count <= QUARANTINE_MOST && out->count == \old(q->length) / 2;
    ensures waited: \forall integer i; 0 <= i < out->count ==>
      out->row[i] == \old(q->row[q->length / 2 + i]);
    ensures stay: \forall integer i; 0 <= i < out->count ==>
      q->row[out->count + i] == \old(q->row[i]);
    ensures ages: q->length == \old(q->length) || \old(q->length) == 0;
    ensures room: q->left == q->length - out->count;
*/
void quarantine_turn(struct quarantine *q, size_t slot_bytes, struct quarantine_batch *out);

/* The slot at `address` waits from now on; what has waited long enough for it is in *out. */
/*@ requires valid: QuarantineValid(q) && \valid(out) && \separated(q, out);
    requires some: 0 < slot_bytes;
    assigns *q, *out;
    ensures valid: QuarantineValid(q);
    ensures newest: q->left < q->length && q->row[q->left] == address;
    ensures room: \old(q->left) != 0 ==> out->count == 0 && q->left == \old(q->left) - 1 &&
      q->length == \old(q->length);
    ensures older: \old(q->left) != 0 ==> \forall integer i; \old(q->left) <= i < q->length ==>
      q->row[i] == \old(q->row[i]);
    ensures first: \old(q->left) == 0 ==> \old(q->length) == 0 ==>
      out->count == 0 && q->left == q->length - 1;
    ensures turned: \old(q->left) == 0 ==> \old(q->length) != 0 ==>
      q->length == \old(q->length) && out->count == q->length / 2 &&
      q->left == q->length - out->count - 1;
    ensures waited: \forall integer i; 0 <= i < out->count ==>
      out->row[i] == \old(q->row[q->length / 2 + i]);
    ensures stay: \forall integer i; 0 <= i < out->count ==>
      q->row[out->count + i] == \old(q->row[i]);
*/
void quarantine_add(struct quarantine *q, uintptr_t address, size_t slot_bytes,
                    struct quarantine_batch *out);

/* All that waits, whatever its age; the row is empty. */
/*@ requires valid: QuarantineValid(q) && \valid(out) && \separated(q, out);
    assigns q->left, *out;
    ensures valid: QuarantineValid(q) && q->left == q->length;
    ensures count: out->count == q->length - \old(q->left);
    ensures all: \forall integer i; 0 <= i < out->count ==>
      out->row[i] == \old(q->row[q->left + i]);
*/
void quarantine_empty(struct quarantine *q, struct quarantine_batch *out);

/* Whether a slot waits in the row. */
/*@ requires valid: QuarantineValid(q);
    assigns \nothing;
    ensures found: \result == true <==>
      \exists integer i; q->left <= i < q->length && q->row[i] == address;
*/
bool quarantine_holds(const struct quarantine *q, uintptr_t address);

#endif
