/* heapcheck.h -- the invariant of a heap's records, as spec/heap.acsl states it, checked in C.
 *
 * heap_faults counts the places where a record, a set, an entry or a queue breaks it: 0 on a heap
 * at rest. A heap begins with record 0 alone. A set holds the spans that say they are in it.
 */
#ifndef WPM_TESTS_HEAPCHECK_H
#define WPM_TESTS_HEAPCHECK_H

#include "heap.h"

#include <stdint.h>

/* Places where set `n` is not a doubly linked list of spans that say they are in it. */
static inline uint64_t set_faults(const struct wpm_heap *h, uint32_t n)
{
    uint64_t faults = 0, filed = 0, seen = 0;
    int32_t last = NO_SPAN;
    for (uint32_t s = 1; s < h->nspans; s++) filed += h->span[s].place == PLACE_SET + (int32_t)n;
    for (int32_t s = h->set[n].head; s != NO_SPAN && seen <= filed; s = h->span[s].next) {
        faults += h->span[s].place != PLACE_SET + (int32_t)n || h->span[s].prev != last;
        last = s;
        seen++;
    }
    return faults + (seen != filed) + (h->set[n].tail != last);
}

/* Places where the entry of class `k` of cache `c` and its span do not agree. */
static inline uint64_t entry_faults(const struct wpm_heap *h, uint32_t c, uint32_t k)
{
    const struct cache_entry *e = &h->cache[c].entry[k];
    if (e->span == NO_SPAN) return e->window != 0;
    const struct mspan *span = &h->span[e->span];
    uint32_t w = (uint32_t)e->word - (uint32_t)e->span * SPAN_WORDS;
    uint64_t first = arenamap_address(&h->map, span->start) + (uint64_t)w * 64 * span->slot_bytes;
    uint64_t faults = 0;
    faults += span->npages == 0 || span->place != PLACE_CURRENT;
    faults += span->owner != 2 * ((int32_t)c + 1) || span->span_class != k || k == 0;
    faults += w >= SPAN_WORDS || (uint32_t)e->slot_bytes != span->slot_bytes;
    faults += (uint64_t)e->base != first;
    faults += (e->window & h->live[e->word]) != 0;
    for (uint32_t j = 0; j < 64; j++)
        faults += (e->window >> j & 1) != 0 && w * 64 + j >= span->nslots;
    return faults;
}

/* Places where span `s` is not where it says it is, or what it is. */
static inline uint64_t span_faults(const struct wpm_heap *h, uint32_t s)
{
    const struct mspan *span = &h->span[s];
    uint64_t faults = 0;
    int32_t most = 2 * (int32_t)h->ncaches + 1;
    faults += span->owner < OWNER_CENTRAL || span->owner > most || span->owner == 1;
    faults += (span->owner > 0 && span->owner % 2 == 1) != (span->place == PLACE_PARKED);
    faults += span->remote_next < QUEUE_END || span->remote_next >= (int32_t)h->nspans;
    if (span->npages == 0)
        return faults + (span->nslots != 0) + (span->place != PLACE_NONE) +
               (span->owner != OWNER_NONE);
    if (span->place == PLACE_CURRENT)
        faults += h->cache[span->owner / 2 - 1].entry[span->span_class].span != (int32_t)s;
    if (span->place >= PLACE_SET)
        faults += (uint32_t)(span->place - PLACE_SET) % NUM_CLASSES != span->span_class;
    faults += (span->place == PLACE_LARGE) != (span->span_class == 0);
    faults += span->place == PLACE_NONE || span->place == PLACE_HAND;
    for (uint32_t p = 0; p < span->npages; p++) faults += h->page_span[span->start + p] != s;
    for (uint32_t i = 0; i < SPAN_SLOTS; i++) {
        uint32_t w = s * SPAN_WORDS + i / 64;
        faults += i >= span->nslots && (h->live[w] >> i % 64 & 1) != 0;
        faults += (h->freed[w] & ~h->live[w]) != 0;
    }
    return faults;
}

/* Faults of all spans, sets, entries and queues. */
static inline uint64_t heap_faults(const struct wpm_heap *h)
{
    uint64_t faults = h->nspans == 0 || h->span[0].npages != 0;
    for (uint32_t s = 1; s < h->nspans; s++) faults += span_faults(h, s);
    for (uint32_t n = 0; n < h->nsets; n++) {
        if (h->set[n].head != NO_SPAN || h->set[n].tail != NO_SPAN) faults += set_faults(h, n);
    }
    for (uint32_t c = 0; c < h->ncaches; c++) {
        int32_t head = h->cache[c].remote_head;
        faults += head != NO_SPAN && (head < 0 || head >= (int32_t)h->nspans);
        for (uint32_t k = 0; k < NUM_CLASSES; k++) faults += entry_faults(h, c, k);
    }
    return faults;
}

#endif
