/* mcentral.h -- a class's spans without an owner: partial and full sets.
 *
 * Spans come here when their owner's thread ends and leave when a cache runs out. A remote free
 * into a full one moves it to the partial set, so no memory is stranded. All functions are called
 * with the heap lock held.
 */
#ifndef WPM_MCENTRAL_H
#define WPM_MCENTRAL_H

#include "heap.h"

/* A span of class `k` with a free slot, in hand; NO_SPAN when the partial set is empty. */
uint32_t mcentral_take(struct wpm_heap *h, uint32_t k);

/* File span `s`, in hand, without a window: merged, then to the heap when it is empty, else to the
 * partial or the full set of its class. */
void mcentral_file(struct wpm_heap *h, uint32_t s);

/* A slot of span `s`, in the full set of its class, has been freed: file it anew. */
void mcentral_refile(struct wpm_heap *h, uint32_t s);

#endif
