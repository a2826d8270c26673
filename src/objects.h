/* objects.h -- what is built on malloc and free: calloc, aligned, realloc, and what a slot is.
 *
 * Also here: the start of a heap, and its locks around fork.
 */
#ifndef WPM_OBJECTS_H
#define WPM_OBJECTS_H

#include "alloc.h"

#include "../spec/objects.acsl"

/* As wpm_calloc, wpm_realloc, wpm_aligned, through cache `c`. */
void *object_calloc(struct wpm_heap *h, struct mcache *c, size_t count, size_t bytes);
void *object_realloc(struct wpm_heap *h, struct mcache *c, void *object, size_t bytes,
                     wpm_status *status);
void *object_aligned(struct wpm_heap *h, struct mcache *c, size_t align, size_t bytes);

/* As wpm_describe: what freeing `address` would say now. Total: any address. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
    ensures status: \result.status == WPM_OK || \result.status == WPM_FOREIGN ||
      \result.status == WPM_INTERIOR || \result.status == WPM_DOUBLE_FREE;
    ensures object: \result.status == WPM_OK ==>
      ObjectAt(h, address, \result.size_class, \result.slot_bytes);
    ensures foreign: \result.status == WPM_FOREIGN ==> NoSlotOf(h, address);
    ensures interior: \result.status == WPM_INTERIOR ==> NoSlotStarts(h, address);
    ensures dead: \result.status == WPM_DOUBLE_FREE ==> NotHeld(h, address);
*/
wpm_info object_describe(const struct wpm_heap *h, uintptr_t address);

/* As wpm_usable_size. Total: any pointer. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
    ensures usable: \result != 0 ==>
      \exists integer k; ObjectAt(h, (uintptr_t)object, k, \result);
*/
size_t object_usable_size(const struct wpm_heap *h, const void *object);

/* Set up heap `h`, a record of the caller's, on address space reserved for it, at most
 * `limit_bytes` (0: as much as the system gives). False when the system refuses. */
bool heap_start(struct wpm_heap *h, size_t limit_bytes);

/* Around fork: the child must find the heap's locks free and what they guard whole. */
void object_fork_prepare(struct wpm_heap *h);
void object_fork_parent(struct wpm_heap *h);
void object_fork_child(struct wpm_heap *h);

#endif
