/* bits_ops.h -- the functions of src/bits.h as a table, so that two builds of them meet in one
 * program. */
#ifndef WPM_TESTS_BITS_OPS_H
#define WPM_TESTS_BITS_OPS_H

#include "../src/bits.h"

struct bits_ops {
    uint64_t (*one)(uint32_t k);
    uint64_t (*set)(uint64_t x, uint32_t k);
    uint64_t (*clear)(uint64_t x, uint32_t k);
    uint32_t (*test)(uint64_t x, uint32_t k);
    uint64_t (*not)(uint64_t x);
    uint64_t (*and)(uint64_t x, uint64_t y);
    uint64_t (*or)(uint64_t x, uint64_t y);
    uint64_t (*andnot)(uint64_t x, uint64_t y);
    uint64_t (*shift_down)(uint64_t x, uint32_t k);
    uint64_t (*below)(uint32_t n);
    uint64_t (*between)(uint32_t first, uint32_t end);
    uint32_t (*lowest)(uint64_t x);
    uint32_t (*width)(uint64_t x);
    uint64_t (*drop_lowest)(uint64_t x, uint32_t k);
    uint32_t (*count)(uint64_t x);
    uint64_t (*run_starts)(uint64_t x, uint32_t n);
    uint32_t (*find_run)(uint64_t x, uint32_t n);
    uint32_t (*longest_run)(uint64_t x, uint32_t least);
    int builtin; /* whether this build uses the compiler's builtins */
};

/* The table of the file that includes this one. */
static inline struct bits_ops bits_ops_here(void)
{
    return (struct bits_ops){
        .one = bits_one, .set = bits_set, .clear = bits_clear, .test = bits_test,
        .not = bits_not, .and = bits_and, .or = bits_or, .andnot = bits_andnot,
        .shift_down = bits_shift_down, .below = bits_below, .between = bits_between,
        .lowest = bits_lowest, .width = bits_width, .drop_lowest = bits_drop_lowest,
        .count = bits_count, .run_starts = bits_run_starts, .find_run = bits_find_run,
        .longest_run = bits_longest_run, .builtin = BITS_BUILTIN,
    };
}

/* The table of the portable bodies, which are those that are proved (bits_portable.c). */
struct bits_ops bits_ops_portable(void);

#endif
