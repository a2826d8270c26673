/* metaplan.h -- where the arrays of a heap lie, as numbers.
 *
 * metadata.c makes pointers of these places. That no two arrays have a byte in common, that each is
 * as long as the heap's counts say and starts at the multiple that was asked for, is proved here.
 */
#ifndef WPM_METAPLAN_H
#define WPM_METAPLAN_H

#include "heap.h"
#include "place.h"

/* The arrays, in the order in which they lie: those whose length the heap has from the start, and
 * those that grow with it. */
#define ARRAY_FREE 0u
#define ARRAY_RELEASED 1u
#define ARRAY_L1 2u
#define ARRAY_L2 3u
#define ARRAY_L3 4u
#define ARRAY_L4 5u
#define ARRAY_CACHE 6u
#define ARRAY_SET 7u
#define ARRAYS_FIXED 8u
#define ARRAY_PAGE_SPAN 8u
#define ARRAY_SPAN 9u
#define ARRAY_LIVE 10u
#define ARRAY_FREED 11u
#define ARRAY_STACK 12u
#define ARRAY_WHERE 13u
#define ARRAYS 14u

/* What the lengths depend on. */
struct heap_counts {
    uint32_t npages; /* pages that the heap can manage */
    uint32_t ncaches, nsets;
};

struct array_place {
    uint64_t start, bytes;
};

/* More bytes than an array can have. */
#define ARRAY_MOST 0x10000000000u

#include "../spec/metaplan.acsl"

/* Give arrays [first, last) their places from *end on, each at a multiple of `align`, and move *end
 * behind the last. */
/*@ requires counts: \valid_read(n) && CountsValid(n);
    requires arrays: first <= last <= ARRAYS;
    requires place: \valid(place + (first .. last - 1)) && \valid(end);
    requires apart: \separated(place + (first .. last - 1), end, n);
    requires align: 0 < align < ARRAY_MOST && *end <= 0x4000000000000000;
    assigns place[first .. last - 1], *end;
    ensures placed: \forall integer a; first <= a < last ==> ArrayPlaced(place, a, n, align);
    ensures ordered: ArraysOrdered(place, first, last, \old(*end), *end);
    ensures near: \old(*end) <= *end <= \old(*end) + (last - first) * (ARRAY_MOST + align);
*/
void metaplan_put(struct array_place *place, uint32_t first, uint32_t last,
                  const struct heap_counts *n, uint64_t *end, uint64_t align);

#endif
