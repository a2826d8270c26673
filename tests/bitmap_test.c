/* bitmap_test.c -- ranges of a bitmap against an array of one byte a bit. */
#include "../src/bitmap.h"
#include "random.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define WORDS 12u
#define BITS (64 * WORDS)

/* The bitmap, a word before and after it that nothing may touch, and what its bits should be. */
struct pair {
    uint64_t word[WORDS + 2];
    uint8_t bit[BITS];
};

#define GUARD 0x5aa5c33c0ff0a55au

static uint64_t *bitmap_of(struct pair *p) { return p->word + 1; }

static void fill(struct pair *p, uint64_t value)
{
    p->word[0] = p->word[WORDS + 1] = GUARD;
    for (uint32_t k = 0; k < WORDS; k++) bitmap_of(p)[k] = value;
    for (uint32_t i = 0; i < BITS; i++) p->bit[i] = value / ((uint64_t)1 << i % 64) % 2 != 0;
}

static void check_same(const struct pair *p)
{
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < BITS; i++)
        wrong += p->word[1 + i / 64] / ((uint64_t)1 << i % 64) % 2 != p->bit[i];
    CHECK_EQ(wrong, 0);
    CHECK(p->word[0] == GUARD && p->word[WORDS + 1] == GUARD);
}

static void set_range(struct pair *p, uint32_t first, uint32_t end)
{
    bitmap_set_range(bitmap_of(p), first, end);
    memset(p->bit + first, 1, end - first);
}

static void clear_range(struct pair *p, uint32_t first, uint32_t end)
{
    bitmap_clear_range(bitmap_of(p), first, end);
    memset(p->bit + first, 0, end - first);
}

/* What can be asked of [first, end). */
static void check_queries(struct pair *p, uint32_t first, uint32_t end)
{
    uint32_t set = first, clear = first, count = 0;
    while (set < end && !p->bit[set]) set++;
    while (clear < end && p->bit[clear]) clear++;
    for (uint32_t i = first; i < end; i++) count += p->bit[i];
    CHECK_EQ(bitmap_next_set(bitmap_of(p), first, end), set);
    CHECK_EQ(bitmap_next_clear(bitmap_of(p), first, end), clear);
    if (first < end) CHECK_EQ(bitmap_count_range(bitmap_of(p), first, end), count);
}

/* Every range of the first words, set in zeros, cleared in ones, asked in three patterns. */
static void check_borders(void)
{
    static const uint64_t pattern[] = {0, UINT64_MAX, 0x8000000000000001u};
    struct pair p;
    for (uint32_t first = 0; first <= 200; first++)
        for (uint32_t end = first; end <= 200; end++) {
            for (uint32_t k = 0; k < 3; k++) {
                fill(&p, pattern[k]);
                check_queries(&p, first, end);
            }
            if (first == end) continue;
            fill(&p, 0);
            set_range(&p, first, end);
            check_same(&p);
            check_queries(&p, first / 2, end + 1);
            fill(&p, UINT64_MAX);
            clear_range(&p, first, end);
            check_same(&p);
            check_queries(&p, first / 2, end + 1);
        }
    fill(&p, 0);
    set_range(&p, 0, BITS);
    check_same(&p);
    check_queries(&p, 0, BITS);
    check_queries(&p, BITS, BITS);
    clear_range(&p, BITS - 1, BITS);
    check_same(&p);
    check_queries(&p, 0, BITS);
}

/* Each bit alone. */
static void check_single(void)
{
    struct pair p;
    fill(&p, 0xf0f0f0f00f0f0f0fu);
    for (uint32_t i = 0; i < BITS; i++) {
        CHECK_EQ(bitmap_test(bitmap_of(&p), i), p.bit[i]);
        if (p.bit[i]) bitmap_clear(bitmap_of(&p), i);
        else bitmap_set(bitmap_of(&p), i);
        p.bit[i] = !p.bit[i];
        CHECK_EQ(bitmap_test(bitmap_of(&p), i), p.bit[i]);
        check_same(&p);
    }
}

static void check_random(uint64_t seed, uint32_t steps)
{
    struct pair p;
    fill(&p, 0);
    for (uint32_t step = 0; step < steps; step++) {
        uint32_t longest = step % 2 ? 70 : BITS;
        uint32_t first = random_below(&seed, BITS);
        uint32_t room = BITS - first < longest ? BITS - first : longest;
        uint32_t end = first + 1 + random_below(&seed, room);
        if (random_below(&seed, 2)) set_range(&p, first, end);
        else clear_range(&p, first, end);
        check_same(&p);
        first = random_below(&seed, BITS + 1);
        check_queries(&p, first, first + random_below(&seed, BITS + 1 - first));
    }
}

/* The last indexes that there are. The rest of the array is never touched. */
static void check_highest(void)
{
    const uint32_t end = BITMAP_MAX_BITS, first = end - 130;
    uint64_t *w = calloc(end / 64, sizeof *w);
    if (!CHECK(w != NULL)) return;
    bitmap_set_range(w, first, end);
    CHECK_EQ(bitmap_next_set(w, end - 1000, end), first);
    CHECK_EQ(bitmap_next_clear(w, first, end), end);
    CHECK_EQ(bitmap_count_range(w, end - 1000, end), 130);
    bitmap_clear_range(w, end - 1, end);
    CHECK_EQ(bitmap_next_clear(w, first, end), end - 1);
    CHECK_EQ(bitmap_next_set(w, end - 1, end), end);
    CHECK_EQ(bitmap_count_range(w, end - 1000, end), 129);
    bitmap_set(w, end - 1);
    CHECK_EQ(bitmap_test(w, end - 1), 1);
    CHECK_EQ(w[end / 64 - 1], UINT64_MAX);
    CHECK_EQ(w[end / 64 - 3], (uint64_t)3 << 62);
    free(w);
}

int main(void)
{
    check_borders();
    check_single();
    check_random(1, 40000);
    check_highest();
    return unit_report("bitmap");
}
