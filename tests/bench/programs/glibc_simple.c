/* glibc_simple.c -- one size at a time, after the pattern of glibc's bench-malloc-simple.
 *
 * For each of ten sizes and four counts: allocate that many objects, free them in the order of
 * allocation; allocate again, free in the opposite order. The plainest test of a malloc's fast
 * path, and with the larger counts of how it refills. Arguments: rounds.
 */
#include "bench.h"

/* Batches stay below the bytes at which glibc trims its heap: the subject is not the kernel. */
enum { SIZES = 10, COUNTS = 4, COUNT_MAX = 1600, BATCH_BYTES_MAX = 104000 };

static const size_t sizes[SIZES] = { 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024 };
static const int counts[COUNTS] = { 25, 100, 400, COUNT_MAX };

static uint64_t batch(void **objects, size_t size_bytes, int count)
{
    uint64_t sum = 0;
    for (int i = 0; i < count; i++) {
        objects[i] = need(malloc(size_bytes));
        *(uint64_t *)objects[i] = (uint64_t)i;
    }
    for (int i = 0; i < count; i++) {
        sum += *(uint64_t *)objects[i];
        free(objects[i]);
    }
    for (int i = 0; i < count; i++) {
        objects[i] = need(malloc(size_bytes));
        *(uint64_t *)objects[i] = size_bytes;
    }
    for (int i = count; i-- > 0;) {
        sum += *(uint64_t *)objects[i];
        free(objects[i]);
    }
    return sum;
}

int main(int argc, char **argv)
{
    long rounds = argument(argc, argv, 1, 1200);
    void *objects[COUNT_MAX];
    uint64_t sum = 0;
    for (long round = 0; round < rounds; round++) {
        for (int s = 0; s < SIZES; s++) {
            for (int c = 0; c < COUNTS; c++) {
                /* As many objects for each count. */
                bool fits = (size_t)counts[c] * sizes[s] <= BATCH_BYTES_MAX;
                for (int done = 0; fits && done < COUNT_MAX; done += counts[c]) {
                    sum += batch(objects, sizes[s], counts[c]);
                }
            }
        }
    }
    printf("glibc_simple: %ld rounds, sum %" PRIu64 "\n", rounds, sum);
    return 0;
}
