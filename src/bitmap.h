/* bitmap.h -- an array of 64-bit words as a sequence of bits, worked on a word at a time.
 *
 * The array belongs to the caller, who also knows its length: bit i is bit i % 64 of word i / 64.
 * A range is [first, end), bit indexes. Functions that change a range leave every other bit as it
 * was, also in the words that the range shares with its neighbours. No locking: the caller holds
 * whatever guards the array.
 */
#ifndef WPM_BITMAP_H
#define WPM_BITMAP_H

#include <stdint.h>

#include "bits.h"
#include "../spec/bitmap.acsl"

#define BITMAP_MAX_BITS 0x80000000u /* no index is above this */

/* Bit i, 0 or 1. */
/*@ requires memory: \valid_read(w + i / 64);
    assigns \nothing;
    ensures bit: \result == BitAt(w, i);
*/
static inline uint32_t bitmap_test(const uint64_t *w, uint32_t i)
{
    return bits_test(w[i / 64], i % 64);
}

/* Set bit i. */
/*@ requires memory: \valid(w + i / 64);
    assigns w[i / 64];
    ensures set: BitRangeSet{Pre,Post}(w, i, i + 1);
*/
static inline void bitmap_set(uint64_t *w, uint32_t i) { w[i / 64] = bits_set(w[i / 64], i % 64); }

/* Clear bit i. */
/*@ requires memory: \valid(w + i / 64);
    assigns w[i / 64];
    ensures cleared: BitRangeCleared{Pre,Post}(w, i, i + 1);
*/
static inline void bitmap_clear(uint64_t *w, uint32_t i)
{
    w[i / 64] = bits_clear(w[i / 64], i % 64);
}

/* Set every bit of [first, end). */
/*@ requires range: first < end <= BITMAP_MAX_BITS;
    requires memory: \valid(w + (first / 64 .. (end - 1) / 64));
    assigns w[first / 64 .. (end - 1) / 64];
    ensures set: BitRangeSet{Pre,Post}(w, first, end);
*/
void bitmap_set_range(uint64_t *w, uint32_t first, uint32_t end);

/* Clear every bit of [first, end). */
/*@ requires range: first < end <= BITMAP_MAX_BITS;
    requires memory: \valid(w + (first / 64 .. (end - 1) / 64));
    assigns w[first / 64 .. (end - 1) / 64];
    ensures cleared: BitRangeCleared{Pre,Post}(w, first, end);
*/
void bitmap_clear_range(uint64_t *w, uint32_t first, uint32_t end);

/* First set bit of [first, end); end when there is none. */
/*@ requires range: first <= end <= BITMAP_MAX_BITS;
    requires memory: first < end ==> \valid_read(w + (first / 64 .. (end - 1) / 64));
    assigns \nothing;
    ensures range: first <= \result <= end;
    ensures before: \forall integer j; first <= j < \result ==> BitAt(w, j) == 0;
    ensures found: \result < end ==> BitAt(w, \result) == 1;
*/
uint32_t bitmap_next_set(const uint64_t *w, uint32_t first, uint32_t end);

/* First clear bit of [first, end); end when there is none. */
/*@ requires range: first <= end <= BITMAP_MAX_BITS;
    requires memory: first < end ==> \valid_read(w + (first / 64 .. (end - 1) / 64));
    assigns \nothing;
    ensures range: first <= \result <= end;
    ensures before: \forall integer j; first <= j < \result ==> BitAt(w, j) == 1;
    ensures found: \result < end ==> BitAt(w, \result) == 0;
*/
uint32_t bitmap_next_clear(const uint64_t *w, uint32_t first, uint32_t end);

/* Number of set bits of [first, end). */
/*@ requires range: first < end <= BITMAP_MAX_BITS;
    requires memory: \valid_read(w + (first / 64 .. (end - 1) / 64));
    assigns \nothing;
    ensures count: \result == BitCount(w, first, end - first);
    ensures range: \result <= end - first;
*/
uint32_t bitmap_count_range(const uint64_t *w, uint32_t first, uint32_t end);

#endif
