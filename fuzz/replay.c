/* replay.c -- a harness without a fuzzer: random inputs of a fixed seed, then the files named.
 *
 * Built by any compiler for any target, it shows that what a fuzzer has found still holds there.
 * The random inputs are the same everywhere. `@LIST` names a file with names of files. Ends with
 * one line.
 */
#include "fuzz.h"

#include <string.h>

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

/* One file's bytes as an input; false when it can't be read. */
static bool play(const char *name)
{
    FILE *f = fopen(name, "rb");
    if (f == NULL) {
        perror(name);
        return false;
    }
    size_t bytes = fread(input, 1, sizeof input, f);
    fclose(f);
    (void)LLVMFuzzerTestOneInput(input, bytes);
    return true;
}

/* The files that a list names, one a line: how many, -1 when one can't be read. */
static int play_list(const char *list)
{
    char name[256];
    int count = 0;
    FILE *f = fopen(list, "r");
    if (f == NULL) {
        perror(list);
        return -1;
    }
    while (fgets(name, sizeof name, f) != NULL) {
        name[strcspn(name, "\n")] = 0;
        if (!play(name)) return -1;
        count++;
    }
    fclose(f);
    return count;
}

int main(int count, char **names)
{
    uint64_t state = 88172645463325252u;
    int files = 0;
    for (int round = 0; round < ROUNDS; round++) {
        fill_random(&state);
        (void)LLVMFuzzerTestOneInput(input, round % 2 != 0 ? sizeof input : sizeof input / 16);
    }
    for (int i = 1; i < count; i++) {
        int played = names[i][0] == '@' ? play_list(names[i] + 1) : play(names[i]) ? 1 : -1;
        if (played < 0) return 1;
        files += played;
    }
    printf("%d random inputs and %d files replayed, %llu calls\n", ROUNDS, files,
           (unsigned long long)fuzz_calls);
    return 0;
}
