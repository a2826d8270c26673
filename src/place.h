/* place.h -- one array behind the other: where each starts. */
#ifndef WPM_PLACE_H
#define WPM_PLACE_H

#include <stdint.h>

#include "../spec/place.acsl"

/* x, up to a multiple of `align`. */
/*@ requires align: 0 < align && x + align - 1 <= 0xffffffffffffffff;
    assigns \nothing;
    ensures multiple: \result % align == 0;
    ensures near: x <= \result < x + align;
*/
static inline uint64_t place_round_up(uint64_t x, uint64_t align)
{
    return (x + (align - 1)) / align * align;
}

/* Give an array of `bytes` bytes its place at *end, and move *end behind it. */
/*@ requires end: \valid(end);
    requires align: 0 < align && *end + align - 1 + bytes <= 0xffffffffffffffff;
    assigns *end;
    ensures multiple: \result % align == 0;
    ensures near: \old(*end) <= \result < \old(*end) + align;
    ensures behind: *end == \result + bytes;
*/
static inline uint64_t place_put(uint64_t *end, uint64_t bytes, uint64_t align)
{
    uint64_t start = place_round_up(*end, align);
    *end = start + bytes;
    return start;
}

#endif
