/* marks.h -- which slots of a heap a collection has reached.
 *
 * A bit for each slot, beside the heap, in the order of its own bits: so a sweep takes a word of
 * both at a time. Memory for the marks is in proportion to the records of spans, and begins zero.
 */
#ifndef WPM_GC_MARKS_H
#define WPM_GC_MARKS_H

#include "find.h"

struct marks {
    const struct wpm_heap *heap;
    uint64_t *bit; /* SPAN_WORDS words a span */
};

#include "../../spec/mark.acsl"

/* Is slot `i` of span `s` marked? */
/*@ requires marks: MarksOf(m);
    requires slot: s < m.heap->nspans && i < SPAN_SLOTS;
    assigns \nothing;
    ensures marked: \result == true <==> Marked(m, s, i);
*/
static inline bool marks_test(struct marks m, uint32_t s, uint32_t i)
{
    return bits_test(m.bit[(size_t)s * SPAN_WORDS + i / 64], i % 64) != 0;
}

/* Mark slot `i` of span `s`. Whether it was not. */
/*@ requires marks: MarksOf(m);
    requires slot: s < m.heap->nspans && i < SPAN_SLOTS;
    assigns m.bit[s * SPAN_WORDS + i / 64];
    ensures marks: MarksOf(m);
    ensures fresh: \result == true <==> !Marked{Pre}(m, s, i);
    ensures more: MarkedMore{Pre,Post}(m, s, i);
*/
static inline bool marks_set(struct marks m, uint32_t s, uint32_t i)
{
    uint64_t *word = m.bit + (size_t)s * SPAN_WORDS + i / 64;
    if (bits_test(*word, i % 64) != 0) return false;
    *word = bits_set(*word, i % 64);
    return true;
}

/* Slot `i` of span `s` is not marked any more. */
/*@ requires marks: MarksOf(m);
    requires slot: s < m.heap->nspans && i < SPAN_SLOTS;
    assigns m.bit[s * SPAN_WORDS + i / 64];
    ensures marks: MarksOf(m);
    ensures less: MarkedLess{Pre,Post}(m, s, i);
*/
static inline void marks_clear(struct marks m, uint32_t s, uint32_t i)
{
    uint64_t *word = m.bit + (size_t)s * SPAN_WORDS + i / 64;
    *word = bits_clear(*word, i % 64);
}

#endif
