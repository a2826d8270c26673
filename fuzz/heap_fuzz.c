/* heap_fuzz.c -- sequences of calls on one heap, against a list of what is live.
 *
 * The input is a row of records of four bytes: what to do, to which of the objects, and a size.
 * The heap lies in a region of 2 MiB, so that it runs out of memory. After each call the result is
 * compared with what the list says; each object carries a pattern from its first to its last byte,
 * so overlapping objects are seen; the heap's records are checked (heapcheck.h). Built with
 * -DREPLAY_MAIN it runs the files named on the command line.
 */
#include "heapcheck.h"
#include "wpmalloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS 256u
#define REGION_BYTES (2u << 20)
#define RECORD_BYTES 4u

struct object {
    unsigned char *at;
    size_t bytes;
    unsigned char mark;
};

static unsigned char region[REGION_BYTES];

#define REQUIRE(claim)                                                                             \
    do {                                                                                           \
        if (!(claim)) {                                                                            \
            fprintf(stderr, "heap_fuzz: line %d: not true: %s\n", __LINE__, #claim);               \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* A size from two bytes: mostly small, some large. */
static size_t size_of(unsigned a, unsigned b)
{
    if (a < 160) return a * 4 + b % 4;
    if (a < 240) return (size_t)(a - 160) * 256 + b;
    return (size_t)(a - 239) * 16384 + b;
}

static void fill(struct object *o, unsigned char mark)
{
    o->mark = mark;
    if (o->bytes > 0) memset(o->at, mark, o->bytes);
}

static void look(const struct object *o, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) REQUIRE(o->at[i] == o->mark);
}

static void began(wpm_heap *h, struct object *o, void *p, size_t bytes, size_t align,
                  unsigned char mark)
{
    o->at = p;
    if (p == NULL) return;
    REQUIRE((uintptr_t)p % align == 0 && (uintptr_t)p % 16 == 0);
    REQUIRE((unsigned char *)p >= region && (unsigned char *)p + bytes <= region + REGION_BYTES);
    REQUIRE(wpm_usable_size(h, p) >= bytes);
    o->bytes = bytes;
    fill(o, mark);
}

static void begin(wpm_heap *h, struct object *o, unsigned what, size_t bytes, unsigned char mark)
{
    size_t align = 16;
    void *p;
    if (what == 0) {
        p = wpm_calloc(h, 1, bytes);
        for (size_t i = 0; p != NULL && i < bytes; i++) REQUIRE(((unsigned char *)p)[i] == 0);
    } else if (what == 1) {
        align = (size_t)16 << (bytes % 11);
        p = wpm_aligned(h, align, bytes);
    } else {
        p = wpm_malloc(h, bytes);
    }
    began(h, o, p, bytes, align, mark);
}

static void end(wpm_heap *h, struct object *o)
{
    look(o, o->bytes);
    REQUIRE(wpm_free(h, o->at) == WPM_OK);
    REQUIRE(wpm_free(h, o->at) != WPM_OK);
    REQUIRE(wpm_usable_size(h, o->at) == 0);
    o->at = NULL;
}

static void resize(wpm_heap *h, struct object *o, size_t bytes, unsigned char mark)
{
    wpm_status status;
    void *p = wpm_realloc(h, o->at, bytes, &status);
    REQUIRE(status == WPM_OK);
    if (p != NULL) {
        o->at = p;
        look(o, bytes < o->bytes ? bytes : o->bytes);
        o->bytes = bytes;
    } else {
        look(o, o->bytes);
    }
    fill(o, mark);
}

/* Addresses that are no object: every one is refused, and nothing changes. */
static void misuse(wpm_heap *h, const struct object *o, size_t distance)
{
    if (distance == 0) distance = 1;
    size_t usable = wpm_usable_size(h, o->at);
    if (distance < usable) REQUIRE(wpm_free(h, o->at + distance) == WPM_INTERIOR);
    REQUIRE(wpm_free(h, &distance) == WPM_FOREIGN);
    REQUIRE(wpm_free(h, region + distance % 64) == WPM_FOREIGN);
    look(o, o->bytes);
}

static void step(wpm_heap *h, struct object *all, const unsigned char *record, unsigned char mark)
{
    struct object *o = &all[record[1] % OBJECTS];
    size_t bytes = size_of(record[2], record[3]);
    unsigned what = record[0] % 8;
    if (o->at == NULL) {
        begin(h, o, what, bytes, mark);
    } else if (what < 5) {
        end(h, o);
    } else if (what < 7) {
        resize(h, o, bytes, mark);
    } else {
        misuse(h, o, bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct object all[OBJECTS] = {{0}};
    wpm_statistics figures;
    wpm_heap *h = wpm_heap_init(region, sizeof region);
    REQUIRE(h != NULL);
    for (size_t i = 0; i + RECORD_BYTES <= size; i += RECORD_BYTES) {
        step(h, all, data + i, (unsigned char)(i / RECORD_BYTES + 1));
        REQUIRE(heap_check(h) == HEAP_SOUND);
    }
    uint64_t live = 0;
    for (unsigned i = 0; i < OBJECTS; i++) live += all[i].at != NULL;
    wpm_stats(h, &figures);
    REQUIRE(figures.live_objects == live);
    for (unsigned i = 0; i < OBJECTS; i++) {
        if (all[i].at != NULL) end(h, &all[i]);
    }
    return 0;
}

#ifdef REPLAY_MAIN
/* Random inputs of a fixed seed, then the files named. */
int main(int count, char **names)
{
    static uint8_t input[1 << 16];
    uint64_t state = 88172645463325252u;
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof input; i++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            input[i] = (uint8_t)state;
        }
        LLVMFuzzerTestOneInput(input, round % 2 ? sizeof input : 4096);
    }
    for (int i = 1; i < count; i++) {
        FILE *f = fopen(names[i], "rb");
        if (f == NULL) return 1;
        LLVMFuzzerTestOneInput(input, fread(input, 1, sizeof input, f));
        fclose(f);
    }
    printf("heap_fuzz: 200 random inputs and %d files replayed\n", count - 1);
    return 0;
}
#endif
