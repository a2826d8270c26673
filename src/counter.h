/* counter.h -- counters for statistics, which stop at their largest value instead of wrapping.
 *
 * They are signed 64-bit integers, so that the prover knows them apart from the bits of slots.
 */
#ifndef WPM_COUNTER_H
#define WPM_COUNTER_H

#include <stdint.h>

/* counter + n, as far as that can be said. */
/*@ assigns \nothing;
    ensures sum: counter + n <= INT64_MAX ==> \result == counter + n;
    ensures full: counter + n > INT64_MAX ==> \result == INT64_MAX;
*/
static inline int64_t counter_add(int64_t counter, uint32_t n)
{
    return counter <= INT64_MAX - (int64_t)n ? counter + (int64_t)n : INT64_MAX;
}

/* counter - n, and 0 when that is negative. */
/*@ assigns \nothing;
    ensures difference: \result == (counter >= n ? counter - n : 0);
*/
static inline int64_t counter_less(int64_t counter, uint32_t n)
{
    return counter >= (int64_t)n ? counter - (int64_t)n : 0;
}

#endif
