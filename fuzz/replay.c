/* replay.c -- a harness without a fuzzer: random inputs of a fixed seed, then the files named.
 *
 * Built by any compiler for any target, it shows that what a fuzzer has found still holds there.
 * The random inputs are the same everywhere. Ends with one line.
 */
#include "fuzz.h"

#define INPUT_BYTES 8192u
#define ROUNDS 60

static uint8_t input[INPUT_BYTES];

static void fill_random(uint64_t *state)
{
    for (size_t i = 0; i < sizeof input; i++) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        input[i] = (uint8_t)(*state >> 32);
    }
}

int main(int count, char **names)
{
    uint64_t state = 88172645463325252u;
    for (int round = 0; round < ROUNDS; round++) {
        fill_random(&state);
        (void)LLVMFuzzerTestOneInput(input, round % 2 != 0 ? sizeof input : sizeof input / 16);
    }
    for (int i = 1; i < count; i++) {
        FILE *f = fopen(names[i], "rb");
        if (f == NULL) {
            perror(names[i]);
            return 1;
        }
        size_t bytes = fread(input, 1, sizeof input, f);
        fclose(f);
        (void)LLVMFuzzerTestOneInput(input, bytes);
    }
    printf("%d random inputs and %d files replayed, %llu calls\n", ROUNDS, count - 1,
           (unsigned long long)fuzz_calls);
    return 0;
}
