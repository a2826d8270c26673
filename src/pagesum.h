/* pagesum.h -- runs of free pages: summaries of blocks, and first fit through them.
 *
 * A bitmap says of each page whether it is free (bit set). A summary says of a block of pages how
 * many are free at its start, in its longest run, and at its end: enough to know the summary of
 * two neighbours as one block, and whether a run crosses their border. A chunk of CHUNK_PAGES
 * pages is summarised from its words; a row of up to PAGESUM_FAN blocks from their summaries.
 * Pages at and above `np` (a number for the proof alone) do not exist and count as not free, so
 * that the last block of a level may be cut short. Pure functions of arrays that the caller owns
 * and guards.
 */
#ifndef WPM_PAGESUM_H
#define WPM_PAGESUM_H

#include <stdint.h>

#include "bitmap.h"
#include "config.h"

#define NO_PAGE 0xffffffffu /* not a page */
#define PAGESUM_FAN 16u     /* blocks of one level that make a block of the next */

/* What is free in a block. */
struct page_summary {
    uint32_t start; /* free pages at its start */
    uint32_t max;   /* pages of its longest free run */
    uint32_t end;   /* free pages at its end */
};

/* Where a search through a row ended. */
struct page_place {
    uint32_t page;  /* first page of the run; NO_PAGE: none was found at the borders */
    uint32_t entry; /* then: the block that holds the run, or one above the last block */
};

#include "../spec/pagesum.acsl"
/* The summary of a block of `pages` pages, `a`, and its right neighbour of `more` pages, `b`. */
/*@ requires left: a.start <= pages && a.max <= pages && a.end <= pages;
    requires right: b.start <= more && b.end <= more;
    requires limit: pages + more <= BITMAP_MAX_BITS;
    assigns \nothing;
    ensures start: \result.start == (a.start == pages ? a.start + b.start : a.start);
    ensures end: \result.end == (b.end == more ? a.end + b.end : b.end);
    ensures covers: a.max <= \result.max && b.max <= \result.max && a.end + b.start <= \result.max;
    ensures exact: \result.max == a.max || \result.max == b.max || \result.max == a.end + b.start;
*/
static inline struct page_summary pagesum_join(struct page_summary a, uint32_t pages,
                                               struct page_summary b, uint32_t more)
{
    uint32_t across = a.end + b.start;
    if (a.start == pages) a.start = a.start + b.start;
    if (a.max < b.max) a.max = b.max;
    if (a.max < across) a.max = across;
    a.end = b.end == more ? a.end + b.end : b.end;
    return a;
}

/* The summary of chunk `chunk` of the bitmap w. */
/*@ requires range: (chunk + 1) * CHUNK_PAGES <= np <= MAX_PAGES;
    requires memory: \valid_read(w + (chunk * CHUNK_WORDS .. chunk * CHUNK_WORDS + CHUNK_LAST));
    assigns \nothing;
    ensures summary: BlockSummary(w, np, chunk * CHUNK_PAGES, chunk * CHUNK_PAGES + CHUNK_PAGES,
                                  \result.start, \result.max, \result.end);
*/
struct page_summary pagesum_of_chunk(const uint64_t *w, uint32_t chunk) /*@ ghost (uint32_t np) */;

/* The summary of PAGESUM_FAN blocks of `size` pages from entry `first` of s on. Only `count` of
 * them are there when the pages end before. */
/*@ requires range: 1 <= count <= PAGESUM_FAN && LevelSize(size);
    requires limit: first * size <= MAX_PAGES;
    requires cut: count < PAGESUM_FAN ==> np <= first * size + count * size;
    requires memory: \valid_read(s + (first .. first + count - 1));
    requires exact: \forall integer i; first <= i < first + count ==> EntryExact(w, np, s, i, size);
    assigns \nothing;
    ensures summary: BlockSummary(w, np, first * size, (first + PAGESUM_FAN) * size,
                                  \result.start, \result.max, \result.end);
*/
struct page_summary pagesum_of_row(const struct page_summary *s, uint32_t first, uint32_t count,
                                   uint32_t size) /*@ ghost (uint64_t *w, uint32_t np) */;

/* The first run of n free pages in [from, end), both multiples of 64; NO_PAGE when there is
 * none. */
/*@ requires range: from < end <= np <= MAX_PAGES && from % 64 == 0 && end % 64 == 0;
    requires length: 1 <= n;
    requires memory: \valid_read(w + (from / 64 .. (end - 1) / 64));
    assigns \nothing;
    ensures found: \result != NO_PAGE ==> from <= \result && \result + n <= end &&
      FreeRun(w, np, \result, n);
    ensures first: \result != NO_PAGE ==> NoRunStarts(w, np, from, \result, n);
    ensures none: \result == NO_PAGE ==> BlockLacks(w, np, from, end, n);
*/
uint32_t pagesum_find_in_chunk(const uint64_t *w, uint32_t from, uint32_t end, uint32_t n)
    /*@ ghost (uint32_t np) */;

/* Search the row of `count` blocks of `size` pages from entry `first` of s on for the first run of
 * n free pages: the run if it reaches over a border, else the first block with one inside. */
/*@ requires range: 1 <= size <= MAX_PAGES && 1 <= n <= MAX_PAGES;
    requires limit: (first + count) * size <= 0xffffffff;
    requires memory: \valid_read(s + (first .. first + count - 1));
    requires exact: \forall integer i; first <= i < first + count ==> EntryExact(w, np, s, i, size);
    assigns \nothing;
    ensures found: \result.page != NO_PAGE ==> first * size <= \result.page &&
      FreeRun(w, np, \result.page, n) && NoRunStarts(w, np, first * size, \result.page, n);
    ensures entry: first <= \result.entry <= first + count;
    ensures inside: \result.page == NO_PAGE ==> \result.entry < first + count ==>
      n <= s[\result.entry].max && NoRunStarts(w, np, first * size, \result.entry * size, n);
    ensures none: \result.page == NO_PAGE ==> \result.entry == first + count ==>
      BlockLacks(w, np, first * size, (first + count) * size, n);
*/
struct page_place pagesum_find_in_row(const struct page_summary *s, uint32_t first, uint32_t count,
                                      uint32_t size, uint32_t n)
    /*@ ghost (uint64_t *w, uint32_t np) */;

#endif
