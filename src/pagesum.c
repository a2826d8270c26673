/* pagesum.c -- summaries of chunks and rows; first fit in them. */
#include "pagesum.h"

/*@ assigns \nothing;
    ensures lesser: \result == (a < b ? a : b);
*/
static inline uint32_t lesser(uint32_t a, uint32_t b) { return a < b ? a : b; }

/*@ assigns \nothing;
    ensures greater: \result == (a > b ? a : b);
*/
static inline uint32_t greater(uint32_t a, uint32_t b) { return a > b ? a : b; }

/* The summary of word k. Its longest run counts only if it is longer than `least`. */
/*@ requires range: 64 * k + 64 <= np <= MAX_PAGES;
    requires least: least <= 64;
    requires memory: \valid_read(w + k);
    assigns \nothing;
    ensures range: \result.start <= 64 && \result.end <= 64;
    ensures max: least <= \result.max <= 64;
    ensures edges: BlockEdges(w, np, 64 * k, 64 * k + 64, \result.start, \result.end);
    ensures bound: BlockBound(w, np, 64 * k, 64 * k + 64, \result.max);
    ensures some: \result.max > least ==> BlockHas(w, np, 64 * k, 64 * k + 64, \result.max);
*/
static inline struct page_summary word_summary(const uint64_t *w, uint32_t k, uint32_t least)
    /*@ ghost (uint32_t np) */
{
    struct page_summary s;
    uint64_t x = w[k], used = bits_not(x);
    s.start = bits_lowest(used);
    s.end = 64 - bits_width(used);
    /*@ assert word: WordPages(w, np, k, x); */
    uint32_t edge = greater(s.start, s.end);
    /*@ assert runs: OnesRun(x, 0, s.start) && OnesRun(x, 64 - s.end, s.end); */
    /*@ assert first: Window(64 * k + 0, 0) && FreeRun(w, np, 64 * k + 0, s.start); */
    /*@ assert last: Window(64 * k + (64 - s.end), 0) &&
          FreeRun(w, np, 64 * k + (64 - s.end), s.end); */
    /*@ assert edge: BlockHas(w, np, 64 * k, 64 * k + 64, edge); */
    s.max = bits_longest_run(x, greater(least, edge)); /* at once, when all or no page is free */
    return s;
}

struct page_summary pagesum_of_chunk(const uint64_t *w, uint32_t chunk) /*@ ghost (uint32_t np) */
{
    struct page_summary s = { 0, 0, 0 };
    uint32_t first = chunk * CHUNK_WORDS;
    /*@ loop invariant range: 0 <= k <= CHUNK_WORDS;
        loop invariant summary: BlockSummary(w, np, 64 * first, 64 * first + 64 * k,
                                             s.start, s.max, s.end);
        loop assigns k, s;
        loop variant CHUNK_WORDS - k;
    */
    for (uint32_t k = 0; k < CHUNK_WORDS; k++) {
        uint32_t least = lesser(s.max, 64);
        struct page_summary word = word_summary(w, first + k, least) /*@ ghost (np) */;
        s = pagesum_join(s, 64 * k, word, 64);
    }
    return s;
}

struct page_summary pagesum_of_row(const struct page_summary *s, uint32_t first, uint32_t count,
                                   uint32_t size) /*@ ghost (uint64_t *w, uint32_t np) */
{
    struct page_summary all = s[first];
    /*@ assert entry: EntryExact(w, np, s, first, size); */
    uint32_t pages = size;
    /*@ loop invariant range: 1 <= j <= count && pages == j * size;
        loop invariant summary: BlockSummary(w, np, first * size, first * size + pages,
                                             all.start, all.max, all.end);
        loop assigns j, pages, all;
        loop variant count - j;
    */
    for (uint32_t j = 1; j < count; j++) {
        /*@ assert entry: EntryExact(w, np, s, first + j, size); */
        all = pagesum_join(all, pages, s[first + j], size);
        pages += size;
    }
    if (count < PAGESUM_FAN) {
        /*@ assert beyond: first * size + pages < (first + PAGESUM_FAN) * size; */
        /*@ assert rest: BlockEdges(w, np, first * size + pages, (first + PAGESUM_FAN) * size, 0, 0)
              && BlockBound(w, np, first * size + pages, (first + PAGESUM_FAN) * size, 0); */
        all.end = 0;
    }
    return all;
}

uint32_t pagesum_find_in_chunk(const uint64_t *w, uint32_t from, uint32_t end, uint32_t n)
    /*@ ghost (uint32_t np) */
{
    uint32_t run = 0;
    /*@ loop invariant range: from / 64 <= k <= end / 64;
        loop invariant run: run < n && run <= 64 * k - from;
        loop invariant free: FreeRun(w, np, 64 * k - run, run);
        loop invariant none: NoRunStarts(w, np, from, 64 * k - run, n);
        loop assigns run, k;
        loop variant end / 64 - k;
    */
    for (uint32_t k = from / 64; k < end / 64; k++) {
        uint64_t x = w[k], used = bits_not(x);
        /*@ assert word: WordPages(w, np, k, x); */
        uint32_t start = bits_lowest(used);
        /*@ assert start: FreeRun(w, np, 64 * k, start) &&
              (start < 64 ==> PageFree(w, np, 64 * k + start) == 0); */
        if (run + start >= n) return 64 * k - run;
        if (start == 64) {
            run += 64;
        } else {
            /*@ assert before: NoRunStarts(w, np, from, 64 * k, n); */
            uint32_t j = n <= 64 ? bits_find_run(x, n) : 64;
            if (j < 64) return 64 * k + j;
            run = 64 - bits_width(used);
            /*@ assert short: n <= run ==> OnesRun(x, 64 - run, n); */
            /*@ assert end: FreeRun(w, np, 64 * k + 64 - run, run) &&
                  PageFree(w, np, 64 * k + 63 - run) == 0; */
        }
    }
    return NO_PAGE;
}

/* Products keep the order of their factors. */
/*@ ghost
  /@ requires order: a <= b;
     assigns \nothing;
     ensures scaled: a * size <= b * size;
  @/
  static inline void pagesum_lemma_order(uint32_t a, uint32_t b, uint32_t size) { }
*/

struct page_place pagesum_find_in_row(const struct page_summary *s, uint32_t first, uint32_t count,
                                      uint32_t size, uint32_t n)
    /*@ ghost (uint64_t *w, uint32_t np) */
{
    struct page_place place = { NO_PAGE, first };
    uint32_t run = 0, page = first * size;
    /*@ loop invariant range: first <= place.entry <= first + count && place.page == NO_PAGE;
        loop invariant page: page == place.entry * size;
        loop invariant run: run < n && first * size <= page - run;
        loop invariant free: FreeRun(w, np, page - run, run);
        loop invariant none: NoRunStarts(w, np, first * size, page - run, n);
        loop assigns place, run, page;
        loop variant first + count - place.entry;
    */
    while (place.entry < first + count) {
        struct page_summary b = s[place.entry];
        /*@ assert entry: EntryExact(w, np, s, place.entry, size); */
        /*@ ghost pagesum_lemma_order(place.entry + 1, first + count, size); */
        /*@ assert room: page + size <= (first + count) * size; */
        if (run + b.start >= n) {
            place.page = page - run;
            return place;
        }
        if (b.max >= n) return place;
        run = b.end == size ? run + size : b.end;
        page += size;
        place.entry++;
    }
    return place;
}
