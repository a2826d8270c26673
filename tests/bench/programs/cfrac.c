/* cfrac.c -- tiny big numbers by the million, after the pattern of cfrac.
 *
 * The relation stage of factoring by continued fractions: expand the square root of n, and divide
 * each remainder by the primes of a small factor base. Numbers are immutable; every sum, product,
 * quotient and remainder is a heap object of 8 to 40 bytes that dies at its next use.
 * Arguments: terms of the expansion.
 */
#include "bench.h"

typedef struct big {
    uint32_t limbs;   /* without leading zeros; 0 for zero */
    uint32_t limb[];  /* least first */
} big;

static big *big_new(uint32_t limbs)
{
    big *x = need(malloc(sizeof *x + limbs * sizeof x->limb[0]));
    x->limbs = limbs;
    return x;
}

static big *big_trim(big *x)
{
    while (x->limbs > 0 && x->limb[x->limbs - 1] == 0) {
        x->limbs--;
    }
    return x;
}

static big *big_from(uint64_t value)
{
    big *x = big_new(2);
    x->limb[0] = (uint32_t)value;
    x->limb[1] = (uint32_t)(value >> 32);
    return big_trim(x);
}

static uint64_t big_low(const big *x)
{
    uint64_t low = x->limbs > 0 ? x->limb[0] : 0;
    return x->limbs > 1 ? low | (uint64_t)x->limb[1] << 32 : low;
}

static bool big_below(const big *a, const big *b)
{
    if (a->limbs != b->limbs) {
        return a->limbs < b->limbs;
    }
    for (uint32_t i = a->limbs; i-- > 0;) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i];
        }
    }
    return false;
}

static big *big_add(const big *a, const big *b)
{
    uint32_t limbs = (a->limbs > b->limbs ? a->limbs : b->limbs) + 1;
    big *sum = big_new(limbs);
    uint64_t carry = 0;
    for (uint32_t i = 0; i < limbs; i++) {
        carry += i < a->limbs ? a->limb[i] : 0;
        carry += i < b->limbs ? b->limb[i] : 0;
        sum->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return big_trim(sum);
}

/* a - b, for a >= b. */
static big *big_subtract(const big *a, const big *b)
{
    big *difference = big_new(a->limbs);
    int64_t borrow = 0;
    for (uint32_t i = 0; i < a->limbs; i++) {
        borrow += (int64_t)a->limb[i] - (i < b->limbs ? b->limb[i] : 0);
        difference->limb[i] = (uint32_t)borrow;
        borrow = borrow < 0 ? -1 : 0;
    }
    return big_trim(difference);
}

static big *big_multiply(const big *a, const big *b)
{
    big *product = big_new(a->limbs + b->limbs);
    memset(product->limb, 0, product->limbs * sizeof product->limb[0]);
    for (uint32_t i = 0; i < a->limbs; i++) {
        uint64_t carry = 0;
        for (uint32_t j = 0; j < b->limbs; j++) {
            carry += (uint64_t)a->limb[i] * b->limb[j] + product->limb[i + j];
            product->limb[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        product->limb[i + b->limbs] = (uint32_t)carry;
    }
    return big_trim(product);
}

static big *divide_by_limb(const big *a, uint32_t b, big **remainder)
{
    big *quotient = big_new(a->limbs);
    uint64_t rest = 0;
    for (uint32_t i = a->limbs; i-- > 0;) {
        rest = rest << 32 | a->limb[i];
        quotient->limb[i] = (uint32_t)(rest / b);
        rest %= b;
    }
    *remainder = big_from(rest);
    return big_trim(quotient);
}

/* A copy of x with one more limb, shifted left by fewer than 32 bits. */
static big *shifted_left(const big *x, unsigned shift)
{
    big *y = big_new(x->limbs + 1);
    uint64_t carry = 0;
    for (uint32_t i = 0; i < x->limbs; i++) {
        carry |= (uint64_t)x->limb[i] << shift;
        y->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    y->limb[x->limbs] = (uint32_t)carry;
    return y;
}

/* Subtract digit * b from the limbs of `rest` at `at`; returns the digit, corrected. */
static uint32_t subtract_digit(big *rest, const big *b, uint32_t limbs, uint32_t at, uint64_t digit)
{
    int64_t borrow = 0;
    uint64_t carry = 0;
    for (uint32_t i = 0; i <= limbs; i++) {
        carry += i < limbs ? digit * b->limb[i] : 0;
        borrow += (int64_t)rest->limb[at + i] - (int64_t)(uint32_t)carry;
        rest->limb[at + i] = (uint32_t)borrow;
        borrow = borrow < 0 ? -1 : 0;
        carry >>= 32;
    }
    while (borrow < 0) {
        digit--;
        carry = 0;
        for (uint32_t i = 0; i <= limbs; i++) {
            carry += (uint64_t)rest->limb[at + i] + (i < limbs ? b->limb[i] : 0);
            rest->limb[at + i] = (uint32_t)carry;
            carry >>= 32;
        }
        borrow += (int64_t)carry;
    }
    return (uint32_t)digit;
}

/* Long division for b > 0: the quotient, and the remainder in *remainder. */
static big *big_divide(const big *a, const big *b, big **remainder)
{
    if (b->limbs == 1) {
        return divide_by_limb(a, b->limb[0], remainder);
    }
    if (big_below(a, b)) {
        *remainder = big_new(a->limbs);
        memcpy((*remainder)->limb, a->limb, a->limbs * sizeof a->limb[0]);
        return big_new(0);
    }
    unsigned shift = (unsigned)__builtin_clz(b->limb[b->limbs - 1]);
    big *rest = shifted_left(a, shift);
    big *divisor = shifted_left(b, shift);
    big *quotient = big_new(a->limbs - b->limbs + 1);
    uint32_t limbs = b->limbs;
    for (uint32_t at = quotient->limbs; at-- > 0;) {
        uint64_t top = (uint64_t)rest->limb[at + limbs] << 32 | rest->limb[at + limbs - 1];
        uint64_t digit = top / divisor->limb[limbs - 1];
        digit = digit > UINT32_MAX ? UINT32_MAX : digit;
        quotient->limb[at] = subtract_digit(rest, divisor, limbs, at, digit);
    }
    big *reduced = big_new(limbs);
    for (uint32_t i = 0; i < limbs; i++) {
        uint64_t pair = (uint64_t)rest->limb[i + 1] << 32 | rest->limb[i];
        reduced->limb[i] = (uint32_t)(pair >> shift);
    }
    free(rest);
    free(divisor);
    *remainder = big_trim(reduced);
    return big_trim(quotient);
}

/* Replace *x by `value`. */
static void put(big **x, big *value)
{
    free(*x);
    *x = value;
}

/* The integer square root, by Newton's rule from above. */
static big *big_root(const big *n)
{
    big *two = big_from(2);
    big *remainder = NULL;
    big *root = big_add(n, two);
    for (;;) {
        big *quotient = big_divide(n, root, &remainder);
        big *sum = big_add(root, quotient);
        free(quotient);
        free(remainder);
        big *next = big_divide(sum, two, &remainder);
        free(sum);
        free(remainder);
        if (!big_below(next, root)) {
            free(next);
            free(two);
            return root;
        }
        put(&root, next);
    }
}

enum { PRIMES = 48 };

/* Does q fall apart over the factor base? */
static bool is_smooth(const big *q, big *const *primes)
{
    big *rest = big_add(q, primes[0]);
    put(&rest, big_subtract(rest, primes[0]));
    for (int i = 0; i < PRIMES; i++) {
        for (;;) {
            big *remainder = NULL;
            big *quotient = big_divide(rest, primes[i], &remainder);
            bool divides = remainder->limbs == 0;
            free(remainder);
            if (!divides) {
                free(quotient);
                break;
            }
            put(&rest, quotient);
        }
    }
    bool smooth = rest->limbs == 1 && rest->limb[0] == 1;
    free(rest);
    return smooth;
}

static void fill_primes(big **primes)
{
    int found = 0;
    for (uint32_t candidate = 2; found < PRIMES; candidate++) {
        bool prime = true;
        for (int i = 0; i < found && prime; i++) {
            prime = candidate % primes[i]->limb[0] != 0;
        }
        if (prime) {
            primes[found++] = big_from(candidate);
        }
    }
}

/* The state of the expansion: p, q and term by the recurrences, numerators modulo n. */
typedef struct expansion {
    big *n, *root, *p, *q, *term, *numerator, *previous;
} expansion;

static void expansion_step(expansion *e)
{
    big *rest = NULL;
    big *product = big_multiply(e->term, e->q);
    put(&e->p, big_subtract(product, e->p));
    put(&product, big_multiply(e->p, e->p));
    put(&product, big_subtract(e->n, product));
    put(&e->q, big_divide(product, e->q, &rest));
    expect(rest->limbs == 0, "exact division");
    put(&product, big_add(e->root, e->p));
    free(rest);
    put(&e->term, big_divide(product, e->q, &rest));
    free(rest);
    put(&product, big_multiply(e->term, e->numerator));
    put(&product, big_add(product, e->previous));
    big *quotient = big_divide(product, e->n, &rest);
    free(quotient);
    free(product);
    free(e->previous);
    e->previous = e->numerator;
    e->numerator = rest;
}

int main(int argc, char **argv)
{
    long terms = argument(argc, argv, 1, 500000);
    big *primes[PRIMES];
    fill_primes(primes);
    big *a = big_from(UINT64_C(1000000000039));
    big *b = big_from(UINT64_C(1099511627791));
    expansion e = { .n = big_multiply(a, b) };
    e.root = big_root(e.n);
    e.p = big_from(0);
    e.q = big_from(1);
    e.term = big_add(e.root, e.p);
    e.numerator = big_add(e.root, e.p);
    e.previous = big_from(1);
    long smooth = 0;
    uint64_t sum = 0;
    for (long i = 0; i < terms; i++) {
        expansion_step(&e);
        smooth += is_smooth(e.q, primes);
        sum = sum * 31 + big_low(e.numerator);
    }
    printf("cfrac: %ld terms, %ld smooth, sum %016" PRIx64 "\n", terms, smooth, sum);
    return 0;
}
