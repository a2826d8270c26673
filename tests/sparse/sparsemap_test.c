/* sparsemap_test.c -- the map of the sparse layout against a list, on tables of the test's own. */
#include "arenamap.h"
#include "random.h"
#include "unit.h"

#include <string.h>

#define SLOTS 300u

static uintptr_t arena[SLOTS];
static int32_t root[MAX_ROOTS];
static uint32_t leaf[SLOTS * TABLE_ARENAS];
static uint16_t block[SLOTS];
static struct arenamap map;

static void begin(uintptr_t base)
{
    memset(root, 0, sizeof root);
    memset(leaf, 0, sizeof leaf);
    map = (struct arenamap){base, SLOTS * ARENA_PAGES, arena, root, leaf, block, 0,
                            MAX_ROOTS, 0, SLOTS, 0};
}

/* The slot that an address lies in, by looking at all; SLOTS: none. */
static uint32_t slot_of(uintptr_t address)
{
    for (uint32_t s = 0; s < map.narenas; s++)
        if (address - arena[s] < ARENA_BYTES) return s;
    return SLOTS;
}

static void test_address(uintptr_t address)
{
    uint32_t s = slot_of(address);
    if (s == SLOTS) {
        CHECK_EQ(arenamap_distance(&map, address), NO_DISTANCE);
        CHECK_EQ(arenamap_page(&map, address), NO_PAGE);
    } else {
        uintptr_t offset = address - arena[s];
        CHECK_EQ(arenamap_distance(&map, address), s * (uint64_t)ARENA_BYTES + offset);
        CHECK_EQ(arenamap_page(&map, address), s * ARENA_PAGES + offset / PAGE_SIZE);
        CHECK_EQ(arenamap_address(&map, s * ARENA_PAGES + (uint32_t)(offset / PAGE_SIZE)),
                 address / PAGE_SIZE * PAGE_SIZE);
    }
}

static void test_around(uintptr_t address)
{
    static const uint64_t near[] = {0, 1, PAGE_SIZE - 1, PAGE_SIZE, ARENA_BYTES - 1, ARENA_BYTES,
                                    ROOT_BYTES - 1, ROOT_BYTES};
    for (uint32_t i = 0; i < sizeof near / sizeof *near; i++) {
        test_address(address + near[i]);
        test_address(address - near[i]);
    }
}

/* Fences and runs, by looking at each border of two slots. */
static void test_runs(void)
{
    for (uint32_t s = 0; s <= map.narenas; s++) {
        uint32_t page = s * ARENA_PAGES, end = s;
        bool gap = s > 0 && s < map.narenas && arena[s] != arena[s - 1] + ARENA_BYTES;
        CHECK_EQ(arenamap_fence(&map, page), gap);
        CHECK_EQ(arenamap_fence(&map, page + 1), 0);
        while (end < map.narenas && (end == s || arena[end] == arena[end - 1] + ARENA_BYTES)) end++;
        CHECK_EQ(arenamap_ahead(&map, page), (end - s) * ARENA_PAGES);
        if (end > s) CHECK_EQ(arenamap_ahead(&map, page + 5), (end - s) * ARENA_PAGES - 5);
    }
}

static bool add(uintptr_t address)
{
    if (slot_of(address) != SLOTS || map.narenas == SLOTS) return false;
    if (arenamap_lacks_table(&map, address)) arenamap_add_table(&map, address);
    CHECK(!arenamap_lacks_table(&map, address));
    arenamap_add(&map, address);
    return true;
}

/* Arenas here and there, some in rows, some at the ends of tables and of memory. */
static void test_map(uintptr_t base, uint64_t seed)
{
    begin(base);
    test_around(base);
    uintptr_t last = (ADDRESS_LIMIT - ARENA_BYTES - base) / ARENA_BYTES * ARENA_BYTES + base;
    CHECK(add(last));
    CHECK(!add(last));
    while (map.narenas < SLOTS) {
        uintptr_t address = base + random_below(&seed, MAX_ROOTS - 1) * ROOT_BYTES;
        uint64_t inside = random_below(&seed, 2) == 0 ? random_below(&seed, TABLE_ARENAS) : 0;
        address += inside * ARENA_BYTES;
        uint32_t row = 1 + random_below(&seed, 4);
        for (uint32_t i = 0; i < row; i++) (void)add(address + i * (uint64_t)ARENA_BYTES);
    }
    for (uint32_t s = 0; s < SLOTS; s++) test_around(arena[s]);
    test_runs();
    test_around(0);
    test_around(ADDRESS_LIMIT);
    test_around(UINTPTR_MAX / 2);
    map.npages = SLOTS * ARENA_PAGES - 100;
    CHECK_EQ(arenamap_page(&map, arena[SLOTS - 1] + ARENA_BYTES - 1), NO_PAGE);
    CHECK_EQ(arenamap_page(&map, arena[SLOTS - 1]), (SLOTS - 1) * ARENA_PAGES);
    CHECK_EQ(arenamap_ahead(&map, (uint32_t)map.npages), 0);
    CHECK_EQ(arenamap_ahead(&map, (uint32_t)map.npages - 1), 1);
}

int main(void)
{
    test_map(0, 1);
    test_map(PAGE_SIZE, 2);
    test_map(0x7f1234568000, 3);
    return unit_report("sparsemap");
}
