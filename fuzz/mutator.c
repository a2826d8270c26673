/* mutator.c -- changes to an input that keep its records whole, for libFuzzer and AFL++.
 *
 * A byte put in or taken out in the middle turns all calls behind it into others. Here records are
 * repeated, dropped, moved, made anew or given another record's operand, and an input grows by rows
 * of like calls, which is what fills spans and empties them again. libFuzzer asks through
 * LLVMFuzzerCustomMutator, AFL++ through afl_custom_*, of a shared object made from this file.
 */
#include "fuzz.h"

#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) __attribute__((weak));
void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *mutator, uint8_t *data, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t most);
void afl_custom_deinit(void *mutator);

struct dice {
    uint64_t state;
};

/* 0..n-1; n > 0. */
static size_t roll(struct dice *d, size_t n)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(d->state >> 33) % n;
}

static void random_bytes(struct dice *d, uint8_t *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) at[i] = (uint8_t)roll(d, 256);
}

/* Make room for `n` records before record `at`; false when there is none. */
static bool open_gap(uint8_t *data, size_t *records, size_t most, size_t at, size_t n)
{
    if (*records + n > most) return false;
    memmove(data + (at + n) * RECORD_BYTES, data + at * RECORD_BYTES,
            (*records - at) * RECORD_BYTES);
    *records += n;
    return true;
}

static void close_gap(uint8_t *data, size_t *records, size_t at, size_t n)
{
    memmove(data + at * RECORD_BYTES, data + (at + n) * RECORD_BYTES,
            (*records - at - n) * RECORD_BYTES);
    *records -= n;
}

/* A row of calls that differ in the thing they are about. */
static void add_row(struct dice *d, uint8_t *data, size_t *records, size_t most)
{
    uint8_t pattern[RECORD_BYTES];
    size_t n = 1 + roll(d, 64), at = roll(d, *records + 1);
    random_bytes(d, pattern, sizeof pattern);
    if (!open_gap(data, records, most, at, n)) return;
    for (size_t i = 0; i < n; i++) {
        memcpy(data + (at + i) * RECORD_BYTES, pattern, sizeof pattern);
        data[(at + i) * RECORD_BYTES + 1] = (uint8_t)(pattern[1] + i);
    }
}

/* Repeat a stretch of records somewhere else. */
static void repeat(struct dice *d, uint8_t *data, size_t *records, size_t most)
{
    uint8_t stretch[32 * RECORD_BYTES];
    size_t from = roll(d, *records), left = *records - from;
    size_t n = 1 + roll(d, left < 32 ? left : 32), at = roll(d, *records + 1);
    memcpy(stretch, data + from * RECORD_BYTES, n * RECORD_BYTES);
    if (open_gap(data, records, most, at, n))
        memcpy(data + at * RECORD_BYTES, stretch, n * RECORD_BYTES);
}

/* One change to an input of at least one record. */
static void change(struct dice *d, uint8_t *data, size_t *records, size_t most)
{
    uint8_t *one = data + roll(d, *records) * RECORD_BYTES;
    const uint8_t *other = data + roll(d, *records) * RECORD_BYTES;
    size_t byte = roll(d, RECORD_BYTES), first = roll(d, *records);
    switch (roll(d, 8)) {
    case 0: random_bytes(d, one, RECORD_BYTES); break;
    case 1: one[byte] = (uint8_t)roll(d, 256); break;
    case 2: one[byte] = (uint8_t)(one[byte] + (roll(d, 2) != 0 ? 1 : -1)); break;
    case 3: one[byte] = other[byte]; break;
    case 4: close_gap(data, records, first, 1 + roll(d, (*records - first + 3) / 4)); break;
    case 5: repeat(d, data, records, most); break;
    case 6: one[0] = other[0]; break;
    default: add_row(d, data, records, most); break;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    struct dice d = {seed * 2654435761u + 1u};
    size_t records = size / RECORD_BYTES, most_records = most / RECORD_BYTES;
    if (most_records == 0) return size;
    if (LLVMFuzzerMutate != NULL && size > 0 && roll(&d, 8) == 0)
        return LLVMFuzzerMutate(data, size, most);
    for (size_t n = 1 + roll(&d, 4); n > 0; n--) {
        if (records == 0) add_row(&d, data, &records, most_records);
        else change(&d, data, &records, most_records);
    }
    return records * RECORD_BYTES;
}

/* ---- AFL++ -------------------------------------------------------------------------------- */

struct mutator {
    unsigned seed;
    uint8_t *buffer;
    size_t bytes;
};

void *afl_custom_init(void *afl, unsigned seed)
{
    struct mutator *m = calloc(1, sizeof *m);
    (void)afl;
    if (m != NULL) m->seed = seed;
    return m;
}

size_t afl_custom_fuzz(void *mutator, uint8_t *data, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t most)
{
    struct mutator *m = mutator;
    (void)other;
    (void)other_size;
    if (m->bytes < most) {
        uint8_t *buffer = realloc(m->buffer, most);
        if (buffer == NULL) return 0;
        m->buffer = buffer;
        m->bytes = most;
    }
    if (size > most) size = most;
    memcpy(m->buffer, data, size);
    *out = m->buffer;
    return LLVMFuzzerCustomMutator(m->buffer, size, most, m->seed++);
}

void afl_custom_deinit(void *mutator)
{
    struct mutator *m = mutator;
    free(m->buffer);
    free(m);
}
