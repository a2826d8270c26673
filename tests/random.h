/* random.h -- numbers for tests that try many cases: the same ones in every run.
 *
 * A linear congruence of 64 bits; its high half, which is the better one, twice for a word.
 */
#ifndef WPM_TESTS_RANDOM_H
#define WPM_TESTS_RANDOM_H

#include <stdint.h>

/* The next 32 random bits. */
static inline uint32_t random_bits(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 32);
}

/* A random word. */
static inline uint64_t random_word(uint64_t *state)
{
    uint64_t high = random_bits(state);
    return high << 32 | random_bits(state);
}

/* A random number below n, n > 0. */
static inline uint32_t random_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)((uint64_t)random_bits(state) * n >> 32);
}

/* A random number of any length in bits, 0 to 64. */
static inline uint64_t random_length(uint64_t *state)
{
    uint32_t bits = random_below(state, 65);
    return bits == 0 ? 0 : random_word(state) >> (64 - bits);
}

#endif
