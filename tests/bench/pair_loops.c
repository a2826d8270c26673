/* pair_loops.c -- six loops of malloc and free, for counting instructions.
 *
 * usage: pair_loops LOOP PAIRS heap|none
 *
 * Runs PAIRS pairs (a multiple of 1,000) of one malloc and one free in the order that LOOP says.
 * Both are called through pointers, so that no compiler removes a pair and no linker's stub is
 * counted; with "none" they point to functions of two instructions, which measures the loop itself.
 * Prints from which object malloc came. What happens before the loop does not depend on PAIRS: the
 * difference of two runs is the cost of the pairs alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 1000, SLOTS = 1024, DRAWS = 4096, BYTES_MIN = 8, BYTES_MAX = 1024 };

typedef struct allocator {
    void *(*take)(size_t bytes);
    void (*give)(void *object);
} allocator;

static size_t sizes[DRAWS];     /* uniform from BYTES_MIN to BYTES_MAX */
static uint16_t places[DRAWS];  /* uniform below SLOTS */
static uint16_t order[BATCH];   /* a permutation */
static void *objects[SLOTS];

static void *take_nothing(size_t bytes)
{
    (void)bytes;
    return objects;
}

static void give_nothing(void *object)
{
    (void)object;
}

static uint32_t draw(uint64_t *state, uint32_t bound)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(((*state >> 32) * bound) >> 32);
}

static void fill_tables(void)
{
    uint64_t state = 1;
    for (int i = 0; i < DRAWS; i++) {
        sizes[i] = BYTES_MIN + draw(&state, BYTES_MAX - BYTES_MIN + 1);
        places[i] = (uint16_t)draw(&state, SLOTS);
    }
    for (uint32_t i = 0; i < BATCH; i++) {
        uint32_t j = draw(&state, i + 1);
        order[i] = order[j];
        order[j] = (uint16_t)i;
    }
}

static void same_size(const allocator *a, long pairs, size_t bytes)
{
    for (long i = 0; i < pairs; i++) {
        a->give(a->take(bytes));
    }
}

static void mixed(const allocator *a, long pairs)
{
    for (long i = 0; i < pairs; i++) {
        a->give(a->take(sizes[i % DRAWS]));
    }
}

/* A batch of objects lives at a time, and dies in the order of its birth. */
static void first_in_first_out(const allocator *a, long pairs)
{
    for (long done = 0; done < pairs; done += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            objects[i] = a->take(64);
        }
        for (int i = 0; i < BATCH; i++) {
            a->give(objects[i]);
        }
    }
}

/* As above, but it dies in a random order. */
static void random_order(const allocator *a, long pairs)
{
    for (long done = 0; done < pairs; done += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            objects[i] = a->take(64);
        }
        for (int i = 0; i < BATCH; i++) {
            a->give(objects[order[i]]);
        }
    }
}

/* A table of objects of mixed sizes, replaced one at a time at random. */
static void churn(const allocator *a, long pairs)
{
    for (int i = 0; i < SLOTS; i++) {
        objects[i] = a->take(sizes[i]);
    }
    for (long i = 0; i < pairs; i++) {
        uint32_t at = places[i % DRAWS];
        a->give(objects[at]);
        objects[at] = a->take(sizes[(i + i / DRAWS) % DRAWS]);
    }
}

static int run(const char *loop, const allocator *a, long pairs)
{
    if (strcmp(loop, "same16") == 0) {
        same_size(a, pairs, 16);
    } else if (strcmp(loop, "same64") == 0) {
        same_size(a, pairs, 64);
    } else if (strcmp(loop, "mixed") == 0) {
        mixed(a, pairs);
    } else if (strcmp(loop, "fifo") == 0) {
        first_in_first_out(a, pairs);
    } else if (strcmp(loop, "random") == 0) {
        random_order(a, pairs);
    } else if (strcmp(loop, "churn") == 0) {
        churn(a, pairs);
    } else {
        return 2;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 4 || strtol(argv[2], NULL, 10) % BATCH != 0) {
        fputs("usage: pair_loops LOOP PAIRS heap|none (pairs: thousands)\n", stderr);
        return 2;
    }
    allocator heap = { .take = malloc, .give = free };
    allocator none = { .take = take_nothing, .give = give_nothing };
    Dl_info from;
    if (dladdr(dlsym(RTLD_DEFAULT, "malloc"), &from) == 0) {
        return 1;
    }
    fill_tables();
    int status = run(argv[1], strcmp(argv[3], "heap") == 0 ? &heap : &none,
                     strtol(argv[2], NULL, 10));
    printf("%s\n", from.dli_fname);
    return status;
}
