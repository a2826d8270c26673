/* metaplan.c -- see metaplan.h */
#include "metaplan.h"

/* The bytes of one element of array `a`. */
/*@ requires array: a < ARRAYS;
    assigns \nothing;
    ensures bytes: \result == ArrayElement(a);
    ensures some: 4 <= \result <= 0x4000;
*/
static uint32_t element(uint32_t a)
{
    if (a <= ARRAY_RELEASED || a == ARRAY_LIVE || a == ARRAY_FREED) return sizeof(uint64_t);
    if (a <= ARRAY_L4) return sizeof(struct page_summary);
    if (a == ARRAY_CACHE) return sizeof(struct mcache);
    if (a == ARRAY_SET) return sizeof(struct span_set);
    return a == ARRAY_SPAN ? sizeof(struct mspan) : sizeof(uint32_t);
}

/* The elements of array `a`. */
/*@ requires counts: \valid_read(n) && CountsValid(n);
    requires array: a < ARRAYS;
    assigns \nothing;
    ensures elements: \result == ArrayElements(a, n->npages, n->ncaches, n->nsets);
    ensures caches: a == ARRAY_CACHE ==> \result <= MAX_CACHES;
    ensures sets: a == ARRAY_SET ==> \result <= (MAX_CACHES + 2) * NUM_CLASSES;
    ensures most: \result <= (MAX_PAGES + 1) * SPAN_WORDS || a == ARRAY_CACHE || a == ARRAY_SET;
*/
static uint32_t elements(uint32_t a, const struct heap_counts *n)
{
    if (a <= ARRAY_RELEASED) return n->npages / 64;
    if (a == ARRAY_L1) return pagealloc_entries(n->npages, L1_PAGES);
    if (a == ARRAY_L2) return pagealloc_entries(n->npages, L2_PAGES);
    if (a == ARRAY_L3) return pagealloc_entries(n->npages, L3_PAGES);
    if (a == ARRAY_L4) return pagealloc_entries(n->npages, L4_PAGES);
    if (a == ARRAY_CACHE) return n->ncaches;
    if (a == ARRAY_SET) return n->nsets;
    return a == ARRAY_LIVE || a == ARRAY_FREED ? (n->npages + 1) * SPAN_WORDS : n->npages + 1;
}

void metaplan_put(struct array_place *place, uint32_t first, uint32_t last,
                  const struct heap_counts *n, uint64_t *end, uint64_t align)
{
    /*@ loop invariant range: first <= a <= last;
        loop invariant placed: \forall integer b; first <= b < a ==>
          ArrayPlaced(place, b, n, align);
        loop invariant ordered: ArraysOrdered(place, first, a, \at(*end, Pre), *end);
        loop invariant near: \at(*end, Pre) <= *end <=
          \at(*end, Pre) + (a - first) * (ARRAY_MOST + align);
        loop assigns a, place[first .. last - 1], *end;
        loop variant last - a;
    */
    for (uint32_t a = first; a < last; a++) {
        uint64_t bytes = (uint64_t)elements(a, n) * element(a);
        //@ assert most: bytes <= ARRAY_MOST;
        place[a].start = place_put(end, bytes, align);
        place[a].bytes = bytes;
        /*@ assert counts: n->npages == \at(n->npages, LoopCurrent) &&
              n->ncaches == \at(n->ncaches, LoopCurrent) &&
              n->nsets == \at(n->nsets, LoopCurrent); */
        /*@ assert others: \forall integer b; first <= b < a ==>
              place[b].start == \at(place[b].start, LoopCurrent) &&
              place[b].bytes == \at(place[b].bytes, LoopCurrent); */
        //@ assert placed: ArrayPlaced(place, a, n, align);
    }
}
