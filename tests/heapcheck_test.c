/* heapcheck_test.c -- heap_check against heaps that are sound, and against each fault by itself.
 *
 * Each fault is made by hand in a heap in use, one field or a few, so that the check must name it;
 * then taken back. Last, any word of any record gets any value: a check reads nothing out of
 * bounds (memory beyond the records is not readable), and names a fault or none.
 */
#include "alloc.h"
#include "heapcheck.h"
#include "metadata.h"
#include "random.h"
#include "unit.h"
#include "wpmalloc.h"

#include <string.h>

#define LIMIT_BYTES (32u << 20)
#define OBJECTS 4000u
#define LARGE_BYTES 100000u
#define WORDS 20000u /* that are overwritten, one after another */

static struct wpm_heap heap;
static unsigned char region[4u << 20];

/* `place` gets a value, is that fault, and gets the old value back. */
#define EXPECT(h, fault, place, value)         \
    do {                                       \
        unsigned char kept[sizeof(place)];     \
        memcpy(kept, &(place), sizeof(place)); \
        (place) = (value);                     \
        CHECK_EQ(heap_check(h), fault);        \
        memcpy(&(place), kept, sizeof(place)); \
        CHECK_EQ(heap_check(h), HEAP_SOUND);   \
    } while (0)

/* The same for one check alone, where heap_check would name another fault before it. */
#define REFUSED(check, place, value)           \
    do {                                       \
        unsigned char kept[sizeof(place)];     \
        CHECK(check);                          \
        memcpy(kept, &(place), sizeof(place)); \
        (place) = (value);                     \
        CHECK(!(check));                       \
        memcpy(&(place), kept, sizeof(place)); \
    } while (0)

/* A span in use whose class is a small one, or large; with a slot to spare in its words. */
static uint32_t some_span(const struct wpm_heap *h, bool small)
{
    uint32_t s = 1;
    while (h->span[s].npages == 0 || (h->span[s].span_class != 0) != small ||
           h->span[s].nslots == SPAN_SLOTS) s++;
    return s;
}

static uint32_t unused_record(const struct wpm_heap *h)
{
    uint32_t s = 1;
    while (h->span[s].npages != 0) s++;
    return s;
}

static uint32_t some_page(const struct wpm_heap *h, bool free)
{
    uint32_t p = 0;
    while ((bitmap_test(h->pages.free, p) == 1) != free) p++;
    return p;
}

/* A set with a span, whose next is empty and of another class; or an empty one. */
static uint32_t some_set(const struct wpm_heap *h, bool empty)
{
    uint32_t n = 0;
    while ((h->set[n].head == NO_SPAN) != empty || n % NUM_CLASSES == NUM_CLASSES - 1 ||
           h->set[n + 1].head != NO_SPAN) n++;
    return n;
}

static uint32_t some_set_span(const struct wpm_heap *h)
{
    return (uint32_t)h->set[some_set(h, false)].head;
}

/* An entry of the first thread's cache that has a span, and slots to hand out or none. */
static struct cache_entry *some_entry(const struct wpm_heap *h, bool slots)
{
    struct cache_entry *e = h->cache[1].entry;
    while (e->span == NO_SPAN || (e->window != 0) != slots) e++;
    return e;
}

static void break_sizes(struct wpm_heap *h)
{
    EXPECT(h, HEAP_SIZES, h->nspans, 0u);
    EXPECT(h, HEAP_SIZES, h->nspans, (uint32_t)MAX_PAGES + 2);
    EXPECT(h, HEAP_SIZES, h->npages, h->map.npages + 1);
    EXPECT(h, HEAP_SIZES, h->ncaches, (uint32_t)MAX_CACHES + 1);
    EXPECT(h, HEAP_SIZES, h->pages.npages, 0u);
    EXPECT(h, HEAP_SIZES, h->pages.npages, (uint32_t)MAX_PAGES + CHUNK_PAGES);
    EXPECT(h, HEAP_SIZES, h->ids.capacity, h->nspans + 1);
    EXPECT(h, HEAP_SIZES, h->grow_limit, h->map.npages + 1);
    EXPECT(h, HEAP_SIZES, h->map.npages, h->pages.npages + 1);
    EXPECT(h, HEAP_SIZES, h->nsets, h->nsets - 1);
    EXPECT(h, HEAP_SIZES, h->nspans, h->nspans - 1);
    EXPECT(h, HEAP_SIZES, h->npages, h->npages - 1);
    EXPECT(h, HEAP_SIZES, h->ncaches, 0u);
    EXPECT(h, HEAP_SIZES, h->grow_limit, h->npages - 1);
    EXPECT(h, HEAP_SIZES, h->pages.npages, h->pages.npages - 1);
    EXPECT(h, HEAP_SIZES, h->ids.used, h->ids.capacity);
}

static void break_spans(struct wpm_heap *h)
{
    uint32_t s = some_span(h, true), large = some_span(h, false), unused = unused_record(h);
    struct mspan *span = &h->span[s];
    EXPECT(h, HEAP_SPAN_ZERO, h->span[0].npages, 1u);
    EXPECT(h, HEAP_SPAN_SHAPE, span->start, h->npages);
    EXPECT(h, HEAP_SPAN_SHAPE, span->first, span->first + 16);
    EXPECT(h, HEAP_SPAN_SHAPE, span->span_class, NUM_CLASSES);
    REFUSED(spancheck_small(h), span->span_class, NUM_CLASSES);
    EXPECT(h, HEAP_SPAN_SMALL, span->magic, span->magic - 1);
    EXPECT(h, HEAP_SPAN_SMALL, span->nslots, span->nslots - 1);
    EXPECT(h, HEAP_SPAN_SMALL, span->span_class, 3u);
    EXPECT(h, HEAP_SPAN_LARGE, h->span[large].nslots, 2u);
    EXPECT(h, HEAP_SPAN_LARGE, h->span[large].owner, OWNER_SHARED);
    EXPECT(h, HEAP_SPAN_UNUSED, h->span[unused].place, PLACE_PARKED);
    EXPECT(h, HEAP_OWNERS, span->owner, 1);
    EXPECT(h, HEAP_OWNERS, span->owner, 2 * (int32_t)h->ncaches + 2);
    uint32_t w = s * SPAN_WORDS + span->nslots / 64;
    EXPECT(h, HEAP_SLOTS_INSIDE, h->live[w], h->live[w] | bits_one(span->nslots % 64));
    EXPECT(h, HEAP_SLOTS_INSIDE, h->live[unused * SPAN_WORDS + SPAN_WORDS - 1], bits_one(63));
    EXPECT(h, HEAP_FREED_SMALL, h->freed[large * SPAN_WORDS], 1u);
    EXPECT(h, HEAP_FREED_SMALL, h->freed[unused * SPAN_WORDS + SPAN_WORDS - 1], bits_one(63));
}

static void break_pages(struct wpm_heap *h)
{
    uint32_t s = some_span(h, true), taken = h->span[s].start, free_page = some_page(h, true);
    uint64_t *of_taken = &h->pages.free[taken / 64], *of_free = &h->pages.free[free_page / 64];
    uint64_t *last = &h->pages.free[h->pages.npages / 64 - 1];
    EXPECT(h, HEAP_PAGES_OF_SPANS, h->page_span[taken], NO_SPAN);
    EXPECT(h, HEAP_SPANS_OF_PAGES, h->page_span[free_page], s);
    EXPECT(h, HEAP_SPANS_OF_PAGES, h->page_span[free_page], h->nspans);
    EXPECT(h, HEAP_PAGES_TAKEN, *of_taken, bits_set(*of_taken, taken % 64));
    EXPECT(h, HEAP_PAGES_KEPT, *of_free, bits_clear(*of_free, free_page % 64));
    CHECK(h->npages <= h->pages.npages - 64);
    EXPECT(h, HEAP_PAGES_BEYOND, *last, bits_one(63));
    EXPECT(h, HEAP_PAGES_COUNTED, h->span_pages, h->span_pages + 1);
    EXPECT(h, HEAP_POOL_SUMMARIES, h->pages.l1[free_page / L1_PAGES].max, 0u);
    EXPECT(h, HEAP_POOL_SUMMARIES, h->pages.l2[0].start, 1u);
    EXPECT(h, HEAP_POOL_SUMMARIES, h->pages.l3[0].end, 1u);
    EXPECT(h, HEAP_POOL_SUMMARIES, h->pages.l4[0].max, 0u);
    EXPECT(h, HEAP_POOL_SEARCH, h->pages.search_page, h->pages.npages);
    EXPECT(h, HEAP_POOL_SEARCH, h->pages.search_page, h->pages.npages + 1);
    uint64_t *released = &h->pages.released[taken / 64];
    EXPECT(h, HEAP_POOL_RELEASED, *released, bits_set(*released, taken % 64));
    h->span_pages--;
    h->pages.free_pages++;
    CHECK_EQ(heap_check(h), HEAP_POOL_COUNT);
    h->span_pages++;
    h->pages.free_pages--;
    EXPECT(h, HEAP_RELEASED_COUNTED, h->released_pages, h->released_pages + 1);
}

static void break_ids(struct wpm_heap *h)
{
    uint32_t s = some_span(h, true);
    CHECK(h->ids.used + 2 < h->ids.capacity);
    EXPECT(h, HEAP_IDS, h->ids.where[0], 1u);
    EXPECT(h, HEAP_IDS, h->ids.where[s], 1u);
    EXPECT(h, HEAP_IDS, h->ids.depth, h->ids.depth + 1);
    REFUSED(fixalloc_valid(&h->ids), h->ids.stack[0], 0u);
    REFUSED(fixalloc_valid(&h->ids), h->ids.stack[0], h->ids.used + 1);
    EXPECT(h, HEAP_IDS_TAKEN, h->ids.used, h->ids.used + 1);
}

/* A span that says it is in a cache, or was, is that cache's. */
static void break_owners(struct wpm_heap *h, uint32_t current)
{
    struct mspan *span = &h->span[current], kept = *span;
    int32_t most = 2 * (int32_t)h->ncaches, own = span->owner;
    const int32_t no_owner[] = {0, most + 2, own + 1};
    for (int i = 0; i < 3; i++) REFUSED(cachecheck_places(h), span->owner, no_owner[i]);
    span->place = PLACE_PARKED;
    const int32_t no_former[] = {1, most + 3, own};
    span->owner = own + 1;
    for (int i = 0; i < 3; i++) REFUSED(cachecheck_places(h), span->owner, no_former[i]);
    *span = kept;
    /* An entry has a span in use, and there is none of class 0. */
    struct cache_entry *none = &h->cache[1].entry[0];
    CHECK_EQ(none->span, NO_SPAN);
    REFUSED(cachecheck_entries(h), none->span, (int32_t)unused_record(h));
    span->span_class = 0;
    none->span = (int32_t)current;
    CHECK(!cachecheck_entries(h));
    none->span = NO_SPAN;
    *span = kept;
    CHECK_EQ(heap_check(h), HEAP_SOUND);
}

static void break_caches(struct wpm_heap *h)
{
    struct cache_entry *e = some_entry(h, true), *spent = some_entry(h, false);
    uint32_t slots = h->span[e->span].nslots, w = (uint32_t)e->word % SPAN_WORDS;
    CHECK(h->live[e->word] != 0);
    EXPECT(h, HEAP_ENTRIES, e->span, -1);
    EXPECT(h, HEAP_ENTRIES, e->span, (int32_t)h->nspans);
    EXPECT(h, HEAP_ENTRIES, e->span, NO_SPAN);
    EXPECT(h, HEAP_ENTRIES, e->span, (int32_t)some_span(h, false));
    EXPECT(h, HEAP_ENTRIES, e->word, e->span * (int32_t)SPAN_WORDS - 1);
    EXPECT(h, HEAP_ENTRIES, e->word, (e->span + 1) * (int32_t)SPAN_WORDS);
    EXPECT(h, HEAP_ENTRIES, h->cache[0].entry[0].window, 1u);
    EXPECT(h, HEAP_ENTRY_ADDRESSES, e->base, e->base + 16);
    EXPECT(h, HEAP_ENTRY_ADDRESSES, e->base, -1);
    EXPECT(h, HEAP_ENTRY_ADDRESSES, e->slot_bytes, e->slot_bytes + 16);
    EXPECT(h, HEAP_WINDOWS, e->window, e->window | bits_one(bits_lowest(h->live[e->word])));
    EXPECT(h, HEAP_WINDOWS, h->freed[e->word], bits_one(bits_lowest(e->window)));
    if (slots < w * 64 + 64)
        EXPECT(h, HEAP_WINDOWS, e->window, e->window | bits_one(63));
    EXPECT(h, HEAP_PLACES, spent->span, NO_SPAN);
    EXPECT(h, HEAP_PLACES, h->span[some_set_span(h)].place, PLACE_NONE);
    EXPECT(h, HEAP_PLACES, h->span[some_set_span(h)].place, PLACE_LARGE);
    EXPECT(h, HEAP_PLACES, h->span[some_set_span(h)].place, PLACE_CURRENT);
    EXPECT(h, HEAP_PLACES, h->span[some_set_span(h)].place, PLACE_SET + (int32_t)h->nsets);
    break_owners(h, (uint32_t)e->span);
    EXPECT(h, HEAP_CACHES, h->cache[0].attached, 0);
    EXPECT(h, HEAP_CACHES, h->cache[1].index, 7);
    EXPECT(h, HEAP_CACHES, h->cache[1].owner, OWNER_STRANGER);
}

/* Each link of a set of two spans or more by itself, and a set that there is not. */
static void break_links(struct wpm_heap *h)
{
    uint32_t n = 0;
    while (h->set[n].head == h->set[n].tail) n++;
    struct mspan *head = &h->span[h->set[n].head], *tail = &h->span[h->set[n].tail];
    REFUSED(setcheck_next(h), head->place, PLACE_SET + (int32_t)h->nsets);
    REFUSED(setcheck_prev(h), head->next, NO_SPAN);
    REFUSED(setcheck_ends(h), head->place, PLACE_PARKED);
    REFUSED(setcheck_ends(h), head->prev, h->set[n].tail);
    REFUSED(setcheck_ends(h), tail->place, PLACE_PARKED);
    REFUSED(setcheck_ends(h), tail->next, h->set[n].head);
    /* The first span of no set is none's head; that its set is none is what another check says. */
    n = some_set(h, false);
    while (h->set[n].head == NO_SPAN || h->set[n].head != h->set[n].tail) n++;
    int32_t *place = &h->span[h->set[n].head].place, was = *place;
    *place = PLACE_SET + (int32_t)h->nsets;
    CHECK(setcheck_prev(h) && !cachecheck_places(h));
    *place = was;
}

static void break_sets(struct wpm_heap *h)
{
    uint32_t n = some_set(h, false), empty = some_set(h, true), s = some_set_span(h);
    struct span_set *set = &h->set[n];
    EXPECT(h, HEAP_SET_NEXT, h->span[s].next, (int32_t)s);
    EXPECT(h, HEAP_SET_NEXT, h->span[s].next, -1);
    EXPECT(h, HEAP_SET_NEXT, h->span[s].next, (int32_t)h->nspans);
    EXPECT(h, HEAP_SET_NEXT, set->tail, NO_SPAN);
    EXPECT(h, HEAP_SET_NEXT, h->span[s].place, PLACE_SET + (int32_t)empty);
    EXPECT(h, HEAP_SET_PREV, h->span[s].prev, -1);
    EXPECT(h, HEAP_SET_PREV, h->span[s].prev, (int32_t)h->nspans);
    EXPECT(h, HEAP_SET_PREV, set->head, NO_SPAN);
    EXPECT(h, HEAP_SET_ENDS, h->set[empty].head, set->head);
    EXPECT(h, HEAP_SET_ENDS, h->set[empty].tail, set->tail);
    EXPECT(h, HEAP_SET_ENDS, h->set[empty].tail, (int32_t)h->nspans);
    break_links(h);
    struct span_set kept = *set;
    for (int32_t i = kept.head; i != NO_SPAN; i = h->span[i].next) h->span[i].place++;
    *set = set[1];
    set[1] = kept;
    CHECK_EQ(heap_check(h), HEAP_SET_CLASSES);
    set[1] = *set;
    *set = kept;
    for (int32_t i = kept.head; i != NO_SPAN; i = h->span[i].next) h->span[i].place--;
    CHECK_EQ(heap_check(h), HEAP_SOUND);
}

/* Words of the records get any value, one at a time. */
static void break_anything(struct wpm_heap *h)
{
    struct { void *start; size_t bytes; } array[] = {
        {h->page_span, h->npages * sizeof *h->page_span},
        {h->span, h->nspans * sizeof *h->span},
        {h->live, h->nspans * SPAN_WORDS * sizeof *h->live},
        {h->freed, h->nspans * SPAN_WORDS * sizeof *h->freed},
        {h->cache, h->ncaches * sizeof *h->cache},
        {h->set, h->nsets * sizeof *h->set},
        {h->pages.free, h->pages.npages / 8},
        {h->pages.released, h->pages.npages / 8},
        {h->pages.l1, h->pages.npages / L1_PAGES * sizeof *h->pages.l1},
        {h->ids.stack, h->nspans * sizeof *h->ids.stack},
        {h->ids.where, h->nspans * sizeof *h->ids.where},
    };
    uint64_t random = 1, found = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        uint32_t a = random_below(&random, sizeof array / sizeof array[0]);
        uint32_t *word = array[a].start;
        word += random_below(&random, (uint32_t)(array[a].bytes / sizeof *word));
        uint32_t kept = *word;
        *word = (uint32_t)(random_below(&random, 2) == 0 ? random_bits(&random) : kept + 1);
        enum heap_fault fault = heap_check(h);
        CHECK(fault <= HEAP_SET_CLASSES);
        found += fault != HEAP_SOUND;
        *word = kept;
    }
    CHECK(found > WORDS / 4);
    CHECK_EQ(heap_check(h), HEAP_SOUND);
}

/* A heap with spans in every place: current, parked, pending, central, large; and free pages. */
static void use(struct wpm_heap *h)
{
    static void *objects[OBJECTS];
    struct mcache *c = mcache_attach(h), *d = mcache_attach(h);
    CHECK_EQ(heap_check(h), HEAP_SOUND);
    for (uint32_t i = 0; i < OBJECTS; i++) {
        size_t bytes = i % 100 == 0 ? LARGE_BYTES : 16 + i * 7 % 1500;
        objects[i] = alloc_malloc(h, i % 3 == 0 ? d : c, bytes);
        CHECK(objects[i] != NULL);
    }
    CHECK_EQ(heap_check(h), HEAP_SOUND);
    for (uint32_t i = 0; i < OBJECTS; i += i % 200 == 0 ? 1 : 5)
        CHECK_EQ(alloc_free(h, c, objects[i]), WPM_OK);
    CHECK_EQ(heap_check(h), HEAP_SOUND);
    mcache_detach(h, d);
    CHECK_EQ(heap_check(h), HEAP_SOUND);
    struct cache_entry *e = &c->entry[sizeclass_of(16)];
    do CHECK(alloc_malloc(h, c, 16) != NULL);
    while (e->window != 0);
    CHECK_EQ(heap_check(h), HEAP_SOUND);
    CHECK_EQ(alloc_free(h, c, objects[100]), WPM_OK);
    CHECK(h->ids.depth > 0);
    CHECK_EQ(heap_check(h), HEAP_SOUND);
}

int main(void)
{
    CHECK(metadata_reserve(&heap, LIMIT_BYTES));
    CHECK_EQ(heap_check(&heap), HEAP_SOUND);
    use(&heap);
    break_sizes(&heap);
    break_spans(&heap);
    break_pages(&heap);
    break_ids(&heap);
    break_caches(&heap);
    break_sets(&heap);
    break_anything(&heap);
    CHECK(metadata_unreserve(&heap));
    CHECK_EQ(heap_check(wpm_heap_init(region, sizeof region)), HEAP_SOUND);
    return unit_report("heapcheck");
}
