/* quarantine.c -- see quarantine.h */
#include "quarantine.h"

void quarantine_turn(struct quarantine *q, size_t slot_bytes, struct quarantine_batch *out)
{
    uint32_t half = q->length / 2;
    out->count = half;
    if (q->length == 0) {
        q->length = quarantine_length(slot_bytes);
        q->left = q->length;
        return;
    }
    /*@ loop invariant range: 0 <= i <= half;
        loop invariant waited: \forall integer j; 0 <= j < i ==>
          out->row[j] == \at(q->row[q->length / 2 + j], Pre);
        loop invariant stay: \forall integer j; 0 <= j < i ==>
          q->row[half + j] == \at(q->row[j], Pre);
        loop invariant younger: \forall integer j; 0 <= j < half ==>
          q->row[j] == \at(q->row[j], Pre);
        loop invariant older: \forall integer j; half + i <= j < q->length ==>
          q->row[j] == \at(q->row[j], Pre);
        loop assigns i, out->row[0 .. QUARANTINE_MOST - 1], q->row[0 .. QUARANTINE_MOST - 1];
        loop variant half - i;
    */
    for (uint32_t i = 0; i < half; i++) {
        out->row[i] = q->row[half + i];
        q->row[half + i] = q->row[i];
    }
    q->left = half;
}

void quarantine_add(struct quarantine *q, uintptr_t address, size_t slot_bytes,
                    struct quarantine_batch *out)
{
    out->count = 0;
    if (quarantine_put(q, address)) return;
    quarantine_turn(q, slot_bytes, out);
    (void)quarantine_put(q, address); /* there is room after a turn */
}

void quarantine_empty(struct quarantine *q, struct quarantine_batch *out)
{
    out->count = q->length - q->left;
    /*@ loop invariant range: 0 <= i <= out->count;
        loop invariant all: \forall integer j; 0 <= j < i ==> out->row[j] == q->row[q->left + j];
        loop assigns i, out->row[0 .. QUARANTINE_MOST - 1];
        loop variant out->count - i;
    */
    for (uint32_t i = 0; i < out->count; i++) out->row[i] = q->row[q->left + i];
    q->left = q->length;
}

bool quarantine_holds(const struct quarantine *q, uintptr_t address)
{
    /*@ loop invariant range: q->left <= i <= q->length;
        loop invariant none: \forall integer j; q->left <= j < i ==> q->row[j] != address;
        loop assigns i;
        loop variant q->length - i;
    */
    for (uint32_t i = q->left; i < q->length; i++)
        if (q->row[i] == address) return true;
    return false;
}
