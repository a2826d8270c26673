/* voidheap.h -- objects of no bytes: each has an address of its own, and a touch of it faults.
 *
 * They live in a small heap of their own (wpm_heap), of which the pages are inaccessible: the core
 * never touches the memory that it hands out. It starts with the first such object, or before.
 */
#ifndef WPM_VOIDHEAP_H
#define WPM_VOIDHEAP_H

#include "objects.h"

/* Address space for such objects, and so how many may live at once: one for each 16 bytes. */
#define VOID_BYTES 0x1000000u

/* Start that heap now; for when the system will refuse it later. */
void voidheap_start(void);

/* The address of a new object of no bytes; 0: there is no room for more, or no memory. */
uintptr_t voidheap_take(void);

/* The heap that the address lies in the pages of; NULL when it is another. */
struct wpm_heap *voidheap_of(uintptr_t address);

/* As wpm_free and wpm_describe, of an address for which voidheap_of gives a heap. */
wpm_status voidheap_end(uintptr_t address);

/* Around fork, as object_fork_prepare and its like. */
void voidheap_fork_prepare(void) LOCK_ATTRIBUTE(no_thread_safety_analysis);
void voidheap_fork_parent(void) LOCK_ATTRIBUTE(no_thread_safety_analysis);
void voidheap_fork_child(void);

#endif
