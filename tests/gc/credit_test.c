/* credit_test.c -- fractions, accounts and the bank against a ledger in wide integers. */
#include "../../src/gc/credit.h"
#include "../random.h"
#include "../unit.h"

/* Signed numbers wide enough for every balance. */
__extension__ typedef __int128 wide;

static wide balance(const struct credit *c) { return (wide)c->spare - c->owed; }

static wide held(wide x)
{
    wide most = UINT64_MAX;
    return x > most ? most : x < -most ? -most : x;
}

static struct ratio any_ratio(uint64_t *seed)
{
    return ratio_of(random_length(seed), ratio_max(1, random_length(seed)));
}

static void check_ratios(void)
{
    uint64_t seed = 3;
    for (int i = 0; i < 200000; i++) {
        uint64_t a = random_length(&seed), b = ratio_max(1, random_length(&seed));
        uint64_t x = random_length(&seed);
        struct ratio r = ratio_of(a, b);
        CHECK(r.den >= 1);
        if (r.den != UINT32_MAX) CHECK((wide)r.num * b * 32768 <= (wide)a * r.den * 32769);
        if (r.num != UINT32_MAX) CHECK((wide)a * r.den * 32768 <= (wide)r.num * b * 32769);
        if (a <= UINT32_MAX && b <= UINT32_MAX) CHECK(r.num == a && r.den == b);
        wide product = (wide)x * r.num / r.den;
        CHECK_EQ(ratio_times(r, x), product > UINT64_MAX ? UINT64_MAX : (uint64_t)product);
        struct ratio s = any_ratio(&seed);
        CHECK_EQ(ratio_below(r, s), (wide)r.num * s.den < (wide)s.num * r.den);
    }
    CHECK_EQ(ratio_of(UINT64_MAX, 1).num, UINT32_MAX);
    CHECK_EQ(ratio_of(1, UINT64_MAX).den, UINT32_MAX);
    CHECK_EQ(ratio_of(0, UINT64_MAX).num, 0);
}

/* Charges and gifts at random: the account is the ledger's. */
static void check_accounts(void)
{
    uint64_t seed = 5;
    struct credit c = {0, 0};
    for (int i = 0; i < 200000; i++) {
        uint64_t bytes = random_length(&seed);
        wide before = balance(&c);
        if (random_below(&seed, 2)) {
            credit_charge(&c, bytes);
            CHECK(balance(&c) == held(before - bytes));
        } else {
            credit_give(&c, bytes);
            CHECK(balance(&c) == held(before + bytes));
        }
        CHECK(c.owed == 0 || c.spare == 0);
    }
}

/* An object's size is charged before it is there, the rest of its slot afterwards; freed again, all
 * is given back, and nothing is owed. */
static void check_freed_again(void)
{
    static const uint64_t sizes[][2] = {{16, 16}, {17, 32}, {64, 64}, {500, 512}, {512, 512},
                                        {4096, 4096}, {20000, 20480}, {32760, 32768}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct credit c = {0, 0};
        for (int n = 0; n < 1000; n++) {
            credit_charge(&c, sizes[i][0]);
            credit_charge(&c, sizes[i][1] - sizes[i][0]);
            credit_give(&c, sizes[i][1]);
        }
        CHECK(c.owed == 0 && c.spare == 0);
    }
}

/* All that was done in the background or by threads themselves is credited once. */
static void check_conserved(void)
{
    uint64_t seed = 9, banked = 0, claimed = 0;
    struct bank bank = {0};
    struct credit threads[4] = {{0, 0}};
    for (int i = 0; i < 100000; i++) {
        struct credit *c = &threads[random_below(&seed, 4)];
        struct ratio assist = {1 + random_below(&seed, 1000), 1 + random_below(&seed, 1000)};
        if (random_below(&seed, 3) == 0) {
            uint64_t work = random_below(&seed, 1 << 18);
            bank_add(&bank, work);
            banked += work;
        }
        credit_charge(c, random_below(&seed, 1 << 16));
        uint64_t owed = c->owed, had = bank.work;
        wide before = balance(c);
        uint64_t rest = credit_claim(c, &bank, assist);
        claimed += had - bank.work;
        uint64_t due = ratio_max(CREDIT_LEAST_WORK, ratio_times(assist, owed));
        if (owed == 0) CHECK(rest == 0 && had == bank.work && balance(c) == before);
        else CHECK_EQ(rest, due - (had - bank.work));
        if (owed > 0 && rest == 0) CHECK_EQ(c->owed, 0);
        if (rest > 0) {
            CHECK_EQ(bank.work, 0);
            credit_done(c, assist, rest);
            CHECK(balance(c) > before);
        }
        CHECK_EQ(bank.work + claimed, banked);
    }
    CHECK(claimed > 0);
}

/* A ratio that rounds to nothing pays for everything. */
static void check_free_of_charge(void)
{
    struct credit c = {0, 1000};
    CHECK_EQ(credit_bytes((struct ratio){0, 1}, 1), UINT64_MAX);
    credit_done(&c, (struct ratio){0, 1}, 1);
    CHECK_EQ(c.owed, 0);
}

int main(void)
{
    check_ratios();
    check_accounts();
    check_freed_again();
    check_conserved();
    check_free_of_charge();
    return unit_report("gc/credit");
}
