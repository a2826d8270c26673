/* hardresize.h -- realloc in a heap with red zones: in its slot if that serves, else by a move.
 *
 * The bytes behind the object are looked at first; what both sizes have stays; the new size has its
 * canary. An object that moves is wiped where it was.
 */
#ifndef WPM_HARDRESIZE_H
#define WPM_HARDRESIZE_H

#include "harden.h"

/* As wpm_realloc; also WPM_OVERRUN of the object, and what harden_malloc may say of a new slot. */
struct object_resized harden_realloc(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                     uintptr_t address, size_t bytes);

#endif
