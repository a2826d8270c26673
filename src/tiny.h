/* tiny.h -- Go's tiny rule: objects of 1 to 15 bytes without pointers share blocks of 16 bytes.
 *
 * A cache has at most one current block, used up to `offset`. A piece goes behind what is used,
 * aligned by its size, if it fits; else it opens a fresh block at offset 0, and of the two blocks
 * the one with more room is current from then on. A block dies when all its pieces are dead, so
 * the rule is for heaps that are collected, or that count a block's pieces. These are pure
 * functions of the state; who owns the blocks is the caller's business. Rule and figures: Go 1.24,
 * runtime/malloc.go.
 */
#ifndef WPM_TINY_H
#define WPM_TINY_H

#include <stdbool.h>
#include <stdint.h>

#define TINY_BLOCK 16u /* bytes of a block; a piece is smaller */

/* The current block of a cache. Zero is: none. */
struct tiny {
    bool have;       /* there is a current block */
    uint32_t offset; /* bytes of it that are used */
};

/* Where a piece went. */
struct tiny_piece {
    bool fresh;       /* in a fresh block; else in the current one */
    uint32_t offset;  /* of the piece in its block, bytes */
    bool kept;        /* the fresh block is the current one from now on */
    struct tiny after; /* the current block from now on */
};

#include "../spec/tiny.acsl"

/* Go's alignment of a piece: the power of two in its size, at most 8. */
/*@ requires size: 1 <= size < TINY_BLOCK;
    assigns \nothing;
    ensures power: TinyAlign(\result);
    ensures divides: size % \result == 0;
    ensures most: \result < 8 ==> size % (2 * \result) != 0;
*/
static inline uint32_t tiny_align_go(uint32_t size)
{
    return size % 8 == 0 ? 8 : size % 4 == 0 ? 4 : size % 2 == 0 ? 2 : 1;
}

/* The same on 32-bit targets, where 12 bytes may hold a 64-bit atomic before a pointer. */
/*@ requires size: 1 <= size < TINY_BLOCK;
    assigns \nothing;
    ensures power: TinyAlign(\result);
    ensures twelve: size == 12 ==> \result == 8;
    ensures divides: size != 12 ==> size % \result == 0;
    ensures most: size != 12 && \result < 8 ==> size % (2 * \result) != 0;
*/
static inline uint32_t tiny_align_go_32(uint32_t size)
{
    return size == 12 ? 8 : tiny_align_go(size);
}

/* C's alignment of a piece: any object that fits, so the largest power of two not above its
 * size. */
/*@ requires size: 1 <= size < TINY_BLOCK;
    assigns \nothing;
    ensures power: TinyAlign(\result);
    ensures fits: \result <= size < 2 * \result;
*/
static inline uint32_t tiny_align_c(uint32_t size)
{
    return size >= 8 ? 8 : size >= 4 ? 4 : size >= 2 ? 2 : 1;
}

/* Place a piece of `size` bytes aligned to `align` (1, 2, 4 or 8) in the state `t`. */
/*@ requires valid: TinyValid(t);
    requires size: 1 <= size < TINY_BLOCK;
    requires align: TinyAlign(align);
    assigns \nothing;
    ensures aligned: \result.offset % align == 0;
    ensures inside: \result.offset + size <= TINY_BLOCK;
    ensures shared: TinyFits(t, size, align) ==> \result.fresh == false &&
      \result.offset == TinyUp(t.offset, align);
    ensures behind: \result.fresh == false ==>
      t.offset <= \result.offset < t.offset + align && \result.kept == false &&
      \result.after.offset == \result.offset + size;
    ensures fresh: !TinyFits(t, size, align) ==> \result.fresh == true && \result.offset == 0;
    ensures kept: \result.fresh == true ==>
      (\result.kept == true <==> t.have == 0 || size < t.offset) &&
      \result.after.offset == (\result.kept == true ? size : t.offset);
    ensures current: \result.after.have == true;
    ensures valid: TinyValid(\result.after);
*/
struct tiny_piece tiny_place(struct tiny t, uint32_t size, uint32_t align);

#endif
