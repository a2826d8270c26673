/* heapfaults.h -- what is wrong with a heap at rest: the proved check (src/heapcheck.h), and what
 * the invariant does not say.
 *
 * heap_faults counts: 0 on a heap at rest. Beyond the invariant: the list of a set, from its head
 * on, has all spans that say they are in it; no span is in hand; no slot is freed that is not
 * live; queues of remote frees name spans.
 */
#ifndef WPM_TESTS_HEAPFAULTS_H
#define WPM_TESTS_HEAPFAULTS_H

#include "heapcheck.h"

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

/* Places where span `s` is what no span at rest is. */
static inline uint64_t span_faults(const struct wpm_heap *h, uint32_t s)
{
    const struct mspan *span = &h->span[s];
    uint64_t faults = 0;
    faults += span->remote_next < QUEUE_END || span->remote_next >= (int32_t)h->nspans;
    faults += span->place == PLACE_HAND;
    if (span->npages == 0) return faults;
    for (uint32_t w = s * SPAN_WORDS; w < s * SPAN_WORDS + SPAN_WORDS; w++)
        faults += (h->freed[w] & ~h->live[w]) != 0;
    return faults;
}

/* Faults of a heap at rest; 1 when the invariant does not hold. */
static inline uint64_t heap_faults(const struct wpm_heap *h)
{
    if (heap_check(h) != HEAP_SOUND) return 1;
    uint64_t faults = 0;
    for (uint32_t s = 1; s < h->nspans; s++) faults += span_faults(h, s);
    for (uint32_t n = 0; n < h->nsets; n++) {
        if (h->set[n].head != NO_SPAN) faults += set_faults(h, n);
    }
    for (uint32_t c = 0; c < h->ncaches; c++) {
        int32_t head = h->cache[c].remote_head;
        faults += head != NO_SPAN && (head < 0 || head >= (int32_t)h->nspans);
    }
    return faults;
}

#endif
