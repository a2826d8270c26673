/* ratio.h -- fractions of two 32-bit numbers, for a pacer without floating point.
 *
 * A product with a fraction is exact: x num / den rounded down, by two divisions and without a
 * product of more than 64 bits, since x = q den + m gives q num + m num / den. A quotient of two
 * 64-bit numbers becomes a fraction that differs from it by less than one part in 32,768, or is the
 * least or largest that can be said. Sums, differences and products stop there, too, so that no
 * input wraps.
 */
#ifndef WPM_GC_RATIO_H
#define WPM_GC_RATIO_H

#include <stdbool.h>
#include <stdint.h>

/* num / den; den is not 0. */
struct ratio {
    uint32_t num;
    uint32_t den;
};

#include "../../spec/ratio.acsl"

/* a + b, and at most UINT64_MAX. */
/*@ assigns \nothing;
    ensures sum: \result == Capped(a + b);
*/
static inline uint64_t ratio_sum(uint64_t a, uint64_t b)
{
    return a <= UINT64_MAX - b ? a + b : UINT64_MAX;
}

/* a - b, and at least 0. */
/*@ assigns \nothing;
    ensures difference: \result == AtLeastNone(a - b);
*/
static inline uint64_t ratio_less(uint64_t a, uint64_t b) { return a >= b ? a - b : 0; }

/*@ assigns \nothing;
    ensures larger: \result == Larger(a, b);
*/
static inline uint64_t ratio_max(uint64_t a, uint64_t b) { return a >= b ? a : b; }

/*@ assigns \nothing;
    ensures smaller: \result == Smaller(a, b);
*/
static inline uint64_t ratio_min(uint64_t a, uint64_t b) { return a <= b ? a : b; }

/* a / b, as a fraction. */
/*@ requires divisor: 1 <= b;
    assigns \nothing;
    ensures near: RatioNear(\result, a, b);
*/
struct ratio ratio_of(uint64_t a, uint64_t b);

/* x r, rounded down, and at most UINT64_MAX. */
/*@ requires ok: RatioOk(r);
    assigns \nothing;
    ensures product: \result == Capped(RatioOf(r, x));
*/
uint64_t ratio_times(struct ratio r, uint64_t x);

/* Is a below b? */
/*@ requires ok: RatioOk(a) && RatioOk(b);
    assigns \nothing;
    ensures below: \result == true <==> RatioBelow(a, b);
*/
static inline bool ratio_below(struct ratio a, struct ratio b)
{
    return (uint64_t)a.num * b.den < (uint64_t)b.num * a.den;
}

#endif
