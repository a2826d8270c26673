/* linearmap.h -- addresses and page numbers, linear layout: one reservation.
 *
 * As Go until 1.10. A page's number is a subtraction away, and one comparison tells a foreign
 * address. The first address and the number of pages never change while a heap lives, so reading
 * them needs no lock.
 */
#ifndef WPM_LINEARMAP_H
#define WPM_LINEARMAP_H

#include "../config.h"

#include <stdint.h>

struct arenamap {
    uintptr_t base;  /* address of page 0, a multiple of PAGE_SIZE */
    uint64_t npages; /* pages of the reservation */
};

#include "../../spec/linearmap.acsl"

/* Address of the first byte of page `page`. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m) && page <= m->npages;
    assigns \nothing;
    ensures address: \result == PageAddress(m, page);
*/
static inline uintptr_t arenamap_address(const struct arenamap *m, uint32_t page)
{
    return m->base + (uintptr_t)page * PAGE_SIZE;
}

/* Number of the page that holds `address`; NO_PAGE when the map has none. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m);
    assigns \nothing;
    ensures found: \result != NO_PAGE ==> \result < m->npages &&
      PageAddress(m, \result) <= address < PageAddress(m, \result) + PAGE_SIZE;
    ensures foreign: \result == NO_PAGE ==> \forall integer p; 0 <= p < m->npages ==>
      !(PageAddress(m, p) <= address < PageAddress(m, p) + PAGE_SIZE);
*/
static inline uint32_t arenamap_page(const struct arenamap *m, uintptr_t address)
{
    if (address < m->base) return NO_PAGE;
    uintptr_t page = (address - m->base) / PAGE_SIZE;
    return page < m->npages ? (uint32_t)page : NO_PAGE;
}

/* How many pages from `page` on lie one behind the other in memory that is reserved. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m) && page <= m->npages;
    assigns \nothing;
    ensures reserved: \result <= m->npages - page;
*/
static inline uint32_t arenamap_ahead(const struct arenamap *m, uint32_t page)
{
    return (uint32_t)(m->npages - page);
}

/* 1 when `page` is to be a fence, the first behind a gap in memory, else 0. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m) && page <= m->npages;
    assigns \nothing;
    ensures fence: \result <= 1 && (\result == 1 <==> PageFence(m, page));
*/
static inline uint32_t arenamap_fence(const struct arenamap *m, uint32_t page)
{
    (void)m;
    (void)page;
    return 0;
}

/* Distance of `address` from page 0 in bytes; of a lower address, more than any heap is long.
 * Compilers make one subtraction of it. */
/*@ requires mapped: \valid_read(m) && ArenamapValid(m);
    assigns \nothing;
    ensures distance: m->base <= address ==> \result == address - m->base;
    ensures lower: address < m->base ==> \result >= FOREIGN_DISTANCE(m);
*/
static inline uintptr_t arenamap_distance(const struct arenamap *m, uintptr_t address)
{
    return address >= m->base ? address - m->base : address + (UINTPTR_MAX - m->base) + 1;
}

#endif
