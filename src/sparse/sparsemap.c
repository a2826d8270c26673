/* sparsemap.c -- see sparsemap.h */
#include "sparsemap.h"

#include "../../spec/sparsemap_lemmas.acsl"

uint32_t arenamap_ahead(const struct arenamap *m, uint32_t page)
{
    uint32_t end = page / ARENA_PAGES;
    if (end >= m->narenas) return 0;
    end += 1;
    /*@ loop invariant range: page / ARENA_PAGES < end <= m->narenas;
        loop invariant straight: \forall integer s; page / ARENA_PAGES < s < end ==>
          m->arena[s] == m->arena[s - 1] + ARENA_BYTES;
        loop assigns end;
        loop variant m->narenas - end;
    */
    while (end < m->narenas && m->arena[end] == m->arena[end - 1] + ARENA_BYTES) end++;
    uint64_t limit = (uint64_t)end * ARENA_PAGES;
    return (uint32_t)((limit < m->npages ? limit : m->npages) - page);
}

bool arenamap_lacks_table(const struct arenamap *m, uintptr_t address)
{
    return m->root[(address - m->base) / ROOT_BYTES] == 0;
}

void arenamap_add_table(struct arenamap *m, uintptr_t address)
{
    m->ntables += 1;
    atomic_write_int(&m->root[(address - m->base) / ROOT_BYTES], (int32_t)m->ntables);
    /*@ assert roots: RootsInside(m) && RootsApart(m); */
    /*@ assert entries: EntriesKept{Pre,Here}(m, -1, 0); */
    /*@ assert slots: SlotsPlaced(m) && SlotsMapped(m); */
    /*@ assert sound: MapSound(m); */
}

void arenamap_add(struct arenamap *m, uintptr_t address)
{
    uintptr_t from = address - m->base;
    uintptr_t table = (uintptr_t)m->root[from / ROOT_BYTES] - 1;
    /*@ assert place: from == from / ROOT_BYTES * ROOT_BYTES +
          from / ARENA_BYTES % TABLE_ARENAS * ARENA_BYTES; */
    /*@ assert empty: MapEntry(m, from / ROOT_BYTES, from / ARENA_BYTES % TABLE_ARENAS) == 0; */
    m->arena[m->narenas] = address;
    m->narenas += 1;
    atomic_write32(&m->leaf[table * TABLE_ARENAS + from / ARENA_BYTES % TABLE_ARENAS], m->narenas);
    /*@ assert roots: RootsInside(m) && RootsApart(m); */
    /*@ assert entries:
          EntriesKept{Pre,Here}(m, from / ROOT_BYTES, from / ARENA_BYTES % TABLE_ARENAS); */
    /*@ assert entry:
          MapEntry(m, from / ROOT_BYTES, from / ARENA_BYTES % TABLE_ARENAS) == m->narenas; */
    /*@ assert slots: SlotsPlaced(m) && SlotsMapped(m); */
    /*@ assert sound: MapSound(m); */
}
