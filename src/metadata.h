/* metadata.h -- the arrays of a heap: where they lie, and how they grow with it.
 *
 * All metadata lies apart from the objects: in a reservation of its own, or at the start of a
 * caller's region. Sizes are in proportion to the pages of the heap. Of a reservation only the
 * part that the heap has grown to is committed.
 */
#ifndef WPM_METADATA_H
#define WPM_METADATA_H

#include "heap.h"

/* Set up heap `h` on reserved address space of at most `limit_bytes` (0: as much as there is). */
bool metadata_reserve(struct wpm_heap *h, uint64_t limit_bytes);

/* Set up heap `h` with arrays and pages inside [region, region + bytes). */
bool metadata_place(struct wpm_heap *h, uintptr_t region, uint64_t bytes);

/* Give a reserved heap's memory back. */
bool metadata_unreserve(struct wpm_heap *h);

/* Make pages [h->npages, npages) usable and extend the arrays over them; *fresh: whether the new
 * pages are zero. False when the system refuses; then nothing has changed. */
/*@ requires memory: HeapMemory(h);
    requires pools: PoolsMemory(h);
    requires range: h->npages < npages <= h->grow_limit;
    requires out: \valid(fresh);
    assigns *fresh, h->npages, h->nspans, h->ids.capacity,
            h->page_span[h->npages .. npages - 1], h->span[h->nspans .. npages],
            h->live[h->nspans * SPAN_WORDS .. npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->freed[h->nspans * SPAN_WORDS .. npages * SPAN_WORDS + SPAN_WORDS - 1],
            h->ids.stack[h->nspans .. npages], h->ids.where[h->nspans .. npages];
    ensures memory: HeapMemory(h);
    ensures pools: PoolsMemory(h);
    ensures limit: h->grow_limit == \old(h->grow_limit);
    ensures sizes: h->npages == (\result == true ? npages : \old(h->npages));
    ensures shapes: ShapesChanged{Pre,Post}(h, NO_SPAN);
    ensures places: PlacesChanged{Pre,Post}(h, NO_SPAN);
    ensures hints: HintsChanged{Pre,Post}(h, NO_SPAN);
    ensures names: NamesChanged{Pre,Post}(h, NO_SPAN);
    ensures words: WordsChanged{Pre,Post}(h, NO_SPAN);
    ensures entries: EntriesSame{Pre,Post}(h);
    ensures sets: SetsSame{Pre,Post}(h);
    ensures page_pool: PagesSame{Pre,Post}(h);
    ensures id_pool: IdsSame{Pre,Post}(h);
*/
bool metadata_extend(struct wpm_heap *h, uint32_t npages, bool *fresh) HEAP_LOCKED(h);

#endif
