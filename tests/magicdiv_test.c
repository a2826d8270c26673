/* magicdiv_test.c -- the quotient and the exactness of a product, against / and %. */
#include "../src/magicdiv.h"
#include "unit.h"

#define SWEEP_OFFSETS 131072u /* bytes of the largest span */

/* One offset, all three ways to read it. */
static bool agrees(uint32_t off, uint32_t d, uint32_t m)
{
    uint64_t product = magic_product(off, m);
    bool quotient = magic_quotient(product) == off / d && magic_div(off, m) == off / d;
    bool exact = off >= m || magic_exact(product, m) == (off % d == 0);
    return quotient && exact;
}

/* Every offset below `limit` that the precondition admits. */
static void check_divisor(uint32_t d, uint32_t limit)
{
    uint32_t m = magic_of(d);
    CHECK_EQ(m, (0x100000000u + d - 1) / d);
    uint32_t wrong = 0;
    for (uint32_t off = 0; off < limit && (uint64_t)off * (d - 1) < MAGIC_ONE; off++)
        wrong += !agrees(off, d, m);
    CHECK_EQ(wrong, 0);
}

/* The last offsets that the precondition admits, where the rounding is largest. */
static void check_edge(uint32_t d)
{
    uint32_t m = magic_of(d);
    uint64_t reach = (MAGIC_ONE - 1) / (d - 1); /* the last offset */
    uint32_t last = reach > UINT32_MAX ? UINT32_MAX : (uint32_t)reach;
    uint32_t wrong = 0;
    for (uint32_t k = 0; k < 4096 && k <= last; k++) wrong += !agrees(last - k, d, m);
    CHECK_EQ(wrong, 0);
}

int main(void)
{
    for (uint32_t d = 2; d < 600; d++) check_divisor(d, 20000);
    for (uint32_t d = 16; d <= 32768; d += 16) check_edge(d);
    for (uint32_t d = 128; d <= 32768; d += 1408) check_divisor(d, SWEEP_OFFSETS);
    for (uint32_t d = 32760; d < 32780; d++) check_divisor(d, SWEEP_OFFSETS);
    check_edge(2);
    check_edge(0x80000000u);
    check_edge(UINT32_MAX);
    return unit_report("magicdiv");
}
