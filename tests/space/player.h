/* player.h -- adversaries of bounded space: what plays, and what is required of it.
 *
 * A player takes blocks from a store, heap or page allocator, and keeps count: the most units that
 * lived at once, the longest block, the highest unit that was reached. After each step the bound of
 * spec/fragmentation.md for these figures must hold; a refusal must come from a store that is
 * smaller than the bound.
 */
#ifndef WPM_SPACE_PLAYER_H
#define WPM_SPACE_PLAYER_H

#include <stdbool.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef SPACE_SEED
#define SPACE_SEED 0 /* a fault in the bound, which must be found */
#endif

#define REQUIRE(claim)                                                                             \
    do {                                                                                           \
        if (!(claim)) {                                                                            \
            printf("%s:%d: required: %s\n", __FILE__, __LINE__, #claim);                           \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define BLOCKS 65536u /* most that live at once */

struct block {
    uint64_t first, pages; /* where it lies; of a slot, the pages of its span */
    uint64_t bytes;        /* rounded up, as the bound counts */
    void *object;          /* of a heap */
};

struct player {
    struct wpm_heap *heap;   /* either a heap in a region, and units are bytes */
    struct pagealloc *pages; /* or a page allocator, and units are granules */
    uint64_t store;          /* pages that there are */
    uint64_t limit;          /* units that may live at once */
    uint64_t live, most, largest, reach;
    uint64_t bound;          /* pages, when it was last looked at */
    uint64_t refused;        /* requests */
    uint32_t count;
    struct block block[BLOCKS];
};

/* Begin with a heap of `pages` pages, or with a page allocator of so many granules. */
void player_heap(struct player *p, uint64_t pages, uint64_t limit);
void player_granules(struct player *p, uint64_t granules, uint64_t limit);

/* Take a block of so many units; false when that is over the limit or refused. */
bool player_take(struct player *p, uint64_t units);

/* Give block number `i` back; the last one takes its number. */
void player_give(struct player *p, uint32_t i);

/* The pages that suffice for what has been played. */
uint64_t player_bound(const struct player *p);

/* The request of a large object of so many pages that counts least; of granules, as many units. */
uint64_t player_request(const struct player *p, uint64_t pages);

/* A round of an adversary of first fit: blocks are given back, lowest first, but where that would
 * make a gap of `gap` pages or more; then as many blocks of `pages` pages are taken as may live. */
void play_round(struct player *p, uint64_t pages, uint64_t gap);

/* Class `k` is made to keep as many spans as it can without a live slot; or with one slot each. */
void play_empty(struct player *p, uint32_t k);
void play_pinned(struct player *p, uint32_t k);

#endif
