#include "addrranges.h"

uint32_t addrranges_find_succ(const struct addrranges *a, uint64_t address)
{
    uint32_t low = 0;
    uint32_t high = a->count;
    /*@ loop invariant range: 0 <= low <= high <= a->count;
        loop invariant before: \forall integer i; 0 <= i < low ==> a->base[i] <= address;
        loop invariant after: \forall integer i; high <= i < a->count ==> address < a->base[i];
        loop assigns low, high;
        loop variant high - low;
    */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (a->base[middle] <= address) low = middle + 1;
        else high = middle;
    }
    return low;
}

bool addrranges_contains(const struct addrranges *a, uint64_t address)
{
    uint32_t next = addrranges_find_succ(a, address);
    return next > 0 && address < a->limit[next - 1];
}

/* Move values i .. n - 1 one place up and put `value` at i. */
/*@ requires memory: \valid(v + (0 .. n));
    requires place: i <= n;
    assigns v[i .. n];
    ensures here: v[i] == value;
    ensures moved: Inserted{Pre, Here}(v, i, n);
*/
static void insert_value(uint64_t *v, uint32_t i, uint32_t n, uint64_t value)
{
    /*@ loop invariant range: i <= k <= n;
        loop invariant same: SameValues{Pre, Here}(v, 0, k + 1);
        loop invariant moved: \forall integer j; k < j <= n ==> v[j] == \at(v[j - 1], Pre);
        loop assigns k, v[i + 1 .. n];
        loop variant k;
    */
    for (uint32_t k = n; k > i; k--) v[k] = v[k - 1];
    v[i] = value;
}

/* Move values i + 1 .. n one place down, over value i. */
/*@ requires memory: \valid(v + (0 .. n));
    requires place: i <= n;
    assigns v[i .. n - 1];
    ensures moved: Inserted{Here, Pre}(v, i, n);
*/
static void remove_value(uint64_t *v, uint32_t i, uint32_t n)
{
    /*@ loop invariant range: i <= k <= n;
        loop invariant below: SameValues{Pre, Here}(v, 0, i);
        loop invariant above: SameValues{Pre, Here}(v, k, n + 1);
        loop invariant moved: \forall integer j; i <= j < k ==> v[j] == \at(v[j + 1], Pre);
        loop assigns k, v[i .. n - 1];
        loop variant n - k;
    */
    for (uint32_t k = i; k < n; k++) v[k] = v[k + 1];
}

/* Put a range that touches no other at its place i; the total is the caller's. */
/*@ requires memory: AddrRangesMemory(a);
    requires sorted: AddrRangesSorted(a);
    requires room: i <= a->count < a->capacity;
    requires some: base < limit;
    requires below: \forall integer j; 0 <= j < i ==> a->limit[j] < base;
    requires above: \forall integer j; i <= j < a->count ==> limit < a->base[j];
    assigns a->count, a->base[0 .. a->capacity - 1], a->limit[0 .. a->capacity - 1];
    ensures memory: AddrRangesMemory(a);
    ensures sorted: AddrRangesSorted(a);
    ensures count: a->count == \old(a->count) + 1;
    ensures here: a->base[i] == base && a->limit[i] == limit;
    ensures bases: Inserted{Pre, Here}(a->base, i, \old(a->count));
    ensures limits: Inserted{Pre, Here}(a->limit, i, \old(a->count));
    ensures more: \forall integer x; InRanges{Pre}(a, x) || base <= x < limit ==> InRanges(a, x);
    ensures only: \forall integer x; InRanges(a, x) ==> InRanges{Pre}(a, x) || base <= x < limit;
*/
static void put_in(struct addrranges *a, uint32_t i, uint64_t base, uint64_t limit)
{
    insert_value(a->base, i, a->count, base);
    insert_value(a->limit, i, a->count, limit);
    /*@ assert some: \forall integer j; 0 <= j <= a->count ==> a->base[j] < a->limit[j]; */
    /*@ assert gap_below: \forall integer j; 0 <= j < i ==> a->limit[j] < base; */
    /*@ assert gap_above: \forall integer k; i < k <= a->count ==> limit < a->base[k]; */
    /*@ assert gaps_above: \forall integer j, k; i < j < k <= a->count ==>
                           a->limit[j] < a->base[k]; */
    a->count++;
}

/* Take range i out; the total is the caller's. */
/*@ requires memory: AddrRangesMemory(a);
    requires sorted: AddrRangesSorted(a);
    requires place: i < a->count;
    assigns a->count, a->base[0 .. a->capacity - 1], a->limit[0 .. a->capacity - 1];
    ensures memory: AddrRangesMemory(a);
    ensures sorted: AddrRangesSorted(a);
    ensures count: a->count == \old(a->count) - 1;
    ensures bases: Inserted{Here, Pre}(a->base, i, a->count);
    ensures limits: Inserted{Here, Pre}(a->limit, i, a->count);
    ensures less: \forall integer x; InRanges{Pre}(a, x) &&
      !(\old(a->base[i]) <= x < \old(a->limit[i])) ==> InRanges(a, x);
    ensures only: \forall integer x; InRanges(a, x) ==> InRanges{Pre}(a, x) &&
      !(\old(a->base[i]) <= x < \old(a->limit[i]));
*/
static void take_out(struct addrranges *a, uint32_t i)
{
    a->count--;
    remove_value(a->base, i, a->count);
    remove_value(a->limit, i, a->count);
}

/* If a range ends where [base, limit) begins, take it out. The new begin of the two together. */
/*@ requires memory: AddrRangesMemory(a);
    requires sorted: AddrRangesSorted(a);
    requires some: base < limit;
    requires apart: RangesApart(a, base, limit);
    assigns a->count, a->base[0 .. a->capacity - 1], a->limit[0 .. a->capacity - 1];
    ensures memory: AddrRangesMemory(a);
    ensures sorted: AddrRangesSorted(a);
    ensures longer: \result <= base;
    ensures apart: RangesApart(a, \result, limit);
    ensures gap: NoneEndsAt(a, \result);
    ensures room: a->count == \old(a->count) - (\result == base ? 0 : 1);
    ensures same: \result == base ==> SameValues{Pre, Here}(a->base, 0, a->count);
    ensures taken: NoneEndsAt{Pre}(a, base) <==> \result == base;
    ensures bytes: RangeBytes(a->base, a->limit, a->count) ==
      RangeBytes{Pre}(\old(a->base), \old(a->limit), \old(a->count)) - (base - \result);
    ensures was_in: \forall integer x; \result <= x < base ==> InRanges{Pre}(a, x);
    ensures less: \forall integer x; InRanges{Pre}(a, x) && !(\result <= x < base) ==>
      InRanges(a, x);
    ensures only: \forall integer x; InRanges(a, x) ==> InRanges{Pre}(a, x);
*/
static uint64_t absorb_below(struct addrranges *a, uint64_t base)
/*@ ghost (uint64_t limit) */
{
    uint32_t i = addrranges_find_succ(a, base);
    if (i == 0 || a->limit[i - 1] != base) return base;
    uint64_t begin = a->base[i - 1];
    take_out(a, i - 1);
    /*@ assert removed: RangesInserted{Here, Pre}(a->base, a->limit, i - 1, a->count); */
    return begin;
}

/* If a range begins where [base, limit) ends, take it out. The new end of the two together. */
/*@ requires memory: AddrRangesMemory(a);
    requires sorted: AddrRangesSorted(a);
    requires some: base < limit;
    requires apart: RangesApart(a, base, limit);
    requires gap: NoneEndsAt(a, base);
    assigns a->count, a->base[0 .. a->capacity - 1], a->limit[0 .. a->capacity - 1];
    ensures memory: AddrRangesMemory(a);
    ensures sorted: AddrRangesSorted(a);
    ensures longer: limit <= \result;
    ensures apart: RangesApart(a, base, \result);
    ensures gaps: NoneEndsAt(a, base) && NoneBeginsAt(a, \result);
    ensures room: a->count == \old(a->count) - (\result == limit ? 0 : 1);
    ensures taken: NoneBeginsAt{Pre}(a, limit) <==> \result == limit;
    ensures bytes: RangeBytes(a->base, a->limit, a->count) ==
      RangeBytes{Pre}(\old(a->base), \old(a->limit), \old(a->count)) - (\result - limit);
    ensures was_in: \forall integer x; limit <= x < \result ==> InRanges{Pre}(a, x);
    ensures less: \forall integer x; InRanges{Pre}(a, x) && !(limit <= x < \result) ==>
      InRanges(a, x);
    ensures only: \forall integer x; InRanges(a, x) ==> InRanges{Pre}(a, x);
*/
static uint64_t absorb_above(struct addrranges *a, uint64_t base, uint64_t limit)
{
    uint32_t i = addrranges_find_succ(a, base);
    if (i == a->count || a->base[i] != limit) return limit;
    uint64_t end = a->limit[i];
    take_out(a, i);
    /*@ assert removed: RangesInserted{Here, Pre}(a->base, a->limit, i, a->count); */
    return end;
}

/* Put a range that touches no other where it belongs. */
/*@ requires memory: AddrRangesMemory(a);
    requires sorted: AddrRangesSorted(a);
    requires room: a->count < a->capacity;
    requires some: base < limit;
    requires apart: RangesApart(a, base, limit);
    requires gaps: NoneEndsAt(a, base) && NoneBeginsAt(a, limit);
    assigns a->count, a->base[0 .. a->capacity - 1], a->limit[0 .. a->capacity - 1];
    ensures memory: AddrRangesMemory(a);
    ensures sorted: AddrRangesSorted(a);
    ensures some: a->count > 0;
    ensures bytes: RangeBytes(a->base, a->limit, a->count) ==
      RangeBytes{Pre}(\old(a->base), \old(a->limit), \old(a->count)) + (limit - base);
    ensures more: \forall integer x; InRanges{Pre}(a, x) || base <= x < limit ==> InRanges(a, x);
    ensures only: \forall integer x; InRanges(a, x) ==> InRanges{Pre}(a, x) || base <= x < limit;
*/
static void insert(struct addrranges *a, uint64_t base, uint64_t limit)
{
    uint32_t i = addrranges_find_succ(a, base);
    put_in(a, i, base, limit);
    /*@ assert inserted: RangesInserted{Pre, Here}(a->base, a->limit, i, a->count - 1); */
}

/* May [base, limit) be added? */
/*@ requires memory: AddrRangesMemory(a);
    requires sorted: AddrRangesSorted(a);
    assigns \nothing;
    ensures may: \result == true <==> base < limit && RangesApart(a, base, limit) &&
      (a->count < a->capacity || !NoneEndsAt(a, base) || !NoneBeginsAt(a, limit));
*/
static bool may_add(const struct addrranges *a, uint64_t base, uint64_t limit)
{
    if (base >= limit) return false;
    uint32_t i = addrranges_find_succ(a, base);
    if (i > 0 && base < a->limit[i - 1]) return false;
    if (i < a->count && a->base[i] < limit) return false;
    if (a->count < a->capacity) return true;
    return (i > 0 && a->limit[i - 1] == base) || (i < a->count && a->base[i] == limit);
}

/* Add a range that may be added; the total is the caller's. */
/*@ requires memory: AddrRangesMemory(a);
    requires sorted: AddrRangesSorted(a);
    requires some: base < limit;
    requires apart: RangesApart(a, base, limit);
    requires room: a->count < a->capacity || !NoneEndsAt(a, base) || !NoneBeginsAt(a, limit);
    assigns a->count, a->base[0 .. a->capacity - 1], a->limit[0 .. a->capacity - 1];
    ensures memory: AddrRangesMemory(a);
    ensures sorted: AddrRangesSorted(a);
    ensures some: a->count > 0;
    ensures bytes: RangeBytes(a->base, a->limit, a->count) ==
      RangeBytes{Pre}(\old(a->base), \old(a->limit), \old(a->count)) + (limit - base);
    ensures members: \forall integer x;
      InRanges(a, x) <==> InRanges{Pre}(a, x) || base <= x < limit;
*/
static void melt_in(struct addrranges *a, uint64_t base, uint64_t limit)
{
    uint64_t begin = absorb_below(a, base) /*@ ghost (limit) */;
    uint64_t end = absorb_above(a, begin, limit);
    insert(a, begin, end);
}

bool addrranges_add(struct addrranges *a, uint64_t base, uint64_t limit)
{
    if (!may_add(a, base, limit)) return false;
    melt_in(a, base, limit);
    /*@ ghost melted: ; */
    a->total_bytes += limit - base;
    /*@ assert same: RangesSame{melted, Here}(a->base, a->limit, a->count); */
    return true;
}

/* Are the ranges sorted, none empty, none touching the next? */
/*@ requires memory: AddrRangesMemory(a);
    assigns \nothing;
    ensures checked: \result == true <==> AddrRangesSorted(a);
*/
static bool sorted_valid(const struct addrranges *a)
{
    /*@ loop invariant range: 0 <= k <= a->count;
        loop invariant some: \forall integer i; 0 <= i < k ==> a->base[i] < a->limit[i];
        loop invariant gaps: \forall integer i, j; 0 <= i < j < k ==> a->limit[i] < a->base[j];
        loop assigns k;
        loop variant a->count - k;
    */
    for (uint32_t k = 0; k < a->count; k++) {
        if (a->base[k] >= a->limit[k]) return false;
        if (k > 0 && a->limit[k - 1] >= a->base[k]) return false;
    }
    return true;
}

/* Bytes of all ranges. */
/*@ requires memory: AddrRangesMemory(a);
    requires sorted: AddrRangesSorted(a);
    assigns \nothing;
    ensures bytes: \result == RangeBytes(a->base, a->limit, a->count);
*/
static uint64_t count_bytes(const struct addrranges *a)
{
    uint64_t bytes = 0;
    /*@ loop invariant range: 0 <= k <= a->count;
        loop invariant bytes: bytes == RangeBytes(a->base, a->limit, k);
        loop invariant bound: k > 0 ==> bytes <= a->limit[k - 1];
        loop invariant none: k == 0 ==> bytes == 0;
        loop assigns k, bytes;
        loop variant a->count - k;
    */
    for (uint32_t k = 0; k < a->count; k++) bytes += a->limit[k] - a->base[k];
    return bytes;
}

bool addrranges_valid(const struct addrranges *a)
{
    return sorted_valid(a) && a->total_bytes == count_bytes(a);
}
