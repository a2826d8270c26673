/* bits_test.c -- every function of bits.h, as built and in its portable body, against arrays of
 * bits.
 *
 * The words: every range of ones and its complement, and random words of three densities. What a
 * function must give is computed from the 64 bits kept one by one, without a word operation.
 */
#include "bits_ops.h"
#include "random.h"
#include "unit.h"

#include <string.h>

#define RANDOM_WORDS 1500u

/* A word taken apart. */
struct apart {
    uint8_t bit[64];
    uint32_t run[65]; /* set bits in a row from here on */
};

static struct apart apart_of(uint64_t x)
{
    struct apart a;
    for (uint32_t k = 0; k < 64; k++) {
        a.bit[k] = (uint8_t)(x % 2);
        x /= 2;
    }
    a.run[64] = 0;
    for (uint32_t k = 64; k-- > 0;) a.run[k] = a.bit[k] ? a.run[k + 1] + 1 : 0;
    return a;
}

static uint64_t whole_of(const uint8_t bit[64])
{
    uint64_t x = 0;
    for (uint32_t k = 64; k-- > 0;) x = 2 * x + bit[k];
    return x;
}

/* Constants of one or two indexes: all of them. */
static void check_masks(const struct bits_ops *o)
{
    for (uint32_t first = 0; first <= 64; first++) {
        uint8_t bit[64] = {0};
        for (uint32_t end = first; end <= 64; end++) {
            CHECK_EQ(o->between(first, end), whole_of(bit));
            if (first == 0) CHECK_EQ(o->below(end), whole_of(bit));
            if (end == first + 1) CHECK_EQ(o->one(first), whole_of(bit));
            if (end < 64) bit[end] = 1;
        }
    }
}

/* Functions of a word and the index of a bit. */
static void check_indexed(const struct bits_ops *o, uint64_t x, const struct apart *a)
{
    for (uint32_t k = 0; k < 64; k++) {
        uint8_t bit[64];
        memcpy(bit, a->bit, sizeof bit);
        CHECK_EQ(o->test(x, k), a->bit[k]);
        bit[k] = 1;
        CHECK_EQ(o->set(x, k), whole_of(bit));
        bit[k] = 0;
        CHECK_EQ(o->clear(x, k), whole_of(bit));
        for (uint32_t j = 0; j < 64; j++) bit[j] = j + k < 64 ? a->bit[j + k] : 0;
        CHECK_EQ(o->shift_down(x, k), whole_of(bit));
    }
}

/* Scans and counts. */
static void check_scans(const struct bits_ops *o, uint64_t x, const struct apart *a)
{
    uint32_t lowest = 0, width = 64, count = 0;
    while (lowest < 64 && !a->bit[lowest]) lowest++;
    while (width > 0 && !a->bit[width - 1]) width--;
    for (uint32_t k = 0; k < 64; k++) count += a->bit[k];
    CHECK_EQ(o->lowest(x), lowest);
    CHECK_EQ(o->width(x), width);
    CHECK_EQ(o->count(x), count);
    if (lowest == 64) return;
    uint8_t bit[64];
    memcpy(bit, a->bit, sizeof bit);
    bit[lowest] = 0;
    CHECK_EQ(o->drop_lowest(x, lowest), whole_of(bit));
}

/* Runs of every length. */
static void check_runs(const struct bits_ops *o, uint64_t x, const struct apart *a)
{
    uint32_t longest = 0;
    for (uint32_t n = 1; n <= 64; n++) {
        uint8_t starts[64];
        uint32_t first = 64;
        for (uint32_t k = 64; k-- > 0;) {
            starts[k] = a->run[k] >= n;
            if (starts[k]) first = k;
        }
        if (first < 64) longest = n;
        CHECK_EQ(o->run_starts(x, n), whole_of(starts));
        CHECK_EQ(o->find_run(x, n), first);
    }
    for (uint32_t least = 0; least <= 64; least++)
        CHECK_EQ(o->longest_run(x, least), least > longest ? least : longest);
}

/* Functions of two words. */
static void check_pair(const struct bits_ops *o, uint64_t x, uint64_t y)
{
    struct apart a = apart_of(x), b = apart_of(y);
    uint8_t not[64], and[64], or[64], andnot[64];
    for (uint32_t k = 0; k < 64; k++) {
        not[k] = !a.bit[k];
        and[k] = a.bit[k] && b.bit[k];
        or[k] = a.bit[k] || b.bit[k];
        andnot[k] = a.bit[k] && !b.bit[k];
    }
    CHECK_EQ(o->not(x), whole_of(not));
    CHECK_EQ(o->and(x, y), whole_of(and));
    CHECK_EQ(o->or(x, y), whole_of(or));
    CHECK_EQ(o->andnot(x, y), whole_of(andnot));
}

static void check_word(const struct bits_ops *o, uint64_t x)
{
    struct apart a = apart_of(x);
    check_scans(o, x, &a);
    check_runs(o, x, &a);
}

/* The word of ones in [first, end). */
static uint64_t word_of_range(uint32_t first, uint32_t end)
{
    uint8_t bit[64] = {0};
    for (uint32_t k = first; k < end; k++) bit[k] = 1;
    return whole_of(bit);
}

static void check_all(const struct bits_ops *o)
{
    check_masks(o);
    for (uint32_t first = 0; first < 64; first++)
        for (uint32_t end = first; end <= 64; end++) {
            uint64_t x = word_of_range(first, end);
            check_word(o, x);
            check_word(o, UINT64_MAX - x);
            check_pair(o, x, word_of_range(end / 2, 64 - first));
        }
    uint64_t seed = 1;
    for (uint32_t i = 0; i < RANDOM_WORDS; i++) {
        uint64_t x = random_word(&seed), y = random_word(&seed);
        uint64_t words[3] = {x, x & y, x | y};
        for (uint32_t k = 0; k < 3; k++) {
            struct apart a = apart_of(words[k]);
            check_word(o, words[k]);
            if (i < 200) check_indexed(o, words[k], &a);
            check_pair(o, words[k], y);
        }
    }
}

int main(void)
{
    struct bits_ops built = bits_ops_here(), portable = bits_ops_portable();
    CHECK(built.builtin && !portable.builtin);
    check_all(&built);
    check_all(&portable);
    return unit_report("bits");
}
