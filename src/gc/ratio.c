#include "ratio.h"

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
        /*@ assert half: 2 * (a / 2) <= a < 2 * (a / 2 + 1) && 2 * (b / 2) <= b < 2 * (b / 2 + 1); */
        a /= 2;
        b /= 2;
        /*@ ghost unit *= 2; */
    }
    /*@ assert long: unit > 1 ==> a >= 65535 && b >= 65535; */
    return (struct ratio){(uint32_t)a, (uint32_t)b};
}

struct ratio ratio_of(uint64_t a, uint64_t b)
{
    if (a <= UINT32_MAX && b <= UINT32_MAX) return (struct ratio){(uint32_t)a, (uint32_t)b};
    if (a == 0) return (struct ratio){0, 1};
    if (a / 32768 >= b) return (struct ratio){(uint32_t)ratio_min(a / b, UINT32_MAX), 1};
    if (b / 32768 >= a) return (struct ratio){1, (uint32_t)ratio_min(b / a, UINT32_MAX)};
    return ratio_of_alike(a, b);
}

uint64_t ratio_times(struct ratio r, uint64_t x)
{
    uint64_t whole = x / r.den, rest = x % r.den * r.num / r.den;
    /*@ assert split: x == whole * r.den + x % r.den; */
    /*@ assert sum: RatioOf(r, x) == whole * r.num + rest; */
    if (r.num != 0 && whole > (UINT64_MAX - rest) / r.num) return UINT64_MAX;
    return whole * r.num + rest;
}
