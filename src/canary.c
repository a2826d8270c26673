/* canary.c -- see canary.h */
#include "canary.h"

#include "magicdiv.h"

/* What all canaries of the slot at `address` have in common. */
/*@ requires secret: CanarySecret(s);
    requires address: address < ADDRESS_LIMIT;
    assigns \nothing;
    ensures key: \result == CanaryKey(SECRET(s), address);
    ensures room: 0 <= \result <= 0xc010000000000000 && \result % 256 == 0;
*/
static inline uint64_t key(const struct canary_secret *s, uintptr_t address)
{
    uint64_t unit = address / 16;
    uint64_t low = unit % 0x100000000u, high = unit / 0x100000000u;
    //@ ghost magic_lemma_scale((uint32_t)low, s->low, 0x7fffffff);
    //@ ghost magic_lemma_scale((uint32_t)high, s->high, 0xffffffff);
    //@ assert low: low * s->low <= 0x7fffffff * 0xffffffff;
    //@ assert high: high <= 0xfff && high * s->high <= 0xfff * 0xffffffff;
    uint64_t mix = low * s->low + high * s->high + s->base;
    return mix - mix % 256;
}

void canary_put(const struct canary_secret *s, uintptr_t address, size_t slot_bytes, size_t bytes)
{
    size_t slack = slot_bytes - CANARY_BYTES - bytes;
    uint64_t word = key(s, address) + slack * CANARY_STEP;
    edge_put_word(address + slot_bytes - CANARY_BYTES, word);
    //@ assert word: word == CanaryWord(SECRET(s), address, slack);
    //@ assert clean: Clean(address + bytes, address + slot_bytes - CANARY_BYTES);
}

bool canary_clean(uintptr_t address, size_t bytes)
{
    size_t i = 0;
    /*@ loop invariant range: 0 <= i <= bytes;
        loop invariant zero: Clean(address, address + i);
        loop assigns i;
        loop variant bytes - i;
    */
    while (bytes - i >= EDGE_WORD_BYTES) {
        uint64_t word = edge_word(address + i);
        //@ ghost edge_lemma_zero(address + i);
        if (word != 0) return false;
        i += EDGE_WORD_BYTES;
    }
    /*@ loop invariant range: 0 <= i <= bytes;
        loop invariant zero: Clean(address, address + i);
        loop assigns i;
        loop variant bytes - i;
    */
    while (i < bytes) {
        if (edge_get_byte(address + i) != 0) return false;
        i += 1;
    }
    return true;
}

size_t canary_size(const struct canary_secret *s, uintptr_t address, size_t slot_bytes)
{
    uint64_t word = edge_word(address + slot_bytes - CANARY_BYTES);
    uint64_t first = key(s, address);
    if (word < first || (word - first) % CANARY_STEP != 0) return CANARY_BROKEN;
    uint64_t slack = (word - first) / CANARY_STEP;
    //@ assert step: word == first + slack * CANARY_STEP;
    if (slack > CANARY_SLACK || slack > slot_bytes - CANARY_BYTES) return CANARY_BROKEN;
    size_t bytes = slot_bytes - CANARY_BYTES - slack;
    return canary_clean(address + bytes, slack) ? bytes : CANARY_BROKEN;
}
