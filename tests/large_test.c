/* Large objects by the span: what is not one, or not any more, is refused and nothing changes. */
#include "alloc.h"
#include "heapcheck.h"
#include "large.h"
#include "mcache.h"
#include "metadata.h"
#include "unit.h"
#include "window.h"

#define LIMIT_BYTES (32u << 20)

static struct wpm_heap heap;

static uintptr_t start_of(uint32_t s) { return arenamap_address(&heap.map, heap.span[s].start); }

/* Neither ends nor grows, and the heap is as it was. */
static void refuse(uint32_t s, uintptr_t address, wpm_status status)
{
    uint32_t npages = heap.span[s].npages;
    int64_t ended = heap.large_frees;
    CHECK_EQ(large_free(&heap, s, address), status);
    CHECK_EQ(heap.large_frees, ended);
    CHECK_EQ(heap.span[s].npages, npages);
    CHECK_EQ(heap_check(&heap), HEAP_SOUND);
}

static void test_life(void)
{
    bool zero = false;
    uint32_t s = large_alloc(&heap, 9, 1, &zero);
    CHECK(s != NO_SPAN && zero);
    uintptr_t address = start_of(s);
    refuse(s, address + 16, WPM_INTERIOR);
    refuse(s, address - 16, WPM_INTERIOR);
    CHECK(large_resize(&heap, s, 5) && heap.span[s].npages == 5);
    CHECK(large_resize(&heap, s, 9) && heap.span[s].npages == 9);
    CHECK_EQ(large_free(&heap, s, address), WPM_OK);
    refuse(s, address, WPM_DOUBLE_FREE);
    CHECK(!large_resize(&heap, s, 9));
    CHECK_EQ(heap_check(&heap), HEAP_SOUND);
}

/* A span of small objects is no large one. */
static void test_small(void)
{
    struct mcache *c = mcache_attach(&heap);
    uint32_t k = sizeclass_of(1000);
    CHECK(mcache_refill(&heap, c, k));
    uint32_t s = (uint32_t)c->entry[k].span;
    refuse(s, start_of(s), WPM_DOUBLE_FREE);
    CHECK(!large_resize(&heap, s, heap.span[s].npages + 1));
    /* A word of it of which all slots are held has none for a window. */
    while (c->entry[k].window != 0) CHECK(alloc_malloc(&heap, c, 1000) != NULL);
    CHECK(!window_claim_merged(&heap, c, k, s, (uint32_t)c->entry[k].word % SPAN_WORDS));
    CHECK_EQ(c->entry[k].window, 0);
    CHECK_EQ(heap_check(&heap), HEAP_SOUND);
    mcache_detach(&heap, c);
}

int main(void)
{
    CHECK(metadata_reserve(&heap, LIMIT_BYTES));
    test_life();
    test_small();
    CHECK(metadata_unreserve(&heap));
    return unit_report("large");
}
