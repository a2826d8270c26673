/* driver.c -- a heap at work for Frama-C's Eva, which looks for undefined behaviour (`make lint`).
 *
 * The region lies at a fixed address, so that Eva knows every pointer; of its bytes it knows nothing,
 * as nobody does of a device's memory when it starts. The values of one run are exact then: what is
 * shown is that this run reads no memory that nobody has written, compares no pointers that may not
 * be, shifts, divides and accesses as the language allows, whatever the region held before.
 */
#include "wpmalloc.h"

#define REGION ((void *)0x10000000)
#define REGION_BYTES 0x200000u
#define OBJECTS 10u

static wpm_heap *heap;
static unsigned char *object[OBJECTS];

/* What does not hold is a fault that Eva tells. (Annotations it does not read here.) */
static void expect(int condition)
{
    int *nowhere = NULL;
    if (!condition) *nowhere = 1;
}

/* Write the first and last byte, and read them again. */
static void use(unsigned char *p, size_t bytes)
{
    if (p == NULL || bytes == 0) return;
    p[0] = 1;
    p[bytes - 1] = 2;
    expect(p[bytes - 1] == 2);
}

static void small_objects(void)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        size_t bytes = 16 * (size_t)i + 1;
        object[i] = wpm_malloc(heap, bytes);
        expect(object[i] != NULL);
        use(object[i], bytes);
    }
    for (unsigned i = 0; i < OBJECTS; i += 2) expect(wpm_free(heap, object[i]) == WPM_OK);
    for (unsigned i = 0; i < OBJECTS; i += 2) expect(wpm_free(heap, object[i]) == WPM_DOUBLE_FREE);
    for (unsigned i = 1; i < OBJECTS; i += 2) expect(wpm_free(heap, object[i] + 1) == WPM_INTERIOR);
    for (unsigned i = 1; i < OBJECTS; i += 2) expect(wpm_free(heap, object[i]) == WPM_OK);
}

static void other_ways(void)
{
    wpm_status status = WPM_OK;
    unsigned char *zero = wpm_calloc(heap, 3, 1000), *large = wpm_malloc(heap, 40000);
    expect(zero != NULL && large != NULL);
    expect(zero[0] == 0 && zero[2999] == 0);
    use(zero, 3000);
    use(large, 40000);
    zero = wpm_realloc(heap, zero, 9000, &status);
    expect(zero != NULL && status == WPM_OK && zero[0] == 1);
    large = wpm_realloc(heap, large, 60000, &status);
    expect(large != NULL && status == WPM_OK);
    use(large, 60000);
    expect(wpm_usable_size(heap, large) >= 60000);
    unsigned char *aligned = wpm_aligned(heap, 4096, 100);
    expect(aligned != NULL);
    use(aligned, 100);
    expect(wpm_calloc(heap, SIZE_MAX / 2, 3) == NULL);
    expect(wpm_malloc(heap, SIZE_MAX) == NULL);
    expect(wpm_malloc(heap, REGION_BYTES) == NULL);
    expect(wpm_free(heap, NULL) == WPM_OK);
    expect(wpm_free(heap, aligned) == WPM_OK);
    expect(wpm_free(heap, zero) == WPM_OK);
    expect(wpm_free(heap, large) == WPM_OK);
}

int main(void)
{
    wpm_statistics figures;
    heap = wpm_heap_init(REGION, REGION_BYTES);
    expect(heap != NULL);
    if (heap == NULL) return 1;
    small_objects();
    other_ways();
    wpm_stats(heap, &figures);
    expect(figures.live_objects == 0);
    return 0;
}
