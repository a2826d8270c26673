/* fuzz.h -- what the harnesses share: an input as records of bytes, and claims that must hold.
 *
 * A harness reads its input a byte at a time, so that the same file means the same calls on every
 * machine, whatever its byte order and word length. Each call stands in a record of RECORD_BYTES
 * bytes; what is left over at the end is not read. A claim that does not hold ends the process, by
 * which the fuzzer knows.
 */
#ifndef WPM_FUZZ_H
#define WPM_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define RECORD_BYTES 6u

/* One call: what to do, to which thing, and two numbers. */
struct record {
    unsigned op;   /* 0..255 */
    unsigned what; /* 0..255 */
    unsigned a, b; /* 0..65535 each */
};

/* Records that this process has read so far, and adding them to the sum of all (calls.c). */
extern uint64_t fuzz_calls;
void fuzz_say(void);
#define CALLS_SAID 65536u

static inline struct record record_at(const uint8_t *data)
{
    struct record r = {data[0], data[1], data[2] | (unsigned)data[3] << 8,
                       data[4] | (unsigned)data[5] << 8};
    if (++fuzz_calls % CALLS_SAID == 0) fuzz_say();
    return r;
}

#define REQUIRE(claim)                                                                             \
    do {                                                                                           \
        if (!(claim)) {                                                                            \
            fprintf(stderr, "%s: line %d: not true: %s\n", __FILE__, __LINE__, #claim);            \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* Whether to look at all of a heap after the record that begins at `byte`: after each of the first
 * ones, and now and then later, since it takes longer than the call. */
static inline bool check_now(size_t byte)
{
    size_t record = byte / RECORD_BYTES;
    return record < 48 || record % 16 == 0;
}

/* A harness: one input, from an empty state. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
