/* addrranges.h -- a set of addresses: sorted ranges [base, limit) that neither overlap nor touch.
 *
 * What an arena map or a scavenger needs to know of the address space: which parts are the heap's,
 * what comes after an address, how many bytes in all. Ranges come in one at a time and melt into
 * their neighbours, so that a heap which grows in one direction is one range. The arrays are the
 * caller's, of a fixed capacity; finding is a binary search, adding moves those above. No lock.
 */
#ifndef WPM_ADDRRANGES_H
#define WPM_ADDRRANGES_H

#include <stdbool.h>
#include <stdint.h>

/* Zero `count` and `total_bytes` are the empty set. */
struct addrranges {
    uint64_t *base;       /* `capacity` first addresses, `count` of them the set's, ascending */
    uint64_t *limit;      /* of the same ranges, one more than the last address */
    uint32_t capacity;
    uint32_t count;
    uint64_t total_bytes; /* of all ranges */
};

#include "../spec/addrranges.acsl"

/* Index of the first range whose base is above `address`; `count` when there is none. */
/*@ requires memory: AddrRangesMemory(a);
    requires sorted: AddrRangesSorted(a);
    assigns \nothing;
    ensures range: \result <= a->count;
    ensures before: \forall integer i; 0 <= i < \result ==> a->base[i] <= address;
    ensures after: \forall integer i; \result <= i < a->count ==> address < a->base[i];
*/
uint32_t addrranges_find_succ(const struct addrranges *a, uint64_t address);

/* Is `address` in the set? */
/*@ requires memory: AddrRangesMemory(a);
    requires sorted: AddrRangesSorted(a);
    assigns \nothing;
    ensures member: \result == true <==> InRanges(a, address);
*/
bool addrranges_contains(const struct addrranges *a, uint64_t address);

/* Add the addresses base .. limit - 1. False, and nothing has changed, when there are none, when
 * one of them is in the set, or when the arrays are full and no range touches them. */
/*@ requires valid: AddrRangesValid(a);
    assigns a->count, a->total_bytes, a->base[0 .. a->capacity - 1],
      a->limit[0 .. a->capacity - 1];
    ensures memory: AddrRangesMemory(a);
    ensures sorted: AddrRangesSorted(a);
    ensures total: AddrRangesTotal(a);
    ensures done: \result == true <==> base < limit && RangesApart{Pre}(a, base, limit) &&
      (\old(a->count) < a->capacity ||
       !NoneEndsAt{Pre}(a, base) || !NoneBeginsAt{Pre}(a, limit));
    ensures members: \result == true ==> \forall integer x;
      InRanges(a, x) <==> InRanges{Pre}(a, x) || base <= x < limit;
    ensures bytes: \result == true ==> a->total_bytes == \old(a->total_bytes) + (limit - base);
    ensures unchanged: \result == false ==> a->count == \old(a->count) &&
      a->total_bytes == \old(a->total_bytes) &&
      SameValues{Pre, Here}(a->base, 0, a->count) && SameValues{Pre, Here}(a->limit, 0, a->count);
*/
bool addrranges_add(struct addrranges *a, uint64_t base, uint64_t limit);

/* Does the set keep its invariant? */
/*@ requires memory: AddrRangesMemory(a);
    assigns \nothing;
    ensures checked: \result == true <==> AddrRangesValid(a);
*/
bool addrranges_valid(const struct addrranges *a);

#endif
