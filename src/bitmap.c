/* bitmap.c -- ranges of a bitmap, a word at a time. */
#include "bitmap.h"

/* One above the last bit of [i, end) that lies in the word of bit i. */
/*@ requires range: i < end <= BITMAP_MAX_BITS;
    assigns \nothing;
    ensures stop: \result == (end < i - i % 64 + 64 ? end : i - i % 64 + 64);
    ensures progress: i < \result <= end && (\result - 1) / 64 == i / 64;
*/
static inline uint32_t bitmap_stop(uint32_t i, uint32_t end)
{
    uint32_t room = 64 - i % 64;
    return end - i < room ? end : i + room;
}

/* The bits of [i, stop) as a mask for the word of bit i. */
/*@ requires range: i < stop <= i - i % 64 + 64;
    requires limit: stop <= BITMAP_MAX_BITS;
    assigns \nothing;
    ensures mask: \forall integer j; 0 <= j < 64 ==>
      Bit(\result, j) == (i <= i - i % 64 + j < stop ? 1 : 0);
*/
static inline uint64_t bitmap_mask(uint32_t i, uint32_t stop)
{
    return bits_between(i % 64, i % 64 + (stop - i));
}

void bitmap_set_range(uint64_t *w, uint32_t first, uint32_t end)
{
    uint32_t i = first;
    /*@ loop invariant range: first <= i <= end;
        loop invariant set: BitRangeSet{Pre,Here}(w, first, i);
        loop assigns i, w[first / 64 .. (end - 1) / 64];
        loop variant end - i;
    */
    while (i < end) {
        uint32_t stop = bitmap_stop(i, end);
        w[i / 64] = bits_or(w[i / 64], bitmap_mask(i, stop));
        i = stop;
    }
}

void bitmap_clear_range(uint64_t *w, uint32_t first, uint32_t end)
{
    uint32_t i = first;
    /*@ loop invariant range: first <= i <= end;
        loop invariant cleared: BitRangeCleared{Pre,Here}(w, first, i);
        loop assigns i, w[first / 64 .. (end - 1) / 64];
        loop variant end - i;
    */
    while (i < end) {
        uint32_t stop = bitmap_stop(i, end);
        w[i / 64] = bits_andnot(w[i / 64], bitmap_mask(i, stop));
        i = stop;
    }
}

uint32_t bitmap_next_set(const uint64_t *w, uint32_t first, uint32_t end)
{
    uint32_t i = first;
    /*@ loop invariant range: first <= i <= end;
        loop invariant before: \forall integer j; first <= j < i ==> BitAt(w, j) == 0;
        loop assigns i;
        loop variant end - i;
    */
    while (i < end) {
        uint32_t stop = bitmap_stop(i, end);
        /*@ assert word: \forall integer j; i <= j < stop ==>
              BitAt(w, j) == Bit(w[i / 64], j - (i - i % 64)); */
        uint32_t k = bits_lowest(bits_and(w[i / 64], bitmap_mask(i, stop)));
        if (k < 64) return i - i % 64 + k;
        i = stop;
    }
    return end;
}

uint32_t bitmap_next_clear(const uint64_t *w, uint32_t first, uint32_t end)
{
    uint32_t i = first;
    /*@ loop invariant range: first <= i <= end;
        loop invariant before: \forall integer j; first <= j < i ==> BitAt(w, j) == 1;
        loop assigns i;
        loop variant end - i;
    */
    while (i < end) {
        uint32_t stop = bitmap_stop(i, end);
        /*@ assert word: \forall integer j; i <= j < stop ==>
              BitAt(w, j) == Bit(w[i / 64], j - (i - i % 64)); */
        uint32_t k = bits_lowest(bits_andnot(bitmap_mask(i, stop), w[i / 64]));
        if (k < 64) return i - i % 64 + k;
        i = stop;
    }
    return end;
}

/* Set bits of [i, stop), all in one word. */
/*@ requires range: i < stop <= i - i % 64 + 64;
    requires limit: stop <= BITMAP_MAX_BITS;
    requires memory: \valid_read(w + i / 64);
    assigns \nothing;
    ensures count: \result == BitCount(w, i, stop - i);
    ensures range: \result <= stop - i;
*/
static inline uint32_t bitmap_count_word(const uint64_t *w, uint32_t i, uint32_t stop)
{
    uint64_t x = bits_shift_down(bits_and(w[i / 64], bitmap_mask(i, stop)), i % 64);
    /*@ assert same: \forall integer j; 0 <= j < stop - i ==> BitAt(w, i + j) == Bit(x, j); */
    /*@ assert rest: \forall integer j; stop - i <= j < 64 ==> Bit(x, j) == 0; */
    /*@ assert count: BitCount(w, i, stop - i) == Ones(x, stop - i); */
    return bits_count(x);
}

uint32_t bitmap_count_range(const uint64_t *w, uint32_t first, uint32_t end)
{
    uint32_t i = first, count = 0;
    /*@ loop invariant range: first <= i <= end;
        loop invariant count: count == BitCount(w, first, i - first) <= i - first;
        loop assigns i, count;
        loop variant end - i;
    */
    while (i < end) {
        uint32_t stop = bitmap_stop(i, end);
        count += bitmap_count_word(w, i, stop);
        i = stop;
    }
    return count;
}
