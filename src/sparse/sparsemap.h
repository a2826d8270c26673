/* sparsemap.h -- addresses and page numbers, sparse layout: arenas anywhere in memory.
 *
 * As Go since 1.11. The arenas of a heap have slots in the order in which they were reserved; slot
 * s has the pages from s * ARENA_PAGES on. From a slot to its address: an array. From an address to
 * its slot: a map of two levels over 48 bits of address, counted from `base` (0, but for a heap in
 * a caller's region, which is no multiple of an arena). An entry of the root names a table; the
 * table has an entry for each arena of the root entry's range.
 *
 * Entries are written under the heap lock and read without one. Each goes once from 0 to its value
 * and never changes again while the heap lives; the program got an address of the heap after its
 * entry was written. nroots is written last, so a heap that has not started has no addresses.
 */
#ifndef WPM_SPARSEMAP_H
#define WPM_SPARSEMAP_H

#include "../atomic.h"
#include "../config.h"

#include <stdbool.h>
#include <stdint.h>

#define ARENA_BYTES 0x4000000u    /* 64 MiB */
#define TABLE_ARENAS 512u         /* entries of a table */
#define ROOT_BYTES 0x800000000u   /* 32 GiB: addresses below one entry of the root */
#define MAX_ROOTS 0x2000u         /* entries of a root over 48 bits */
#define NO_DISTANCE 0x2000000000000u /* distance of a foreign address: beyond any page */
STATIC_ASSERT(ARENA_BYTES == (uint64_t)ARENA_PAGES * PAGE_SIZE, "an arena is 64 MiB");
STATIC_ASSERT(ROOT_BYTES == (uint64_t)TABLE_ARENAS * ARENA_BYTES, "a table is full");
STATIC_ASSERT(ADDRESS_LIMIT == (uint64_t)MAX_ROOTS * ROOT_BYTES, "the root covers 48 bits");

struct arenamap {
    uintptr_t base;   /* address of the first byte below the root */
    uint64_t npages;  /* pages that the heap may have */
    uintptr_t *arena; /* by slot: address of the arena's first byte */
    int32_t *root;    /* by address, in steps of ROOT_BYTES: number of its table, from 1; 0: none */
    uint32_t *leaf;   /* the tables, one behind the other: slot + 1; 0: no arena of the heap */
    uint16_t *block;  /* by slot: arenas that were reserved at once, from this one on; 0: it was
                         reserved with the one before it */
    uintptr_t hint;   /* where the next arena should lie; 0: anywhere */
    uint32_t nroots;  /* entries of the root; 0: the heap has not started */
    uint32_t ntables; /* tables in use */
    uint32_t slots;   /* slots that there can be */
    uint32_t narenas; /* slots in use */
};

#include "../../spec/sparsemap.acsl"

/* Address of the first byte of page `page`, which is reserved. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m) && page < m->narenas * ARENA_PAGES;
    assigns \nothing;
    ensures address: \result == PageAddress(m, page);
*/
static inline uintptr_t arenamap_address(const struct arenamap *m, uint32_t page)
{
    return m->arena[page / ARENA_PAGES] + (uintptr_t)(page % ARENA_PAGES) * PAGE_SIZE;
}

/* What the map says of the arena that holds the address `from` bytes behind the base. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m);
    assigns \nothing;
    ensures entry: from / ROOT_BYTES < m->nroots ==>
      \result == MapEntry(m, from / ROOT_BYTES, from / ARENA_BYTES % TABLE_ARENAS);
    ensures none: from / ROOT_BYTES >= m->nroots ==> \result == 0;
*/
static inline uint32_t arenamap_entry(const struct arenamap *m, uintptr_t from)
{
    uintptr_t r = from / ROOT_BYTES;
    if (r >= atomic_read32_acquire(&m->nroots)) return 0;
    int32_t table = atomic_read_int(&m->root[r]);
    if (table == 0) return 0;
    uintptr_t i = from / ARENA_BYTES % TABLE_ARENAS;
    return atomic_read32(&m->leaf[((uintptr_t)table - 1) * TABLE_ARENAS + i]);
}

/* Distance of `address` from page 0 in bytes, as page numbers count; NO_DISTANCE of an address in
 * no arena. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m);
    assigns \nothing;
    ensures distance: \forall integer s; 0 <= s < m->narenas ==> InSlot(m, s, address) ==>
      \result == s * ARENA_BYTES + (address - m->arena[s]);
    ensures foreign: (\forall integer s; 0 <= s < m->narenas ==> !InSlot(m, s, address)) ==>
      \result == NO_DISTANCE;
    ensures range: \result == NO_DISTANCE || \result < m->narenas * ARENA_BYTES;
*/
static inline uintptr_t arenamap_distance(const struct arenamap *m, uintptr_t address)
{
    uintptr_t from =
        address >= m->base ? address - m->base : address + (UINTPTR_MAX - m->base) + 1;
    uint32_t entry = arenamap_entry(m, from);
    /*@ assert from: from / ROOT_BYTES < m->nroots ==> from == address - m->base; */
    /*@ assert place: \forall integer s; 0 <= s < m->narenas ==> InSlot(m, s, address) ==>
          from / ROOT_BYTES < m->nroots && m->arena[s] == m->base +
          from / ROOT_BYTES * ROOT_BYTES + from / ARENA_BYTES % TABLE_ARENAS * ARENA_BYTES; */
    /*@ assert mapped: \forall integer s; 0 <= s < m->narenas ==> InSlot(m, s, address) ==>
          entry == s + 1; */
    if (entry == 0) return NO_DISTANCE;
    /*@ assert slot: InSlot(m, entry - 1, address); */
    return (uintptr_t)(entry - 1) * ARENA_BYTES + from % ARENA_BYTES;
}

/* Number of the page that holds `address`; NO_PAGE when the map has none. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m);
    assigns \nothing;
    ensures found: \result != NO_PAGE ==> PageReserved(m, \result) &&
      PageAddress(m, \result) <= address < PageAddress(m, \result) + PAGE_SIZE;
    ensures foreign: \result == NO_PAGE ==> \forall integer p; PageReserved(m, p) ==>
      !(PageAddress(m, p) <= address < PageAddress(m, p) + PAGE_SIZE);
*/
static inline uint32_t arenamap_page(const struct arenamap *m, uintptr_t address)
{
    uintptr_t page = arenamap_distance(m, address) / PAGE_SIZE;
    return page < m->npages ? (uint32_t)page : NO_PAGE;
}

/* 1 when `page` is to be a fence, the first behind a gap in memory, else 0. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m);
    assigns \nothing;
    ensures fence: \result <= 1 && (\result == 1 <==> PageFence(m, page));
*/
static inline uint32_t arenamap_fence(const struct arenamap *m, uint32_t page)
{
    uint32_t s = page / ARENA_PAGES;
    if (s == 0 || s >= m->narenas || page % ARENA_PAGES != 0) return 0;
    return m->arena[s] != m->arena[s - 1] + ARENA_BYTES;
}

/* How many pages from `page` on lie one behind the other in memory that is reserved; 0 at its
 * end. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m) && page <= m->npages;
    assigns \nothing;
    ensures reserved: \result <= m->npages - page;
    ensures inside: \result > 0 ==> page + \result <= m->narenas * ARENA_PAGES;
    ensures straight: \forall integer p; page < p < page + \result ==> !PageFence(m, p);
    ensures longest: PageReserved(m, page + \result) ==> \result > 0 &&
      PageFence(m, page + \result);
*/
uint32_t arenamap_ahead(const struct arenamap *m, uint32_t page);

/* Whether the arena at `address` can be added only when the map has one more table. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m) && ArenaPlace(m, address);
    assigns \nothing;
    ensures missing: \result == true <==> m->root[(address - m->base) / ROOT_BYTES] == 0;
*/
bool arenamap_lacks_table(const struct arenamap *m, uintptr_t address);

/* The next table, which the caller has made usable and zero, is for arenas around `address`. */
/*@ requires mapped: \valid(m) && ArenamapValid(m) && ArenaPlace(m, address);
    requires root: \valid(m->root + (0 .. m->nroots - 1));
    requires missing: m->root[(address - m->base) / ROOT_BYTES] == 0;
    requires room: m->ntables < m->nroots;
    requires table: \valid_read(m->leaf + (0 .. (m->ntables + 1) * TABLE_ARENAS - 1));
    requires zero: \forall integer k; m->ntables * TABLE_ARENAS <= k <
      (m->ntables + 1) * TABLE_ARENAS ==> m->leaf[k] == 0;
    assigns m->ntables, m->root[(address - m->base) / ROOT_BYTES];
    ensures mapped: ArenamapValid(m);
    ensures table: m->root[(address - m->base) / ROOT_BYTES] != 0;
    ensures count: m->ntables == \old(m->ntables) + 1;
*/
void arenamap_add_table(struct arenamap *m, uintptr_t address);

/* The arena at `address`, which the heap has reserved, gets the next slot. */
/*@ requires mapped: \valid(m) && ArenamapValid(m) && ArenaPlace(m, address);
    requires writable: \valid(m->arena + (0 .. m->slots - 1)) &&
      \valid(m->leaf + (0 .. m->ntables * TABLE_ARENAS - 1));
    requires table: m->root[(address - m->base) / ROOT_BYTES] != 0;
    requires room: m->narenas < m->slots;
    requires new: \forall integer s; 0 <= s < m->narenas ==> m->arena[s] != address;
    assigns m->narenas, m->arena[m->narenas],
            m->leaf[(m->root[(address - m->base) / ROOT_BYTES] - 1) * TABLE_ARENAS +
                    (address - m->base) / ARENA_BYTES % TABLE_ARENAS];
    ensures mapped: ArenamapValid(m);
    ensures count: m->narenas == \old(m->narenas) + 1;
    ensures place: m->arena[\old(m->narenas)] == address;
*/
void arenamap_add(struct arenamap *m, uintptr_t address);

#endif
