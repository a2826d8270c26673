/* spancheck.c -- a function for what a predicate says of one span, and a loop over the spans. */
#include "spancheck.h"

bool spancheck_zero(const struct wpm_heap *h) { return h->span[0].npages == 0; }

/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> ShapeAt(h, s);
*/
static bool shape_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    const struct mspan *span = &h->span[s];
    if (span->npages == 0) return true;
    return (uint64_t)span->start + span->npages <= h->npages &&
           span->first == span->start * (int64_t)PAGE_SIZE && span->span_class < NUM_CLASSES;
}

bool spancheck_shape(const struct wpm_heap *h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant so_far: \forall integer t; 0 < t < s ==> ShapeAt(h, t);
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++)
        if (!shape_at(h, s)) return false;
    return true;
}

/* (The geometry is the table's, where every class has one.) */
/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> SmallAt(h, s);
*/
static bool small_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    const struct mspan *span = &h->span[s];
    uint32_t k = span->span_class;
    if (span->npages == 0 || k == 0) return true;
    if (k == 1 || k == 3 || k >= NUM_CLASSES) return false;
    /*@ ghost class_table_fact(); */
    return span->slot_bytes == class_table[k].size_bytes &&
           span->npages == class_table[k].span_pages && span->nslots == class_table[k].slots &&
           span->magic == class_table[k].magic;
}

bool spancheck_small(const struct wpm_heap *h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant so_far: \forall integer t; 0 < t < s ==> SmallAt(h, t);
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++)
        if (!small_at(h, s)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> LargeAt(h, s);
*/
static bool large_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    const struct mspan *span = &h->span[s];
    if (span->npages == 0 || span->span_class != 0) return true;
    return span->place == PLACE_LARGE && span->nslots == 1 && span->owner == OWNER_NONE;
}

bool spancheck_large(const struct wpm_heap *h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant so_far: \forall integer t; 0 < t < s ==> LargeAt(h, t);
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++)
        if (!large_at(h, s)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> UnusedAt(h, s);
*/
static bool unused_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    const struct mspan *span = &h->span[s];
    if (span->npages != 0) return true;
    return span->nslots == 0 && span->place == PLACE_NONE && span->owner == OWNER_NONE;
}

bool spancheck_unused(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= s <= h->nspans;
        loop invariant so_far: \forall integer t; 0 <= t < s ==> UnusedAt(h, t);
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 0; s < h->nspans; s++)
        if (!unused_at(h, s)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> SlotsAt(h, s);
*/
static bool slots_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    /*@ loop invariant range: 0 <= i <= SPAN_WORDS;
        loop invariant so_far: \forall integer w, j; s * SPAN_WORDS <= w < s * SPAN_WORDS + i ==>
          0 <= j < 64 ==> h->span[s].nslots <= (w - s * SPAN_WORDS) * 64 + j ==>
          Bit(h->live[w], j) == 0;
        loop assigns i;
        loop variant SPAN_WORDS - i;
    */
    for (uint32_t i = 0; i < SPAN_WORDS; i++) {
        uint32_t w = s * SPAN_WORDS + i;
        uint32_t j = bits_lowest(bits_and(h->live[w], spancheck_beyond(h->span[s].nslots, i)));
        if (j < 64) {
            /*@ assert here: WordOf(s, w) && h->span[s].nslots <= (w - s * SPAN_WORDS) * 64 + j &&
                  Bit(h->live[w], j) == 1; */
            return false;
        }
    }
    return true;
}

bool spancheck_slots(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= s <= h->nspans;
        loop invariant so_far: \forall integer t, w, j; 0 <= t < s ==> WordOf(t, w) ==>
          0 <= j < 64 ==> h->span[t].nslots <= (w - t * SPAN_WORDS) * 64 + j ==>
          Bit(h->live[w], j) == 0;
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 0; s < h->nspans; s++)
        if (!slots_at(h, s)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> FreedAt(h, s);
*/
static bool freed_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    if (h->span[s].npages != 0 && h->span[s].span_class != 0) return true;
    /*@ loop invariant range: 0 <= i <= SPAN_WORDS;
        loop invariant so_far: \forall integer w, j; s * SPAN_WORDS <= w < s * SPAN_WORDS + i ==>
          0 <= j < 64 ==> Bit(h->freed[w], j) == 0;
        loop assigns i;
        loop variant SPAN_WORDS - i;
    */
    for (uint32_t i = 0; i < SPAN_WORDS; i++) {
        uint32_t w = s * SPAN_WORDS + i;
        uint32_t j = bits_lowest(h->freed[w]);
        if (j < 64) {
            //@ assert here: WordOf(s, w) && Bit(h->freed[w], j) == 1;
            return false;
        }
    }
    return true;
}

bool spancheck_freed(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= s <= h->nspans;
        loop invariant so_far: \forall integer t, w, j; 0 <= t < s ==>
          h->span[t].npages == 0 || h->span[t].span_class == 0 ==> WordOf(t, w) ==>
          0 <= j < 64 ==> Bit(h->freed[w], j) == 0;
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 0; s < h->nspans; s++)
        if (!freed_at(h, s)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> OwnerAt(h, s);
*/
static bool owner_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    int32_t owner = h->span[s].owner;
    if (owner == OWNER_NONE || owner == OWNER_CENTRAL) return true;
    if (owner < 2 || owner > 2 * (int32_t)h->ncaches + 1) return false;
    return owner % 2 == 0 || h->span[s].place == PLACE_PARKED;
}

bool spancheck_owners(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= s <= h->nspans;
        loop invariant so_far: \forall integer t; 0 <= t < s ==> OwnerAt(h, t);
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 0; s < h->nspans; s++)
        if (!owner_at(h, s)) return false;
    return true;
}
