#include "ratio.h"

/* What is cut off of two numbers when both become a multiple of a unit is little of each. */
/*@ ghost
  /@ requires long: 32768 <= b && 0 <= a && 1 <= unit;
     requires over: a * unit <= a0 < (a + 1) * unit;
     requires under: b * unit <= b0 < (b + 1) * unit;
     assigns \nothing;
     ensures near: 32768 * (a * b0) <= 32769 * (a0 * b);
  @/
  static inline void ratio_lemma_cut(uint64_t a, uint64_t b, uint64_t a0, uint64_t b0,
                                     uint64_t unit) {
    /@ assert up: a * b0 <= a * ((b + 1) * unit); @/
    /@ assert parts: a * ((b + 1) * unit) == (a * unit) * b + a * unit; @/
    /@ assert small: 32768 * (a * unit) <= (a * unit) * b; @/
    /@ assert down: (a * unit) * b <= a0 * b; @/
  }
*/

/* a / b, where neither is many times the other: halved until both have 32 bits. */
/*@ requires divisor: 1 <= b && 1 <= a;
    requires alike: a < 32768 * b && b < 32768 * a;
    assigns \nothing;
    ensures near: RatioNear(\result, a, b);
*/
static struct ratio ratio_of_alike(uint64_t a, uint64_t b)
{
    /*@ ghost uint64_t a0 = a, b0 = b, unit = 1; */
    /*@ loop invariant unit: 1 <= unit <= 0x200000000;
        loop invariant over: a * unit <= a0 < (a + 1) * unit;
        loop invariant under: b * unit <= b0 < (b + 1) * unit;
        loop invariant first: unit == 1 ==> a == a0 && b == b0;
        loop invariant wide: unit > 1 ==> a >= 0x80000000 || b >= 0x80000000;
        loop assigns a, b, unit;
        loop variant a + b;
    */
    while (a > UINT32_MAX || b > UINT32_MAX) {
        /*@ assert small: unit <= 0x100000000; */
        /*@ assert half: 2 * (a / 2) <= a < 2 * (a / 2 + 1) &&
              2 * (b / 2) <= b < 2 * (b / 2 + 1); */
        a /= 2;
        b /= 2;
        /*@ ghost unit *= 2; */
    }
    /*@ assert long: unit > 1 ==> a >= 65535 && b >= 65535; */
    /*@ ghost if (unit > 1) {
          ratio_lemma_cut(a, b, a0, b0, unit);
          ratio_lemma_cut(b, a, b0, a0, unit);
        } */
    return (struct ratio){(uint32_t)a, (uint32_t)b};
}

/* a / b, where a is many times b: the whole part, which is most of it. */
/*@ requires many: 1 <= b && 32768 <= a / b;
    assigns \nothing;
    ensures below: \result * b <= a;
    ensures above: \result != 0xffffffff ==> 32768 * a <= 32769 * (\result * b);
*/
static uint32_t ratio_whole(uint64_t a, uint64_t b)
{
    uint64_t q = a / b;
    /*@ assert low: q * b <= a; */
    /*@ assert high: a < (q + 1) * b; */
    /*@ assert product: (q + 1) * b == q * b + b; */
    /*@ assert much: 32768 * b <= q * b; */
    if (q <= UINT32_MAX) return (uint32_t)q;
    /*@ assert most: 0xffffffff * b <= q * b; */
    return UINT32_MAX;
}

struct ratio ratio_of(uint64_t a, uint64_t b)
{
    if (a <= UINT32_MAX && b <= UINT32_MAX) return (struct ratio){(uint32_t)a, (uint32_t)b};
    if (a == 0) return (struct ratio){0, 1};
    if (a / b >= 32768) return (struct ratio){ratio_whole(a, b), 1};
    if (b / a >= 32768) return (struct ratio){1, ratio_whole(b, a)};
    return ratio_of_alike(a, b);
}

uint64_t ratio_times(struct ratio r, uint64_t x)
{
    uint64_t whole = x / r.den, rest = x % r.den * r.num / r.den;
    /*@ assert split: x == whole * r.den + x % r.den; */
    /*@ assert product: x * r.num == (whole * r.num) * r.den + x % r.den * r.num; */
    /*@ assert cut: RatioOf(r, x) ==
          RatioCut(whole * r.num, x % r.den * r.num, r.den); */
    /*@ assert sum: RatioOf(r, x) == whole * r.num + rest; */
    if (r.num != 0 && whole > (UINT64_MAX - rest) / r.num) return UINT64_MAX;
    return whole * r.num + rest;
}
