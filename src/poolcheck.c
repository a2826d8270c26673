/* poolcheck.c -- a function for what a predicate says of one page or span, and a loop over them. */
#include "poolcheck.h"

/*@ requires memory: HeapMemory(h);
    requires span: 0 < s < h->nspans;
    requires shape: ShapeAt(h, s);
    assigns \nothing;
    ensures checked: \result == true <==> NamedAt(h, s);
*/
static bool named_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    const struct mspan *span = &h->span[s];
    if (span->npages == 0) return true;
    uint32_t end = span->start + span->npages;
    /*@ loop invariant range: span->start <= p <= end;
        loop invariant so_far: \forall integer q; span->start <= q < p ==> h->page_span[q] == s;
        loop assigns p;
        loop variant end - p;
    */
    for (uint32_t p = span->start; p < end; p++)
        if (h->page_span[p] != s) return false;
    return true;
}

bool poolcheck_pages_of_spans(const struct wpm_heap *h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant so_far: \forall integer t; 0 < t < s ==> NamedAt(h, t);
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++)
        if (!named_at(h, s)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires page: p < h->npages;
    assigns \nothing;
    ensures checked: \result == true <==> NamesAt(h, p);
*/
static bool names_at(const struct wpm_heap *h, uint32_t p) HEAP_LOCKED(h)
{
    uint32_t s = h->page_span[p];
    if (s == NO_SPAN) return true;
    if (s >= h->nspans) return false;
    const struct mspan *span = &h->span[s];
    return span->start <= p && p - span->start < span->npages;
}

bool poolcheck_spans_of_pages(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= p <= h->npages;
        loop invariant so_far: \forall integer q; 0 <= q < p ==> NamesAt(h, q);
        loop assigns p;
        loop variant h->npages - p;
    */
    for (uint32_t p = 0; p < h->npages; p++)
        if (!names_at(h, p)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h) && PoolsMemory(h);
    requires page: p < h->npages;
    assigns \nothing;
    ensures checked: \result == true <==> TakenAt(h, p);
*/
static bool taken_at(const struct wpm_heap *h, uint32_t p) HEAP_LOCKED(h)
{
    return h->page_span[p] == NO_SPAN || bitmap_test(h->pages.free, p) == 0;
}

bool poolcheck_taken(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= p <= h->npages;
        loop invariant so_far: \forall integer q; 0 <= q < p ==> h->page_span[q] != NO_SPAN ==>
          BitAt(h->pages.free, q) == 0;
        loop assigns p;
        loop variant h->npages - p;
    */
    for (uint32_t p = 0; p < h->npages; p++)
        if (!taken_at(h, p)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h) && PoolsMemory(h);
    requires page: p < h->npages;
    assigns \nothing;
    ensures checked: \result == true <==> KeptAt(h, p);
*/
static bool kept_at(const struct wpm_heap *h, uint32_t p) HEAP_LOCKED(h)
{
    if (h->page_span[p] != NO_SPAN) return true;
    return bitmap_test(h->pages.free, p) + arenamap_fence(&h->map, p) != 0;
}

bool poolcheck_kept(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= p <= h->npages;
        loop invariant so_far: \forall integer q; 0 <= q < p ==> h->page_span[q] == NO_SPAN ==>
          BitAt(h->pages.free, q) == 1 || PageFence(&h->map, q);
        loop assigns p;
        loop variant h->npages - p;
    */
    for (uint32_t p = 0; p < h->npages; p++)
        if (!kept_at(h, p)) return false;
    return true;
}

bool poolcheck_beyond(const struct wpm_heap *h)
{
    return bitmap_next_set(h->pages.free, h->npages, h->pages.npages) == h->pages.npages;
}

bool poolcheck_counted(const struct wpm_heap *h)
{
    return h->span_pages == (int64_t)h->npages - h->pages.free_pages;
}

bool poolcheck_released(const struct wpm_heap *h)
{
    //@ assert open: Opened(0);
    return h->released_pages == bitmap_count_range(h->pages.released, 0, h->pages.npages);
}

bool poolcheck_ids(const struct wpm_heap *h)
{
    //@ assert open: Opened(0);
    return fixalloc_valid(&h->ids);
}

/*@ requires ids: FixallocValid(&h->ids);
    requires memory: HeapMemory(h);
    requires span: 0 < t < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> IdAt(h, t);
*/
static bool id_at(const struct wpm_heap *h, uint32_t t) HEAP_LOCKED(h)
{
    return fixalloc_taken(&h->ids, t) == (h->span[t].npages > 0);
}

bool poolcheck_ids_taken(const struct wpm_heap *h)
{
    //@ assert open: Opened(0) && FixallocValid(&h->ids);
    /*@ loop invariant range: 1 <= t <= h->nspans;
        loop invariant so_far: \forall integer u; 0 < u < t ==> IdAt(h, u);
        loop assigns t;
        loop variant h->nspans - t;
    */
    for (uint32_t t = 1; t < h->nspans; t++)
        if (!id_at(h, t)) return false;
    return true;
}
