/* A hardened heap: sizes, canaries, zero on free, a look at reuse; the statuses of faults. */
#include "create.h"
#include "hardresize.h"
#include "unit.h"
#include "wpmalloc.h"

static struct redzone guard = {{0x5eed1234, 0xfeedbeef, 0x1234567890abcdef}, true, true, true};
static wpm_heap *heap;
static wpm_cache *cache;

static const size_t sizes[] = {0,    1,     7,     8,     9,      16,     24,     100,    1000,
                               4096, 32760, 32761, 40000, 262136, 262137, 300000, 5 << 20};
enum { SIZES = sizeof sizes / sizeof *sizes };

static unsigned char *give(size_t bytes)
{
    struct object_resized out = harden_malloc(guard, heap, cache, bytes);
    CHECK_EQ(out.status, WPM_OK);
    CHECK(out.address != 0);
    return edge_pointer(out.address);
}

static wpm_status end(void *p) { return harden_free(guard, heap, cache, edge_address(p)); }

static size_t size_of(const void *p)
{
    struct harden_info info = harden_describe(guard, heap, edge_address(p));
    return info.slot.status == WPM_OK ? info.bytes : CANARY_BROKEN;
}

static bool all(const unsigned char *p, size_t bytes, unsigned char value)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != value) return false;
    return true;
}

/* The size is known; what is freed reads as zero; the second free is one of a dead object. */
static void test_life(void)
{
    for (int i = 0; i < SIZES; i++) {
        unsigned char *p = give(sizes[i]);
        memset(p, 0xa5, sizes[i]);
        CHECK_EQ(size_of(p), sizes[i]);
        CHECK_EQ(end(p), WPM_OK);
        if (sizes[i] <= MAX_SMALL_SIZE - CANARY_BYTES) {
            CHECK(all(p, sizes[i], 0));
            CHECK_EQ(end(p), WPM_DOUBLE_FREE);
        } else {
            CHECK(end(p) != WPM_OK);
        }
    }
    CHECK_EQ(harden_free(guard, heap, cache, 0), WPM_OK);
    CHECK_EQ(end(&guard), WPM_FOREIGN);
}

/* One byte beyond: found by every way to look, and the object stays. */
static void test_overrun(void)
{
    for (int i = 0; i < SIZES; i++) {
        unsigned char *p = give(sizes[i]);
        p[sizes[i]] = 1;
        CHECK_EQ(size_of(p), CANARY_BROKEN);
        CHECK_EQ(end(p), WPM_OVERRUN);
        CHECK_EQ(harden_realloc(guard, heap, cache, edge_address(p), 10).status, WPM_OVERRUN);
        p[sizes[i]] = 0;
        CHECK_EQ(size_of(p), sizes[i]);
        CHECK_EQ(end(p), WPM_OK);
    }
}

static void test_calloc(void)
{
    for (int i = 0; i < SIZES; i++) {
        struct object_resized out = harden_calloc(guard, heap, cache, sizes[i], 1);
        unsigned char *p = edge_pointer(out.address);
        CHECK(out.address != 0);
        CHECK(all(p, sizes[i], 0));
        memset(p, 0xa5, sizes[i]);
        CHECK_EQ(end(p), WPM_OK);
    }
    CHECK_EQ(harden_calloc(guard, heap, cache, SIZE_MAX / 2, 3).address, 0);
    CHECK_EQ(harden_calloc(guard, heap, cache, 1, SIZE_MAX).address, 0);
    CHECK_EQ(harden_malloc(guard, heap, cache, SIZE_MAX - 4).address, 0);
}

/* From every size to every size: the prefix stays, the size is the new one, and all dies whole. */
static void test_realloc(void)
{
    for (int i = 0; i < SIZES; i++) {
        for (int j = 0; j < SIZES; j++) {
            size_t both = sizes[i] < sizes[j] ? sizes[i] : sizes[j];
            unsigned char *p = give(sizes[i]);
            memset(p, 0xa5, sizes[i]);
            struct object_resized out =
                harden_realloc(guard, heap, cache, edge_address(p), sizes[j]);
            CHECK_EQ(out.status, WPM_OK);
            p = edge_pointer(out.address);
            CHECK(all(p, both, 0xa5));
            CHECK(guard.canary ? size_of(p) == sizes[j] : size_of(p) >= sizes[j]);
            memset(p, 0x5a, sizes[j]);
            CHECK_EQ(end(p), WPM_OK);
        }
    }
}

static void test_aligned(void)
{
    for (size_t align = 16; align <= 1 << 20; align *= 2) {
        for (int i = 0; i < SIZES; i++) {
            struct object_resized out = harden_aligned(guard, heap, cache, align, sizes[i]);
            CHECK(out.address != 0 && out.address % align == 0);
            CHECK_EQ(size_of(edge_pointer(out.address)), sizes[i]);
            CHECK_EQ(end(edge_pointer(out.address)), WPM_OK);
        }
    }
    CHECK_EQ(harden_aligned(guard, heap, cache, 24, 8).address, 0);
}

/* A write into a dead object is found when its slot is handed out, and the slot is not used. */
static void test_reuse(void)
{
    const size_t dead[] = {8, 100, 4096};
    for (int i = 0; i < 3; i++) {
        unsigned char *p = give(dead[i]);
        CHECK_EQ(end(p), WPM_OK);
        p[dead[i] - 1] = 1;
        struct object_resized out = {0, WPM_OK};
        for (int n = 0; n < 3000 && out.status == WPM_OK; n++) {
            out = harden_malloc(guard, heap, cache, dead[i]);
            CHECK(out.status != WPM_OK || out.address != edge_address(p));
        }
        CHECK_EQ(out.status, WPM_CHANGED);
        CHECK_EQ(out.address, edge_address(p));
    }
}

/* Each mechanism alone and none: objects live and die, calloc is zero. */
static void test_switches(void)
{
    const struct redzone was = guard;
    for (unsigned on = 0; on < 8; on++) {
        guard.canary = on % 2 == 1;
        guard.zero = on / 2 % 2 == 1;
        guard.reuse = guard.zero && on / 4 == 1;
        wpm_heap *heap_before = heap;
        wpm_cache *cache_before = cache;
        heap = wpm_heap_create(0);
        cache = wpm_cache_attach(heap);
        test_calloc();
        test_realloc();
        wpm_heap_destroy(heap);
        heap = heap_before;
        cache = cache_before;
    }
    guard = was;
}

int main(void)
{
    heap = wpm_heap_create(0);
    cache = wpm_cache_attach(heap);
    CHECK(heap != NULL && cache != NULL);
    test_life();
    test_overrun();
    test_calloc();
    test_realloc();
    test_aligned();
    test_reuse();
    test_switches();
    return unit_report("harden");
}
