/* theorems.h -- what follows from a heap's invariant for who uses the heap: no code, only lemmas.
 *
 * Every public function keeps the invariant (spec/heap.acsl), so between two calls all of these
 * hold: objects are apart, each on pages of the heap; a page is free or one span's; free pages and
 * the others add up; a span is in one place. They stand in a file of their own so that other proofs
 * do not carry them: spec/theorems.acsl.
 */
#ifndef WPM_THEOREMS_H
#define WPM_THEOREMS_H

#include "heap.h"
#include "wpmalloc.h"

#include "../spec/theorems.acsl"

#endif
