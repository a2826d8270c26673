/* metadata.c -- see metadata.h */
#include "metadata.h"

#include "atomic.h"
#include "edge.h"
#include "metagap.h"
#include "metaplan.h"
#include "platform.h"
#include "platform/watch.h"
#include "space.h"

uint64_t metagap_before, metagap_behind;

/* Pages for which a heap has one more cache. */
#define PAGES_PER_CACHE 512u

/* Alignment of an array in a caller's region, bytes: a cache line. */
#define ARRAY_ALIGN 64u

/* The arrays that grow with the heap, and what one page of the heap adds to each. */
#define GROWING 6u

struct growing {
    uintptr_t start;     /* address of the array */
    uint64_t page_bytes; /* bytes for each page of the heap */
};

/* The places of arrays as pointers of the heap. */
static void set_arrays(struct wpm_heap *h, const struct array_place *place) HEAP_LOCKED(h)
{
    h->pages.free = edge_pointer(place[ARRAY_FREE].start);
    h->pages.released = edge_pointer(place[ARRAY_RELEASED].start);
    h->pages.l1 = edge_pointer(place[ARRAY_L1].start);
    h->pages.l2 = edge_pointer(place[ARRAY_L2].start);
    h->pages.l3 = edge_pointer(place[ARRAY_L3].start);
    h->pages.l4 = edge_pointer(place[ARRAY_L4].start);
    h->cache = edge_pointer(place[ARRAY_CACHE].start);
    h->set = edge_pointer(place[ARRAY_SET].start);
    h->page_span = edge_pointer(place[ARRAY_PAGE_SPAN].start);
    h->span = edge_pointer(place[ARRAY_SPAN].start);
    h->live = edge_pointer(place[ARRAY_LIVE].start);
    h->freed = edge_pointer(place[ARRAY_FREED].start);
    h->ids.stack = edge_pointer(place[ARRAY_STACK].start);
    h->ids.where = edge_pointer(place[ARRAY_WHERE].start);
}

/* Give every array its place from `start` on, for `npages` pages; returns the end, and WATCH_BEFORE
 * bytes more. The arrays that do not grow come first and end at *fixed_end. */
static uint64_t lay_out(struct wpm_heap *h, uint64_t start, uint32_t npages, uint64_t align,
                        uint64_t *fixed_end) HEAP_LOCKED(h)
{
    struct array_place place[ARRAYS];
    const struct heap_counts counts = {npages, h->ncaches, h->nsets};
    uint64_t end = start;
    h->pages.npages = npages;
    metaplan_put(place, 0, ARRAYS_FIXED, &counts, &end, align);
    space_put_fixed(&h->map, &end, npages, align, !h->owned);
    *fixed_end = end;
    metaplan_put(place, ARRAYS_FIXED, ARRAYS, &counts, &end, align);
    space_put_growing(&h->map, &end, npages, align, !h->owned);
    set_arrays(h, place);
    return place_round_up(end + WATCH_BEFORE, align);
}

static void list_growing(const struct wpm_heap *h, struct growing list[GROWING]) HEAP_LOCKED(h)
{
    uint64_t words = SPAN_WORDS * sizeof(uint64_t);
    list[0] = (struct growing){edge_address(h->page_span), sizeof(uint32_t)};
    list[1] = (struct growing){edge_address(h->span), sizeof(struct mspan)};
    list[2] = (struct growing){edge_address(h->live), words};
    list[3] = (struct growing){edge_address(h->freed), words};
    list[4] = (struct growing){edge_address(h->ids.stack), sizeof(uint32_t)};
    list[5] = (struct growing){edge_address(h->ids.where), sizeof(uint32_t)};
}

/* Make the part of an array that records [old, new) take up usable and zero. */
static bool extend_array(const struct wpm_heap *h, const struct growing *array, uint64_t old,
                         uint64_t new)
{
    uint64_t unit = platform_page_bytes();
    uint64_t from = array->start + old * array->page_bytes;
    uint64_t to = array->start + new * array->page_bytes;
    if (!h->owned) {
        edge_zero(from, to - from);
        return true;
    }
    from = place_round_up(from, unit);
    to = place_round_up(to, unit);
    return from >= to || platform_commit(from, to - from);
}

/* The same for all arrays that grow with the heap. */
static bool extend_arrays(const struct wpm_heap *h, uint64_t old, uint64_t new) HEAP_LOCKED(h)
{
    struct growing list[GROWING];
    list_growing(h, list);
    for (uint32_t i = 0; i < GROWING; i++) {
        if (!extend_array(h, &list[i], old, new)) return false;
    }
    return true;
}

bool metadata_extend(struct wpm_heap *h, uint32_t npages, bool *fresh)
{
    if (!extend_arrays(h, h->nspans, npages + 1)) return false;
    if (!space_extend(&h->map, h->npages, npages - h->npages)) return false;
    uintptr_t from = arenamap_address(&h->map, h->npages);
    uint64_t bytes = (uint64_t)(npages - h->npages) * PAGE_SIZE;
    if (h->owned && !platform_commit(from, bytes)) return false;
    watch_pages(h, from, bytes);
    *fresh = h->owned != 0;
    h->nspans = npages + 1;
    h->ids.capacity = npages + 1;
    atomic_write32(&h->npages, npages);
    return true;
}

/* What a heap of `npages` pages has of everything. */
static void set_counts(struct wpm_heap *h, uint32_t npages)
{
    uint32_t caches = 1 + npages / PAGES_PER_CACHE;
    h->ncaches = caches < MAX_CACHES ? caches : MAX_CACHES;
    h->nsets = (h->ncaches + 2) * NUM_CLASSES;
}

/* The rest of the set-up, once the arrays have their places and the fixed ones are zero: a heap
 * without pages, and with record 0, which is never in use. */
static void set_up(struct wpm_heap *h, uint32_t npages) HEAP_LOCKED(h)
{
    h->npages = 0;
    h->nspans = 1;
    h->ids.capacity = 1;
    h->grow_limit = npages;
    h->cache[0].owner = OWNER_SHARED;
    h->cache[0].attached = 1;
    pagealloc_init(&h->pages);
}

/* Reserve address space for `npages` pages and their arrays. No lock: no other thread knows of the
 * heap yet. */
static bool reserve(struct wpm_heap *h, uint32_t npages) LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    uint64_t unit = platform_page_bytes();
    uint64_t fixed_end = 0, bytes = 0;
    h->owned = 1;
    set_counts(h, npages);
    uint64_t arrays = place_round_up(lay_out(h, 0, npages, unit, &fixed_end), PAGE_SIZE);
    uint64_t meta = metagap_before + arrays + metagap_behind;
    uintptr_t start = space_reserve(meta, npages, &bytes);
    if (start == 0) return false;
    uintptr_t first = start + metagap_before;
    (void)lay_out(h, first, npages, unit, &fixed_end);
    if (!platform_commit(first, place_round_up(fixed_end - first, unit)) ||
        !extend_arrays(h, 0, 1)) {
        (void)platform_unreserve(start, bytes);
        return false;
    }
    h->metadata = start;
    h->metadata_bytes = bytes;
    set_up(h, npages);
    space_begin(&h->map, start, meta, npages);
    watch_pages(h, start + meta - WATCH_BEFORE, WATCH_BEFORE);
    return true;
}

bool metadata_reserve(struct wpm_heap *h, uint64_t limit_bytes)
{
    uint64_t wanted = limit_bytes / PAGE_SIZE;
    if (wanted != 0) {
        uint64_t npages = place_round_up(wanted, CHUNK_PAGES);
        return npages <= MAX_PAGES && reserve(h, (uint32_t)npages);
    }
    for (uint32_t npages = MAX_PAGES; npages >= LEAST_PAGES; npages /= 2) {
        if (reserve(h, npages)) return true;
    }
    return false;
}

bool metadata_unreserve(struct wpm_heap *h)
{
    bool pages = space_unreserve(&h->map);
    return platform_unreserve(h->metadata, h->metadata_bytes) && pages;
}

/* No lock, as in `reserve`. */
bool metadata_place(struct wpm_heap *h, uintptr_t region, uint64_t bytes)
    LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    uint64_t usable = bytes / PAGE_SIZE;
    uint64_t fixed_end = 0;
    h->owned = 0;
    if (usable > MAX_PAGES) usable = MAX_PAGES;
    for (; usable > 0; usable--) {
        uint32_t capacity = (uint32_t)place_round_up(usable, CHUNK_PAGES);
        set_counts(h, (uint32_t)usable);
        uint64_t start = place_round_up(region, ARRAY_ALIGN);
        uint64_t end = lay_out(h, start, capacity, ARRAY_ALIGN, &fixed_end);
        uint64_t base = place_round_up(end, PAGE_SIZE);
        uint64_t slack = base - region;
        if (slack >= bytes) continue;
        uint64_t fit = (bytes - slack) / PAGE_SIZE;
        if (fit >= usable) {
            edge_zero(edge_address(h->pages.free), fixed_end - edge_address(h->pages.free));
            (void)extend_arrays(h, 0, 1);
            set_up(h, (uint32_t)usable);
            bool placed = space_place(&h->map, base, (uint32_t)usable);
            if (placed) watch_pages(h, base - WATCH_BEFORE, WATCH_BEFORE);
            return placed;
        }
    }
    return false;
}
