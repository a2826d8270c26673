/* bits.h -- operations on one 64-bit word. The only file of the core with bit operators.
 *
 * Above this file a word is a sequence of 64 integers Bit(x, k), each 0 or 1, and Ones(x, n) counts
 * those below n: equalities between integers are what provers are good at. Each function is pure.
 * Scans, counts and bits_clear have a portable body, which is what is proved, and one that
 * compilers turn into an instruction where BITS_BUILTIN is set; tests/bits_test.c compares the two
 * (proofs/TRUSTED.md).
 */
#ifndef WPM_BITS_H
#define WPM_BITS_H

#include <stdint.h>
#ifdef __FRAMAC__
#include <__fc_integer.h>
#endif
#if defined(__GNUC__) && !defined(__FRAMAC__) && !defined(WPM_PORTABLE_BITS)
#define BITS_BUILTIN 1
#else
#define BITS_BUILTIN 0
#endif

#include "../spec/bits.acsl"

/* The word with bit k alone set. */
/*@ requires index: k < 64;
    assigns \nothing;
    ensures here: Bit(\result, k) == 1;
    ensures others: \forall integer j; 0 <= j < 64 && j != k ==> Bit(\result, j) == 0;
*/
static inline uint64_t bits_one(uint32_t k) { return (uint64_t)1 << k; }

/* x with bit k set. */
/*@ requires index: k < 64;
    assigns \nothing;
    ensures here: Bit(\result, k) == 1;
    ensures others: \forall integer j; 0 <= j < 64 && j != k ==> Bit(\result, j) == Bit(x, j);
*/
static inline uint64_t bits_set(uint64_t x, uint32_t k) { return x | ((uint64_t)1 << k); }

/* x with bit k clear. */
/*@ requires index: k < 64;
    assigns \nothing;
    ensures here: Bit(\result, k) == 0;
    ensures others: \forall integer j; 0 <= j < 64 && j != k ==> Bit(\result, j) == Bit(x, j);
*/
static inline uint64_t bits_clear(uint64_t x, uint32_t k)
{
#if BITS_BUILTIN
    const uint64_t all_but_first = ~(uint64_t)1; /* turned by k: what compilers know as one step */
    return x & ((all_but_first << k) | (all_but_first >> ((64 - k) % 64)));
#else
    return x & ~((uint64_t)1 << k);
#endif
}

/* Bit k of x, 0 or 1. */
/*@ requires index: k < 64;
    assigns \nothing;
    ensures bit: \result == Bit(x, k);
*/
static inline uint32_t bits_test(uint64_t x, uint32_t k) { return ((x >> k) & 1) != 0; }

/* Complement. */
/*@ assigns \nothing;
    ensures flipped: \forall integer j; 0 <= j < 64 ==> Bit(\result, j) == 1 - Bit(x, j);
*/
static inline uint64_t bits_not(uint64_t x) { return ~x; }

/* Intersection. */
/*@ assigns \nothing;
    ensures both: \forall integer j; 0 <= j < 64 ==> Bit(\result, j) == Bit(x, j) * Bit(y, j);
    ensures chosen: \forall integer j; 0 <= j < 64 ==>
      Bit(\result, j) == (Bit(x, j) == 1 ? Bit(y, j) : 0);
*/
static inline uint64_t bits_and(uint64_t x, uint64_t y) { return x & y; }

/* Union. */
/*@ assigns \nothing;
    ensures either: \forall integer j; 0 <= j < 64 ==>
      Bit(\result, j) == (Bit(x, j) == 1 ? 1 : Bit(y, j));
*/
static inline uint64_t bits_or(uint64_t x, uint64_t y) { return x | y; }

/* Whether four words are zero. */
/*@ assigns \nothing;
    ensures none: \result != 0 <==> x == 0 && y == 0 && z == 0 && w == 0;
*/
static inline int bits_none(uint64_t x, uint64_t y, uint64_t z, uint64_t w)
{
    return (x | y | z | w) == 0;
}

/* x without the bits of y. */
/*@ assigns \nothing;
    ensures minus: \forall integer j; 0 <= j < 64 ==>
      Bit(\result, j) == (Bit(y, j) == 1 ? 0 : Bit(x, j));
*/
static inline uint64_t bits_andnot(uint64_t x, uint64_t y) { return x & ~y; }

/* x moved down by k: bit j of the result is bit j + k of x. */
/*@ requires index: k < 64;
    assigns \nothing;
    ensures moved: \forall integer j; 0 <= j < 64 - k ==> Bit(\result, j) == Bit(x, j + k);
    ensures zeros: \forall integer j; 64 - k <= j < 64 ==> Bit(\result, j) == 0;
*/
static inline uint64_t bits_shift_down(uint64_t x, uint32_t k) { return x >> k; }

/* The word whose bits below n are set, n of 0..64. */
/*@ requires count: n <= 64;
    assigns \nothing;
    ensures low: \forall integer j; 0 <= j < n ==> Bit(\result, j) == 1;
    ensures high: \forall integer j; n <= j < 64 ==> Bit(\result, j) == 0;
*/
static inline uint64_t bits_below(uint32_t n)
{
    return n == 0 ? 0 : bits_shift_down(bits_not(0), 64 - n);
}

/* The word whose bits of first .. end - 1 are set. */
/*@ requires range: first <= end <= 64;
    assigns \nothing;
    ensures bits: \forall integer j; 0 <= j < 64 ==>
      Bit(\result, j) == (first <= j < end ? 1 : 0);
*/
static inline uint64_t bits_between(uint32_t first, uint32_t end)
{
    return bits_andnot(bits_below(end), bits_below(first));
}

/* A word without a set bit is 0: each half of it is. (Script: bit by bit; provers know no way from
 * bits to a number.) */
/*@ ghost
  /@ requires range: 0 <= (x & y) <= 0xffffffff;
     requires zeros: \forall integer j; 0 <= j < 32 ==> !bit_test(x, j);
     assigns \nothing;
     ensures none: (x & y) == 0;
  @/
  static inline void bits_lemma_half(uint64_t x, uint64_t y) { }
*/
/*@ ghost
  /@ requires zeros: \forall integer j; 0 <= j < 64 ==> Bit(x, j) == 0;
     assigns \nothing;
     ensures zero: x == 0;
  @/
  static inline void bits_lemma_zero(uint64_t x) {
    uint64_t low = (uint32_t)x, high = x >> 32;
    /@ assert low: \forall integer j; 0 <= j < 32 ==> Bit(low, j) == Bit(x, j); @/
    /@ assert high: \forall integer j; 0 <= j < 32 ==> Bit(high, j) == Bit(x, j + 32); @/
    /@ assert unset: \forall integer j; 0 <= j < 64 ==> Bit(x, j) == 0 ==> !bit_test(x, j); @/
    /@ assert low_unset: \forall integer j; 0 <= j < 32 ==> !bit_test(low, j); @/
    /@ assert high_unset: \forall integer j; 0 <= j < 32 ==> !bit_test(high, j); @/
    bits_lemma_half(low, low);
    bits_lemma_half(high, high);
  }
*/

/* Index of the lowest set bit; 64 when there is none. */
/*@ assigns \nothing;
    ensures range: \result <= 64;
    ensures zeros: \forall integer j; 0 <= j < \result ==> Bit(x, j) == 0;
    ensures found: \result < 64 ==> Bit(x, \result) == 1;
*/
static inline uint32_t bits_lowest(uint64_t x)
{
#if BITS_BUILTIN
    return x ? (uint32_t)__builtin_ctzll(x) : 64;
#else
    uint32_t n = 0;
    /*@ loop invariant range: 0 <= n <= 64;
        loop invariant zeros: \forall integer j; 0 <= j < n ==> Bit(x, j) == 0;
        loop assigns n;
        loop variant 64 - n;
    */
    while (n < 64 && bits_test(x, n) == 0) n++;
    return n;
#endif
}

/* Index one above the highest set bit; 0 when there is none. */
/*@ assigns \nothing;
    ensures range: \result <= 64;
    ensures zeros: \forall integer j; \result <= j < 64 ==> Bit(x, j) == 0;
    ensures found: \result > 0 ==> Bit(x, \result - 1) == 1;
*/
static inline uint32_t bits_width(uint64_t x)
{
#if BITS_BUILTIN
    return x ? 64u - (uint32_t)__builtin_clzll(x) : 0;
#else
    uint32_t n = 64;
    /*@ loop invariant range: 0 <= n <= 64;
        loop invariant zeros: \forall integer j; n <= j < 64 ==> Bit(x, j) == 0;
        loop assigns n;
        loop variant n;
    */
    while (n > 0 && bits_test(x, n - 1) == 0) n--;
    return n;
#endif
}

/* x without its lowest set bit, whose index k the caller has. */
/*@ requires index: k < 64;
    requires lowest: Bit(x, k) == 1 && \forall integer j; 0 <= j < k ==> Bit(x, j) == 0;
    assigns \nothing;
    ensures here: Bit(\result, k) == 0;
    ensures others: \forall integer j; 0 <= j < 64 && j != k ==> Bit(\result, j) == Bit(x, j);
*/
static inline uint64_t bits_drop_lowest(uint64_t x, uint32_t k)
{
#if BITS_BUILTIN
    (void)k;
    return x & (x - 1);
#else
    return x & ~((uint64_t)1 << k);
#endif
}

/* Number of set bits. */
/*@ assigns \nothing;
    ensures count: \result == Ones(x, 64);
    ensures range: \result <= 64;
*/
static inline uint32_t bits_count(uint64_t x)
{
#if BITS_BUILTIN && defined(__POPCNT__)
    return (uint32_t)__builtin_popcountll(x);
#elif BITS_BUILTIN
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (uint32_t)((x * 0x0101010101010101u) >> 56);
#else
    uint32_t c = 0;
    /*@ loop invariant range: 0 <= n <= 64;
        loop invariant count: c == Ones(x, n);
        loop invariant small: c <= n;
        loop assigns n, c;
        loop variant 64 - n;
    */
    for (uint32_t n = 0; n < 64; n++) c += bits_test(x, n);
    return c;
#endif
}

/* Where runs of n set bits start: bit j of the result is set when bits j .. j + n - 1 of x are. */
/*@ requires length: 1 <= n <= 64;
    assigns \nothing;
    ensures starts: RunStarts(x, \result, n);
*/
static inline uint64_t bits_run_starts(uint64_t x, uint32_t n)
{
    uint64_t y = x;
    uint32_t have = 1;
    /*@ loop invariant range: 1 <= have <= n;
        loop invariant starts: RunStarts(x, y, have);
        loop assigns y, have;
        loop variant n - have;
    */
    while (have < n) {
        uint32_t step = have < n - have ? have : n - have;
        y = bits_and(y, bits_shift_down(y, step));
        have += step;
    }
    return y;
}

/* First index where n bits in a row are set; 64 when there is none. */
/*@ requires length: 1 <= n <= 64;
    assigns \nothing;
    ensures range: \result <= 64;
    ensures found: \result < 64 ==> \result + n <= 64 && OnesRun(x, \result, n);
    ensures first: \forall integer j; 0 <= j < \result ==> j + n <= 64 ==> !OnesRun(x, j, n);
*/
static inline uint32_t bits_find_run(uint64_t x, uint32_t n)
{
    return bits_lowest(bits_run_starts(x, n));
}

/* Length of the longest run of set bits, or `least` if that is longer. */
/*@ requires range: least <= 64;
    assigns \nothing;
    ensures range: least <= \result <= 64;
    ensures none_longer: \forall integer j, n; 0 <= j ==> j + n <= 64 ==> \result < n ==>
      !OnesRun(x, j, n);
    ensures some: \result > least ==>
      \exists integer j; 0 <= j && j + \result <= 64 && OnesRun(x, j, \result);
*/
static inline uint32_t bits_longest_run(uint64_t x, uint32_t least)
{
    uint32_t n = least;
    if (least >= 64) return least;
    uint64_t y = bits_run_starts(x, least + 1);
    uint32_t k = bits_lowest(y);
    /*@ loop invariant range: least <= n <= 64 && k <= 64;
        loop invariant starts: RunStarts(x, y, n + 1);
        loop invariant lowest: k < 64 ==> Bit(y, k) == 1;
        loop invariant none: k == 64 ==> \forall integer j; 0 <= j < 64 ==> Bit(y, j) == 0;
        loop invariant some: n > least ==>
          \exists integer j; 0 <= j && j + n <= 64 && OnesRun(x, j, n);
        loop assigns n, y, k;
        loop variant 64 - n;
    */
    while (k < 64) {
        n++;
        y = bits_and(y, bits_shift_down(y, 1));
        k = bits_lowest(y);
    }
    return n;
}

#endif
