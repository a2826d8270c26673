/* magicdiv.h -- division by a constant that is known only at run time, by one multiplication.
 *
 * With m = ceil(2^32 / d) the high half of the 64-bit product off * m is off / d, and the low half
 * says whether the division left a remainder: it is below m exactly when off is a multiple of d. So
 * one multiplication tells free() which slot of a span an offset is in and whether it is the slot's
 * start. Both hold while off * (d - 1) < 2^32, the second also needs off < m; a span of any size
 * class meets both (sizeclass.h). `d`, where it appears, is for the proof alone and costs nothing.
 */
#ifndef WPM_MAGICDIV_H
#define WPM_MAGICDIV_H

#include <stdbool.h>
#include <stdint.h>

#include "../spec/magicdiv.acsl"

#define MAGIC_ONE 0x100000000u /* 2^32: the unit of a product */

/* With off = q d + r: q 2^32 <= off m < (q + 1) 2^32, each side multiplied by d to see it. */
/*@ ghost
  /@ requires magic: MagicOk(d, m);
     requires reach: MagicReach(off, d);
     assigns \nothing;
     ensures quotient: (off * m) / 0x100000000 == off / d;
  @/
  static inline void magic_lemma_quotient(uint32_t off, uint32_t d, uint32_t m) {
    uint32_t q = off / d;
    /@ assert below: q * d <= off; @/
    /@ assert above: off + 1 <= (q + 1) * d; @/
    /@ assert low1: off * 0x100000000 <= off * (m * d); @/
    /@ assert low2: (q * d) * 0x100000000 <= off * 0x100000000; @/
    /@ assert low3: d * (q * 0x100000000) <= d * (off * m); @/
    /@ assert low: q * 0x100000000 <= off * m; @/
    /@ assert high1: off * (m * d) <= off * (0x100000000 + (d - 1)); @/
    /@ assert high2: off * (m * d) < off * 0x100000000 + 0x100000000; @/
    /@ assert high3: (off + 1) * 0x100000000 <= ((q + 1) * d) * 0x100000000; @/
    /@ assert high4: MagicLess(d, off * m, (q + 1) * 0x100000000); @/
    /@ assert high: off * m < (q + 1) * 0x100000000; @/
  }
*/

/* Multiplying keeps the order. */
/*@ ghost
  /@ requires order: a <= b;
     assigns \nothing;
     ensures scaled: 0 <= q * a <= q * b;
  @/
  static inline void magic_lemma_scale(uint32_t q, uint64_t a, uint64_t b) { }
*/

/* A multiple divides back. */
/*@ ghost
  /@ requires divisor: 0 < d;
     assigns \nothing;
     ensures back: (q * d) / d == q && (q * d) % d == 0;
  @/
  static inline void magic_lemma_multiple(uint32_t q, uint32_t d) { }
*/

/* With e = m d - 2^32 the low half is q e + r m: at most q d <= off if r = 0, at least m if not. */
/*@ ghost
  /@ requires magic: MagicOk(d, m);
     requires reach: MagicReach(off, d);
     requires small: off < m;
     assigns \nothing;
     ensures exact: (off * m) % 0x100000000 < m <==> off % d == 0;
  @/
  static inline void magic_lemma_exact(uint32_t off, uint32_t d, uint32_t m) {
    magic_lemma_quotient(off, d, m);
    uint32_t q = off / d;
    uint32_t r = off % d;
    /@ assert split: off == q * d + r; @/
    uint64_t e = (uint64_t)m * d - 0x100000000;
    magic_lemma_scale(q, e, d - 1);
    /@ assert small: q * (d - 1) <= off; @/
    /@ assert product: off * m == q * (m * d) + r * m; @/
    /@ assert low: (off * m) % 0x100000000 == q * e + r * m; @/
    /@ assert some: r > 0 ==> r * m >= m; @/
  }
*/

/* The magic number of a divisor. */
/*@ requires divisor: 2 <= d;
    assigns \nothing;
    ensures magic: MagicOk(d, \result);
*/
static inline uint32_t magic_of(uint32_t d) { return 0xffffffffu / d + 1u; }

/* The product that the two functions below read. */
/*@ assigns \nothing;
    ensures product: \result == off * m;
*/
static inline uint64_t magic_product(uint32_t off, uint32_t m) { return (uint64_t)off * m; }

/* The quotient off / d, from the product of off. */
/*@ requires magic: MagicOk(d, m);
    requires reach: MagicReach(off, d);
    requires product: product == off * m;
    assigns \nothing;
    ensures quotient: \result == off / d;
*/
static inline uint32_t magic_quotient(uint64_t product)
/*@ ghost (uint32_t off, uint32_t d, uint32_t m) */
{
    /*@ ghost magic_lemma_quotient(off, d, m); */
    return (uint32_t)(product / MAGIC_ONE);
}

/* Is off a multiple of d? From the product of off. */
/*@ requires magic: MagicOk(d, m);
    requires reach: MagicReach(off, d);
    requires small: off < m;
    requires product: product == off * m;
    assigns \nothing;
    ensures exact: \result == true <==> off % d == 0;
*/
static inline bool magic_exact(uint64_t product, uint32_t m)
/*@ ghost (uint32_t off, uint32_t d) */
{
    /*@ ghost magic_lemma_exact(off, d, m); */
    return (uint32_t)(product % MAGIC_ONE) < m;
}

/* off / d. */
/*@ requires magic: MagicOk(d, m);
    requires reach: MagicReach(off, d);
    assigns \nothing;
    ensures quotient: \result == off / d;
*/
static inline uint32_t magic_div(uint32_t off, uint32_t m) /*@ ghost (uint32_t d) */
{
    return magic_quotient(magic_product(off, m)) /*@ ghost (off, d, m) */;
}

#endif
