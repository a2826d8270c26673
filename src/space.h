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

/* Give the tables of the map for `npages` pages, in a region or not, their places from *end on:
 * those that are to be usable and zero from the start. */
/*@ requires map: \valid(m) && \valid(end) && \separated(m, end);
    assigns *m, *end;
    ensures end: \old(*end) <= *end;
*/
void space_put_fixed(struct arenamap *m, uint64_t *end, uint32_t npages, uint64_t align,
                     bool in_region);

/* Those that space_extend makes so. A heap in a region has none of them. */
/*@ requires map: \valid(m) && \valid(end) && \separated(m, end);
    assigns *m, *end;
    ensures end: \old(*end) <= *end;
*/
void space_put_growing(struct arenamap *m, uint64_t *end, uint32_t npages, uint64_t align,
                       bool in_region);

/* Reserve address space for `metadata_bytes` of arrays, and for `npages` pages if the layout has
 * them with the arrays, before the pages: *bytes in all. 0 when the system refuses. */
/*@ requires bytes: \valid(bytes) && metadata_bytes <= 0x4000000000000000;
    assigns *bytes;
    ensures aligned: \result % PAGE_SIZE == 0;
    ensures least: metadata_bytes <= *bytes;
    ensures most: *bytes <= metadata_bytes + npages * PAGE_SIZE;
*/
uintptr_t space_reserve(uint64_t metadata_bytes, uint32_t npages, uint64_t *bytes);

/* The map of a new heap of `npages` pages on a reservation with arrays at `metadata`. */
/*@ requires map: \valid(m) && metadata + metadata_bytes < ADDRESS_LIMIT;
    assigns *m;
    ensures pages: m->npages == npages;
    ensures base: m->base == metadata + metadata_bytes || m->base == 0;
*/
void space_begin(struct arenamap *m, uintptr_t metadata, uint64_t metadata_bytes, uint32_t npages);

/* The map of a new heap of `npages` pages at `base`, in a region. False: it lies too high. */
/*@ requires map: \valid(m);
    assigns *m;
    ensures placed: \result == true ==> m->base == base && m->npages == npages;
*/
bool space_place(struct arenamap *m, uintptr_t base, uint32_t npages);

/* Pages [page, page + npages) get address space, unless they have; `page`: where the heap ends.
 * False: the system refuses, or less than that is reserved from `page` on. */
/*@ requires map: \valid(m) && ArenamapValid(m) && page <= m->npages;
    assigns *m;
    ensures reserved: \result == true ==> page + npages <= m->npages;
    ensures pages: m->npages == \old(m->npages);
*/
bool space_extend(struct arenamap *m, uint32_t page, uint32_t npages);

/* Give the address space of pages back that is not part of space_reserve's. */
/*@ requires map: \valid_read(m);
    assigns \nothing;
    ensures one: m->base != 0 ==> \result == true;
*/
bool space_unreserve(const struct arenamap *m);

#endif
