/* asked.h -- how many bytes were asked for, kept in the last word of each slot: the watched build.
 *
 * The margin behind an object is 16 bytes at least, so that the word is no object's. What is found
 * there is believed when it has this slot's seal and fits the slot: a slot that was never handed
 * out has none.
 */
#ifndef WPM_WATCHED_ASKED_H
#define WPM_WATCHED_ASKED_H

#include "../config.h"
#include "../margin.h"
#include "../platform/watch.h"

#define ASKED_UNKNOWN SIZE_MAX

#include "../../spec/asked.acsl"

/* Keep the size of the object in the slot of `slot_bytes` bytes at `slot`. */
/*@ requires slot: sizeof(uint64_t) <= slot_bytes && slot + slot_bytes <= ADDRESS_LIMIT;
    requires size: bytes <= slot_bytes;
    assigns watch_word[slot + slot_bytes - sizeof(uint64_t)];
    ensures kept: AskedIs(slot + slot_bytes - sizeof(uint64_t), bytes);
*/
static inline void asked_keep(uintptr_t slot, size_t slot_bytes, size_t bytes)
{
    uintptr_t word = slot + slot_bytes - sizeof(uint64_t);
    watch_store(word, UINT64_MAX - word - bytes);
}

/* The size that was kept there; ASKED_UNKNOWN: what lies there is none. */
/*@ requires slot: sizeof(uint64_t) <= slot_bytes && slot + slot_bytes <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures kept: \forall integer b; 0 <= b <= slot_bytes - MARGIN_LEAST ==>
      AskedIs(slot + slot_bytes - sizeof(uint64_t), b) ==> \result == b;
    ensures fits: \result == ASKED_UNKNOWN || (\result + MARGIN_LEAST <= slot_bytes &&
      AskedIs(slot + slot_bytes - sizeof(uint64_t), \result));
*/
static inline size_t asked_bytes(uintptr_t slot, size_t slot_bytes)
{
    uintptr_t word = slot + slot_bytes - sizeof(uint64_t);
    uint64_t seal = UINT64_MAX - word, found = watch_load(word);
    if (found > seal || seal - found >= slot_bytes) return ASKED_UNKNOWN;
    size_t bytes = (size_t)(seal - found);
    return slot_bytes - bytes >= MARGIN_LEAST ? bytes : ASKED_UNKNOWN;
}

#endif
