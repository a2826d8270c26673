/* hardened.h -- the libc names' way to the heap in the hardened presets (harden.h).
 *
 * As the functions of process.h: NULL and ENOMEM when there is no memory; a fault ends the process.
 */
#ifndef WPM_HARDENED_H
#define WPM_HARDENED_H

#include <stddef.h>

/* Read the options, and make the secret: once, before the first object. */
void hardened_start(void);

void *hardened_malloc(size_t bytes);
void *hardened_calloc(size_t count, size_t bytes);
void *hardened_realloc(void *object, size_t bytes);
void hardened_free(void *object);
size_t hardened_usable_size(void *object);

/* By the short way; NULL when the window is empty or the request is large. */
void *hardened_malloc_short(size_t bytes);

/* NULL when there is no memory; errno stays. */
void *hardened_aligned(size_t align, size_t bytes);

#endif
