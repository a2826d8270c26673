/* space.h -- the address space of a heap: where its pages come from, by layout.
 *
 * linear/space.c reserves arrays and pages as one; sparse/space.c reserves the arrays, and arenas
 * one block after the other as the heap grows. Only metadata.c calls these functions, under the
 * heap lock or before anyone else knows the heap. A function that fails has changed nothing.
 */
#ifndef WPM_SPACE_H
#define WPM_SPACE_H

#include "arenamap.h"

#include <stdbool.h>
#include <stdint.h>

/* x, up to a multiple of `align`. */
static inline uint64_t space_round_up(uint64_t x, uint64_t align)
{
    return (x + align - 1) / align * align;
}

/* Give an array of `bytes` bytes its place at *end, and move *end behind it. */
static inline uintptr_t space_put(uint64_t *end, uint64_t bytes, uint64_t align)
{
    uintptr_t start = space_round_up(*end, align);
    *end = start + bytes;
    return start;
}

/* Give the tables of the map for `npages` pages, in a region or not, their places from *end on:
 * those that are to be usable and zero from the start, and those that space_extend makes so. A heap
 * in a region has none of the second kind. */
void space_put_fixed(struct arenamap *m, uint64_t *end, uint32_t npages, uint64_t align,
                     bool in_region);
void space_put_growing(struct arenamap *m, uint64_t *end, uint32_t npages, uint64_t align,
                       bool in_region);

/* Reserve address space for `metadata_bytes` of arrays, and for `npages` pages if the layout has
 * them with the arrays, before the pages: *bytes in all. 0 when the system refuses. */
uintptr_t space_reserve(uint64_t metadata_bytes, uint32_t npages, uint64_t *bytes);

/* The map of a new heap of `npages` pages on a reservation with arrays at `metadata`. */
void space_begin(struct arenamap *m, uintptr_t metadata, uint64_t metadata_bytes, uint32_t npages);

/* The map of a new heap of `npages` pages at `base`, in a region. False: it lies too high. */
bool space_place(struct arenamap *m, uintptr_t base, uint32_t npages);

/* Pages [page, page + npages) get address space, unless they have; `page`: where the heap ends.
 * False: the system refuses, or less than that is reserved from `page` on. */
bool space_extend(struct arenamap *m, uint32_t page, uint32_t npages);

/* Give the address space of pages back that is not part of space_reserve's. */
bool space_unreserve(const struct arenamap *m);

#endif
