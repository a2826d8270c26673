/* granules.h -- objects as runs of granules: what the micro profile has instead of size classes.
 *
 * Memory is cut into granules of PAGE_SIZE bytes, and an object is a run of them: the lowest that
 * is free and long enough, as pagealloc.h finds it (whose pages are granules here). One more bitmap
 * marks the granule with which each object starts. An object goes on to the next start or the next
 * free granule, so that no length is kept; a byte written beyond an object's end changes no record.
 *
 * The owner of the struct guards it by a lock of his own. The invariant is GranulesValid in
 * spec/granules.acsl; nothing fails but the search, and only when no run is there. Time: a step for
 * each word of 64 granules of the object, and for each of the four levels above it.
 */
#ifndef WPM_GRANULES_H
#define WPM_GRANULES_H

#include <stdbool.h>
#include <stdint.h>

#include "../pagealloc.h"

struct granules {
    struct pagealloc pages; /* which granules are free; none from `count` on is */
    uint64_t *starts;       /* pages.npages bits: an object starts with the granule */
    uint32_t count;         /* granules that there are */
};

#include "../../spec/granules.acsl"

/* The summaries of free granules, for what a contract may write. */
#define GRANULES_SUMMARIES(g) \
    (g).pages.l1[0 .. LevelEntries((g).pages.npages, L1_PAGES) - 1], \
    (g).pages.l2[0 .. LevelEntries((g).pages.npages, L2_PAGES) - 1], \
    (g).pages.l3[0 .. LevelEntries((g).pages.npages, L3_PAGES) - 1], \
    (g).pages.l4[0 .. LevelEntries((g).pages.npages, L4_PAGES) - 1]

/* Begin, with all fields but the pools' counters set and the arrays zero: all granules are free. */
/*@ requires memory: GranulesMemory(g);
    requires bits: \forall integer k; 0 <= k < g->pages.npages / 64 ==>
      g->pages.free[k] == 0 && g->pages.released[k] == 0 && g->starts[k] == 0;
    requires l1: LevelZero(g->pages.l1, LevelEntries(g->pages.npages, L1_PAGES));
    requires l2: LevelZero(g->pages.l2, LevelEntries(g->pages.npages, L2_PAGES));
    requires l3: LevelZero(g->pages.l3, LevelEntries(g->pages.npages, L3_PAGES));
    requires l4: LevelZero(g->pages.l4, LevelEntries(g->pages.npages, L4_PAGES));
    assigns g->pages.free_pages, g->pages.search_page,
            g->pages.free[0 .. g->pages.npages / 64 - 1],
            GRANULES_SUMMARIES(*g);
    ensures valid: GranulesValid(g);
    ensures free: \forall integer p; 0 <= p < g->count ==> Free(g, p);
    ensures none: \forall integer p, e; !Object(g, p, e);
*/
void granules_init(struct granules *g);

/* Does an object start with granule p? */
/*@ requires valid: GranulesValid(g);
    requires range: p < g->count;
    assigns \nothing;
    ensures start: \result == true <==> Start(g, p);
*/
static inline bool granules_starts(const struct granules *g, uint32_t p)
{
    return bitmap_test(g->starts, p) != 0;
}

/* Is granule p free? */
/*@ requires valid: GranulesValid(g);
    requires range: p < g->count;
    assigns \nothing;
    ensures free: \result == true <==> Free(g, p);
*/
static inline bool granules_free_at(const struct granules *g, uint32_t p)
{
    return bitmap_test(g->pages.free, p) != 0;
}

/* The end of the object that starts with granule p: the first granule behind it. */
/*@ requires valid: GranulesValid(g);
    requires start: p < g->count && Start(g, p);
    assigns \nothing;
    ensures object: Object(g, p, \result);
*/
uint32_t granules_end(const struct granules *g, uint32_t p);

/* The first granule of the object that granule p, which is not free, belongs to. */
/*@ requires valid: GranulesValid(g);
    requires taken: p < g->count && !Free(g, p);
    assigns \nothing;
    ensures start: \result <= p && Start(g, \result);
    ensures nearest: \forall integer q; \result < q <= p ==> !Start(g, q) && !Free(g, q);
*/
uint32_t granules_start_below(const struct granules *g, uint32_t p);

/* Where the first object from granule p on starts; the number of granules when there is none. */
/*@ requires valid: GranulesValid(g);
    requires range: p <= g->count;
    assigns \nothing;
    ensures range: p <= \result <= g->count;
    ensures next: \result < g->count ==> Start(g, \result);
    ensures none: \forall integer q; p <= q < \result ==> !Start(g, q);
*/
uint32_t granules_next(const struct granules *g, uint32_t p);

/* An object of n granules: the first of them; NO_PAGE when there is no run. Its place is a multiple
 * of `align` granules, counted from `before` granules before the first; it lies in the first run of
 * n + align - 1 that is free. */
/*@ requires valid: GranulesValid(g);
    requires length: 1 <= n && 1 <= align && before < align && n + align - 1 <= g->count;
    assigns g->pages.free_pages, g->pages.search_page,
            g->starts[0 .. g->pages.npages / 64 - 1],
            g->pages.free[0 .. g->pages.npages / 64 - 1],
            g->pages.released[0 .. g->pages.npages / 64 - 1],
            GRANULES_SUMMARIES(*g);
    ensures valid: GranulesValid(g);
    ensures shape: GranulesShape{Pre,Post}(g);
    ensures none: \result == NO_PAGE ==> NoGranules{Pre}(g, n + align - 1) &&
      ObjectsSame{Pre,Post}(g);
    ensures some: \result != NO_PAGE ==> !NoGranules{Pre}(g, n + align - 1);
    ensures object: \result != NO_PAGE ==> Object(g, \result, \result + n);
    ensures aligned: \result != NO_PAGE ==> (\result + before) % align == 0;
    ensures was_free: \result != NO_PAGE ==>
      \forall integer p; \result <= p < \result + n ==> Free{Pre}(g, p);
    ensures kept: \result != NO_PAGE ==> ObjectsKept{Pre,Post}(g, \result);
    ensures only: \result != NO_PAGE ==> ObjectsOnly{Pre,Post}(g, \result);
    ensures count: \result != NO_PAGE ==> g->pages.free_pages == \old(g->pages.free_pages) - n;
*/
uint32_t granules_alloc(struct granules *g, uint32_t n, uint32_t align, uint32_t before);

/* End the object that starts with granule p. */
/*@ requires valid: GranulesValid(g);
    requires start: p < g->count && Start(g, p);
    assigns g->pages.free_pages, g->pages.search_page,
            g->starts[0 .. g->pages.npages / 64 - 1],
            g->pages.free[0 .. g->pages.npages / 64 - 1],
            GRANULES_SUMMARIES(*g);
    ensures valid: GranulesValid(g);
    ensures shape: GranulesShape{Pre,Post}(g);
    ensures ended: !Start(g, p);
    ensures freed: \forall integer e, q; Object{Pre}(g, p, e) ==> p <= q < e ==> Free(g, q);
    ensures kept: ObjectsKept{Pre,Post}(g, p);
    ensures only: ObjectsOnly{Pre,Post}(g, -1);
*/
void granules_free(struct granules *g, uint32_t p);

/* Give the object that starts with granule p n granules where it stands; false, and nothing has
 * changed, when the granules behind it are not free. */
/*@ requires valid: GranulesValid(g);
    requires start: p < g->count && Start(g, p);
    requires length: 1 <= n <= g->count;
    assigns g->pages.free_pages, g->pages.search_page,
            g->pages.free[0 .. g->pages.npages / 64 - 1],
            g->pages.released[0 .. g->pages.npages / 64 - 1],
            GRANULES_SUMMARIES(*g);
    ensures valid: GranulesValid(g);
    ensures shape: GranulesShape{Pre,Post}(g);
    ensures object: \result == true ==> Object(g, p, p + n);
    ensures kept: \result == true ==> ObjectsKept{Pre,Post}(g, p);
    ensures only: \result == true ==> ObjectsOnly{Pre,Post}(g, p);
    ensures refused: \result == false ==> ObjectsSame{Pre,Post}(g);
    ensures why: \result == false ==> \forall integer e; Object{Pre}(g, p, e) ==>
      \exists integer q; e <= q < p + n && (g->count <= q || !Free{Pre}(g, q));
*/
bool granules_resize(struct granules *g, uint32_t p, uint32_t n);

#endif
