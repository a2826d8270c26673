/* wpmalloc_side.c -- wpmalloc by its public interface alone.
 *
 * A heap takes its region into use in steps, each in a call of malloc, which pays for it. With
 * GROWN set the program asks once, before anything is counted, for more than there is: that fails,
 * and all of the region is in use from then on.
 */
#include "allocator.h"

#include "wpmalloc.h"

#ifndef GROWN
#define GROWN 0
#endif

static void *begin(void *region, size_t bytes)
{
    wpm_heap *heap = wpm_heap_init(region, bytes);
    if (GROWN && heap != NULL) (void)wpm_malloc(heap, bytes);
    return heap;
}

static void *take(void *heap, size_t bytes)
{
    return wpm_malloc(heap, bytes);
}

static void give(void *heap, void *object)
{
    (void)wpm_free(heap, object);
}

static void *resize(void *heap, void *object, size_t bytes)
{
    return wpm_realloc(heap, object, bytes, NULL);
}

static void *take_aligned(void *heap, size_t align, size_t bytes)
{
    return wpm_aligned(heap, align, bytes);
}

static uint32_t live(void *heap)
{
    wpm_statistics figures;
    wpm_stats(heap, &figures);
    return (uint32_t)figures.live_objects;
}

const struct allocator allocator = {"wpmalloc", begin, take, give, resize, take_aligned, live};
