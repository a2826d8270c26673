/* plays.c -- adversaries that know how the heap works: see player.h */
#include "player.h"

#include "bound.h"
#include "heap.h"

static int by_place(const void *a, const void *b)
{
    const struct block *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

void play_round(struct player *p, uint64_t pages, uint64_t gap)
{
    uint64_t edge = 0;
    uint32_t kept = 0;
    qsort(p->block, p->count, sizeof p->block[0], by_place);
    /* Those to keep come to the front, so that giving the others back does not move them. */
    for (uint32_t i = 0; i < p->count; i++) {
        uint64_t next = i + 1 < p->count ? p->block[i + 1].first : p->reach + gap;
        if (next - edge < gap) continue;
        edge = p->block[i].first + p->block[i].pages;
        struct block keep = p->block[i];
        p->block[i] = p->block[kept];
        p->block[kept++] = keep;
    }
    while (p->count > kept) player_give(p, p->count - 1);
    while (player_take(p, player_request(p, pages))) continue;
}

/* How many blocks of class `k`, each `bytes` bytes, lie in the span at page `first`. */
static uint32_t blocks_in(const struct player *p, uint64_t first, uint64_t bytes)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->count; i++)
        n += p->block[i].first == first && p->block[i].bytes == bytes;
    return n;
}

/* Give one block back of a span that has two or more, not that at page `first`. */
static bool spare_one(struct player *p, uint64_t first, uint64_t bytes)
{
    for (uint32_t i = 0; i < p->count; i++) {
        const struct block *b = &p->block[i];
        if (b->first == first || b->bytes != bytes || blocks_in(p, b->first, bytes) < 2) continue;
        player_give(p, i);
        return true;
    }
    return false;
}

/* Give all blocks of the span at page `first` back. */
static void give_span(struct player *p, uint64_t first, uint64_t bytes)
{
    for (uint32_t i = p->count; i-- > 0;) {
        if (p->block[i].first == first && p->block[i].bytes == bytes) player_give(p, i);
    }
}

/* Give back the block that lies highest of each full span of `slots` slots. */
static void open_spans(struct player *p, uint64_t bytes, uint32_t slots)
{
    static uint32_t highest[BLOCKS]; /* 1 + number of a block, by page */
    for (uint64_t page = 0; page < p->reach; page++) highest[page] = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        uint32_t *h = &highest[p->block[i].first];
        if (p->block[i].bytes != bytes) continue;
        if (*h == 0 || p->block[*h - 1].object < p->block[i].object) *h = i + 1;
    }
    for (uint32_t i = p->count; i-- > 0;) {
        uint64_t first = p->block[i].first;
        if (p->block[i].bytes != bytes || highest[first] != i + 1) continue;
        if (blocks_in(p, first, bytes) == slots) player_give(p, i);
    }
}

void play_empty(struct player *p, uint32_t k)
{
    uint64_t bytes = least_request(k), refused = p->refused;
    uint32_t others = p->count;
    while (player_take(p, bytes)) continue;
    open_spans(p, bytes, class_table[k].slots);
    for (uint32_t n = p->count - others; p->count > others && p->refused == refused && n > 0; n--) {
        if (!player_take(p, bytes)) {
            if (!spare_one(p, UINT64_MAX, bytes)) break;
            continue;
        }
        /* The span that is served from now: taken to its last slot and emptied, it is left behind
         * empty by the next request. */
        uint64_t first = p->block[p->count - 1].first;
        for (uint32_t tries = 4 * SPAN_SLOTS; tries > 0; tries--) {
            if (blocks_in(p, first, bytes) == class_table[k].slots) break;
            if (!player_take(p, bytes) && !spare_one(p, first, bytes)) break;
        }
        give_span(p, first, bytes);
    }
    while (p->count > others) player_give(p, p->count - 1);
}

void play_pinned(struct player *p, uint32_t k)
{
    static uint8_t kept[BLOCKS];
    uint64_t bytes = least_request(k);
    while (player_take(p, bytes)) continue;
    for (uint64_t page = 0; page < p->reach; page++) kept[page] = 0;
    for (uint32_t i = 0; i < p->count;) {
        if (p->block[i].bytes != bytes) {
            i++;
            continue;
        }
        uint8_t *mark = &kept[p->block[i].first];
        if (*mark == 0) *mark = 1, i++;
        else player_give(p, i);
    }
}
