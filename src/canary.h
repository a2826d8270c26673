/* canary.h -- tells when an object was written beyond its end, and how it was asked for.
 *
 * A slot that is longer than its object ends in a word, the canary, made of a secret, the slot's
 * address and a mark. The mark says how many bytes lie between the object and the canary: the
 * slack, which is kept zero. So the object's size is known exactly, and a write of one byte beyond
 * it is seen as soon as somebody looks, unless it wrote the zero that stood there. The mark also
 * says the object's kind: of which family of functions it came. The first byte of a canary is zero:
 * a string that has lost its end stops there, and does not show the secret. No canary is the number
 * zero.
 *
 * Of the 2^56 words that can end a slot, 2^19 at most are canaries of it, each with its mark in it
 * twice, four bytes apart, so that no two of them differ in one byte alone: any change of one byte
 * is seen, and a chance word passes once in 2^37. Who can read a canary knows that one; the others
 * follow from the secret. Slots that are a multiple of 64 GiB apart have the same.
 */
#ifndef WPM_CANARY_H
#define WPM_CANARY_H

#include "cleanbytes.h"
#include "magicdiv.h"

#define CANARY_BYTES 8u      /* of a slot's end */
#define CANARY_SLACK 0xffffu /* most bytes between an object and its canary */
#define CANARY_KINDS 8u
#define CANARY_KIND_STEP 0x10000u            /* a mark is slack + kind * this */
#define CANARY_MARKS 0x80000u                /* more than any mark */
#define CANARY_STEP 0x10000000100u           /* between canaries of two marks */
#define CANARY_BROKEN ((size_t)-1)           /* no object's size */

/* What the canaries of a heap are made of; random. */
struct canary_secret {
    uint32_t factor; /* below 2^31; times an address */
    uint64_t base;   /* from 256 to below 2^62; added */
};

/* What a canary says of its object. */
struct canary_mark {
    size_t bytes;  /* its size; CANARY_BROKEN when the slot's end is not as it was left */
    uint32_t kind; /* below CANARY_KINDS */
};

#include "../spec/canary.acsl"

/* What all canaries of the slot at `address` have in common. */
/*@ requires secret: CanarySecret(s);
    requires address: address < ADDRESS_LIMIT;
    assigns \nothing;
    ensures key: \result == CanaryKey(SECRET(s), address);
    ensures room: 256 <= \result <= 0xc000000000000000 && \result % 256 == 0;
*/
static inline uint64_t canary_key(struct canary_secret s, uintptr_t address)
{
    uint64_t unit = address / 16 % 0x100000000u;
    //@ ghost magic_lemma_scale((uint32_t)unit, s.factor, 0x7fffffff);
    //@ assert most: unit * s.factor <= 0x7fffffff * 0xffffffff;
    uint64_t mix = unit * s.factor + s.base;
    return mix - mix % 256;
}

/* The slot at `address`, of `slot_bytes` bytes, ends as one of an object of `bytes` bytes. */
/*@ requires secret: CanarySecret(s);
    requires slot: CANARY_BYTES <= slot_bytes && address + slot_bytes <= ADDRESS_LIMIT;
    requires slack: bytes + CANARY_BYTES <= slot_bytes <= bytes + CANARY_BYTES + CANARY_SLACK;
    requires kind: kind < CANARY_KINDS;
    requires clean: Clean(address + bytes, address + slot_bytes - CANARY_BYTES);
    assigns edge_byte[address + slot_bytes - CANARY_BYTES .. address + slot_bytes - 1];
    ensures whole: CanaryWhole(SECRET(s), address, slot_bytes, bytes, kind);
*/
static inline void canary_put(struct canary_secret s, uintptr_t address, size_t slot_bytes,
                              size_t bytes, uint32_t kind)
{
    size_t mark = slot_bytes - CANARY_BYTES - bytes + (size_t)kind * CANARY_KIND_STEP;
    //@ assert mark: mark == CanaryMark(slot_bytes - CANARY_BYTES - bytes, kind);
    //@ assert room: mark < CANARY_MARKS;
    uint64_t word = canary_key(s, address) + mark * CANARY_STEP;
    edge_put_word(address + slot_bytes - CANARY_BYTES, word);
    //@ assert word: word == CanaryWord(SECRET(s), address, mark);
    //@ assert clean: Clean(address + bytes, address + slot_bytes - CANARY_BYTES);
}

/* What the canary of the slot at `address`, of `slot_bytes` bytes, a multiple of 16, says. */
/*@ requires secret: CanarySecret(s);
    requires slot: 2 * CANARY_BYTES <= slot_bytes && CANARY_BYTES <= address &&
      address + slot_bytes <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures size: \result.bytes != CANARY_BROKEN ==>
      \result.bytes + CANARY_BYTES <= slot_bytes && \result.kind < CANARY_KINDS &&
      CanaryWhole(SECRET(s), address, slot_bytes, \result.bytes, \result.kind);
    ensures broken: \result.bytes == CANARY_BROKEN ==> \forall integer n, k; 0 <= n ==>
      !CanaryWhole(SECRET(s), address, slot_bytes, n, k);
*/
static inline struct canary_mark canary_read(struct canary_secret s, uintptr_t address,
                                             size_t slot_bytes)
{
    struct canary_mark out = {CANARY_BROKEN, 0};
    uintptr_t end = address + slot_bytes - CANARY_BYTES;
    uint64_t word = edge_word(end);
    uint64_t first = canary_key(s, address);
    if (word < first) return out;
    uint64_t mark = (word - first) / 256 % CANARY_MARKS;
    /*@ assert one: \forall integer m; 0 <= m < CANARY_MARKS ==>
          word == first + m * CANARY_STEP ==> m == mark; */
    if (word - first != mark * CANARY_STEP) return out;
    uint64_t slack = mark % CANARY_KIND_STEP;
    if (slack > slot_bytes - CANARY_BYTES || !clean_before(end, slack)) return out;
    out.bytes = slot_bytes - CANARY_BYTES - slack;
    out.kind = (uint32_t)(mark / CANARY_KIND_STEP);
    return out;
}

/* Whether the slot at `address`, of `slot_bytes` bytes, ends as one may, be it held or not. */
/*@ requires secret: CanarySecret(s);
    requires slot: CANARY_BYTES <= slot_bytes && address + slot_bytes <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures ends: \result == true <==> CanaryEnds(SECRET(s), address, slot_bytes);
*/
static inline bool canary_ends(struct canary_secret s, uintptr_t address, size_t slot_bytes)
{
    uint64_t word = edge_word(address + slot_bytes - CANARY_BYTES);
    if (word == 0) return true;
    uint64_t first = canary_key(s, address);
    /*@ assert key: \forall integer m; CanaryWord(SECRET(s), address, m) ==
          first + m * CANARY_STEP; */
    /*@ assert below: word < first ==> \forall integer m; 0 <= m ==>
          word != CanaryWord(SECRET(s), address, m); */
    if (word < first) return false;
    uint64_t mark = (word - first) / 256 % CANARY_MARKS;
    /*@ assert one: \forall integer m; 0 <= m < CANARY_MARKS ==>
          word == first + m * CANARY_STEP ==> m == mark; */
    bool same = word - first == mark * CANARY_STEP;
    /*@ assert canary: same == true <==> word == CanaryWord(SECRET(s), address, mark); */
    /*@ assert none: same == false ==> \forall integer m; 0 <= m < CANARY_MARKS ==>
          word != CanaryWord(SECRET(s), address, m); */
    return same;
}

#endif
