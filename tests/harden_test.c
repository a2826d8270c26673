/* A hardened heap: sizes, canaries, zero on free, a look at reuse; the statuses of faults. */
#include "hardheap.h"
#include "hardpath.h"
#include "hardresize.h"
#include "hardroom.h"
#include "platform/inject.h"
#include "touch.h"

static const size_t sizes[] = {0,    1,     7,     8,     9,      16,     24,     100,    1000,
                               4096, 32760, 32761, 40000, 262136, 262137, 300000, 5 << 20};
enum { SIZES = sizeof sizes / sizeof *sizes };

static bool fail[PLATFORM_CALLS]; /* the calls of a kind that fail, all of them */

bool platform_inject(enum platform_call call) { return fail[call]; }

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
    CHECK_EQ(harden_free(guard, heap, cache, 0, plain), WPM_OK);
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
    CHECK_EQ(end(edge_pointer(harden_calloc(guard, heap, cache, 7, 0).address)), WPM_OK);
    CHECK_EQ(harden_calloc(guard, heap, cache, SIZE_MAX / 2, 3).address, 0);
    CHECK_EQ(harden_calloc(guard, heap, cache, 1, SIZE_MAX).address, 0);
    CHECK_EQ(harden_malloc(guard, heap, cache, SIZE_MAX - 4, 0).address, 0);
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
            if (out.address != edge_address(p)) CHECK_EQ(end(p), WPM_OK);
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
            struct object_resized out = harden_aligned(guard, heap, cache, align, sizes[i], 0);
            CHECK(out.address != 0 && out.address % align == 0);
            CHECK_EQ(size_of(edge_pointer(out.address)), sizes[i]);
            CHECK_EQ(end(edge_pointer(out.address)), WPM_OK);
        }
    }
    CHECK_EQ(harden_aligned(guard, heap, cache, 24, 8, 0).address, 0);
}

/* A write into a dead object is found when its slot is handed out, and the slot is not used. */
static void test_reuse(void)
{
    const size_t dead[] = {8, 100, 4096, 40000, 300000, 5 << 20};
    for (int i = 0; i < 6; i++) {
        unsigned char *p = give(dead[i]);
        CHECK_EQ(end(p), WPM_OK);
        p[dead[i] - 1] = 1;
        struct object_resized out = {0, WPM_OK};
        for (int n = 0; n < 3000 && out.status == WPM_OK; n++) {
            out = harden_malloc(guard, heap, cache, dead[i], 0);
            CHECK(out.status != WPM_OK || out.address != edge_address(p));
        }
        CHECK_EQ(out.status, WPM_CHANGED);
        CHECK_EQ(out.address, edge_address(p));
    }
}

/* The same by the other ways to a slot: the short one, and a move. */
static void test_reuse_otherwise(void)
{
    unsigned found_short = 0, found_move = 0;
    for (int round = 0; round < 40; round++) {
        unsigned char *dead[10], *p;
        struct object_resized out = {0, WPM_OK};
        for (int i = 0; i < 10; i++) dead[i] = give(100);
        for (int i = 0; i < 10; i++) CHECK_EQ(end(dead[i]), WPM_OK);
        p = dead[round % 10];
        p[3] = 1;
        for (uint32_t n = 0; n < 3000 && out.status == WPM_OK; n++) {
            if (round % 2 == 0) {
                out = harden_malloc_short(guard, heap, cache, 100, 0, n % 64);
                found_short += out.status != WPM_OK;
                if (out.address == 0) out = harden_malloc(guard, heap, cache, 100, 0);
            } else {
                unsigned char *old = give(5000);
                out = harden_realloc(guard, heap, cache, edge_address(old), 100);
                found_move += out.status != WPM_OK;
                CHECK_EQ(end(old), WPM_OK);
            }
            CHECK(out.status != WPM_OK || out.address != edge_address(p));
        }
        CHECK_EQ(out.status, WPM_CHANGED);
        CHECK_EQ(out.address, edge_address(p));
    }
    CHECK(found_short > 5 && found_move == 20);
}

/* A byte written before an object that has one before it, held or dead, is found. */
static void test_underrun(void)
{
    unsigned found = 0;
    for (int i = 0; i < SIZES && sizes[i] <= 4096; i++) {
        for (int n = 0; n < 50; n++) {
            unsigned char *p = give(sizes[i]);
            bool first = wpm_describe(heap, p).slot == 0;
            if (!first) {
                p[-1] ^= 0x80;
                CHECK_EQ(end(p), WPM_UNDERRUN);
                CHECK_EQ(harden_realloc(guard, heap, cache, edge_address(p), 10).status,
                         WPM_UNDERRUN);
                p[-1] ^= 0x80;
                found += 1;
            }
            if (n % 2 == 0) CHECK_EQ(end(p), WPM_OK);
        }
    }
    CHECK(found > 300);
}

/* The end of an object must be of its kind and, if it says one, of its size. */
static void test_claims(void)
{
    for (int i = 0; i < SIZES; i++) {
        for (uint32_t kind = 0; kind < CANARY_KINDS; kind++) {
            struct harden_claim right = {kind, sizes[i]}, longer = {kind, sizes[i] + 1};
            struct harden_claim other = {(kind + 1) % CANARY_KINDS, HARDEN_ANY_BYTES};
            uintptr_t a = harden_malloc(guard, heap, cache, sizes[i], kind).address;
            CHECK_EQ(harden_free(guard, heap, cache, a, other), WPM_MISMATCH);
            CHECK_EQ(harden_free(guard, heap, cache, a, longer), WPM_MISMATCH);
            CHECK(kind == HARDEN_KIND_MALLOC ||
                  harden_realloc(guard, heap, cache, a, 10).status == WPM_MISMATCH);
            CHECK_EQ(harden_free(guard, heap, cache, a, right), WPM_OK);
        }
    }
}

/* An object that the short way ends, or the long one when it does not serve. */
static unsigned retire(uintptr_t address, struct harden_claim claim)
{
    int32_t owner = cache->owner;
    uint32_t k = harden_retire_short(guard, heap, &owner, address, claim);
    if (k != 0) {
        CHECK_EQ(k, wpm_describe(heap, edge_pointer(address)).size_class);
        return 1;
    }
    CHECK_EQ(harden_retire(guard, heap, address, claim).slot.status, WPM_OK);
    return 0;
}

/* What is not right is left to the long way. */
static void refuse(unsigned char *p, struct harden_claim claim)
{
    int32_t owner = cache->owner, nobody = owner + 2;
    uintptr_t address = edge_address(p);
    struct harden_claim other = {claim.kind + 1, claim.bytes};
    CHECK_EQ(harden_retire_short(guard, heap, &owner, address, other), 0);
    CHECK_EQ(harden_retire_short(guard, heap, &nobody, address, claim), 0);
    CHECK_EQ(harden_retire_short(guard, heap, &owner, address + 1, claim), 0);
    p[claim.bytes] ^= 1;
    CHECK_EQ(harden_retire_short(guard, heap, &owner, address, claim), 0);
    p[claim.bytes] ^= 1;
    struct harden_claim longer = {claim.kind, claim.bytes + 1};
    CHECK_EQ(harden_retire_short(guard, heap, &owner, address, longer), 0);
    struct redzone never = guard;
    never.short_most = 0;
    CHECK_EQ(harden_retire_short(never, heap, &owner, address, claim), 0);
    if (wpm_describe(heap, p).slot == 0 || claim.bytes > MAX_SMALL_SIZE) return;
    uint64_t was = edge_word(address - CANARY_BYTES);
    edge_put_word(address - CANARY_BYTES, was == 1 ? 2 : 1);
    CHECK_EQ(harden_retire_short(guard, heap, &owner, address, claim), 0);
    edge_put_word(address - CANARY_BYTES, was);
}

/* The first set bit from `turn` on, else the lowest: bit by bit. */
static uint32_t first_from(uint64_t word, uint32_t turn)
{
    for (uint32_t j = 0; j < 128; j++) {
        uint32_t i = j < 64 ? j : j - 64;
        if ((j >= 64 || i >= turn) && (word >> i & 1) != 0) return i;
    }
    return 64;
}

static void test_pick(void)
{
    uint64_t word = 1;
    for (uint32_t turn = 0; turn < 64; turn++) {
        CHECK_EQ(harden_pick(0, turn), 64);
        for (int round = 0; round < 200; round++) {
            uint64_t few = word & word << 7 & word >> 9, one = (uint64_t)1 << word % 64;
            CHECK_EQ(harden_pick(word, turn), first_from(word, turn));
            CHECK_EQ(harden_pick(few, turn), first_from(few, turn));
            CHECK_EQ(harden_pick(one, turn), first_from(one, turn));
            word = word * 6364136223846793005u + 1442695040888963407u;
        }
    }
}

/* The short ways do what the long ones do, or nothing; what is retired stays taken until then. */
static void test_short(void)
{
    unsigned served = 0, ended = 0;
    for (int i = 0; i < 100 * SIZES; i++) {
        size_t bytes = sizes[i % SIZES];
        struct harden_claim claim = {2, bytes};
        uint32_t turn = (uint32_t)i * 37 % 64;
        struct object_resized out = harden_malloc_short(guard, heap, cache, bytes, 2, turn);
        CHECK_EQ(out.status, WPM_OK);
        CHECK(out.address == 0 || (bytes != 0 && bytes <= guard.short_most));
        served += out.address != 0;
        if (out.address == 0) out = harden_malloc(guard, heap, cache, bytes, 2);
        unsigned char *p = edge_pointer(out.address);
        CHECK_EQ(size_of(p), bytes);
        memset(p, 0xa5, bytes);
        refuse(p, claim);
        if (i % 2 == 0) claim.bytes = HARDEN_ANY_BYTES;
        ended += retire(out.address, claim);
        CHECK(bytes > MAX_SMALL_SIZE || all(p, bytes, 0));
        CHECK(harden_retire(guard, heap, out.address, claim).slot.status != WPM_OK);
        CHECK_EQ(harden_release(guard, heap, cache, out.address), WPM_OK);
        CHECK(harden_release(guard, heap, cache, out.address) != WPM_OK);
    }
    CHECK(served > 50 * 10 && ended > 50 * 10);
}

/* A slot whose object has ended serves another of its class, unless a byte of it has changed. */
static void test_second_life(void)
{
    struct harden_claim claim = {2, HARDEN_ANY_BYTES};
    for (int i = 0; i < SIZES; i++) {
        size_t bytes = sizes[i];
        if (bytes == 0 || bytes > guard.short_most) continue;
        uintptr_t address = harden_malloc(guard, heap, cache, bytes, 2).address;
        unsigned char *p = edge_pointer(address);
        memset(p, 0xa5, bytes);
        struct harden_info info = harden_retire(guard, heap, address, claim);
        CHECK_EQ(info.slot.status, WPM_OK);
        uint32_t k = info.slot.size_class;
        const size_t places[] = {0, bytes / 2, bytes - 1, bytes, info.room - 1};
        for (size_t at = 0; at < sizeof places / sizeof *places; at++) {
            p[places[at]] = 1;
            CHECK_EQ(harden_reuse_short(guard, heap, address, k, bytes, 2), WPM_CHANGED);
            p[places[at]] = 0;
        }
        size_t less = bytes - bytes / 3;
        if (sizeclass_of((uint32_t)(less + CANARY_BYTES)) != k) less = bytes;
        CHECK_EQ(harden_reuse_short(guard, heap, address, k, less, 2), WPM_OK);
        CHECK(size_of(p) == less && all(p, less, 0));
        CHECK_EQ(harden_retire(guard, heap, address, claim).slot.status, WPM_OK);
        CHECK_EQ(harden_release(guard, heap, cache, address), WPM_OK);
    }
}

static bool faults(const unsigned char *p) { return !readable(edge_address(p)); }

/* Bytes from the start of a large object to its guard page. */
static size_t room_of(size_t bytes)
{
    return (bytes + CANARY_BYTES + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
}

/* The guard page is there while the object is, and until its slot is free. */
static void test_fence(void)
{
    for (int i = 0; i < SIZES; i++) {
        if (sizes[i] <= MAX_SMALL_SIZE - CANARY_BYTES) continue;
        unsigned char *p = give(sizes[i]), *end_of = p + room_of(sizes[i]);
        CHECK(!faults(end_of - 1) && faults(end_of) && faults(end_of + PAGE_SIZE - 1));
        CHECK_EQ(wpm_describe(heap, p).slot_bytes, room_of(sizes[i]) + PAGE_SIZE);
        CHECK_EQ(harden_room(guard, heap, edge_address(p) + 1).bytes, sizes[i] - 1);
        CHECK_EQ(harden_room(guard, heap, edge_address(end_of)).status, WPM_INTERIOR);
        CHECK_EQ(harden_room(guard, heap, edge_address(end_of)).start, edge_address(p));
        CHECK(!harden_fits(guard, heap, edge_address(end_of), 1));
        CHECK(harden_fits(guard, heap, edge_address(p), sizes[i]));
        CHECK(!harden_fits(guard, heap, edge_address(p), sizes[i] + 1));
        CHECK_EQ(harden_retire(guard, heap, edge_address(p), plain).slot.status, WPM_OK);
        CHECK(faults(end_of));
        CHECK_EQ(harden_release(guard, heap, cache, edge_address(p)), WPM_OK);
        CHECK(!faults(end_of) && *end_of == 0);
        CHECK(harden_release(guard, heap, cache, edge_address(p)) != WPM_OK);
    }
}

static uint64_t live(void)
{
    wpm_statistics now;
    wpm_stats(heap, &now);
    return now.live_objects;
}

/* A guard page that is refused: there is no object where one is demanded, and the heap is as it
 * was. One that stays keeps its slot. */
static void test_fence_refused(void)
{
    uint64_t before = live();
    struct object_resized out[3];
    fail[PLATFORM_GUARD] = true;
    out[0] = harden_malloc(guard, heap, cache, 100000, 0);
    out[1] = harden_calloc(guard, heap, cache, 100000, 1);
    out[2] = harden_aligned(guard, heap, cache, 1 << 16, 100000, 0);
    fail[PLATFORM_GUARD] = false;
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(out[i].status, WPM_OK);
        CHECK_EQ(out[i].address == 0, guard.fence == FENCE_DEMANDED);
        if (out[i].address == 0) continue;
        CHECK_EQ(size_of(edge_pointer(out[i].address)), 100000);
        CHECK_EQ(end(edge_pointer(out[i].address)), WPM_OK);
    }
    CHECK_EQ(live(), before);
    unsigned char *p = give(100000);
    struct object_resized grown;
    fail[PLATFORM_GUARD] = true;
    grown = harden_realloc(guard, heap, cache, edge_address(p), 200000);
    fail[PLATFORM_GUARD] = false;
    CHECK_EQ(grown.address == 0, guard.fence == FENCE_DEMANDED);
    if (grown.address != 0) CHECK_EQ(end(edge_pointer(grown.address)), WPM_OK);
    CHECK_EQ(size_of(p), 100000);
    fail[PLATFORM_UNGUARD] = true;
    CHECK_EQ(end(p), WPM_OK);
    fail[PLATFORM_UNGUARD] = false;
    CHECK_EQ(live(), before + 1);
    CHECK(faults(p + room_of(100000)));
    CHECK_EQ(harden_release(guard, heap, cache, edge_address(p)), WPM_OK);
    CHECK_EQ(live(), before);
}

/* All of it again with guard pages. */
static void test_fenced(void)
{
    for (guard.fence = FENCE_OFFERED; guard.fence <= FENCE_DEMANDED; guard.fence++) {
        test_life();
        test_overrun();
        test_calloc();
        test_realloc();
        test_aligned();
        test_claims();
        test_short();
        test_second_life();
        test_fence();
        test_fence_refused();
    }
    guard.fence = FENCE_NONE;
}

/* Each mechanism alone and none: objects live and die, calloc is zero. */
static void test_switches(void)
{
    const struct redzone was = guard;
    for (unsigned on = 0; on < 16; on++) {
        guard.canary = on % 2 == 1;
        guard.zero = on / 2 % 2 == 1;
        guard.reuse = guard.zero && on / 4 % 2 == 1;
        guard.fence = on / 8 == 1 ? FENCE_DEMANDED : FENCE_NONE;
        guard.short_most = 0;
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
    begin_heap();
    test_life();
    test_overrun();
    test_calloc();
    test_realloc();
    test_aligned();
    test_reuse();
    test_reuse_otherwise();
    test_underrun();
    test_claims();
    test_pick();
    test_short();
    test_second_life();
    test_fenced();
    test_switches();
    return unit_report("harden");
}
