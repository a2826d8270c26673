/* pagecheck.c -- summaries are computed anew and compared; bits are counted. */
#include "pagecheck.h"

/*@ assigns \nothing;
    ensures same: \result == true <==>
      a.start == b.start && a.max == b.max && a.end == b.end;
*/
static inline bool summary_same(struct page_summary a, struct page_summary b)
{
    return a.start == b.start && a.max == b.max && a.end == b.end;
}

/*@ requires memory: PageallocMemory(pa);
    requires entry: i < LevelEntries(pa->npages, L1_PAGES);
    assigns \nothing;
    ensures checked: \result == true <==> EntryExact(pa->free, pa->npages, pa->l1, i, L1_PAGES);
*/
static bool chunk_at(const struct pagealloc *pa, uint32_t i)
{
    struct page_summary s = pagesum_of_chunk(pa->free, i) /*@ ghost (pa->npages) */;
    return summary_same(s, pa->l1[i]);
}

/*@ requires memory: PageallocMemory(pa);
    assigns \nothing;
    ensures checked: \result == true <==> LevelExact(pa->free, pa->npages, pa->l1, L1_PAGES);
*/
static bool chunks_exact(const struct pagealloc *pa)
{
    uint32_t n = pagealloc_entries(pa->npages, L1_PAGES);
    /*@ loop invariant range: 0 <= i <= n;
        loop invariant so_far: \forall integer j; 0 <= j < i ==>
          BlockSummary(pa->free, pa->npages, j * L1_PAGES, j * L1_PAGES + L1_PAGES,
                       pa->l1[j].start, pa->l1[j].max, pa->l1[j].end);
        loop assigns i;
        loop variant n - i;
    */
    for (uint32_t i = 0; i < n; i++)
        if (!chunk_at(pa, i)) return false;
    return true;
}

/* Entry i of a level, by the level below, whose entries have `size` pages. */
/*@ requires range: LevelSize(size) && size < L4_PAGES && 1 <= np <= MAX_PAGES;
    requires entry: i < LevelEntries(np, 16 * size);
    requires memory: \valid_read(child + (0 .. LevelEntries(np, size) - 1)) &&
      \valid_read(parent + i);
    requires exact: LevelExact(w, np, child, size);
    assigns \nothing;
    ensures checked: \result == true <==> EntryExact(w, np, parent, i, 16 * size);
*/
static bool entry_at(const struct page_summary *child, const struct page_summary *parent,
                     uint32_t np, uint32_t i, uint32_t size) /*@ ghost (uint64_t *w) */
{
    uint32_t first = i * PAGESUM_FAN;
    uint32_t count = pagealloc_entries(np, size) - first;
    if (count > PAGESUM_FAN) count = PAGESUM_FAN;
    struct page_summary s = pagesum_of_row(child, first, count, size) /*@ ghost (w, np) */;
    return summary_same(s, parent[i]);
}

/*@ requires range: LevelSize(size) && size < L4_PAGES && 1 <= np <= MAX_PAGES;
    requires memory: \valid_read(child + (0 .. LevelEntries(np, size) - 1)) &&
      \valid_read(parent + (0 .. LevelEntries(np, 16 * size) - 1));
    requires exact: LevelExact(w, np, child, size);
    assigns \nothing;
    ensures checked: \result == true <==> LevelExact(w, np, parent, 16 * size);
*/
static bool level_exact(const struct page_summary *child, const struct page_summary *parent,
                        uint32_t np, uint32_t size) /*@ ghost (uint64_t *w) */
{
    uint32_t n = pagealloc_entries(np, PAGESUM_FAN * size);
    /*@ loop invariant range: 0 <= i <= n;
        loop invariant so_far: LevelButEntries(w, np, parent, 16 * size, i, n - 1);
        loop assigns i;
        loop variant n - i;
    */
    for (uint32_t i = 0; i < n; i++)
        if (!entry_at(child, parent, np, i, size) /*@ ghost (w) */) return false;
    return true;
}

bool pagecheck_summaries(const struct pagealloc *pa)
{
    return chunks_exact(pa) &&
           level_exact(pa->l1, pa->l2, pa->npages, L1_PAGES) /*@ ghost (pa->free) */ &&
           level_exact(pa->l2, pa->l3, pa->npages, L2_PAGES) /*@ ghost (pa->free) */ &&
           level_exact(pa->l3, pa->l4, pa->npages, L3_PAGES) /*@ ghost (pa->free) */;
}

bool pagecheck_search(const struct pagealloc *pa)
{
    if (pa->search_page > pa->npages) return false;
    uint32_t page = bitmap_next_set(pa->free, 0, pa->search_page);
    /*@ assert same: \forall integer p; 0 <= p < pa->search_page ==>
          PageFree(pa->free, pa->npages, p) == BitAt(pa->free, p); */
    //@ assert some: page < pa->search_page ==> PageFree(pa->free, pa->npages, page) == 1;
    return page == pa->search_page;
}

/* Word k of both bitmaps. */
/*@ requires memory: \valid_read(free + k) && \valid_read(released + k);
    assigns \nothing;
    ensures checked: \result == true <==>
      \forall integer p; 64 * k <= p < 64 * k + 64 ==>
        BitAt(released, p) == 1 ==> BitAt(free, p) == 1;
*/
static bool released_at(const uint64_t *free, const uint64_t *released, uint32_t k)
{
    uint32_t j = bits_lowest(bits_andnot(released[k], free[k]));
    /*@ assert bits: \forall integer p; 64 * k <= p < 64 * k + 64 ==>
          BitAt(released, p) == Bit(released[k], p - 64 * k) &&
          BitAt(free, p) == Bit(free[k], p - 64 * k); */
    //@ assert some: j < 64 ==> BitAt(released, 64 * k + j) == 1 && BitAt(free, 64 * k + j) == 0;
    return j == 64;
}

bool pagecheck_released(const struct pagealloc *pa)
{
    uint32_t n = pa->npages / 64;
    /*@ loop invariant range: 0 <= k <= n;
        loop invariant so_far: \forall integer p; 0 <= p < 64 * k ==>
          BitAt(pa->released, p) == 1 ==> BitAt(pa->free, p) == 1;
        loop assigns k;
        loop variant n - k;
    */
    for (uint32_t k = 0; k < n; k++)
        if (!released_at(pa->free, pa->released, k)) return false;
    return true;
}

bool pagecheck_count(const struct pagealloc *pa)
{
    return pa->free_pages == bitmap_count_range(pa->free, 0, pa->npages);
}
