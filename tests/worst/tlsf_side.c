/* tlsf_side.c -- TLSF (github.com/mattconte/tlsf), from a folder of the user's. */
#include "allocator.h"

#include "tlsf.h"

/* What lies behind the control structure is the pool; a region without room for both is refused
 * here, for the library would take it. */
static void *begin(void *region, size_t bytes)
{
    if (bytes < tlsf_size() + tlsf_pool_overhead() + tlsf_block_size_min()) return NULL;
    return tlsf_create_with_pool(region, bytes);
}

static void *take(void *heap, size_t bytes)
{
    return tlsf_malloc(heap, bytes);
}

static void give(void *heap, void *object)
{
    tlsf_free(heap, object);
}

static void *resize(void *heap, void *object, size_t bytes)
{
    return tlsf_realloc(heap, object, bytes);
}

static void *take_aligned(void *heap, size_t align, size_t bytes)
{
    return tlsf_memalign(heap, align, bytes);
}

const struct allocator allocator = {"tlsf", begin, take, give, resize, take_aligned, NULL};
