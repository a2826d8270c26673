/* cachecheck.c -- a function for what a predicate says of one entry, span or cache, and loops. */
#include "cachecheck.h"

/*@ requires memory: HeapMemory(h);
    requires entry: c < h->ncaches && k < NUM_CLASSES;
    assigns \nothing;
    ensures checked: \result == true <==> EntryValid(h, c, k);
*/
static bool entry_at(const struct wpm_heap *h, uint32_t c, uint32_t k) HEAP_LOCKED(h)
{
    const struct cache_entry *e = &h->cache[c].entry[k];
    if (e->span < 0 || (uint32_t)e->span >= h->nspans) return false;
    if (e->span == NO_SPAN) return e->window == 0;
    const struct mspan *span = &h->span[e->span];
    if (span->npages == 0 || span->place != PLACE_CURRENT) return false;
    if (span->owner != 2 * ((int32_t)c + 1) || span->span_class != k || k == 0) return false;
    int32_t first = e->span * (int32_t)SPAN_WORDS;
    return first <= e->word && e->word < first + (int32_t)SPAN_WORDS;
}

bool cachecheck_entries(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= c <= h->ncaches;
        loop invariant so_far: \forall integer d, m; 0 <= d < c ==> 0 <= m < NUM_CLASSES ==>
          EntryValid(h, d, m);
        loop assigns c;
        loop variant h->ncaches - c;
    */
    for (uint32_t c = 0; c < h->ncaches; c++)
        /*@ loop invariant range: 0 <= k <= NUM_CLASSES;
            loop invariant so_far: \forall integer m; 0 <= m < k ==> EntryValid(h, c, m);
            loop assigns k;
            loop variant NUM_CLASSES - k;
        */
        for (uint32_t k = 0; k < NUM_CLASSES; k++)
            if (!entry_at(h, c, k)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    requires entry: c < h->ncaches && k < NUM_CLASSES && EntryValid(h, c, k);
    assigns \nothing;
    ensures checked: \result == true <==> EntryAddress(h, c, k);
*/
static bool address_at(const struct wpm_heap *h, uint32_t c, uint32_t k) HEAP_LOCKED(h)
{
    const struct cache_entry *e = &h->cache[c].entry[k];
    if (e->span == NO_SPAN) return true;
    const struct mspan *span = &h->span[e->span];
    if (e->slot_bytes != (int64_t)span->slot_bytes) return false;
    uint64_t word = (uint64_t)(e->word - e->span * (int32_t)SPAN_WORDS);
    uint64_t first = arenamap_address(&h->map, span->start);
    /*@ ghost magic_lemma_scale(span->slot_bytes, word * 64, 448); */
    return e->base >= 0 && (uint64_t)e->base == first + word * 64 * span->slot_bytes;
}

bool cachecheck_addresses(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= c <= h->ncaches;
        loop invariant so_far: \forall integer d, m; 0 <= d < c ==> 0 <= m < NUM_CLASSES ==>
          EntryAddress(h, d, m);
        loop assigns c;
        loop variant h->ncaches - c;
    */
    for (uint32_t c = 0; c < h->ncaches; c++)
        /*@ loop invariant range: 0 <= k <= NUM_CLASSES;
            loop invariant so_far: \forall integer m; 0 <= m < k ==> EntryAddress(h, c, m);
            loop assigns k;
            loop variant NUM_CLASSES - k;
        */
        for (uint32_t k = 0; k < NUM_CLASSES; k++)
            if (!address_at(h, c, k)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires entry: c < h->ncaches && k < NUM_CLASSES && EntryValid(h, c, k);
    assigns \nothing;
    ensures checked: \result == true <==> WindowAt(h, c, k);
*/
static bool window_at(const struct wpm_heap *h, uint32_t c, uint32_t k) HEAP_LOCKED(h)
{
    const struct cache_entry *e = &h->cache[c].entry[k];
    if (e->span == NO_SPAN) return bits_lowest(e->window) == 64;
    uint32_t word = (uint32_t)(e->word - e->span * (int32_t)SPAN_WORDS);
    uint64_t held = bits_or(h->live[e->word], h->freed[e->word]);
    uint64_t none = spancheck_beyond(h->span[e->span].nslots, word);
    return bits_lowest(bits_and(e->window, bits_or(held, none))) == 64;
}

bool cachecheck_windows(const struct wpm_heap *h)
{
    /*@ loop invariant range: 0 <= c <= h->ncaches;
        loop invariant so_far: \forall integer d, m, j; 0 <= d < c ==> 0 <= m < NUM_CLASSES ==>
          0 <= j < 64 ==> Bit((h->cache + d)->entry[m].window, j) == 1 ==>
          (h->cache + d)->entry[m].span != NO_SPAN &&
          Bit(h->live[(h->cache + d)->entry[m].word], j) == 0 &&
          Bit(h->freed[(h->cache + d)->entry[m].word], j) == 0 &&
          ((h->cache + d)->entry[m].word - (h->cache + d)->entry[m].span * SPAN_WORDS) * 64 + j
            < h->span[(h->cache + d)->entry[m].span].nslots;
        loop assigns c;
        loop variant h->ncaches - c;
    */
    for (uint32_t c = 0; c < h->ncaches; c++)
        /*@ loop invariant range: 0 <= k <= NUM_CLASSES;
            loop invariant so_far: \forall integer m, j; 0 <= m < k ==> 0 <= j < 64 ==>
              Bit((h->cache + c)->entry[m].window, j) == 1 ==>
              (h->cache + c)->entry[m].span != NO_SPAN &&
              Bit(h->live[(h->cache + c)->entry[m].word], j) == 0 &&
              Bit(h->freed[(h->cache + c)->entry[m].word], j) == 0 &&
              ((h->cache + c)->entry[m].word - (h->cache + c)->entry[m].span * SPAN_WORDS) * 64 + j
                < h->span[(h->cache + c)->entry[m].span].nslots;
            loop assigns k;
            loop variant NUM_CLASSES - k;
        */
        for (uint32_t k = 0; k < NUM_CLASSES; k++)
            if (!window_at(h, c, k)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires shape: SpanShape(h);
    requires span: 0 < s < h->nspans;
    assigns \nothing;
    ensures checked: \result == true <==> PlacedAt(h, s);
*/
static bool placed_at(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    const struct mspan *span = &h->span[s];
    int32_t owner = span->owner, most = 2 * (int32_t)h->ncaches;
    if (span->npages == 0) return true;
    if (span->place == PLACE_CURRENT)
        return owner >= 2 && owner <= most && owner % 2 == 0 &&
               h->cache[owner / 2 - 1].entry[span->span_class].span == (int32_t)s;
    if (span->place == PLACE_PARKED) return owner >= 3 && owner <= most + 1 && owner % 2 == 1;
    if (span->place == PLACE_LARGE) return span->span_class == 0;
    if (span->place < PLACE_SET) return span->place != PLACE_NONE;
    return (uint32_t)(span->place - PLACE_SET) < h->nsets;
}

bool cachecheck_places(const struct wpm_heap *h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant so_far: \forall integer t; 0 < t < s ==> PlacedAt(h, t);
        loop assigns s;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++)
        if (!placed_at(h, s)) return false;
    return true;
}

/*@ requires memory: HeapMemory(h);
    requires cache: c < h->ncaches;
    assigns \nothing;
    ensures checked: \result == true <==> NumberedAt(h, c);
*/
static bool numbered_at(const struct wpm_heap *h, uint32_t c) HEAP_LOCKED(h)
{
    const struct mcache *cache = &h->cache[c];
    if (cache->attached == 0) return true;
    return cache->index == (int32_t)c && cache->owner == 2 * ((int32_t)c + 1);
}

bool cachecheck_numbers(const struct wpm_heap *h)
{
    if (h->cache[0].attached != 1) return false;
    /*@ loop invariant range: 0 <= c <= h->ncaches;
        loop invariant so_far: \forall integer d; 0 <= d < c ==> NumberedAt(h, d);
        loop assigns c;
        loop variant h->ncaches - c;
    */
    for (uint32_t c = 0; c < h->ncaches; c++)
        if (!numbered_at(h, c)) return false;
    return true;
}
