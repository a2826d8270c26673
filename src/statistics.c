/* statistics.c -- see statistics.h */
#include "statistics.h"

#include "atomic.h"

/*@ assigns \nothing;
    ensures sum: \result == Capped(a + b);
*/
static inline uint64_t sum(uint64_t a, uint64_t b)
{
    return a <= UINT64_MAX - b ? a + b : UINT64_MAX;
}

/*@ assigns \nothing;
    ensures difference: \result == Less(a, b);
*/
static inline uint64_t difference(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

/* A counter as a figure. */
/*@ assigns \nothing;
    ensures figure: \result == Less(counter, 0);
*/
static inline uint64_t figure(int64_t counter) { return counter > 0 ? (uint64_t)counter : 0; }

/* Word `x` of span `s`, from slot `first` on, counts what the span holds. */
/*@ ghost
  /@ requires slots: first <= SPAN_SLOTS;
     requires word: \forall integer j; 0 <= j < 64 ==> HeldOne(h, s, first + j) == Bit(x, j);
     assigns \nothing;
     ensures count: HeldSlots(h, s, first + 64) == HeldSlots(h, s, first) + Ones(x, 64);
  @/
  static inline void count_word(const struct wpm_heap *h, uint32_t s, uint32_t first, uint64_t x) {
    /@ loop invariant range: 0 <= n <= 64;
       loop invariant count: HeldSlots(h, s, first + n) == HeldSlots(h, s, first) + Ones(x, n);
       loop assigns n;
       loop variant 64 - n;
    @/
    for (uint32_t n = 0; n < 64; n++) {}
  }
*/

/* Slots of span `s` that the program holds. */
/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures count: \result == HeldSlots(h, s, SPAN_SLOTS);
    ensures range: \result <= SPAN_SLOTS;
*/
static uint32_t count_slots(const struct wpm_heap *h, uint32_t s) HEAP_LOCKED(h)
{
    uint32_t slots = 0;
    /*@ loop invariant range: 0 <= i <= SPAN_WORDS;
        loop invariant count: slots == HeldSlots(h, s, i * 64);
        loop invariant few: slots <= i * 64;
        loop assigns i, slots;
        loop variant SPAN_WORDS - i;
    */
    for (uint32_t i = 0; i < SPAN_WORDS; i++) {
        uint32_t w = s * SPAN_WORDS + i;
        uint64_t held = bits_andnot(atomic_read64(&h->live[w]), atomic_read64(&h->freed[w]));
        /*@ assert place: \forall integer j; 0 <= j < 64 ==>
              (i * 64 + j) / 64 == i && (i * 64 + j) % 64 == j; */
        //@ ghost count_word(h, s, i * 64, held);
        slots += bits_count(held);
    }
    return slots;
}

/* Bytes of a slot of span `s`. */
/*@ requires memory: HeapMemory(h);
    requires span: s < h->nspans;
    assigns \nothing;
    ensures bytes: \result == SlotBytes(h, s);
*/
static inline uint64_t slot_bytes(const struct wpm_heap *h, uint32_t s)
{
    const struct mspan *span = &h->span[s];
    return span->span_class != 0 ? span->slot_bytes : (uint64_t)span->npages * PAGE_SIZE;
}

/* A span holds no more slots than it has. */
/*@ ghost
  /@ requires valid: HeapValid(h);
     requires span: InUse(h, s);
     assigns \nothing;
     ensures few: 0 <= HeldSlots(h, s, SPAN_SLOTS) <= h->span[s].nslots;
  @/
  static inline void bound_slots(const struct wpm_heap *h, uint32_t s) {
    /@ loop invariant range: 0 <= n <= SPAN_SLOTS;
       loop invariant few: 0 <= HeldSlots(h, s, n) <= n;
       loop invariant last: HeldSlots(h, s, n) <= h->span[s].nslots;
       loop assigns n;
       loop variant SPAN_SLOTS - n;
    @/
    for (uint32_t n = 0; n < SPAN_SLOTS; n++) {
      /@ assert word: WordOf(s, s * SPAN_WORDS + n / 64); @/
      /@ assert place: (s * SPAN_WORDS + n / 64 - s * SPAN_WORDS) * 64 + n % 64 == n; @/
      /@ assert none: h->span[s].nslots <= n ==> HeldOne(h, s, n) == 0; @/
    }
  }
*/

/* So many slots lie on its pages. */
/*@ ghost
  /@ requires valid: HeapValid(h);
     requires span: InUse(h, s);
     requires few: slots <= h->span[s].nslots;
     assigns \nothing;
     ensures bytes: 0 <= slots * SlotBytes(h, s) <= h->span[s].npages * PAGE_SIZE;
  @/
  static inline void bound_bytes(const struct wpm_heap *h, uint32_t s, uint32_t slots) {
    const struct mspan *span = &h->span[s];
    if (span->span_class != 0) {
      /@ assert geometry: ClassGeometry(span->slot_bytes, span->npages, span->nslots,
                                        span->magic); @/
      magic_lemma_scale(span->slot_bytes, slots, span->nslots);
      /@ assert small: SlotBytes(h, s) == span->slot_bytes && 0 <= slots * span->slot_bytes <=
           span->npages * PAGE_SIZE; @/
    } else if (slots != 0) {
      /@ assert one: slots == 1; @/
    }
  }
*/

/* No page names a span below 1. */
/*@ ghost
  /@ requires memory: HeapMemory(h);
     assigns \nothing;
     ensures none: PagesNamed(h, 1, h->npages) == 0;
  @/
  static inline void name_none(const struct wpm_heap *h) {
    /@ loop invariant range: 0 <= p <= h->npages;
       loop invariant none: PagesNamed(h, 1, p) == 0;
       loop assigns p;
       loop variant h->npages - p;
    @/
    for (uint32_t p = 0; p < h->npages; p++) {}
  }
*/

/* The pages that name span `s` are as many as it has. */
/*@ ghost
  /@ requires valid: HeapValid(h);
     requires span: 0 < s < h->nspans;
     assigns \nothing;
     ensures more: PagesNamed(h, s + 1, h->npages) ==
       PagesNamed(h, s, h->npages) + h->span[s].npages;
     ensures few: PagesNamed(h, s + 1, h->npages) <= h->npages;
  @/
  static inline void name_span(const struct wpm_heap *h, uint32_t s) {
    const uint64_t start = h->span[s].start, end = start + h->span[s].npages;
    /@ assert end: end > start ==> end <= h->npages; @/
    /@ loop invariant range: 0 <= p <= h->npages;
       loop invariant few: PagesNamed(h, s + 1, p) <= p;
       loop invariant more: PagesNamed(h, s + 1, p) ==
         PagesNamed(h, s, p) + (p <= start ? 0 : p <= end ? p - start : end - start);
       loop assigns p;
       loop variant h->npages - p;
    @/
    for (uint32_t p = 0; p < h->npages; p++) {
      /@ assert own: h->page_span[p] == s <==> start <= p < end; @/
    }
  }
*/

/* Figures of what the program holds. */
struct held {
    uint64_t spans, objects, bytes;
};

/*@ requires valid: HeapValid(h);
    assigns \nothing;
    ensures spans: \result.spans == SpansUsed(h, h->nspans);
    ensures objects: \result.objects == HeldObjects(h, h->nspans);
    ensures bytes: \result.bytes == HeldBytes(h, h->nspans) <= h->npages * PAGE_SIZE;
*/
static struct held count_held(const struct wpm_heap *h) HEAP_LOCKED(h)
{
    struct held held = {0, 0, 0};
    //@ ghost name_none(h);
    /*@ loop invariant range: 1 <= s <= h->nspans;
        loop invariant spans: held.spans == SpansUsed(h, s) <= s;
        loop invariant objects: held.objects == HeldObjects(h, s) <= s * SPAN_SLOTS;
        loop invariant bytes: held.bytes == HeldBytes(h, s);
        loop invariant pages: HeldBytes(h, s) <= PagesNamed(h, s, h->npages) * PAGE_SIZE;
        loop invariant few: PagesNamed(h, s, h->npages) <= h->npages;
        loop assigns s, held;
        loop variant h->nspans - s;
    */
    for (uint32_t s = 1; s < h->nspans; s++) {
        //@ ghost name_span(h, s);
        if (h->span[s].npages == 0) continue;
        uint32_t slots = count_slots(h, s);
        uint64_t one = slot_bytes(h, s);
        //@ ghost bound_slots(h, s);
        //@ ghost bound_bytes(h, s, slots);
        //@ assert bytes: slots * one == BytesOfSpan(h, s);
        held.spans += 1;
        held.objects += slots;
        held.bytes += slots * one;
    }
    return held;
}

/* Slots in the windows of cache `c`. */
/*@ requires memory: HeapMemory(h);
    requires cache: c < h->ncaches;
    assigns \nothing;
    ensures count: \result == WindowSlots(h, c, NUM_CLASSES);
    ensures range: \result <= NUM_CLASSES * 64;
*/
static uint32_t count_windows(const struct wpm_heap *h, uint32_t c)
{
    uint32_t slots = 0;
    /*@ loop invariant range: 0 <= k <= NUM_CLASSES;
        loop invariant count: slots == WindowSlots(h, c, k) <= k * 64;
        loop assigns k, slots;
        loop variant NUM_CLASSES - k;
    */
    for (uint32_t k = 0; k < NUM_CLASSES; k++)
        slots += bits_count(atomic_read64(&h->cache[c].entry[k].window));
    return slots;
}

/* Allocations that succeeded so far. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
    ensures count: \result ==
      Less(Capped(Less(h->large_allocs, 0) + ClaimedSlots(h, h->ncaches)),
           WindowsSlots(h, h->ncaches));
*/
static uint64_t count_mallocs(const struct wpm_heap *h) HEAP_LOCKED(h)
{
    uint64_t taken = figure(h->large_allocs), left = 0;
    /*@ loop invariant range: 0 <= c <= h->ncaches;
        loop invariant taken: 0 <= ClaimedSlots(h, c) &&
          taken == Capped(Less(h->large_allocs, 0) + ClaimedSlots(h, c));
        loop invariant left: left == WindowsSlots(h, c) <= c * (NUM_CLASSES * 64);
        loop assigns c, taken, left;
        loop variant h->ncaches - c;
    */
    for (uint32_t c = 0; c < h->ncaches; c++) {
        taken = sum(taken, figure(atomic_read_int64(&h->cache[c].claimed)));
        left += count_windows(h, c);
    }
    return difference(taken, left);
}

/* The figures of pages; those of objects and calls are 0. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
    ensures pages: FiguresPages(h, \result);
    ensures sum: \result.span_bytes + \result.free_bytes == \result.committed_bytes;
*/
static wpm_statistics page_figures(const struct wpm_heap *h) HEAP_LOCKED(h)
{
    wpm_statistics figures = {0};
    //@ assert open: Opened(0);
    /*@ assert split: BitCount(h->pages.free, 0, h->pages.npages) ==
          BitCount(h->pages.free, 0, h->npages) +
          BitCount(h->pages.free, h->npages, h->pages.npages - h->npages); */
    //@ assert beyond: BitCount(h->pages.free, h->npages, h->pages.npages - h->npages) == 0;
    //@ assert free: 0 <= h->pages.free_pages <= h->npages;
    //@ assert released: 0 <= h->released_pages <= h->pages.npages;
    figures.region_bytes = (uint64_t)h->map.npages * PAGE_SIZE;
    figures.committed_bytes = (uint64_t)h->npages * PAGE_SIZE;
    figures.span_bytes = (uint64_t)h->span_pages * PAGE_SIZE;
    figures.free_bytes = (uint64_t)h->pages.free_pages * PAGE_SIZE;
    figures.released_bytes = (uint64_t)h->released_pages * PAGE_SIZE;
    return figures;
}

wpm_statistics statistics_read(const struct wpm_heap *h)
{
    wpm_statistics figures = page_figures(h);
    struct held held = count_held(h);
    figures.spans = held.spans;
    figures.live_objects = held.objects;
    figures.live_bytes = held.bytes;
    figures.mallocs = count_mallocs(h);
    figures.frees = difference(figures.mallocs, figures.live_objects);
    return figures;
}
