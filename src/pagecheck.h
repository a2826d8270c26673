/* pagecheck.h -- is a page allocator sound? Proved: each check is true exactly when its predicate
 * is (spec/pagealloc.acsl).
 *
 * A block of pages has one summary (Pagecheck_One), so an entry is right when it is the one that
 * is computed anew: from the bits on the first level, from the level below on the others. Nothing
 * is written; the owner's lock is held.
 */
#ifndef WPM_PAGECHECK_H
#define WPM_PAGECHECK_H

#include "pagealloc.h"

#include <stdbool.h>

#include "../spec/pagecheck.acsl"

/* Every summary says what is so. */
/*@ requires memory: PageallocMemory(pa);
    assigns \nothing;
    ensures checked: \result == true <==> PageallocSummaries(pa);
*/
bool pagecheck_summaries(const struct pagealloc *pa);

/* No page below search_page is free. */
/*@ requires memory: PageallocMemory(pa);
    assigns \nothing;
    ensures checked: \result == true <==> PageallocSearch(pa);
*/
bool pagecheck_search(const struct pagealloc *pa);

/* A released page is free. */
/*@ requires memory: PageallocMemory(pa);
    assigns \nothing;
    ensures checked: \result == true <==> PageallocReleased(pa);
*/
bool pagecheck_released(const struct pagealloc *pa);

/* The count of free pages is exact. */
/*@ requires memory: PageallocMemory(pa);
    assigns \nothing;
    ensures checked: \result == true <==> PageallocCount(pa);
*/
bool pagecheck_count(const struct pagealloc *pa);

#endif
