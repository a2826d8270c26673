/* bound.h -- how many pages suffice, by the formulas of spec/fragmentation.md.
 *
 * The same arithmetic as ci/fragmentation.py has, on the tables of the build: run.sh compares the
 * two at a set of points.
 */
#ifndef WPM_SPACE_BOUND_H
#define WPM_SPACE_BOUND_H

#include <stdint.h>

/* What suffices for requests of at most `largest` bytes of which at most `live` bytes live at once,
 * each rounded up to 16. */
struct space_bound {
    uint64_t span_pages; /* pages in spans at most, large objects among them */
    uint64_t pages;      /* pages of the region */
};

struct space_bound bound_of_heap(uint64_t live, uint64_t largest);

/* Granules that suffice for runs of at most `longest` granules by first fit, of which at most
 * `live` are taken at once. */
uint64_t bound_of_first_fit(uint64_t live, uint64_t longest);

/* The least request of class `k`, bytes; 0: none is served by it. */
uint64_t least_request(uint32_t k);

#endif
