/* arenamap.h -- addresses and page numbers: the only place that knows how they map.
 *
 * The core numbers the pages of a heap densely from 0. Two layouts, chosen at build: linear/, one
 * reservation, and sparse/, arenas of 64 MiB anywhere in the address space. Each defines `struct
 * arenamap` and, with its contracts,
 *     arenamap_address   the address of a page
 *     arenamap_page      the page of an address, NO_PAGE when the heap has none there
 *     arenamap_distance  dense page * PAGE_SIZE + offset; of a foreign address, more than any
 *                        page of the heap
 *     arenamap_ahead     how many pages from one on lie one behind the other in reserved memory
 *     arenamap_fence     whether a page is to be nobody's, because a gap in memory lies before it
 * space.h is the other half: where the memory comes from.
 */
#ifndef WPM_ARENAMAP_H
#define WPM_ARENAMAP_H

#include "config.h"
#include ARENAMAP_LAYOUT

#endif
