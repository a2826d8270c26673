/* cleanbytes.h -- are bytes zero? Looked at in words, several at a time. */
#ifndef WPM_CLEANBYTES_H
#define WPM_CLEANBYTES_H

#include "bits.h"
#include "edgeword.h"

#include <stdbool.h>

/* A word below this has n zero bytes at its end. */
static const uint64_t clean_limit[EDGE_WORD_BYTES] = {
    0, 0x100000000000000, 0x1000000000000, 0x10000000000, 0x100000000, 0x1000000, 0x10000, 0x100,
};

/*@ ghost
  /@ requires bytes: WordBytes(a);
     requires some: 1 <= n < 8;
     assigns \nothing;
     ensures top: EdgeWord(a) < clean_limit[n] <==> Clean(a + 8 - n, a + 8);
  @/
  static inline void clean_lemma_top(uintptr_t a, uint64_t n) {
    /@ assert one: EdgeWord(a) < 0x100000000000000 <==> edge_byte[a + 7] == 0; @/
    /@ assert two: EdgeWord(a) < 0x1000000000000 <==>
         edge_byte[a + 6] == 0 && edge_byte[a + 7] == 0; @/
    /@ assert three: EdgeWord(a) < 0x10000000000 <==>
         edge_byte[a + 5] == 0 && edge_byte[a + 6] == 0 && edge_byte[a + 7] == 0; @/
    /@ assert four: EdgeWord(a) < 0x100000000 <==> edge_byte[a + 4] == 0 &&
         edge_byte[a + 5] == 0 && edge_byte[a + 6] == 0 && edge_byte[a + 7] == 0; @/
    /@ assert five: EdgeWord(a) < 0x1000000 <==> edge_byte[a + 3] == 0 && edge_byte[a + 4] == 0 &&
         edge_byte[a + 5] == 0 && edge_byte[a + 6] == 0 && edge_byte[a + 7] == 0; @/
    /@ assert six: EdgeWord(a) < 0x10000 <==> edge_byte[a + 2] == 0 && edge_byte[a + 3] == 0 &&
         edge_byte[a + 4] == 0 && edge_byte[a + 5] == 0 && edge_byte[a + 6] == 0 &&
         edge_byte[a + 7] == 0; @/
    /@ assert seven: EdgeWord(a) < 0x100 <==> edge_byte[a + 1] == 0 && edge_byte[a + 2] == 0 &&
         edge_byte[a + 3] == 0 && edge_byte[a + 4] == 0 && edge_byte[a + 5] == 0 &&
         edge_byte[a + 6] == 0 && edge_byte[a + 7] == 0; @/
  }
*/

/* Whether the bytes of [address, address + bytes), `bytes` a multiple of 16, are zero. */
/*@ requires place: address + bytes <= ADDRESS_LIMIT && bytes % 16 == 0;
    assigns \nothing;
    ensures clean: \result == true <==> Clean(address, address + bytes);
*/
static inline bool clean_all(uintptr_t address, size_t bytes)
{
    size_t i = 0;
    /*@ loop invariant range: 0 <= i <= bytes && i % 16 == 0;
        loop invariant clean: Clean(address, address + i);
        loop assigns i;
        loop variant bytes - i;
    */
    while (bytes - i >= EDGE_BLOCK_BYTES) {
        if (!edge_block_zero(address + i)) return false;
        i += EDGE_BLOCK_BYTES;
    }
    /*@ loop invariant range: 0 <= i <= bytes && i % 16 == 0;
        loop invariant clean: Clean(address, address + i);
        loop assigns i;
        loop variant bytes - i;
    */
    while (i < bytes) {
        uint64_t a = edge_word(address + i), b = edge_word(address + i + 8);
        //@ ghost edge_lemma_zero(address + i);
        //@ ghost edge_lemma_zero(address + i + 8);
        if (!bits_none(a, b, 0, 0)) return false;
        i += 16;
    }
    return true;
}

/* Whether the `bytes` bytes before `end` are zero. The word that ends there, or begins the first
 * of them, is read as a whole. */
/*@ requires place: 8 <= end <= ADDRESS_LIMIT && bytes <= end - 8;
    assigns \nothing;
    ensures clean: \result == true <==> Clean(end - bytes, end);
*/
static inline bool clean_before(uintptr_t end, size_t bytes)
{
    size_t left = bytes;
    /*@ loop invariant range: 0 <= left <= bytes;
        loop invariant clean: Clean(end - bytes + left, end);
        loop assigns left;
        loop variant left;
    */
    while (left >= EDGE_WORD_BYTES) {
        uint64_t word = edge_word(end - bytes + left - EDGE_WORD_BYTES);
        //@ ghost edge_lemma_zero((uintptr_t)(end - bytes + left - EDGE_WORD_BYTES));
        if (word != 0) return false;
        left -= EDGE_WORD_BYTES;
    }
    if (left == 0) return true;
    uint64_t word = edge_word(end - bytes + left - EDGE_WORD_BYTES);
    //@ ghost clean_lemma_top((uintptr_t)(end - bytes + left - EDGE_WORD_BYTES), left);
    return word < clean_limit[left];
}

#endif
