/* search.h -- a search for sequences that cost an allocator as much as can be.
 *
 * Hill climbing with a few of the best of each kind of call kept, from sequences by hand (seeds.h)
 * or from nothing. Random numbers of a fixed seed and a budget in instructions, so that a run
 * gives the same again. It runs on the machine whose instructions it counts.
 */
#ifndef WPM_WORST_SEARCH_H
#define WPM_WORST_SEARCH_H

#include "sequence.h"

/* Searches until so many millions of instructions are spent; prints the worst of each kind with
 * its sequence, and on lines that begin with # how far it is. */
void search_run(size_t region_bytes, uint32_t seed, uint32_t millions, bool from_nothing);

/* A sequence as hexadecimal digits, and back; false when it is none. */
void search_print(const struct sequence *s);
bool search_parse(const char *text, struct sequence *s);

#endif
