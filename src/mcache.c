/* mcache.c -- see mcache.h */
#include "mcache.h"

#include "counter.h"
#include "mcentral.h"
#include "mspan.h"
#include "spanset.h"

/* Of a function on the way to a window: its callers keep no registers for it. */
#define APART __attribute__((noinline))

const struct mcache mcache_empty = {.owner = OWNER_STRANGER};

/* The window of class `k` of cache `c` is `slots`, the free slots of word `w` of current span `s`.
 * True. */
static APART bool set_window(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s,
                             uint32_t w, uint64_t slots)
{
    struct cache_entry *e = &c->entry[k];
    struct mspan *span = &h->span[s];
    uint32_t n = bits_count(slots);
    uintptr_t first = arenamap_address(&h->map, span->start);
    e->window = slots;
    e->base = (int64_t)(first + w * 64 * span->slot_bytes);
    e->word = (int32_t)(s * SPAN_WORDS + w);
    e->slot_bytes = (int32_t)span->slot_bytes;
    e->dirty = w < span->dirty_words;
    if (!e->dirty) span->dirty_words = (uint16_t)(w + 1);
    c->claimed = counter_add(c->claimed, n);
    mspan_count_used(h, s, n);
    return true;
}

/* Claim word `w` of span `s`, where others have freed a slot. False if that leaves none free. */
static APART bool claim_merged(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s,
                               uint32_t w)
{
    mspan_merge_word(h, s, w);
    uint64_t slots = mspan_free_slots(h, s, w);
    return slots != 0 && set_window(h, c, k, s, w, slots);
}

/* Claim the first word of span `s` with a free slot, from word `from` of the span on, for the
 * window of class `k` of cache `c`. */
static inline bool claim(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s,
                         uint32_t from)
{
    for (uint32_t w = from; w < SPAN_WORDS && w * 64 < h->span[s].nslots; w++) {
        if (atomic_read64(&h->freed[s * SPAN_WORDS + w]) != 0) {
            if (claim_merged(h, c, k, s, w)) return true;
            continue;
        }
        uint64_t slots = mspan_free_slots(h, s, w);
        if (slots != 0) return set_window(h, c, k, s, w, slots);
    }
    return false;
}

/* Current span `s` of cache `c`, in no entry, is used up: pending if it has a free slot, else
 * parked. A stranger that frees a slot meanwhile either sees `parked` and queues the span, or has
 * set its bit before we look. */
static void put_away(struct wpm_heap *h, struct mcache *c, uint32_t s)
{
    struct mspan *span = &h->span[s];
    if (span->used == span->nslots) {
        span->place = PLACE_PARKED;
        atomic_write_int(&span->owner, c->owner + 1);
        atomic_fence();
        if (!mspan_has_freed(h, s)) return;
        mspan_merge(h, s);
        atomic_write_int(&span->owner, c->owner);
    }
    spanset_push(h, set_pending((uint32_t)c->index, span->span_class), s);
}

/* Make span `s`, in hand, the current one of its class. */
static bool make_current(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s)
{
    struct cache_entry *e = &c->entry[k];
    h->span[s].place = PLACE_CURRENT;
    atomic_write_int(&h->span[s].owner, c->owner);
    e->span = (int32_t)s;
    e->word = (int32_t)(s * SPAN_WORDS);
    if (claim(h, c, k, s, 0)) return true;
    e->span = NO_SPAN;
    put_away(h, c, s);
    return false;
}

/* A slot of span `s` was freed by a stranger: queue it for its owner if it is parked, file it anew
 * if it is central and full. Under the heap lock. */
static void dispatch(struct wpm_heap *h, uint32_t s)
{
    struct mspan *span = &h->span[s];
    int32_t owner = atomic_read_int(&span->owner);
    if (owner == OWNER_NONE) {
        if (span->place == PLACE_SET + (int32_t)set_full(h, span->span_class))
            mcentral_refile(h, s);
    } else if (owner % 2 == 1 && span->remote_next == 0) {
        struct mcache *c = &h->cache[owner / 2 - 1];
        span->remote_next = c->remote_head == NO_SPAN ? QUEUE_END : c->remote_head;
        atomic_write_int(&c->remote_head, (int32_t)s);
    }
}

/* Take span `s` from the head of cache `c`'s queue. Parked spans of `c` become pending; an id that
 * has changed hands since it was queued is passed on. Under the heap lock. */
static void drain_one(struct wpm_heap *h, struct mcache *c, uint32_t s)
{
    struct mspan *span = &h->span[s];
    atomic_write_int(&c->remote_head, span->remote_next == QUEUE_END ? NO_SPAN : span->remote_next);
    span->remote_next = 0;
    if (span->owner != c->owner + 1) {
        dispatch(h, s);
        return;
    }
    mspan_merge(h, s);
    if (mspan_is_empty(h, s)) {
        span->place = PLACE_HAND;
        mcentral_free(h, s);
    } else if (span->used < span->nslots) {
        mcache_unpark(h, c, s);
    }
}

/* Empty cache `c`'s queue of remote frees; bounded by the number of spans. */
static void drain_queue(struct wpm_heap *h, struct mcache *c)
{
    for (uint32_t n = h->nspans; n > 0; n--) {
        int32_t s = c->remote_head;
        if (s <= NO_SPAN || (uint32_t)s >= h->nspans) return;
        drain_one(h, c, (uint32_t)s);
    }
}

/* Make a pending span of cache `c` the current one of class `k`, one with a free slot. */
static bool take_pending(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    uint32_t s = spanset_pop(h, set_pending((uint32_t)c->index, k));
    return s != NO_SPAN && make_current(h, c, k, s);
}

/* Make a span without an owner the current one of class `k` of cache `c`, or a new one. */
static bool take_central(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    lock_take(&h->lock);
    uint32_t s = mcentral_take(h, k);
    bool central = s != NO_SPAN;
    if (!central) s = mcentral_new(h, k);
    lock_give(&h->lock);
    if (s != NO_SPAN && make_current(h, c, k, s)) return true;
    if (!central) return false;
    lock_take(&h->lock);
    s = mcentral_new(h, k);
    lock_give(&h->lock);
    return s != NO_SPAN && make_current(h, c, k, s);
}

/* Fill the window of class `k` of cache `c` from another span than the current one, if any, which
 * is used up. */
static APART bool change_span(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    uint32_t old = (uint32_t)c->entry[k].span;
    c->entry[k].span = NO_SPAN;
    if (old != NO_SPAN) put_away(h, c, old);
    if (atomic_read_int(&c->remote_head) != NO_SPAN) {
        lock_take(&h->lock);
        drain_queue(h, c);
        lock_give(&h->lock);
    }
    return take_pending(h, c, k) || take_central(h, c, k);
}

bool mcache_refill(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    const struct cache_entry *e = &c->entry[k];
    uint32_t s = (uint32_t)e->span;
    if (s != NO_SPAN && claim(h, c, k, s, (uint32_t)e->word % SPAN_WORDS + 1)) return true;
    return change_span(h, c, k);
}

void mcache_unpark(struct wpm_heap *h, struct mcache *c, uint32_t s)
{
    atomic_write_int(&h->span[s].owner, c->owner);
    spanset_push(h, set_pending((uint32_t)c->index, h->span[s].span_class), s);
}

void mcache_span_emptied(struct wpm_heap *h, struct mcache *c, uint32_t s)
{
    struct mspan *span = &h->span[s];
    uint32_t set = set_pending((uint32_t)c->index, span->span_class);
    if (span->place != PLACE_SET + (int32_t)set || h->set[set].head == h->set[set].tail) return;
    mspan_merge(h, s);
    if (!mspan_is_empty(h, s)) return;
    spanset_remove(h, s);
    lock_take(&h->lock);
    mcentral_free(h, s);
    lock_give(&h->lock);
}

void mcache_notify(struct wpm_heap *h, uint32_t s)
{
    struct mspan *span = &h->span[s];
    atomic_fence();
    int32_t owner = atomic_read_int(&span->owner);
    if (owner % 2 == 0 && owner != OWNER_NONE) return;
    lock_take(&h->lock);
    dispatch(h, s);
    lock_give(&h->lock);
}

struct mcache *mcache_attach(struct wpm_heap *h)
{
    struct mcache *found = NULL;
    lock_take(&h->lock);
    for (uint32_t i = 1; i < h->ncaches; i++) {
        struct mcache *c = &h->cache[i];
        if (c->attached) continue;
        c->attached = 1;
        c->index = (int32_t)i;
        c->owner = 2 * ((int32_t)i + 1);
        found = c;
        break;
    }
    lock_give(&h->lock);
    return found;
}

/* Give the current span of class `k` of cache `c`, if there is one, and its window back. Under the
 * heap lock. */
static void detach_entry(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    struct cache_entry *e = &c->entry[k];
    uint32_t s = (uint32_t)e->span;
    uint32_t left = bits_count(e->window);
    e->window = 0;
    e->span = NO_SPAN;
    if (s == NO_SPAN) return;
    c->claimed = counter_less(c->claimed, left);
    h->span[s].used = mspan_less(h->span[s].used, left);
    h->span[s].place = PLACE_HAND;
    mcentral_file(h, s);
}

/* Give span `s` back if cache `c`, which has no current spans any more, owns it. Under the heap
 * lock. */
static void detach_span(struct wpm_heap *h, struct mcache *c, uint32_t s)
{
    struct mspan *span = &h->span[s];
    if (span->npages == 0 || span->owner / 2 != c->owner / 2) return;
    if (span->place >= PLACE_SET) {
        spanset_remove(h, s);
    } else {
        atomic_write_int(&span->owner, OWNER_NONE);
        span->place = PLACE_HAND;
    }
    mcentral_file(h, s);
}

void mcache_detach(struct wpm_heap *h, struct mcache *c)
{
    lock_take(&h->lock);
    for (uint32_t k = 1; k < NUM_CLASSES; k++) detach_entry(h, c, k);
    drain_queue(h, c);
    for (uint32_t s = 1; s < h->nspans; s++) detach_span(h, c, s);
    c->attached = 0;
    lock_give(&h->lock);
}
