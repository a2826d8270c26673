/* sparse/space.c -- see space.h: arrays apart, and arenas in blocks, one after the other.
 *
 * A block is to lie directly behind the one before it, so that runs of pages can go on; where that
 * address is taken, a few others farther up are tried, so that the blocks to come have room, and
 * then any address will do. A block whose memory could not be made usable stays reserved for the
 * next try.
 */
#include "../space.h"

#include "../edge.h"
#include "../place.h"
#include "../platform.h"

/* Address space that the system must have for each byte of it that the arrays take up. */
#define METADATA_SHARE 16u

/* Addresses tried for a block, one HINT_STEP above the other, all below HINT_LIMIT. */
#define HINTS 4u
#define HINT_STEP 0x1000000000u     /* 64 GiB */
#define HINT_LIMIT 0x7ff000000000u /* the system has other rules for higher addresses */

#define TABLE_BYTES (TABLE_ARENAS * sizeof(uint32_t))

static uint32_t arenas_of(uint64_t npages)
{
    return (uint32_t)(place_round_up(npages, ARENA_PAGES) / ARENA_PAGES);
}

/* Entries of the root that `narenas` arenas side by side need. */
static uint32_t roots_of(uint32_t narenas) { return (narenas + TABLE_ARENAS - 1) / TABLE_ARENAS; }

void space_put_fixed(struct arenamap *m, uint64_t *end, uint32_t npages, uint64_t align,
                     bool in_region)
{
    uint32_t slots = arenas_of(npages);
    uint64_t roots = in_region ? roots_of(slots) : MAX_ROOTS;
    m->arena = edge_pointer(place_put(end, slots * sizeof(uintptr_t), align));
    m->block = edge_pointer(place_put(end, slots * sizeof(uint16_t), align));
    m->root = edge_pointer(place_put(end, roots * sizeof(int32_t), align));
    if (in_region) m->leaf = edge_pointer(place_put(end, roots * TABLE_BYTES, align));
}

void space_put_growing(struct arenamap *m, uint64_t *end, uint32_t npages, uint64_t align,
                       bool in_region)
{
    uint64_t tables = arenas_of(npages);
    if (tables > MAX_ROOTS) tables = MAX_ROOTS;
    if (!in_region) m->leaf = edge_pointer(place_put(end, tables * TABLE_BYTES, align));
}

/* The arrays alone; but where a limit on address space would leave little beside them for pages,
 * the system is to refuse, so that the caller asks for a smaller heap. */
uintptr_t space_reserve(uint64_t metadata_bytes, uint32_t npages, uint64_t *bytes)
{
    uint64_t share = metadata_bytes * METADATA_SHARE;
    uint64_t all = metadata_bytes + (uint64_t)npages * PAGE_SIZE;
    uint64_t needed = share < all ? share : all;
    uintptr_t probe = platform_reserve(0, needed, PAGE_SIZE);
    *bytes = needed;
    if (probe == 0 || !platform_unreserve(probe, needed)) return probe; /* not to be lost */
    *bytes = metadata_bytes;
    return platform_reserve(0, metadata_bytes, PAGE_SIZE);
}

/* A map without arenas. */
static void begin(struct arenamap *m, uintptr_t base, uint32_t npages, uint32_t nroots)
{
    m->base = base;
    m->npages = npages;
    m->slots = arenas_of(npages);
    m->narenas = 0;
    m->ntables = 0;
    m->hint = 0;
    atomic_write32_release(&m->nroots, nroots);
}

/* The first arena is to lie as far below the arrays as the heap may grow, and so low that
 * all hints for a block can be tried; where there are not so many addresses, in the middle. */
void space_begin(struct arenamap *m, uintptr_t metadata, uint64_t metadata_bytes, uint32_t npages)
{
    uint64_t below = (uint64_t)npages * PAGE_SIZE + ARENA_BYTES;
    (void)metadata_bytes;
    begin(m, 0, npages, MAX_ROOTS);
    uintptr_t reach = HINT_LIMIT - HINTS * HINT_STEP;
    uintptr_t top = metadata < reach ? metadata : reach;
    uintptr_t first = top > below ? top - below : top / 2;
    m->hint = first / ARENA_BYTES * ARENA_BYTES;
}

bool space_place(struct arenamap *m, uintptr_t base, uint32_t npages)
{
    uint32_t narenas = arenas_of(npages);
    if (base > ADDRESS_LIMIT - narenas * (uint64_t)ARENA_BYTES) return false;
    begin(m, base, npages, roots_of(narenas));
    for (uint32_t i = 0; i < narenas; i++) {
        uintptr_t address = base + i * (uint64_t)ARENA_BYTES;
        if (arenamap_lacks_table(m, address)) arenamap_add_table(m, address);
        arenamap_add(m, address);
    }
    return true;
}

/* Make the next table of the map usable. */
static bool commit_table(const struct arenamap *m)
{
    uint64_t unit = platform_page_bytes();
    uintptr_t start = edge_address(m->leaf);
    uintptr_t from = start + place_round_up(m->ntables * TABLE_BYTES, unit);
    uintptr_t to = start + place_round_up((m->ntables + 1) * TABLE_BYTES, unit);
    return from >= to || platform_commit(from, to - from);
}

/* Tables for `narenas` arenas from `address` on. */
static bool add_tables(struct arenamap *m, uintptr_t address, uint32_t narenas)
{
    for (uint32_t i = 0; i < narenas; i++, address += ARENA_BYTES) {
        if (!arenamap_lacks_table(m, address)) continue;
        if (!commit_table(m)) return false;
        arenamap_add_table(m, address);
    }
    return true;
}

/* Address space for a block of `bytes` bytes; 0 when the system refuses. A block that lies where it
 * should not and cannot be given back is as good as any. */
static uintptr_t reserve_block(const struct arenamap *m, uint64_t bytes)
{
    uintptr_t hint = m->hint;
    for (uint32_t i = 0; i < HINTS && hint != 0; i++, hint += HINT_STEP) {
        if (bytes > HINT_LIMIT || hint > HINT_LIMIT - bytes) break;
        uintptr_t start = platform_reserve(hint, bytes, ARENA_BYTES);
        if (start == 0 || start == hint || !platform_unreserve(start, bytes)) return start;
    }
    return platform_reserve(0, bytes, ARENA_BYTES);
}

/* A block of `narenas` arenas behind those there are. */
static bool add_block(struct arenamap *m, uint32_t narenas)
{
    uint64_t bytes = narenas * (uint64_t)ARENA_BYTES;
    if (narenas > m->slots - m->narenas) return false;
    uintptr_t start = reserve_block(m, bytes);
    if (start == 0) return false;
    if (start > ADDRESS_LIMIT - bytes || !add_tables(m, start, narenas)) {
        (void)platform_unreserve(start, bytes);
        return false;
    }
    m->block[m->narenas] = (uint16_t)narenas;
    for (uint32_t i = 0; i < narenas; i++) arenamap_add(m, start + i * (uint64_t)ARENA_BYTES);
    m->hint = start + bytes;
    return true;
}

bool space_extend(struct arenamap *m, uint32_t page, uint32_t npages)
{
    uint32_t ahead = arenamap_ahead(m, page);
    return ahead != 0 ? npages <= ahead : add_block(m, arenas_of(npages));
}

bool space_unreserve(const struct arenamap *m)
{
    bool all = true;
    for (uint32_t s = 0; s < m->narenas; s += m->block[s])
        all = platform_unreserve(m->arena[s], m->block[s] * (uint64_t)ARENA_BYTES) && all;
    return all;
}
