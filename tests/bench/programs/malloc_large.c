/* malloc_large.c -- buffers of megabytes, after the pattern of malloc-large.
 *
 * A handful of buffers of 1 to 9 MiB live at a time; each step frees one and allocates another, and
 * touches a byte a page. An allocator that gives every large block back to the system pays a page
 * fault a page.
 * Arguments: steps.
 */
#include "bench.h"

enum { SLOTS = 8, BYTES_MIN = 1 << 20, BYTES_MAX = 9 << 20, PAGE_BYTES = 4096 };

int main(int argc, char **argv)
{
    long steps = argument(argc, argv, 1, 450);
    rng random = rng_seed(3);
    char *slots[SLOTS] = { NULL };
    size_t sizes[SLOTS] = { 0 };
    uint64_t sum = 0;
    for (long i = 0; i < steps; i++) {
        uint32_t at = rng_below(&random, SLOTS);
        if (slots[at] != NULL) {
            sum += (unsigned char)slots[at][sizes[at] - 1];
            free(slots[at]);
        }
        sizes[at] = rng_between(&random, BYTES_MIN, BYTES_MAX);
        slots[at] = need(malloc(sizes[at]));
        for (size_t byte = 0; byte < sizes[at]; byte += PAGE_BYTES) {
            slots[at][byte] = (char)i;
        }
        slots[at][sizes[at] - 1] = (char)i;
    }
    for (int i = 0; i < SLOTS; i++) {
        free(slots[i]);
    }
    printf("malloc_large: %ld steps, sum %" PRIu64 "\n", steps, sum);
    return 0;
}
