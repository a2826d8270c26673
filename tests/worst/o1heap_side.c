/* o1heap_side.c -- o1heap (github.com/pavel-kirienko/o1heap), from a folder of the user's.
 *
 * It has neither realloc nor aligned allocation. */
#include "allocator.h"

#include "o1heap.h"

static void *begin(void *region, size_t bytes)
{
    return o1heapInit(region, bytes);
}

static void *take(void *heap, size_t bytes)
{
    return o1heapAllocate(heap, bytes);
}

static void give(void *heap, void *object)
{
    o1heapFree(heap, object);
}

const struct allocator allocator = {"o1heap", begin, take, give, NULL, NULL, NULL};
