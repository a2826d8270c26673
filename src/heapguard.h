/* heapguard.h -- the checked build: the proved check of a heap, run as it works.
 *
 * What is looked at must be at rest, so a heap is checked only while the process has one thread
 * (of glibc, which says so; elsewhere never). The check takes time in proportion to the heap; it
 * is done at every so many calls that its time stays in proportion to theirs.
 */
#ifndef WPM_HEAPGUARD_H
#define WPM_HEAPGUARD_H

#include "heap.h"

/* Check `h`, if it is time to; a fault ends the process with one line that names it. */
/*@ assigns \nothing; */
void heapguard_look(const struct wpm_heap *h) HEAP_LOCKED(h);

#endif
