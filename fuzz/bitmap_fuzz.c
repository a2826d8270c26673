/* bitmap_fuzz.c -- ranges of bits against an array with a byte for each.
 *
 * A word stands on either side of the bitmap: a range that reaches too far changes it.
 */
#include "bitmap.h"
#include "fuzz.h"

#include <string.h>

#define WORDS 12u
#define BITS (WORDS * 64)
#define EDGE 0x5a5aa5a5c3c33c3cu

static uint32_t model_next(const uint8_t *model, uint8_t value, uint32_t first, uint32_t end)
{
    while (first < end && model[first] != value) first++;
    return first;
}

static uint32_t model_count(const uint8_t *model, uint32_t first, uint32_t end)
{
    uint32_t n = 0;
    for (uint32_t i = first; i < end; i++) n += model[i];
    return n;
}

static void step(uint64_t *words, uint8_t *model, struct record r)
{
    uint32_t one = r.a % BITS, end = one + r.b % (BITS - one) + 1;
    switch (r.op % 8) {
    case 0: bitmap_set(words, one); model[one] = 1; break;
    case 1: bitmap_clear(words, one); model[one] = 0; break;
    case 2: bitmap_set_range(words, one, end); memset(model + one, 1, end - one); break;
    case 3: bitmap_clear_range(words, one, end); memset(model + one, 0, end - one); break;
    case 4: REQUIRE(bitmap_next_set(words, one, end) == model_next(model, 1, one, end)); break;
    case 5: REQUIRE(bitmap_next_clear(words, one, end) == model_next(model, 0, one, end)); break;
    case 6: REQUIRE(bitmap_count_range(words, one, end) == model_count(model, one, end)); break;
    default: REQUIRE(bitmap_next_set(words, one, one) == one); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t words[WORDS + 2] = {EDGE};
    uint8_t model[BITS] = {0};
    words[WORDS + 1] = EDGE;
    for (size_t i = 0; i + RECORD_BYTES <= size; i += RECORD_BYTES) {
        step(words + 1, model, record_at(data + i));
        REQUIRE(words[0] == EDGE && words[WORDS + 1] == EDGE);
        for (uint32_t bit = 0; bit < BITS; bit++)
            REQUIRE(bitmap_test(words + 1, bit) == model[bit]);
    }
    return 0;
}
