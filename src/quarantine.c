/* quarantine.c -- see quarantine.h */
#include "quarantine.h"

void quarantine_spill(struct quarantine *q, size_t slot_bytes, struct quarantine_batch *out)
{
    uint32_t stay = q->length / 2, gone = q->length - stay;
    out->count = gone;
    if (q->length == 0) {
        q->length = quarantine_length(slot_bytes);
        return;
    }
    /*@ loop invariant range: 0 <= i <= gone;
        loop invariant taken: \forall integer j; 0 <= j < i ==> out->row[j] == q->pool[j];
        loop assigns i, out->row[0 .. QUARANTINE_MOST - 1];
        loop variant gone - i;
    */
    for (uint32_t i = 0; i < gone; i++) out->row[i] = q->pool[i];
    /*@ loop invariant range: 0 <= i <= stay;
        loop invariant moved: \forall integer j; 0 <= j < i ==>
          q->pool[j] == \at(q->pool[\at(gone + j, Here)], Pre);
        loop invariant rest: \forall integer j; i <= j < q->length ==>
          q->pool[j] == \at(q->pool[j], Pre);
        loop assigns i, q->pool[0 .. QUARANTINE_MOST - 1];
        loop variant stay - i;
    */
    for (uint32_t i = 0; i < stay; i++) q->pool[i] = q->pool[gone + i];
    q->waited = stay;
}

void quarantine_empty(struct quarantine *q, struct quarantine_batch *out)
{
    uint32_t length = q->length, waited = q->waited;
    out->count = length + waited;
    /*@ loop invariant range: 0 <= i <= length;
        loop invariant ring: \forall integer j; 0 <= j < i ==>
          out->row[j] == \at(q->ring[j], Pre) && q->ring[j] == 0;
        loop invariant rest: \forall integer j; i <= j < length ==>
          q->ring[j] == \at(q->ring[j], Pre);
        loop assigns i, out->row[0 .. QUARANTINE_MOST - 1], q->ring[0 .. QUARANTINE_MOST - 1];
        loop variant length - i;
    */
    for (uint32_t i = 0; i < length; i++) {
        out->row[i] = q->ring[i];
        q->ring[i] = 0;
    }
    /*@ loop invariant range: 0 <= i <= waited;
        loop invariant pool: \forall integer j; 0 <= j < i ==>
          out->row[length + j] == q->pool[j];
        loop invariant ring: \forall integer j; 0 <= j < length ==>
          out->row[j] == \at(q->ring[j], Pre);
        loop assigns i, out->row[0 .. 2 * QUARANTINE_MOST - 1];
        loop variant waited - i;
    */
    for (uint32_t i = 0; i < waited; i++) out->row[length + i] = q->pool[i];
    q->waited = 0;
}

bool quarantine_holds(const struct quarantine *q, uintptr_t address)
{
    /*@ loop invariant range: 0 <= i <= q->length;
        loop invariant none: \forall integer j; 0 <= j < i ==> q->ring[j] != address;
        loop assigns i;
        loop variant q->length - i;
    */
    for (uint32_t i = 0; i < q->length; i++)
        if (q->ring[i] == address) return true;
    /*@ loop invariant range: 0 <= i <= q->waited;
        loop invariant none: \forall integer j; 0 <= j < i ==> q->pool[j] != address;
        loop assigns i;
        loop variant q->waited - i;
    */
    for (uint32_t i = 0; i < q->waited; i++)
        if (q->pool[i] == address) return true;
    return false;
}
