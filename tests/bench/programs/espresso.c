/* espresso.c -- covers of Boolean functions, after the pattern of espresso.
 *
 * Complements random covers by Shannon's expansion. A cube is a heap object of a byte a variable; a
 * cover is an array of cubes that grows by realloc; every cofactor makes a new cover, so that
 * objects of 8 to 24 bytes and arrays of all lengths come and go in the order of a recursion.
 * Arguments: number of covers.
 */
#include "bench.h"

enum { VARIABLES_MAX = 24, ZERO = 1, ONE = 2, EITHER = 3 };

/* One literal a variable, as many as the problem has. */
typedef unsigned char cube;

typedef struct cover {
    cube **cubes;
    size_t count;
    size_t capacity;
} cover;

static int variables;

static cube *cube_copy(const cube *source)
{
    cube *copy = need(malloc((size_t)variables));
    memcpy(copy, source, (size_t)variables);
    return copy;
}

static cube *cube_universe(void)
{
    cube *all = need(malloc((size_t)variables));
    memset(all, EITHER, (size_t)variables);
    return all;
}

static bool cube_is_universe(const cube *c)
{
    for (int v = 0; v < variables; v++) {
        if (c[v] != EITHER) {
            return false;
        }
    }
    return true;
}

static bool cube_contains(const cube *outer, const cube *inner)
{
    for (int v = 0; v < variables; v++) {
        if ((outer[v] & inner[v]) != inner[v]) {
            return false;
        }
    }
    return true;
}

static cover *cover_new(void)
{
    return need(calloc(1, sizeof(cover)));
}

static void cover_free(cover *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->cubes[i]);
    }
    free(f->cubes);
    free(f);
}

/* The cover takes the cube. */
static void cover_append(cover *f, cube *c)
{
    if (f->count == f->capacity) {
        f->capacity += 2 + f->capacity / 4;
        f->cubes = need(realloc(f->cubes, f->capacity * sizeof f->cubes[0]));
    }
    f->cubes[f->count++] = c;
}

/* Like cover_append, but a cube that a cube of the cover contains is dropped. */
static void cover_append_new(cover *f, cube *c)
{
    for (size_t i = 0; i < f->count; i++) {
        if (cube_contains(f->cubes[i], c)) {
            free(c);
            return;
        }
    }
    cover_append(f, c);
}

/* Shrink the array to what it holds. */
static void cover_fit(cover *f)
{
    if (f->count > 0 && f->count < f->capacity) {
        f->capacity = f->count;
        f->cubes = need(realloc(f->cubes, f->capacity * sizeof f->cubes[0]));
    }
}

/* The cubes of f that meet variable = value, freed of the variable. */
static cover *cofactor(const cover *f, int variable, unsigned char value)
{
    cover *result = cover_new();
    for (size_t i = 0; i < f->count; i++) {
        if (f->cubes[i][variable] & value) {
            cube *c = cube_copy(f->cubes[i]);
            c[variable] = EITHER;
            cover_append_new(result, c);
        }
    }
    return result;
}

/* The variable that most cubes depend on; -1 when none does. */
static int choose_variable(const cover *f)
{
    int best = -1;
    size_t best_uses = 0;
    for (int v = 0; v < variables; v++) {
        size_t uses = 0;
        for (size_t i = 0; i < f->count; i++) {
            uses += f->cubes[i][v] != EITHER;
        }
        if (uses > best_uses) {
            best_uses = uses;
            best = v;
        }
    }
    return best;
}

/* De Morgan's rule: one cube for every literal. */
static cover *complement_of_cube(const cube *c)
{
    cover *result = cover_new();
    for (int v = 0; v < variables; v++) {
        if (c[v] != EITHER) {
            cube *opposite = cube_universe();
            opposite[v] = (unsigned char)(EITHER - c[v]);
            cover_append(result, opposite);
        }
    }
    return result;
}

/* Move the cubes of `half` into `result`, with `variable` bound to `value`. */
static void merge(cover *result, cover *half, int variable, unsigned char value)
{
    for (size_t i = 0; i < half->count; i++) {
        half->cubes[i][variable] = value;
        cover_append_new(result, half->cubes[i]);
    }
    half->count = 0;
    cover_free(half);
}

/* The points that f leaves out. The depth is at most the number of variables. */
static cover *complement(const cover *f)
{
    if (f->count == 0) {
        cover *all = cover_new();
        cover_append(all, cube_universe());
        return all;
    }
    for (size_t i = 0; i < f->count; i++) {
        if (cube_is_universe(f->cubes[i])) {
            return cover_new();
        }
    }
    if (f->count == 1) {
        return complement_of_cube(f->cubes[0]);
    }
    int variable = choose_variable(f);
    cover *low = cofactor(f, variable, ZERO);
    cover *high = cofactor(f, variable, ONE);
    cover *low_complement = complement(low);
    cover *high_complement = complement(high);
    cover_free(low);
    cover_free(high);
    cover *result = cover_new();
    merge(result, low_complement, variable, ZERO);
    merge(result, high_complement, variable, ONE);
    cover_fit(result);
    return result;
}

static cover *random_cover(rng *random)
{
    cover *f = cover_new();
    uint32_t cubes = rng_between(random, 6, 12);
    for (uint32_t i = 0; i < cubes; i++) {
        cube *c = cube_universe();
        uint32_t literals = rng_between(random, 2, 5);
        for (uint32_t j = 0; j < literals; j++) {
            c[rng_below(random, (uint32_t)variables)] = (unsigned char)rng_between(random, 1, 2);
        }
        cover_append_new(f, c);
    }
    return f;
}

int main(int argc, char **argv)
{
    long covers = argument(argc, argv, 1, 2500);
    rng random = rng_seed(1);
    uint64_t sum = 0;
    for (long i = 0; i < covers; i++) {
        variables = (int)rng_between(&random, 8, VARIABLES_MAX);
        cover *f = random_cover(&random);
        cover *g = complement(f);
        cover *h = complement(g);
        sum = sum * 31 + g->count * 7 + h->count;
        cover_free(f);
        cover_free(g);
        cover_free(h);
    }
    printf("espresso: %ld covers, sum %016" PRIx64 "\n", covers, sum);
    return 0;
}
