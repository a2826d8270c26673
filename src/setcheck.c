/* setcheck.c -- a function for what a predicate says of one span or set, and a loop over them. */
#include "setcheck.h"

/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> NextAt(h, s);
*/
static bool next_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    int32_t place = h->span[s].place, next = h->span[s].next;
    if (place < PLACE_SET) return true;
    if (next < 0 || (uint32_t)next >= h->nspans) return false;
    uint32_t n = (uint32_t)(place - PLACE_SET);
    if (n >= h->nsets) return false;
    if (next == NO_SPAN) return h->set[n].tail == (int32_t)s;
    return h->span[next].place == place && h->span[next].prev == (int32_t)s;
}

bool setcheck_next(const struct wpm_heap *h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant so_far: \forall integer t; 0 < t < s ==> NextAt(h, t);
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++)
        if (!next_at(h, s)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> PrevAt(h, s);
*/
static bool prev_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    int32_t place = h->span[s].place, prev = h->span[s].prev;
    if (place < PLACE_SET) return true;
    if (prev < 0 || (uint32_t)prev >= h->nspans) return false;
    uint32_t n = (uint32_t)(place - PLACE_SET);
    if (prev == NO_SPAN) return n >= h->nsets || h->set[n].head == (int32_t)s;
    return h->span[prev].place == place && h->span[prev].next == (int32_t)s;
}

bool setcheck_prev(const struct wpm_heap *h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant range_so_far: \forall integer t; 0 < t < s ==>
          h->span[t].place >= PLACE_SET ==> 0 <= h->span[t].prev < h->nspans;
        loop invariant links_so_far: \forall integer t, u; 0 < t < s ==> 0 < u < h->nspans ==>
          h->span[t].place >= PLACE_SET ==> h->span[t].prev <= u <= h->span[t].prev ==>
          h->span[u].place == h->span[t].place && h->span[u].next == t;
        loop invariant heads_so_far: \forall integer t, n; 0 < t < s ==> 0 <= n < h->nsets ==>
          h->span[t].place <= PLACE_SET + n <= h->span[t].place ==>
          h->span[t].prev == NO_SPAN ==> h->set[n].head == t;
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++)
        if (!prev_at(h, s)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires set: n < h->nsets;
    assigns \nothing;
    ensures checked: \result == true <==> EndsAt(h, n);
*/
static bool ends_at(const struct wpm_heap *h, uint32_t n) HEAP_LOCKED(h)
{
    int32_t head = h->set[n].head, tail = h->set[n].tail, place = PLACE_SET + (int32_t)n;
    if (head < 0 || (uint32_t)head >= h->nspans) return false;
    if (tail < 0 || (uint32_t)tail >= h->nspans) return false;
    if (head == NO_SPAN || tail == NO_SPAN) return head == tail;
    return h->span[head].place == place && h->span[head].prev == NO_SPAN &&
           h->span[tail].place == place && h->span[tail].next == NO_SPAN;
}

bool setcheck_ends(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= n <= h->nsets;
        loop invariant so_far: \forall integer m; 0 <= m < n ==> EndsAt(h, m);
        loop assigns n;
        loop variant h->nsets - n;
    */
    for (uint32_t n = 0; n < h->nsets; n++)
        if (!ends_at(h, n)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> SetClassAt(h, s);
*/
static bool class_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    int32_t place = h->span[s].place;
    return place < PLACE_SET ||
           h->span[s].span_class == (uint32_t)(place - PLACE_SET) % NUM_CLASSES;
}

bool setcheck_classes(const struct wpm_heap *h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant so_far: \forall integer t; 0 < t < s ==> SetClassAt(h, t);
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++)
        if (!class_at(h, s)) return false;
    return true;
}
