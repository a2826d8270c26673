/* mcache.h -- a thread's cache: one window of free slots a class, and the spans behind it.
 *
 * A span that a cache owns is current (its words are claimed one after another into the window),
 * parked (full when its last word was used up), or pending (a slot of it has been freed since). The
 * first free into a parked span takes the slow path and makes it pending; frees into a current or
 * pending one touch the span's record and one live word only. An emptied pending span goes back to the
 * heap, but for the last one of its class.
 *
 * A thread that frees another's slot sets its `freed` bit. If the span is parked it must also tell the
 * owner, or the slot would be stranded: it queues the span under the heap lock. Owner and stranger
 * cannot miss each other: the owner writes `owner` (parked), then reads `freed`; the stranger sets
 * `freed`, then reads `owner`; each with a full fence between (spin model and interleaving test).
 */
#ifndef WPM_MCACHE_H
#define WPM_MCACHE_H

#include "atomic.h"
#include "heap.h"

/* The cache of a thread that has none: every window empty, owner of nothing. Never written. */
extern const struct mcache mcache_empty;

/* Hand out slot `i`, the lowest of the window of class `k`; its address. The live word has one writer,
 * this thread: a remote free that reads it meanwhile asks about another bit. */
static inline uintptr_t mcache_take_slot(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t i)
{
    struct cache_entry *e = &c->entry[k];
    uint64_t window = e->window;
    uint64_t *live = &h->live[e->word];
    e->window = bits_drop_lowest(window, i);
    atomic_write64(live, bits_set(atomic_read64(live), i));
    return (uintptr_t)e->base + (uintptr_t)i * (uint32_t)e->slot_bytes;
}

/* Fill the empty window of class `k` of cache `c`: next words of the current span, then a pending
 * span, then a central one, then a new one. False when there is none of them. */
bool mcache_refill(struct wpm_heap *h, struct mcache *c, uint32_t k);

/* The owner has freed a slot of its parked span `s`: it is pending from now on. */
void mcache_unpark(struct wpm_heap *h, struct mcache *c, uint32_t s);

/* The owner has freed what may be the last slot of span `s`: back to the heap if it is empty and can
 * be spared. */
void mcache_span_emptied(struct wpm_heap *h, struct mcache *c, uint32_t s);

/* A slot of span `s` was freed by a thread that does not own it: see that it is found. */
void mcache_notify(struct wpm_heap *h, uint32_t s);

/* A cache for the calling thread; NULL when all are taken. */
struct mcache *mcache_attach(struct wpm_heap *h);

/* Give cache `c` back: its spans become central. */
void mcache_detach(struct wpm_heap *h, struct mcache *c);

#endif
