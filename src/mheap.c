/* mheap.c -- see mheap.h */
#include "mheap.h"

#include "atomic.h"
#include "metadata.h"

/* Pages of free runs whose memory is kept for reuse: this many, and an eighth of those in spans. */
#define RETAIN_PAGES 4096u

/* Runs below this many pages are not worth a system call of their own. */
#define RELEASE_MIN_PAGES 16u

/* a less b, 0 when that is negative: for counters that only steer policy. */
static int64_t less(int64_t a, int64_t b) { return a > b ? a - b : 0; }

/* Grow the heap so that `npages` more pages are free at its end, or as many as its limit leaves. */
static bool grow(struct wpm_heap *h, uint32_t npages)
{
    uint32_t room = h->grow_limit - h->npages;
    uint32_t step = h->npages / 8 < CHUNK_PAGES ? CHUNK_PAGES : h->npages / 8;
    if (room == 0) return false;
    if (step < npages) step = npages;
    if (step > room) step = room;
    uint32_t old = h->npages;
    bool fresh = false;
    if (!metadata_extend(h, old + step, &fresh)) {
        step = npages < room ? npages : room;
        if (!metadata_extend(h, old + step, &fresh)) return false;
    }
    if (fresh) {
        pagealloc_grow(&h->pages, old, step);
        h->released_pages += step;
    } else {
        pagealloc_free(&h->pages, old, step);
    }
    return true;
}

/* A run of `npages` free pages, taken; *released: how many of them the system had. */
static uint32_t take_run(struct wpm_heap *h, uint32_t npages, uint32_t *released)
{
    uint32_t page = pagealloc_alloc(&h->pages, npages, released);
    if (page != NO_PAGE || !grow(h, npages)) return page;
    return pagealloc_alloc(&h->pages, npages, released);
}

/* The same, at a multiple of `align` pages: the aligned part of a longer run. */
static uint32_t take_aligned_run(struct wpm_heap *h, uint32_t npages, uint32_t align,
                                 uint32_t *released)
{
    uintptr_t bytes = (uintptr_t)align * PAGE_SIZE;
    if (npages > MAX_PAGES - align) return NO_PAGE;
    uint32_t page = pagealloc_find(&h->pages, npages + align);
    if (page == NO_PAGE && grow(h, npages + align))
        page = pagealloc_find(&h->pages, npages + align);
    if (page == NO_PAGE) return NO_PAGE;
    uintptr_t address = arenamap_address(&h->map, page);
    uint32_t skip = (uint32_t)((bytes - address % bytes) % bytes / PAGE_SIZE);
    pagealloc_take(&h->pages, page + skip, npages, released);
    return page + skip;
}

/* Name span `s` in `npages` page records from `page` on. */
static void name_pages(struct wpm_heap *h, uint32_t page, uint32_t npages, uint32_t s)
{
    for (uint32_t i = 0; i < npages; i++) atomic_write32(&h->page_span[page + i], s);
}

/* A record for the span of `npages` pages at `page`. */
static uint32_t new_record(struct wpm_heap *h, uint32_t page, uint32_t npages)
{
    uint32_t s = fixalloc_take(&h->ids);
    if (s == NO_SPAN) {
        pagealloc_free(&h->pages, page, npages);
        return NO_SPAN;
    }
    struct mspan *span = &h->span[s];
    span->first = (int64_t)page * PAGE_SIZE;
    span->start = page;
    span->npages = npages;
    span->used = 0;
    span->owner = OWNER_NONE;
    span->next = NO_SPAN;
    span->prev = NO_SPAN;
    h->span_pages += npages;
    return s;
}

uint32_t mheap_alloc_span(struct wpm_heap *h, uint32_t k)
{
    uint32_t npages = class_table[k].span_pages;
    uint32_t released = 0;
    uint32_t page = take_run(h, npages, &released);
    if (page == NO_PAGE) return NO_SPAN;
    uint32_t s = new_record(h, page, npages);
    if (s == NO_SPAN) return NO_SPAN;
    struct mspan *span = &h->span[s];
    span->slot_bytes = class_table[k].size_bytes;
    span->magic = class_table[k].magic;
    span->nslots = class_table[k].slots;
    span->span_class = k;
    span->dirty_words = released == npages ? 0 : SPAN_WORDS;
    span->place = PLACE_HAND;
    h->released_pages = less(h->released_pages, released);
    name_pages(h, page, npages, s);
    return s;
}

uint32_t mheap_alloc_large(struct wpm_heap *h, uint32_t npages, uint32_t align_pages, bool *zero)
{
    uint32_t released = 0;
    uint32_t page = align_pages <= 1 ? take_run(h, npages, &released)
                                     : take_aligned_run(h, npages, align_pages, &released);
    if (page == NO_PAGE) return NO_SPAN;
    uint32_t s = new_record(h, page, npages);
    if (s == NO_SPAN) return NO_SPAN;
    struct mspan *span = &h->span[s];
    span->slot_bytes = 0;
    span->magic = 0;
    span->nslots = 1;
    span->span_class = 0;
    span->used = 1;
    span->place = PLACE_LARGE;
    atomic_write64(&h->live[s * SPAN_WORDS], bits_one(0));
    h->released_pages = less(h->released_pages, released);
    name_pages(h, page, npages, s);
    *zero = released == npages;
    return s;
}

/* Give the memory of a run that was just freed back to the system when enough is kept already. */
static void release_surplus(struct wpm_heap *h, uint32_t page, uint32_t npages)
{
    int64_t kept = less(h->pages.free_pages, h->released_pages);
    if (!h->owned || npages < RELEASE_MIN_PAGES) return;
    if (kept <= RETAIN_PAGES + h->span_pages / 8) return;
    if (!platform_release(arenamap_address(&h->map, page), (size_t)npages * PAGE_SIZE)) return;
    pagealloc_mark_released(&h->pages, page, npages);
    h->released_pages += npages;
}

void mheap_free_span(struct wpm_heap *h, uint32_t s)
{
    struct mspan *span = &h->span[s];
    uint32_t page = span->start;
    uint32_t npages = span->npages;
    name_pages(h, page, npages, NO_SPAN);
    atomic_write64(&h->live[s * SPAN_WORDS], 0);
    span->npages = 0;
    span->nslots = 0;
    span->used = 0;
    atomic_write_int(&span->owner, OWNER_NONE);
    span->place = PLACE_NONE;
    h->span_pages = less(h->span_pages, npages);
    fixalloc_give(&h->ids, s);
    pagealloc_free(&h->pages, page, npages);
    release_surplus(h, page, npages);
}

bool mheap_resize_large(struct wpm_heap *h, uint32_t s, uint32_t npages)
{
    struct mspan *span = &h->span[s];
    uint32_t page = span->start;
    uint32_t old = span->npages;
    if (npages <= old) {
        name_pages(h, page + npages, old - npages, NO_SPAN);
        span->npages = npages;
        h->span_pages = less(h->span_pages, old - npages);
        if (npages < old) {
            pagealloc_free(&h->pages, page + npages, old - npages);
            release_surplus(h, page + npages, old - npages);
        }
        return true;
    }
    uint32_t more = npages - old;
    uint32_t released = 0;
    if (more > h->npages - (page + old)) return false;
    if (pagealloc_free_run(&h->pages, page + old, more) < more) return false;
    pagealloc_take(&h->pages, page + old, more, &released);
    h->released_pages = less(h->released_pages, released);
    name_pages(h, page + old, more, s);
    span->npages = npages;
    h->span_pages += more;
    return true;
}
