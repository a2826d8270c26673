/* sparsemap.c -- see sparsemap.h */
#include "sparsemap.h"

#include "../../spec/sparsemap_lemmas.acsl"

/* A run of pages with no fence behind its first page has no gap. */
/*@ ghost
  /@ requires mapped: \valid_read(m) && ArenamapValid(m);
     requires run: first + npages < m->narenas * ARENA_PAGES;
     requires straight: \forall integer p; first < p <= first + npages ==> !PageFence(m, p);
     assigns \nothing;
     ensures address: PageAddress(m, first + npages) ==
       PageAddress(m, first) + npages * PAGE_SIZE;
  @/
  static inline void sparsemap_lemma_straight(const struct arenamap *m, uint32_t first,
                                              uint32_t npages) {
    /@ loop invariant range: 0 <= i <= npages;
       loop invariant address: PageAddress(m, first + i) ==
         PageAddress(m, first) + i * PAGE_SIZE;
       loop assigns i;
       loop variant npages - i; @/
    for (uint32_t i = 0; i < npages; i++) {
      /@ assert no_fence: !PageFence(m, first + i + 1); @/
    }
  }
*/

uint32_t arenamap_ahead(const struct arenamap *m, uint32_t page)
{
    uint32_t first = page / ARENA_PAGES;
    if (first >= m->narenas) return 0;
    uint32_t end = first + 1;
    /*@ loop invariant range: first < end <= m->narenas;
        loop invariant straight: \forall integer s; first < s < end ==>
          m->arena[s] == m->arena[s - 1] + ARENA_BYTES;
        loop assigns end;
        loop variant m->narenas - end;
    */
    while (end < m->narenas && m->arena[end] == m->arena[end - 1] + ARENA_BYTES) end++;
    /*@ assert fence: end < m->narenas ==> PageFence(m, end * ARENA_PAGES); */
    uint64_t limit = (uint64_t)end * ARENA_PAGES;
    return (uint32_t)((limit < m->npages ? limit : m->npages) - page);
}

bool arenamap_lacks_table(const struct arenamap *m, uintptr_t address)
{
    return m->root[(address - m->base) / ROOT_BYTES] == 0;
}

void arenamap_add_table(struct arenamap *m, uintptr_t address)
{
    uintptr_t r = (address - m->base) / ROOT_BYTES;
    m->ntables += 1;
    atomic_write_int(&m->root[r], (int32_t)m->ntables);
    /*@ assert roots: RootsInside(m) && RootsApart(m); */
    /*@ assert entries: EntriesKept{Pre,Here}(m, -1, 0); */
    /*@ assert slots: SlotsPlaced(m) && SlotsMapped(m); */
    /*@ assert sound: MapSound(m); */
}

void arenamap_add(struct arenamap *m, uintptr_t address)
{
    uintptr_t from = address - m->base;
    uintptr_t r = from / ROOT_BYTES, i = from / ARENA_BYTES % TABLE_ARENAS;
    uint32_t *entry = &m->leaf[((uintptr_t)m->root[r] - 1) * TABLE_ARENAS + i];
    /*@ assert place: address == m->base + r * ROOT_BYTES + i * ARENA_BYTES; */
    /*@ assert index: entry == m->leaf + ((m->root[r] - 1) * TABLE_ARENAS + i); */
    /*@ assert empty: MapEntry(m, r, i) == 0; */
    m->arena[m->narenas] = address;
    m->narenas += 1;
    atomic_write32(entry, m->narenas);
    /*@ assert roots: RootsInside(m) && RootsApart(m); */
    /*@ assert entries: EntriesKept{Pre,Here}(m, r, i); */
    /*@ assert entry: MapEntry(m, r, i) == m->narenas; */
    /*@ assert slots: SlotsPlaced(m) && SlotsMapped(m); */
    /*@ assert sound: MapSound(m); */
}
