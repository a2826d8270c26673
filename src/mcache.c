/* mcache.c -- see mcache.h */
#include "mcache.h"

#include "heaplock.h"
#include "mcentral.h"
#include "mspan.h"
#include "spanset.h"
#include "window.h"

#include "../spec/mcache.acsl"
#include "../spec/mcache_back.acsl"

/* Of a function on the way to a window: its callers keep no registers for it. */
#define APART __attribute__((noinline))

const struct mcache mcache_empty = {.owner = OWNER_STRANGER};

/* Span `s` has place `place` and owner `owner`. */
/*@ requires memory: HeapMemory(h);
    requires span: 0 < s < h->nspans;
    assigns h->span[s].place, h->span[s].owner;
    ensures set: h->span[s].place == place && h->span[s].owner == owner;
    ensures stay: PlacesStay{Pre,Post}(h, s);
    ensures links: LinksSame{Pre,Post}(h);
    ensures sets: SetsSame{Pre,Post}(h);
    ensures stood: SpanStood{Pre,Post}(h, s);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
*/
static inline void move_span(struct wpm_heap *h, uint32_t s, int32_t place, int32_t owner)
{
    atomic_write_int(&h->span[s].place, place);
    atomic_write_int(&h->span[s].owner, owner);
}

/* Span `s`, owned by cache `c` and in no entry or set, is pending from now on. */
/*@ requires valid: HeapButPlace(h, s);
    requires cache: CacheUsed(h, c);
    requires owner: h->span[s].owner == c->owner;
    assigns HEAP_LINKS(h);
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ENSURES_ENTRIES(h)
    ensures same: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures owner: h->span[s].owner == c->owner;
    ensures pending: SpanPending(h, s, c);
*/
static void file_pending(struct wpm_heap *h, struct mcache *c, uint32_t s)
{
    spanset_push(h, set_pending((uint32_t)c->index, h->span[s].span_class), s);
    //@ assert went: SpanWent{Pre,Here}(h, s);
    //@ assert sound: SpanSound(h, s);
    //@ assert place: PlaceValid(h, s);
    //@ assert but: PlacesBut(h, s);
}

/* Span `s`, in a set, is in hand from now on. */
/*@ requires valid: HeapValid(h);
    requires span: 0 < s < h->nspans && h->span[s].place >= PLACE_SET;
    assigns HEAP_LINKS(h);
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ENSURES_ENTRIES(h)
    ensures same: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures hand: h->span[s].place == PLACE_HAND;
    ensures small: InUse(h, s) && h->span[s].span_class != 0;
    ensures class: h->span[s].span_class == (\old(h->span[s].place) - PLACE_SET) % NUM_CLASSES;
    ensures stay: OthersStay{Pre,Post}(h, s);
*/
static void unfile(struct wpm_heap *h, uint32_t s)
{
    //@ assert small: InUse(h, s) && h->span[s].span_class != 0;
    /*@ assert owner: h->span[s].owner == OWNER_NONE || h->span[s].owner == OWNER_CENTRAL ||
          (2 <= h->span[s].owner <= 2 * h->ncaches + 1 && h->span[s].owner % 2 != 1); */
    spanset_remove(h, s);
    //@ assert went: SpanWent{Pre,Here}(h, s);
    //@ assert sound: SpanSound(h, s);
    //@ assert place: PlaceValid(h, s);
    //@ assert but: PlacesBut(h, s);
}

/* Span `s`, in no entry or set, is in hand and nobody's from now on. */
/*@ requires valid: HeapButPlace(h, s);
    assigns h->span[s].place, h->span[s].owner;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ENSURES_ENTRIES(h)
    ensures same: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures hand: h->span[s].place == PLACE_HAND && h->span[s].owner == OWNER_NONE;
    ensures stay: OthersStay{Pre,Post}(h, s);
*/
static void take_in_hand(struct wpm_heap *h, uint32_t s)
{
    move_span(h, s, PLACE_HAND, OWNER_NONE);
    //@ assert went: SpanWent{Pre,Here}(h, s);
    //@ assert sound: SpanSound(h, s);
    //@ assert place: PlaceValid(h, s);
    //@ assert but: PlacesBut(h, s);
}

/* Span `s`, in no entry or set, is parked by cache `c`. */
/*@ requires valid: HeapButPlace(h, s);
    requires cache: CacheUsed(h, c);
    assigns h->span[s].place, h->span[s].owner;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ENSURES_ENTRIES(h)
    ensures same: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures loose: InNoEntry(h, s);
    ensures parked: h->span[s].place == PLACE_PARKED && h->span[s].owner == c->owner + 1;
*/
static inline void park(struct wpm_heap *h, struct mcache *c, uint32_t s)
{
    //@ assert odd: (c->owner + 1) % 2 == 1 && 3 <= c->owner + 1 <= 2 * h->ncaches + 1;
    move_span(h, s, PLACE_PARKED, c->owner + 1);
    //@ assert went: SpanWent{Pre,Here}(h, s);
    //@ assert sound: SpanSound(h, s);
    //@ assert place: PlaceValid(h, s);
    //@ assert but: PlacesBut(h, s);
}

/* Cache `c` owns span `s`, parked, as one that is pending. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires span: InUse(h, s) && h->span[s].place == PLACE_PARKED &&
      h->span[s].owner == c->owner + 1;
    assigns h->span[s].place, h->span[s].owner;
    ensures valid: HeapButPlace(h, s);
    ensures same: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures owner: h->span[s].owner == c->owner;
    ensures stay: OthersStay{Pre,Post}(h, s);
*/
static inline void own(struct wpm_heap *h, const struct mcache *c, uint32_t s)
{
    //@ assert small: h->span[s].span_class != 0;
    //@ assert loose: InNoEntry(h, s);
    //@ assert others: PlacesBut(h, s);
    //@ assert even: c->owner % 2 == 0 && 2 <= c->owner <= 2 * h->ncaches;
    move_span(h, s, PLACE_PARKED, c->owner);
    //@ assert went: SpanWent{Pre,Here}(h, s);
    //@ assert sound: SpanSound(h, s);
    //@ assert but: PlacesBut(h, s) && InNoEntry(h, s);
    //@ assert spans: HeapPlaces(h);
    //@ assert entries: EntriesValid(h) && WindowsFree(h) && EntryAddresses(h);
}

void mcache_unpark(struct wpm_heap *h, struct mcache *c, uint32_t s)
{
    own(h, c, s);
    file_pending(h, c, s);
}

/* Current span `s` of cache `c`, in no entry, is used up: pending if it has a free slot, else
 * parked. A stranger that frees a slot meanwhile either sees `parked` and queues the span, or has
 * set its bit before we look. */
/*@ requires valid: HeapButPlace(h, s);
    requires cache: CacheUsed(h, c);
    requires owner: h->span[s].owner == c->owner;
    assigns HEAP_LINKS(h), h->span[s].owner, h->span[s].used, h->stray,
            h->live[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[s * SPAN_WORDS .. s * SPAN_WORDS + SPAN_WORDS - 1];
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures pending: \old(h->span[s].used != h->span[s].nslots) ==> SpanPending(h, s, c);
    ensures parked: SpanPending(h, s, c) || SpanParked(h, s, c);
    ensures full: \old(h->span[s].used == h->span[s].nslots &&
      \forall integer w; WordOf(s, w) ==> h->freed[w] == 0) ==> SpanParked(h, s, c);
*/
static void put_away(struct wpm_heap *h, struct mcache *c, uint32_t s)
{
    if (h->span[s].used == h->span[s].nslots) {
        park(h, c, s);
        atomic_fence();
        if (!mspan_has_freed(h, s)) return;
        window_merge(h, s);
        //@ assert merged: HeapValid(h);
        mcache_unpark(h, c, s);
    } else {
        file_pending(h, c, s);
    }
}

/* The entry of class `k` of cache `c`, which has no span, names span `s`. */
/*@ requires ground: HeapGround(h); requires spans: HeapSpans(h);
    requires next: SetNext(h); requires prev: SetPrev(h); requires ends: SetEnds(h);
    requires entries: EntriesValid(h); requires windows: WindowsFree(h);
    requires addresses: EntryAddresses(h);
    requires cache: CacheUsed(h, c) && 0 < k < NUM_CLASSES;
    requires entry: c->entry[k].span == NO_SPAN && c->entry[k].window == 0;
    requires span: InUse(h, s) && h->span[s].span_class == k &&
      h->span[s].place == PLACE_CURRENT && h->span[s].owner == c->owner;
    requires places: PlacesBut(h, s);
    assigns c->entry[k].span, c->entry[k].word, c->entry[k].slot_bytes, c->entry[k].dirty;
    ENSURES_PLACES(h)
    ensures entries: EntriesValid(h); ensures windows: WindowsFree(h);
    ensures addresses: AddressesBut(h, c->index, k);
    ensures places: PlacesValid(h);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures set: c->entry[k].span == s && c->entry[k].window == 0;
    ensures current: h->span[s].place == PLACE_CURRENT && h->span[s].owner == c->owner;
*/
static inline void enter(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s)
{
    struct cache_entry *e = &c->entry[k];
    window_place(h, c, k, (int32_t)s, (int32_t)(s * SPAN_WORDS), e->slot_bytes, e->dirty);
    //@ assert entry: EntryValid(h, c->index, k);
    //@ assert place: PlaceValid(h, s);
    //@ assert but: PlacesBut(h, s);
    //@ assert window: WindowFree(h, c->index, k);
}

/* Span `s`, in hand, is the current one of class `k` of cache `c`, whose entry has none. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && 0 < k < NUM_CLASSES;
    requires entry: c->entry[k].span == NO_SPAN;
    requires span: InUse(h, s) && h->span[s].span_class == k && h->span[s].place == PLACE_HAND;
    assigns h->span[s].place, h->span[s].owner, c->entry[k].span, c->entry[k].word,
            c->entry[k].slot_bytes, c->entry[k].dirty;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ensures entries: EntriesValid(h); ensures windows: WindowsFree(h);
    ensures addresses: AddressesBut(h, c->index, k);
    ensures places: PlacesValid(h);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures set: c->entry[k].span == s && c->entry[k].window == 0;
    ensures current: h->span[s].place == PLACE_CURRENT && h->span[s].owner == c->owner;
*/
static inline void install(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s)
{
    //@ assert even: c->owner % 2 == 0 && 2 <= c->owner <= 2 * h->ncaches;
    move_span(h, s, PLACE_CURRENT, c->owner);
    //@ assert went: SpanWent{Pre,Here}(h, s);
    //@ assert sound: SpanSound(h, s);
    enter(h, c, k, s);
}

/* The current span of class `k` of cache `c`, whose window is empty, is in no entry. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheUsed(h, c) && k < NUM_CLASSES;
    requires entry: c->entry[k].span != NO_SPAN && c->entry[k].window == 0;
    assigns c->entry[k].span, c->entry[k].word, c->entry[k].slot_bytes, c->entry[k].dirty;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ensures entries: EntriesValid(h); ensures windows: WindowsFree(h);
    ensures addresses: EntryAddresses(h);
    ensures places: PlacesBut(h, \result);
    ensures loose: InNoEntry(h, \result);
    ensures span: InUse(h, \result) && h->span[\result].span_class == k && k != 0 &&
      h->span[\result].place == PLACE_CURRENT && h->span[\result].owner == c->owner;
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures set: c->entry[k].span == NO_SPAN && \result == \old(c->entry[k].span);
*/
static inline uint32_t uninstall(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    struct cache_entry *e = &c->entry[k];
    uint32_t s = (uint32_t)e->span;
    //@ assert entry: EntryValid(h, c->index, k);
    //@ assert but: PlacesBut(h, s);
    window_place(h, c, k, NO_SPAN, e->word, e->slot_bytes, e->dirty);
    //@ assert gone: EntryValid(h, c->index, k) && EntryAddress(h, c->index, k);
    //@ assert window: WindowFree(h, c->index, k);
    return s;
}

/* The current span of class `k` of cache `c` is used up; the class has none then. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheUsed(h, c) && k < NUM_CLASSES;
    requires entry: c->entry[k].span != NO_SPAN && c->entry[k].window == 0;
    assigns HEAP_GIVEN(h), c->entry[k].span, c->entry[k].word, c->entry[k].slot_bytes,
            c->entry[k].dirty;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures entry: c->entry[k].span == NO_SPAN && c->entry[k].window == 0;
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static void retire(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    uint32_t s = uninstall(h, c, k);
    //@ assert range: s <= h->map.npages && h->nspans <= h->map.npages + 1;
    put_away(h, c, s);
}

/* Make span `s`, in hand, the current one of its class. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && 0 < k < NUM_CLASSES;
    requires entry: c->entry[k].span == NO_SPAN;
    requires span: InUse(h, s) && h->span[s].span_class == k && h->span[s].place == PLACE_HAND;
    assigns HEAP_GIVEN(h), c->entry[k], c->claimed;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 && c->entry[k].span == NO_SPAN;
    ensures full: \result == false ==> Bit(\old(h->live[s * SPAN_WORDS]), 0) == 1;
    ensures live: \result == false ==> LiveFrom{Pre}(h, s, 0);
    ensures current: \result == true ==> c->entry[k].span == s;
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static bool make_current(struct wpm_heap *h, struct mcache *c, uint32_t k, uint32_t s)
{
    //@ assert range: s <= h->map.npages && h->nspans <= h->map.npages + 1;
    //@ assert slots: h->span[s].nslots > 0;
    install(h, c, k, s);
    bool found = window_claim(h, c, k, s, 0);
    //@ assert same: c->index == \at(c->index, Pre);
    //@ assert map: h->map.npages == \at(h->map.npages, Pre);
    //@ assert but: EntriesSameBut{Pre,Here}(h, c->index, k);
    if (!found) retire(h, c, k);
    return found;
}

/* Cache `c`'s queue starts with span `head`; the one after span `s` is `next`. */
/*@ requires memory: HeapMemory(h);
    requires cache: 0 <= c < h->ncaches && 0 < s < h->nspans;
    assigns h->span[s].remote_next, h->cache[c].remote_head;
    ensures stay: PlacesStay{Pre,Post}(h, NO_SPAN);
    ensures links: LinksSame{Pre,Post}(h);
    ensures sets: SetsSame{Pre,Post}(h);
    ensures stood: SpanStood{Pre,Post}(h, NO_SPAN);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures queue: h->cache[c].remote_head == head && h->span[s].remote_next == next;
*/
static inline void set_queue(struct wpm_heap *h, int32_t c, uint32_t s, int32_t head, int32_t next)
    HEAP_LOCKED(h)
{
    atomic_write_int(&h->cache[c].remote_head, head);
    h->span[s].remote_next = next;
}

/* Parked span `s` is in cache `c`'s queue. */
/*@ requires valid: HeapValid(h);
    requires cache: 0 <= c < h->ncaches && 0 < s < h->nspans;
    assigns h->span[s].remote_next, h->cache[c].remote_head;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ENSURES_ENTRIES(h)
    ensures same: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures head: h->cache[c].remote_head == s;
    ensures next: h->span[s].remote_next ==
      (\old(h->cache[c].remote_head) == NO_SPAN ? QUEUE_END : \old(h->cache[c].remote_head));
*/
static void queue_push(struct wpm_heap *h, int32_t c, uint32_t s) HEAP_LOCKED(h)
{
    int32_t head = h->cache[c].remote_head;
    set_queue(h, c, s, (int32_t)s, head == NO_SPAN ? QUEUE_END : head);
    //@ assert went: SpanWent{Pre,Here}(h, NO_SPAN);
    //@ assert but: PlacesBut(h, NO_SPAN);
}

/* Take span `s` from the head of cache `c`'s queue. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheOf(h, c) && 0 < s < h->nspans;
    assigns h->span[s].remote_next, c->remote_head;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ENSURES_ENTRIES(h)
    ensures same: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures gone: h->span[s].remote_next == 0;
    ensures head: c->remote_head ==
      (\old(h->span[s].remote_next) == QUEUE_END ? NO_SPAN : \old(h->span[s].remote_next));
*/
static void queue_pop(struct wpm_heap *h, struct mcache *c, uint32_t s) HEAP_LOCKED(h)
{
    int32_t next = h->span[s].remote_next;
    set_queue(h, c->index, s, next == QUEUE_END ? NO_SPAN : next, 0);
    //@ assert went: SpanWent{Pre,Here}(h, NO_SPAN);
    //@ assert but: PlacesBut(h, NO_SPAN);
}

/* A slot of span `s` was freed by a stranger: queue it for its owner if it is parked, file it anew
 * if it is central and full. Under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires span: 0 < s < h->nspans;
    assigns HEAP_GIVEN(h), h->cache[0 .. h->ncaches - 1].remote_head;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures sizes: h->nspans == \old(h->nspans);
    ensures queued: \old(h->span[s].owner % 2 == 1 && h->span[s].remote_next == 0) ==>
      h->cache[\old(h->span[s].owner / 2 - 1)].remote_head == s;
    ensures filed: \old(FullCentral(h, s)) ==> FiledByUse(h, s);
*/
static void dispatch(struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    struct mspan *span = &h->span[s];
    int32_t owner = atomic_read_int(&span->owner);
    if (owner == OWNER_NONE) {
        int32_t place = atomic_read_int(&span->place);
        if (place >= PLACE_SET && place == PLACE_SET + (int32_t)set_full(h, span->span_class))
            mcentral_refile(h, s);
    } else if (owner % 2 == 1 && span->remote_next == 0) {
        queue_push(h, owner / 2 - 1, s);
    }
}

/* Strangers have freed slots of span `s`, which cache `c` has parked: it is pending if it has a
 * free slot, and no more if it is empty. Under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires span: 0 < s < h->nspans && h->span[s].owner == c->owner + 1;
    assigns HEAP_GIVEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures found: h->span[s].npages == 0 || SpanPending(h, s, c) ||
      (h->span[s].owner == c->owner + 1 && h->span[s].place == PLACE_PARKED &&
       h->span[s].used >= h->span[s].nslots);
    ensures merged: h->span[s].npages > 0 ==>
      \forall integer w, j; WordOf(s, w) ==> 0 <= j < 64 ==> Bit(h->freed[w], j) == 0;
*/
static void reclaim(struct wpm_heap *h, struct mcache *c, uint32_t s) HEAP_LOCKED(h)
{
    //@ assert range: s <= h->map.npages && h->nspans <= h->map.npages + 1;
    //@ assert parked: h->span[s].place == PLACE_PARKED && InUse(h, s);
    //@ assert small: h->span[s].span_class != 0;
    window_merge(h, s);
    //@ assert merged: HeapValid(h);
    if (mspan_is_empty(h, s)) {
        own(h, c, s);
        take_in_hand(h, s);
        //@ assert hand: HeapValid(h);
        mcentral_free(h, s);
    } else if (h->span[s].used < h->span[s].nslots) {
        mcache_unpark(h, c, s);
    }
}

/* Take span `s` from the head of cache `c`'s queue. An id that has changed hands since it was
 * queued is passed on. Under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires span: 0 < s < h->nspans;
    assigns HEAP_GIVEN(h), h->cache[0 .. h->ncaches - 1].remote_head;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static void drain_one(struct wpm_heap *h, struct mcache *c, uint32_t s) HEAP_LOCKED(h)
{
    queue_pop(h, c, s);
    //@ assert popped: HeapValid(h);
    if (h->span[s].owner == c->owner + 1) {
        reclaim(h, c, s);
    } else {
        dispatch(h, s);
    }
}

/* Empty cache `c`'s queue of remote frees; bounded by the number of spans. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    assigns HEAP_GIVEN(h), h->cache[0 .. h->ncaches - 1].remote_head;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures sets: h->nsets == \old(h->nsets);
*/
static void drain_queue(struct wpm_heap *h, struct mcache *c) HEAP_LOCKED(h)
{
    /*@ loop invariant valid: HeapValid(h);
        loop invariant cache: CacheUsed(h, c);
        loop invariant held: HeldKept{Pre,Here}(h);
        loop invariant entries: EntriesSame{Pre,Here}(h);
        loop invariant kept: CachesKept{Pre,Here}(h);
        loop invariant pool: h->pages.npages == \at(h->pages.npages, Pre);
        loop invariant sets: h->nsets == \at(h->nsets, Pre);
        loop assigns n, HEAP_GIVEN_LOOP(h),
          h->cache[0 .. \at(h->ncaches, Pre) - 1].remote_head;
        loop variant n;
    */
    for (uint32_t n = h->nspans; n > 0; n--) {
        int32_t s = c->remote_head;
        if (s <= NO_SPAN || (uint32_t)s >= h->nspans) return;
        drain_one(h, c, (uint32_t)s);
    }
}

/* Make a pending span of cache `c` the current one of class `k`, one with a free slot. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && 0 < k < NUM_CLASSES;
    requires entry: c->entry[k].span == NO_SPAN;
    assigns HEAP_GIVEN(h), c->entry[k], c->claimed;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 && c->entry[k].span == NO_SPAN;
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures first: \result == true ==>
      c->entry[k].span == \old(h->set[c->index * NUM_CLASSES + k].head);
    ensures full: \result == false ==> \old(h->set[c->index * NUM_CLASSES + k].head) == NO_SPAN ||
      LiveFrom{Pre}(h, \old(h->set[c->index * NUM_CLASSES + k].head), 0);
*/
static bool take_pending(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    //@ assert entry: EntryValid(h, c->index, k);
    uint32_t s = (uint32_t)h->set[set_pending((uint32_t)c->index, k)].head;
    //@ assert head: s == h->set[c->index * NUM_CLASSES + k].head;
    if (s == NO_SPAN) return false;
    //@ assert place: h->span[s].place == PLACE_SET + (c->index * NUM_CLASSES + k);
    //@ assert class: (h->span[s].place - PLACE_SET) % NUM_CLASSES == k;
    unfile(h, s);
    //@ assert hand: HeapValid(h);
    return make_current(h, c, k, s);
}

/* Make a new span the current one of class `k` of cache `c`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires entry: c->entry[k].span == NO_SPAN;
    assigns HEAP_TAKEN(h), c->entry[k], c->claimed;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 &&
      c->entry[k].span == NO_SPAN &&
      NoSpanFor(h, class_table[k].span_pages);
    ensures lean: \result == false ==> NoneEmpty{Pre}(h, c->owner) ==> NoneEmpty(h, c->owner);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static bool take_new(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_UNLOCKED(h)
{
    //@ ghost class_table_fact();
    //@ assert was: HeapArrays(h) && CacheOf(h, c) && EntryValid(h, c->index, k);
    //@ assert empty: c->entry[k].window == 0;
    heap_lock(h);
    uint32_t s = mcentral_new(h, k);
    heap_unlock(h);
    //@ assert arrays: HeapArrays(h) && h->ncaches == \at(h->ncaches, Pre);
    //@ assert bounds: h->nsets == \at(h->nsets, Pre);
    //@ assert cache: CacheUsed(h, c) && c->index == \at(c->index, Pre);
    //@ assert same: (h->cache + c->index)->entry[k].span == NO_SPAN;
    //@ assert entry: c->entry[k].span == NO_SPAN && c->entry[k].window == 0;
    if (s == NO_SPAN) return false;
    return make_current(h, c, k, s);
}

/* Make a span without an owner the current one of class `k` of cache `c`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires entry: c->entry[k].span == NO_SPAN;
    assigns HEAP_GIVEN(h), c->entry[k], c->claimed;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 && c->entry[k].span == NO_SPAN;
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static bool take_central(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_UNLOCKED(h)
{
    heap_lock(h);
    uint32_t s = mcentral_take(h, k);
    heap_unlock(h);
    return s != NO_SPAN && make_current(h, c, k, s);
}

/* Give cache `c`'s spans that strangers have freed slots of a chance. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    assigns HEAP_GIVEN(h), h->cache[0 .. h->ncaches - 1].remote_head;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static inline void look_at_queue(struct wpm_heap *h, struct mcache *c) HEAP_UNLOCKED(h)
{
    if (atomic_read_int(&c->remote_head) == NO_SPAN) return;
    heap_lock(h);
    drain_queue(h, c);
    heap_unlock(h);
}

/* Whether span `s` is one that cache `c` may have, of whatever class: its own, but for a current
 * one, or nobody's and in a set. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires span: 0 < s < h->nspans;
    assigns \nothing;
    ensures yes: \result == true ==> InUse(h, s) && h->span[s].span_class != 0 &&
      (h->span[s].place >= PLACE_SET ||
       (h->span[s].place == PLACE_PARKED && h->span[s].owner == c->owner + 1));
    ensures no: \result == false ==> SpanInReach(h, s, c->owner) ==>
      h->span[s].place == PLACE_CURRENT && h->span[s].owner == c->owner;
*/
static inline bool in_reach(const struct wpm_heap *h, const struct mcache *c, uint32_t s)
    HEAP_LOCKED(h)
{
    const struct mspan *span = &h->span[s];
    int32_t owner = atomic_read_int(&span->owner);
    bool own = owner == c->owner || owner == c->owner + 1;
    if (!own && owner != OWNER_NONE && owner != OWNER_CENTRAL) return false;
    if (span->npages == 0 || span->span_class == 0) return false;
    int32_t place = atomic_read_int(&span->place);
    return place >= PLACE_SET || (own && place == PLACE_PARKED);
}

/* Whether span `s` is one that cache `c` may make the current one of class `k`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && 0 < k < NUM_CLASSES;
    requires entry: c->entry[k].span == NO_SPAN;
    requires span: 0 < s < h->nspans;
    assigns \nothing;
    ensures yes: \result == true ==> InUse(h, s) && h->span[s].span_class == k &&
      (h->span[s].place >= PLACE_SET ||
       (h->span[s].place == PLACE_PARKED && h->span[s].owner == c->owner + 1));
    ensures no: \result == false ==> !SpanToHave(h, s, k, c->owner);
*/
static bool may_have(const struct wpm_heap *h, const struct mcache *c, uint32_t k, uint32_t s)
    HEAP_LOCKED(h)
{
    /*@ assert current: InUse(h, s) ==> h->span[s].span_class == k ==>
          h->span[s].place == PLACE_CURRENT ==> h->span[s].owner != c->owner; */
    return h->span[s].span_class == k && in_reach(h, c, s);
}

/* A span of class `k` with a slot that is not live, and that cache `c` may have; NO_SPAN when there
 * is none. Looks at every span, and merges those it may have. Under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && 0 < k < NUM_CLASSES;
    requires entry: c->entry[k].span == NO_SPAN;
    assigns h->live[0 .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[0 .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->span[0 .. h->map.npages].used, h->stray;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures bounds: BoundsSame{Pre,Post}(h);
    ensures bits: BitsSame{Pre,Post}(h->pages.free) && h->nspans == \old(h->nspans);
    ensures shapes: ShapesChanged{Pre,Post}(h, NO_SPAN);
    ensures places: PlacesChanged{Pre,Post}(h, NO_SPAN);
    ensures found: \result != NO_SPAN ==> InUse(h, \result) && h->span[\result].span_class == k &&
      (h->span[\result].place >= PLACE_SET ||
       (h->span[\result].place == PLACE_PARKED && h->span[\result].owner == c->owner + 1));
    ensures some: \result != NO_SPAN ==> !LiveFrom(h, \result, 0);
    ensures none: \result == NO_SPAN ==> NoSlotLeft(h, k, c->owner);
*/
static uint32_t find_left(struct wpm_heap *h, const struct mcache *c, uint32_t k) HEAP_LOCKED(h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant valid: HeapValid(h);
        loop invariant cache: CacheUsed(h, c) && c->owner == \at(c->owner, Pre);
        loop invariant held: HeldKept{Pre,Here}(h);
        loop invariant entries: EntriesSame{Pre,Here}(h);
        loop invariant kept: CachesKept{Pre,Here}(h);
        loop invariant bounds: BoundsSame{Pre,Here}(h) && h->nspans == \at(h->nspans, Pre);
        loop invariant bits: BitsSame{Pre,Here}(h->pages.free);
        loop invariant shapes: ShapesChanged{Pre,Here}(h, NO_SPAN);
        loop invariant places: PlacesChanged{Pre,Here}(h, NO_SPAN);
        loop invariant none: NoSlotIn(h, s, k, c->owner);
        loop assigns s, h->live[0 .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
          h->freed[0 .. h->map.npages * SPAN_WORDS + SPAN_WORDS - 1],
          h->span[0 .. h->map.npages].used, h->stray;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++) {
        if (!may_have(h, c, k, s)) continue;
        window_merge(h, s);
        /*@ assert cells: \forall uint64_t *q; \base_addr(q) != \base_addr(h->live) ==>
              \base_addr(q) != \base_addr(h->freed) ==> *q == \at(*q, LoopCurrent); */
        //@ assert free: BitsSame{LoopCurrent,Here}(h->pages.free);
        //@ assert merged: HeapValid(h);
        if (mspan_has_free(h, s)) return s;
        //@ assert full: \forall integer i; 0 <= i < h->span[s].nslots ==> HeldSlot(h, s, i);
        //@ assert few: \forall integer t; InUse(h, t) ==> h->span[t].nslots <= SPAN_SLOTS;
        /*@ assert still: \forall integer t, i; 0 <= i < SPAN_SLOTS ==>
              HeldSlot{LoopCurrent}(h, t, i) ==> HeldSlot(h, t, i); */
        //@ assert others: NoSlotIn(h, s, k, c->owner);
    }
    return NO_SPAN;
}

/* Take span `s`, in a set or parked by cache `c`, in hand. Under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires span: InUse(h, s) && (h->span[s].place >= PLACE_SET ||
      (h->span[s].place == PLACE_PARKED && h->span[s].owner == c->owner + 1));
    assigns HEAP_LINKS(h), h->span[s].owner;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ENSURES_ENTRIES(h)
    ensures same: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures hand: InUse(h, s) && h->span[s].place == PLACE_HAND && h->span[s].span_class != 0;
    ensures stay: OthersStay{Pre,Post}(h, s);
    ensures shapes: ShapesChanged{Pre,Post}(h, NO_SPAN);
*/
static void seize(struct wpm_heap *h, const struct mcache *c, uint32_t s) HEAP_LOCKED(h)
{
    if (h->span[s].place >= PLACE_SET) {
        unfile(h, s);
    } else {
        own(h, c, s);
        take_in_hand(h, s);
    }
}

/* Make any span that cache `c` may have, with a free slot, the current one of class `k`. No list is
 * trusted to know of it: before malloc says NULL, every span has been looked at. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires entry: c->entry[k].span == NO_SPAN;
    assigns HEAP_GIVEN(h), c->entry[k], c->claimed;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 && c->entry[k].span == NO_SPAN;
    ensures left: \result == false ==> NoSlotLeft(h, k, c->owner);
    ensures pages: \result == false ==> \forall integer n; NoSpanFor{Pre}(h, n) ==>
      NoSpanFor(h, n);
    ensures lean: \result == false ==> NoneEmpty{Pre}(h, c->owner) ==> NoneEmpty(h, c->owner);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static bool take_left(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_UNLOCKED(h)
{
    //@ assert entry: EntryValid(h, c->index, k);
    heap_lock(h);
    uint32_t s = find_left(h, c, k);
    //@ assert still: c->entry[k].span == NO_SPAN && c->entry[k].window == 0;
    //@ assert cache: CacheUsed(h, c) && c->index == \at(c->index, Pre);
    //@ assert bits: BitsSame{Here,Pre}(h->pages.free);
    /*@ assert runs: \forall integer p, n; 0 <= p ==>
          FreeRun(h->pages.free, h->pages.npages, p, n) ==>
          FreeRun{Pre}(h->pages.free, h->pages.npages, p, n); */
    //@ assert records: NoRecordFree{Pre}(h) ==> NoRecordFree(h);
    if (s != NO_SPAN) seize(h, c, s);
    heap_unlock(h);
    if (s == NO_SPAN) return false;
    return make_current(h, c, k, s);
}

/* Make a new span, else any that is left the current one of class `k` of cache `c`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires entry: c->entry[k].span == NO_SPAN;
    assigns HEAP_TAKEN(h), c->entry[k], c->claimed;
    ensures valid: HeapValid(h);
    ensures taken: CacheTurned{Pre,Post}(h, c->index, k);
    ensures cache: CacheUsed(h, c);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 &&
      NoSpanFor(h, class_table[k].span_pages);
    ensures left: \result == false ==> NoSlotLeft(h, k, c->owner);
    ensures lean: \result == false ==> NoneEmpty{Pre}(h, c->owner) ==> NoneEmpty(h, c->owner);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static bool take_last(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_UNLOCKED(h)
{
    if (take_new(h, c, k)) return true;
    //@ assert index: c->index == \at(c->index, Pre) && CacheUsed(h, c);
    //@ assert new: CacheTurned{Pre,Here}(h, c->index, k) && BoundsSame{Pre,Here}(h);
    bool found = take_left(h, c, k);
    //@ assert still: c->index == \at(c->index, Pre);
    //@ assert held: HeldKept{Pre,Here}(h);
    //@ assert but: EntriesSameBut{Pre,Here}(h, c->index, k);
    //@ assert kept: CachesKept{Pre,Here}(h);
    return found;
}

/* Make a pending span, else one without an owner the current one of class `k` of cache `c`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires entry: c->entry[k].span == NO_SPAN;
    assigns HEAP_GIVEN(h), c->entry[k], c->claimed;
    ensures valid: HeapValid(h);
    ensures taken: CacheTurned{Pre,Post}(h, c->index, k);
    ensures cache: CacheUsed(h, c);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 && c->entry[k].span == NO_SPAN;
    ensures bounds: BoundsSame{Pre,Post}(h);
    ensures pending: \old(h->set[c->index * NUM_CLASSES + k].head) == NO_SPAN ||
      LiveFrom{Pre}(h, \old(h->set[c->index * NUM_CLASSES + k].head), 0) ||
      (\result == true && c->entry[k].span == \old(h->set[c->index * NUM_CLASSES + k].head));
*/
static bool take_filed(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_UNLOCKED(h)
{
    if (take_pending(h, c, k)) return true;
    //@ assert index: c->index == \at(c->index, Pre) && CacheUsed(h, c);
    //@ assert pending: CacheTurned{Pre,Here}(h, c->index, k) && BoundsSame{Pre,Here}(h);
    bool found = take_central(h, c, k);
    //@ assert still: c->index == \at(c->index, Pre);
    //@ assert held: HeldKept{Pre,Here}(h);
    //@ assert but: EntriesSameBut{Pre,Here}(h, c->index, k);
    //@ assert kept: CachesKept{Pre,Here}(h);
    return found;
}

/* Make another span the current one of class `k` of cache `c`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires entry: c->entry[k].span == NO_SPAN;
    assigns HEAP_TAKEN(h), c->entry[k], c->claimed;
    ensures valid: HeapValid(h);
    ensures taken: CacheTurned{Pre,Post}(h, c->index, k);
    ensures cache: CacheUsed(h, c);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 &&
      NoSpanFor(h, class_table[k].span_pages);
    ensures left: \result == false ==> NoSlotLeft(h, k, c->owner);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static bool take_some(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_UNLOCKED(h)
{
    if (take_filed(h, c, k)) return true;
    //@ assert index: c->index == \at(c->index, Pre) && CacheUsed(h, c);
    bool found = take_last(h, c, k);
    //@ assert still: c->index == \at(c->index, Pre);
    //@ assert held: HeldKept{Pre,Here}(h);
    //@ assert but: EntriesSameBut{Pre,Here}(h, c->index, k);
    //@ assert kept: CachesKept{Pre,Here}(h);
    return found;
}

/* Fill the window of class `k` of cache `c` from another span than the current one, if any, which
 * is used up. */
/*@ requires valid: HeapButAddress(h, c->index, k);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires entry: c->entry[k].window == 0;
    assigns HEAP_TAKEN(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures turned: CacheTurned{Pre,Post}(h, c->index, k);
    ensures cache: CacheUsed(h, c);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 &&
      NoSpanFor(h, class_table[k].span_pages);
    ensures left: \result == false ==> NoSlotLeft(h, k, c->owner);
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static APART bool change_span(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_UNLOCKED(h)
{
    //@ assert was: HeapArrays(h);
    if (c->entry[k].span != NO_SPAN) retire(h, c, k);
    //@ assert retired: HeapValid(h) && CacheUsed(h, c) && c->entry[k].span == NO_SPAN;
    //@ assert arrays: HeapArrays(h) && h->ncaches == \at(h->ncaches, Pre);
    //@ assert turned: CacheTurned{Pre,Here}(h, c->index, k) && BoundsSame{Pre,Here}(h);
    look_at_queue(h, c);
    //@ assert still: c->entry[k].span == NO_SPAN && c->index == \at(c->index, Pre);
    //@ assert pool: h->pages.npages == \at(h->pages.npages, Pre);
    //@ assert sets: h->nsets == \at(h->nsets, Pre) && h->ncaches == \at(h->ncaches, Pre);
    //@ assert bounds: BoundsSame{Pre,Here}(h);
    //@ assert looked_kept: CachesKept{Pre,Here}(h);
    //@ assert looked_but: EntriesSameBut{Pre,Here}(h, c->index, k);
    //@ assert looked_held: HeldKept{Pre,Here}(h);
    //@ assert looked: CacheTurned{Pre,Here}(h, c->index, k) && BoundsSame{Pre,Here}(h);
    bool found = take_some(h, c, k);
    //@ assert index: c->index == \at(c->index, Pre);
    //@ assert held: HeldKept{Pre,Here}(h);
    //@ assert but: EntriesSameBut{Pre,Here}(h, c->index, k);
    //@ assert kept: CachesKept{Pre,Here}(h);
    return found;
}

/* Fill the empty window of class `k` of cache `c` from the current span, else from another. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    requires empty: c->entry[k].window == 0;
    assigns HEAP_TAKEN(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static inline bool refill(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_UNLOCKED(h)
{
    const struct cache_entry *e = &c->entry[k];
    uint32_t s = (uint32_t)e->span;
    //@ assert entry: EntryValid(h, c->index, k) && c == h->cache + c->index;
    //@ assert span: s != NO_SPAN ==> s == (h->cache + c->index)->entry[k].span;
    //@ assert owner: s != NO_SPAN ==> h->span[s].owner == c->owner;
    if (s != NO_SPAN && window_claim(h, c, k, s, (uint32_t)e->word % SPAN_WORDS + 1)) return true;
    //@ assert unclaimed: EntriesSameBut{Pre,Here}(h, c->index, k) && CachesKept{Pre,Here}(h);
    bool found = change_span(h, c, k);
    //@ assert index: c->index == \at(c->index, Pre);
    //@ assert but: EntriesSameBut{Pre,Here}(h, c->index, k);
    return found;
}

/* Fill the window of class `k` of cache `c` once no span is left empty. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && ClassServes(k);
    assigns HEAP_TAKEN(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures some: \result == true ==> c->entry[k].window != 0;
    ensures none: \result == false ==> c->entry[k].window == 0 &&
      NoSpanFor(h, class_table[k].span_pages);
    ensures left: \result == false ==> NoSlotLeft(h, k, c->owner);
    ensures lean: \result == false ==> NoneEmpty(h, c->owner);
*/
static APART bool take_gathered(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_UNLOCKED(h)
{
    //@ assert own: 0 <= c->index < h->ncaches && c == h->cache + c->index;
    mcache_gather(h, c);
    //@ assert gathered: CacheUsed(h, c) && c->index == \at(c->index, Pre);
    //@ assert bounds: BoundsSame{Pre,Here}(h);
    bool found = take_last(h, c, k);
    //@ assert still: c->index == \at(c->index, Pre);
    //@ assert held: HeldKept{Pre,Here}(h);
    //@ assert others: CachesSameBut{Pre,Here}(h, c->index);
    return found;
}

bool mcache_refill(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    //@ assert own: 0 <= c->index < h->ncaches && c == h->cache + c->index;
    if (refill(h, c, k)) return true;
    //@ assert index: c->index == \at(c->index, Pre);
    //@ assert caches: h->ncaches == \at(h->ncaches, Pre) && h->nsets == \at(h->nsets, Pre);
    //@ assert map: h->map.npages == \at(h->map.npages, Pre);
    //@ assert pool: h->pages.npages == \at(h->pages.npages, Pre);
    bool found = take_gathered(h, c, k);
    //@ assert still: c->index == \at(c->index, Pre);
    //@ assert held: HeldKept{Pre,Here}(h);
    //@ assert others: CachesSameBut{Pre,Here}(h, c->index);
    return found;
}

void mcache_span_emptied(struct wpm_heap *h, struct mcache *c, uint32_t s)
{
    struct mspan *span = &h->span[s];
    uint32_t set = set_pending((uint32_t)c->index, span->span_class);
    if (span->place != PLACE_SET + (int32_t)set || h->set[set].head == h->set[set].tail) return;
    window_merge(h, s);
    //@ assert merged: HeapValid(h);
    if (!mspan_is_empty(h, s)) return;
    unfile(h, s);
    //@ assert hand: HeapValid(h);
    heap_lock(h);
    mcentral_free(h, s);
    heap_unlock(h);
}

void mcache_notify(struct wpm_heap *h, uint32_t s)
{
    struct mspan *span = &h->span[s];
    atomic_fence();
    int32_t owner = atomic_read_int(&span->owner);
    if (owner % 2 == 0 && owner != OWNER_NONE) return;
    heap_lock(h);
    dispatch(h, s);
    heap_unlock(h);
}

/* Cache `i`, which no thread has, is a thread's from now on. */
/*@ requires valid: HeapValid(h);
    requires cache: 0 < i < h->ncaches;
    assigns h->cache[i].attached, h->cache[i].index, h->cache[i].owner;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ENSURES_ENTRIES(h)
    ensures same: EntriesSame{Pre,Post}(h);
    ensures others: CachesKeptBut{Pre,Post}(h, i);
    ensures used: CacheUsed(h, h->cache + i);
*/
static void attach(struct wpm_heap *h, uint32_t i) HEAP_LOCKED(h)
{
    struct mcache *c = &h->cache[i];
    c->attached = 1;
    c->index = (int32_t)i;
    c->owner = 2 * ((int32_t)i + 1);
    /*@ assert parts: RecordsSame{Pre,Here}(h) && SetsSame{Pre,Here}(h) &&
          EntriesSame{Pre,Here}(h) && CachesKeptBut{Pre,Here}(h, i); */
    //@ assert changed: CacheChanged{Pre,Here}(h, i);
    //@ assert spans: HeapSpans(h) && PlacesBut(h, NO_SPAN);
}

struct mcache *mcache_attach(struct wpm_heap *h)
{
    uint32_t i = 1;
    heap_lock(h);
    /*@ loop invariant range: 1 <= i && (i <= h->ncaches || i == 1);
        loop invariant taken: \forall integer j; 1 <= j < i ==> h->cache[j].attached != 0;
        loop assigns i;
        loop variant h->ncaches - i;
    */
    while (i < h->ncaches && h->cache[i].attached) i++;
    bool found = i < h->ncaches;
    if (found) attach(h, i);
    heap_unlock(h);
    return found ? &h->cache[i] : NULL;
}

/* Give the current span of class `k` of cache `c`, if there is one, and its window back. Under the
 * heap lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && k < NUM_CLASSES;
    assigns HEAP_GIVEN(h), c->entry[k], c->claimed;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures but: EntriesSameBut{Pre,Post}(h, c->index, k);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures rest: \forall integer m; 0 <= m < NUM_CLASSES ==> m != k ==>
      c->entry[m].window == \old(c->entry[m].window) && c->entry[m].span == \old(c->entry[m].span);
    ensures empty: c->entry[k].window == 0 && c->entry[k].span == NO_SPAN;
    ensures pool: h->pages.npages == \old(h->pages.npages);
*/
static void detach_entry(struct wpm_heap *h, struct mcache *c, uint32_t k) HEAP_LOCKED(h)
{
    //@ assert entry: EntryValid(h, c->index, k);
    /*@ assert range: 0 <= c->entry[k].span <= h->map.npages && h->nspans <= h->map.npages + 1; */
    uint32_t s = window_give(h, c, k);
    //@ assert given: CacheUsed(h, c) && h->pages.npages == \at(h->pages.npages, Pre);
    if (s == NO_SPAN) return;
    take_in_hand(h, s);
    //@ assert hand: HeapValid(h);
    //@ assert still: CacheUsed(h, c) && h->pages.npages == \at(h->pages.npages, Pre);
    mcentral_file(h, s);
    //@ assert pool: h->pages.npages == \at(h->pages.npages, Pre);
    //@ assert used: CacheUsed(h, c);
}

/* Give span `s` back if cache `c`, which has no current spans any more, owns it. Under the heap
 * lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && 0 < s < h->nspans;
    requires empty: \forall integer k; 0 <= k < NUM_CLASSES ==> c->entry[k].span == NO_SPAN;
    assigns HEAP_GIVEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures others: OthersStay{Pre,Post}(h, s);
    ensures given: !SpanOfCache(h, s, c->owner);
*/
static void detach_span(struct wpm_heap *h, struct mcache *c, uint32_t s) HEAP_LOCKED(h)
{
    struct mspan *span = &h->span[s];
    if (span->npages == 0 || atomic_read_int(&span->owner) / 2 != c->owner / 2) return;
    //@ assert small: span->span_class != 0;
    //@ assert loose: h->span[s].owner / 2 == c->index + 1 && span->place != PLACE_CURRENT;
    if (span->place >= PLACE_SET) {
        unfile(h, s);
    } else if (span->place == PLACE_PARKED) {
        own(h, c, s);
        take_in_hand(h, s);
    } else {
        return;
    }
    //@ assert hand: HeapValid(h) && OthersStay{Pre,Here}(h, s);
    mcentral_file(h, s);
}

/* Give all current spans of cache `c` and their windows back. Under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    assigns HEAP_GIVEN(h), c->entry[0 .. NUM_CLASSES - 1], c->claimed;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures empty: \forall integer k; 0 <= k < NUM_CLASSES ==>
      c->entry[k].window == 0 && c->entry[k].span == NO_SPAN;
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures sets: h->nsets == \old(h->nsets);
*/
static void detach_entries(struct wpm_heap *h, struct mcache *c) HEAP_LOCKED(h)
{
    /*@ loop invariant range: 0 <= k <= NUM_CLASSES;
        loop invariant valid: HeapValid(h);
        loop invariant cache: CacheUsed(h, c);
        loop invariant held: HeldKept{Pre,Here}(h);
        loop invariant others: CachesSameBut{Pre,Here}(h, c->index);
        loop invariant kept: CachesKept{Pre,Here}(h);
        loop invariant empty: \forall integer m; 0 <= m < k ==>
          c->entry[m].window == 0 && c->entry[m].span == NO_SPAN;
        loop invariant pool: h->pages.npages == \at(h->pages.npages, Pre);
        loop invariant sets: h->nsets == \at(h->nsets, Pre);
        loop assigns k, HEAP_GIVEN_LOOP(h), c->entry[0 .. NUM_CLASSES - 1], c->claimed;
        loop variant NUM_CLASSES - k;
    */
    for (uint32_t k = 0; k < NUM_CLASSES; k++) detach_entry(h, c, k);
}

/* Give all other spans of cache `c` back. Under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires empty: \forall integer k; 0 <= k < NUM_CLASSES ==> c->entry[k].span == NO_SPAN;
    assigns HEAP_GIVEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures given: NoneOfCache(h, h->nspans, c->owner);
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures sets: h->nsets == \old(h->nsets);
*/
static void detach_spans(struct wpm_heap *h, struct mcache *c) HEAP_LOCKED(h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant given: NoneOfCache(h, s, c->owner);
        loop invariant valid: HeapValid(h);
        loop invariant cache: CacheUsed(h, c);
        loop invariant held: HeldKept{Pre,Here}(h);
        loop invariant entries: EntriesSame{Pre,Here}(h);
        loop invariant kept: CachesKept{Pre,Here}(h);
        loop invariant pool: h->pages.npages == \at(h->pages.npages, Pre);
        loop invariant sets: h->nsets == \at(h->nsets, Pre);
        loop assigns s, HEAP_GIVEN_LOOP(h);
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++) {
        detach_span(h, c, s);
        //@ assert owner: c->owner == \at(c->owner, LoopCurrent);
        //@ assert others: OthersStay{LoopCurrent,Here}(h, s) && !SpanOfCache(h, s, c->owner);
    }
}

/* Cache `c`, not the shared one, is nobody's. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheOf(h, c) && c->index != 0;
    assigns c->attached;
    ensures ground: HeapGround(h);
    ENSURES_PLACES(h)
    ENSURES_ENTRIES(h)
    ensures same: EntriesSame{Pre,Post}(h);
    ensures others: CachesKeptBut{Pre,Post}(h, c->index);
    ensures records: RecordsSame{Pre,Post}(h);
    ensures free: c->attached == 0;
*/
static void unattach(struct wpm_heap *h, struct mcache *c) HEAP_LOCKED(h)
{
    (void)h;
    c->attached = 0;
    /*@ assert parts: RecordsSame{Pre,Here}(h) && SetsSame{Pre,Here}(h) &&
          EntriesSame{Pre,Here}(h) && CachesKeptBut{Pre,Here}(h, c->index); */
    //@ assert changed: CacheChanged{Pre,Here}(h, c->index);
    //@ assert spans: HeapSpans(h) && PlacesBut(h, NO_SPAN);
}

/* Give all spans of cache `c` back. Under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    assigns HEAP_GIVEN(h), h->cache[0 .. h->ncaches - 1].remote_head,
            c->entry[0 .. NUM_CLASSES - 1], c->claimed;
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures others: CachesSameBut{Pre,Post}(h, c->index);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures empty: CacheEmpty(h, c->index);
    ensures given: NoneOfCache(h, h->nspans, c->owner);
*/
static void detach_all(struct wpm_heap *h, struct mcache *c) HEAP_LOCKED(h)
{
    detach_entries(h, c);
    //@ assert empty: CacheEmpty(h, c->index) && BoundsSame{Pre,Here}(h);
    drain_queue(h, c);
    //@ assert drained: CacheEmpty(h, c->index) && BoundsSame{Pre,Here}(h);
    //@ assert kept: CachesKept{Pre,Here}(h) && CachesSameBut{Pre,Here}(h, c->index);
    detach_spans(h, c);
}

void mcache_detach(struct wpm_heap *h, struct mcache *c)
{
    //@ assert own: 0 <= c->index < h->ncaches && c == h->cache + c->index;
    heap_lock(h);
    detach_all(h, c);
    //@ assert still: c->index == \at(c->index, Pre) && h->ncaches == \at(h->ncaches, Pre);
    unattach(h, c);
    //@ assert stay: c == h->cache + c->index;
    //@ assert detached: CacheEmpty(h, c->index) && NoneOfCache(h, h->nspans, \at(c->owner, Pre));
    /*@ assert bare: \forall integer k; 0 <= k < NUM_CLASSES ==>
          c->entry[k].window == 0 && c->entry[k].span == NO_SPAN; */
    heap_unlock(h);
}

/* If cache `c`, which has no current spans, may have span `s`: to the heap if it is without an
 * object, else nobody's. Under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c) && 0 < s < h->nspans;
    requires none: \forall integer k; 0 <= k < NUM_CLASSES ==> c->entry[k].span == NO_SPAN;
    assigns HEAP_GIVEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures pool: h->pages.npages == \old(h->pages.npages);
    ensures others: OthersStay{Pre,Post}(h, s);
    ensures shapes: ShapesChanged{Pre,Post}(h, s);
    ensures lean: SpanInReach(h, s, c->owner) ==> SpanHeld(h, s);
*/
static void gather_span(struct wpm_heap *h, struct mcache *c, uint32_t s) HEAP_LOCKED(h)
{
    if (!in_reach(h, c, s)) return;
    seize(h, c, s);
    //@ assert hand: HeapValid(h) && OthersStay{Pre,Here}(h, s);
    window_merge(h, s);
    //@ assert merged: HeapValid(h);
    //@ assert shapes: ShapesChanged{Pre,Here}(h, s) && OthersStay{Pre,Here}(h, s);
    if (mspan_is_empty(h, s)) {
        mcentral_free(h, s);
        return;
    }
    //@ assert some: SpanHeld(h, s);
    mcentral_file(h, s);
    //@ assert still: SpanHeld(h, s);
}

/* All spans that cache `c` may have, one by one. Under the heap lock. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheUsed(h, c);
    requires none: \forall integer k; 0 <= k < NUM_CLASSES ==> c->entry[k].span == NO_SPAN;
    assigns HEAP_GIVEN(h);
    ensures valid: HeapValid(h);
    ensures held: HeldKept{Pre,Post}(h);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures kept: CachesKept{Pre,Post}(h);
    ensures cache: CacheUsed(h, c);
    ensures sizes: h->pages.npages == \old(h->pages.npages) && h->nsets == \old(h->nsets);
    ensures lean: NoneEmpty(h, c->owner);
*/
static void gather_spans(struct wpm_heap *h, struct mcache *c) HEAP_LOCKED(h)
{
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant lean: NoneEmptyIn(h, s, c->owner);
        loop invariant valid: HeapValid(h);
        loop invariant cache: CacheUsed(h, c);
        loop invariant held: HeldKept{Pre,Here}(h);
        loop invariant entries: EntriesSame{Pre,Here}(h);
        loop invariant kept: CachesKept{Pre,Here}(h);
        loop invariant pool: h->pages.npages == \at(h->pages.npages, Pre);
        loop invariant sets: h->nsets == \at(h->nsets, Pre);
        loop assigns s, HEAP_GIVEN_LOOP(h);
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++) {
        gather_span(h, c, s);
        //@ assert owner: c->owner == \at(c->owner, LoopCurrent);
        //@ assert others: OthersStay{LoopCurrent,Here}(h, s);
        //@ assert shapes: ShapesChanged{LoopCurrent,Here}(h, s) && HeldSame{LoopCurrent,Here}(h);
    }
}

void mcache_gather(struct wpm_heap *h, struct mcache *c)
{
    //@ assert own: 0 <= c->index < h->ncaches && c == h->cache + c->index;
    heap_lock(h);
    detach_entries(h, c);
    //@ assert empty: CacheEmpty(h, c->index) && BoundsSame{Pre,Here}(h);
    gather_spans(h, c);
    //@ assert gathered: CacheEmpty(h, c->index) && BoundsSame{Pre,Here}(h);
    //@ assert kept: CachesKept{Pre,Here}(h) && CachesSameBut{Pre,Here}(h, c->index);
    heap_unlock(h);
}
