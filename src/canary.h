/* canary.h -- tells when an object was written beyond its end.
 *
 * A slot that is longer than its object ends in a word, the canary, made of a secret and the slot's
 * address. It also says how many bytes lie between the object and itself: the slack, which is kept
 * zero. So the object's size is known exactly, and a write of one byte beyond it is seen as soon as
 * somebody looks, unless it wrote the zero that stood there. The first byte of a canary is zero: a
 * string that has lost its end stops there, and does not show the secret.
 *
 * Of the 2^56 words that can end a slot, 2^16 at most are canaries of it, in steps so wide that no
 * two of them differ in one byte alone: any change of one byte is seen, and a chance word passes
 * once in 2^40. Who can read a canary knows that one; the others follow from the secret.
 */
#ifndef WPM_CANARY_H
#define WPM_CANARY_H

#include "cleanbytes.h"
#include "magicdiv.h"

#define CANARY_BYTES 8u      /* of a slot's end */
#define CANARY_SLACK 0xffffu /* most bytes between an object and its canary */
#define CANARY_STEP 0x1d8a4e6b2700u /* between canaries of two slacks: 256 times an odd number */
#define CANARY_BROKEN ((size_t)-1) /* no object's size */

/* What the canaries of a heap are made of; random. */
struct canary_secret {
    uint32_t low;  /* below 2^31; times the low half of an address */
    uint32_t high; /* times the high half */
    uint64_t base; /* below 2^62; added */
};

#include "../spec/canary.acsl"

/* What all canaries of the slot at `address` have in common. */
/*@ requires secret: CanarySecret(s);
    requires address: address < ADDRESS_LIMIT;
    assigns \nothing;
    ensures key: \result == CanaryKey(SECRET(s), address);
    ensures room: 0 <= \result <= 0xc010000000000000 && \result % 256 == 0;
*/
static inline uint64_t canary_key(struct canary_secret s, uintptr_t address)
{
    uint64_t unit = address / 16;
    uint64_t low = unit % 0x100000000u, high = unit / 0x100000000u;
    //@ ghost magic_lemma_scale((uint32_t)low, s.low, 0x7fffffff);
    //@ ghost magic_lemma_scale((uint32_t)high, s.high, 0xffffffff);
    //@ assert low: low * s.low <= 0x7fffffff * 0xffffffff;
    //@ assert high: high <= 0xfff && high * s.high <= 0xfff * 0xffffffff;
    uint64_t mix = low * s.low + high * s.high + s.base;
    return mix - mix % 256;
}

/* The slot at `address`, of `slot_bytes` bytes, ends as one of an object of `bytes` bytes. */
/*@ requires secret: CanarySecret(s);
    requires slot: CANARY_BYTES <= slot_bytes && address + slot_bytes <= ADDRESS_LIMIT;
    requires slack: bytes + CANARY_BYTES <= slot_bytes <= bytes + CANARY_BYTES + CANARY_SLACK;
    requires clean: Clean(address + bytes, address + slot_bytes - CANARY_BYTES);
    assigns edge_byte[address + slot_bytes - CANARY_BYTES .. address + slot_bytes - 1];
    ensures whole: CanaryWhole(SECRET(s), address, slot_bytes, bytes);
*/
static inline void canary_put(struct canary_secret s, uintptr_t address, size_t slot_bytes,
                              size_t bytes)
{
    size_t slack = slot_bytes - CANARY_BYTES - bytes;
    uint64_t word = canary_key(s, address) + slack * CANARY_STEP;
    edge_put_word(address + slot_bytes - CANARY_BYTES, word);
    //@ assert word: word == CanaryWord(SECRET(s), address, slack);
    //@ assert clean: Clean(address + bytes, address + slot_bytes - CANARY_BYTES);
}

/* The size of the object in the slot at `address`, of `slot_bytes` bytes, a multiple of 16;
 * CANARY_BROKEN when the bytes behind it are not as they were left. */
/*@ requires secret: CanarySecret(s);
    requires slot: 2 * CANARY_BYTES <= slot_bytes && CANARY_BYTES <= address &&
      address + slot_bytes <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures size: \result != CANARY_BROKEN ==> \result + CANARY_BYTES <= slot_bytes &&
      CanaryWhole(SECRET(s), address, slot_bytes, \result);
    ensures broken: \result == CANARY_BROKEN ==> \forall integer n; 0 <= n ==>
      !CanaryWhole(SECRET(s), address, slot_bytes, n);
*/
static inline size_t canary_size(struct canary_secret s, uintptr_t address,
                                 size_t slot_bytes)
{
    uintptr_t end = address + slot_bytes - CANARY_BYTES;
    uint64_t word = edge_word(end);
    uint64_t first = canary_key(s, address);
    if (word < first || (word - first) % CANARY_STEP != 0) return CANARY_BROKEN;
    uint64_t slack = (word - first) / CANARY_STEP;
    //@ assert step: word == first + slack * CANARY_STEP;
    if (slack > CANARY_SLACK || slack > slot_bytes - CANARY_BYTES) return CANARY_BROKEN;
    return clean_before(end, slack) ? slot_bytes - CANARY_BYTES - slack : CANARY_BROKEN;
}

#endif
