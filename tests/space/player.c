/* player.c -- stores, and what is required after each step: see player.h */
#include "player.h"

#include "bound.h"
#include "heap.h"
#include "pagealloc.h"
#include "wpmalloc.h"

#include <string.h>

#define STORE_PAGES 16384u /* the largest store */

static unsigned char *region;

static void begin(struct player *p, uint64_t pages, uint64_t limit)
{
    p->store = pages;
    p->limit = limit;
    p->live = p->most = p->largest = p->reach = p->bound = p->refused = 0;
    p->count = 0;
}

void player_heap(struct player *p, uint64_t pages, uint64_t limit)
{
    const size_t most = STORE_PAGES * (size_t)PAGE_SIZE * 5 / 4;
    begin(p, pages, limit);
    p->pages = NULL;
    if (region == NULL) region = malloc(most);
    REQUIRE(region != NULL && pages <= STORE_PAGES);
    p->heap = wpm_heap_init(region, most);
    REQUIRE(p->heap != NULL && p->heap->grow_limit >= pages);
    p->heap->grow_limit = (uint32_t)pages; /* as of a smaller region */
}

void player_granules(struct player *p, uint64_t granules, uint64_t limit)
{
    static struct pagealloc pages;
    static uint64_t words[2][STORE_PAGES / 64];
    static struct page_summary level[4][STORE_PAGES / L1_PAGES];
    begin(p, granules, limit);
    REQUIRE(granules <= STORE_PAGES);
    memset(words, 0, sizeof words);
    memset(level, 0, sizeof level);
    pages = (struct pagealloc){STORE_PAGES, 0, 0, words[0], words[1], level[0], level[1], level[2],
                               level[3]};
    pagealloc_init(&pages);
    pagealloc_free(&pages, 0, (uint32_t)granules);
    p->pages = &pages;
    p->heap = NULL;
}

uint64_t player_bound(const struct player *p)
{
    return p->heap != NULL ? bound_of_heap(p->most, p->largest).pages
                           : bound_of_first_fit(p->most, p->largest);
}

/* A block that is about to be taken lives, whether or not there is room for it. */
static void count(struct player *p, uint64_t units)
{
    p->live += units;
    if (p->live > p->most) p->most = p->live;
    if (units > p->largest) p->largest = units;
}

/* Where a span of a heap lies. */
static void look_up(const struct player *p, struct block *b)
{
    const struct wpm_heap *h = p->heap;
    uint32_t page = arenamap_page(&h->map, (uintptr_t)b->object);
    const struct mspan *span = &h->span[h->page_span[page]];
    b->first = span->start;
    b->pages = span->npages;
}

static bool place(struct player *p, struct block *b)
{
    if (p->heap != NULL) {
        b->object = wpm_malloc(p->heap, b->bytes);
        if (b->object == NULL) return false;
        look_up(p, b);
        return true;
    }
    uint32_t unused, first = pagealloc_alloc(p->pages, (uint32_t)b->bytes, &unused);
    b->first = first;
    b->pages = b->bytes;
    return first != NO_PAGE;
}

bool player_take(struct player *p, uint64_t units)
{
    uint64_t unit = p->heap != NULL ? MALLOC_ALIGN : 1;
    uint64_t rounded = (units + unit - 1) / unit * unit;
    struct block *b = &p->block[p->count];
    if (p->live + rounded > p->limit || p->count == BLOCKS) return false;
    b->bytes = rounded;
    count(p, rounded);
    if (!place(p, b)) {
        REQUIRE(p->store < player_bound(p)); /* the theorem */
        p->live -= rounded;
        p->refused++;
        return false;
    }
    p->count++;
    if (b->first + b->pages > p->reach) p->reach = b->first + b->pages;
    if (p->reach > p->bound) p->bound = player_bound(p);
    REQUIRE(p->reach <= p->bound);
    return true;
}

void player_give(struct player *p, uint32_t i)
{
    struct block *b = &p->block[i];
    if (p->heap != NULL) REQUIRE(wpm_free(p->heap, b->object) == WPM_OK);
    else pagealloc_free(p->pages, (uint32_t)b->first, (uint32_t)b->pages);
    p->live -= b->bytes;
    *b = p->block[--p->count];
}

uint64_t player_request(const struct player *p, uint64_t pages)
{
    if (p->heap == NULL) return pages;
    uint64_t bytes = (pages - 1) * PAGE_SIZE + MALLOC_ALIGN;
    return bytes > MAX_SMALL_SIZE ? bytes : MAX_SMALL_SIZE + MALLOC_ALIGN;
}
