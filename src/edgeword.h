/* edgeword.h -- the bytes of objects eight at a time.
 *
 * A word's first byte is its least, on every machine. Trusted leaves, as edge.h.
 */
#ifndef WPM_EDGEWORD_H
#define WPM_EDGEWORD_H

#include "bits.h"
#include "edge.h"

#include <stdbool.h>

#include "../spec/edgeword.acsl"

#define EDGE_WORD_BYTES 8u
#define EDGE_BLOCK_BYTES 64u /* bytes that are looked at at once */

/* Zero bytes, counted from the first and by address. */
/*@ ghost
  /@ requires zero: BytesZero(from, n);
     assigns \nothing;
     ensures clean: Clean(from, from + n);
  @/
  static inline void edge_lemma_clean(uintptr_t from, uint64_t n) {
    uint64_t k = 0;
    /@ loop invariant range: 0 <= k <= n;
       loop invariant clean: Clean(from, from + k);
       loop assigns k;
       loop variant n - k;
    @/
    while (k < n) {
      /@ assert here: edge_byte[from + k] == 0; @/
      k++;
    }
  }
*/

/* The word whose bytes lie in memory as those of `word` do, the least one first. */
static inline uint64_t edge_order(uint64_t word)
{
    const uint16_t one = 1;
    unsigned char bytes[EDGE_WORD_BYTES];
    if (*(const unsigned char *)&one == 1) return word;
    for (size_t i = 0; i < EDGE_WORD_BYTES; i++) {
        bytes[i] = (unsigned char)(word % 256);
        word /= 256;
    }
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* The word at `address`. */
/*@ requires place: address + EDGE_WORD_BYTES <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures word: \result == EdgeWord(address);
    ensures bytes: WordBytes(address);
*/
static inline uint64_t edge_word(uintptr_t address)
{
    uint64_t word;
    memcpy(&word, (const void *)address, sizeof word);
    return edge_order(word);
}

/* The word at `address` is `word`. */
/*@ requires place: address + EDGE_WORD_BYTES <= ADDRESS_LIMIT;
    assigns edge_byte[address .. address + EDGE_WORD_BYTES - 1];
    ensures word: EdgeWord(address) == word;
*/
static inline void edge_put_word(uintptr_t address, uint64_t word)
{
    word = edge_order(word);
    memcpy((void *)address, &word, sizeof word);
}

/* Whether the EDGE_BLOCK_BYTES bytes at `address` are zero. */
/*@ requires place: address + EDGE_BLOCK_BYTES <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures clean: \result == true <==> Clean(address, address + EDGE_BLOCK_BYTES);
*/
static inline bool edge_block_zero(uintptr_t address)
{
    uint64_t word[EDGE_BLOCK_BYTES / EDGE_WORD_BYTES];
    memcpy(word, (const void *)address, sizeof word);
    return bits_none(bits_or(word[0], word[4]), bits_or(word[1], word[5]),
                     bits_or(word[2], word[6]), bits_or(word[3], word[7]));
}

/* The byte at `address`. */
/*@ requires place: address < ADDRESS_LIMIT;
    assigns \nothing;
    ensures byte: \result == edge_byte[address];
*/
static inline uint8_t edge_get_byte(uintptr_t address) { return *(const uint8_t *)address; }

/* A word is zero when its bytes are. */
/*@ ghost
  /@ requires bytes: WordBytes(a);
     assigns \nothing;
     ensures zero: EdgeWord(a) == 0 <==> Clean(a, a + EDGE_WORD_BYTES);
  @/
  static inline void edge_lemma_zero(uintptr_t a) {
    /@ assert all: EdgeWord(a) == 0 <==> edge_byte[a] == 0 && edge_byte[a + 1] == 0 &&
         edge_byte[a + 2] == 0 && edge_byte[a + 3] == 0 && edge_byte[a + 4] == 0 &&
         edge_byte[a + 5] == 0 && edge_byte[a + 6] == 0 && edge_byte[a + 7] == 0; @/
  }
*/

#endif
