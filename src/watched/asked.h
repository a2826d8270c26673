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
#include "../wpmalloc.h"

#define ASKED_SEAL 0x9e3779b97f4a7c15u
#define ASKED_UNKNOWN SIZE_MAX

static inline uint64_t asked_seal(uintptr_t word) { return word * ASKED_SEAL; }

/* Keep the size of the object in the slot of `slot_bytes` bytes at `slot`. */
static inline void asked_keep(uintptr_t slot, size_t slot_bytes, size_t bytes)
{
    uintptr_t word = slot + slot_bytes - sizeof(uint64_t);
    watch_store(word, bytes + asked_seal(word));
}

/* The size that was kept there. */
static inline size_t asked_bytes(uintptr_t slot, size_t slot_bytes)
{
    uintptr_t word = slot + slot_bytes - sizeof(uint64_t);
    uint64_t bytes = watch_load(word) - asked_seal(word);
    return bytes < slot_bytes && bytes + MARGIN_LEAST <= slot_bytes ? bytes : ASKED_UNKNOWN;
}

#endif
