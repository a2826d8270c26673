/* linear/space.c -- see space.h: arrays and pages in one reservation. */
#include "../space.h"

#include "../platform.h"

void space_put_fixed(struct arenamap *m, uint64_t *end, uint32_t npages, uint64_t align,
                     bool in_region)
{
    (void)m, (void)end, (void)npages, (void)align, (void)in_region;
}

void space_put_growing(struct arenamap *m, uint64_t *end, uint32_t npages, uint64_t align,
                       bool in_region)
{
    (void)m, (void)end, (void)npages, (void)align, (void)in_region;
}

uintptr_t space_reserve(uint64_t metadata_bytes, uint32_t npages, uint64_t *bytes)
{
    *bytes = metadata_bytes + (uint64_t)npages * PAGE_SIZE;
    return platform_reserve(0, *bytes, PAGE_SIZE);
}

void space_begin(struct arenamap *m, uintptr_t metadata, uint64_t metadata_bytes, uint32_t npages)
{
    *m = (struct arenamap){metadata + metadata_bytes, npages};
}

bool space_place(struct arenamap *m, uintptr_t base, uint32_t npages)
{
    *m = (struct arenamap){base, npages};
    return true;
}

bool space_extend(struct arenamap *m, uint32_t page, uint32_t npages)
{
    return npages <= arenamap_ahead(m, page);
}

bool space_unreserve(const struct arenamap *m)
{
    (void)m;
    return true;
}
