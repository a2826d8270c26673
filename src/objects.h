/* objects.h -- what is built on malloc and free: calloc, aligned, realloc, and what a slot is.
 *
 * Also here: a heap's locks around fork.
 */
#ifndef WPM_OBJECTS_H
#define WPM_OBJECTS_H

#include "alloc.h"

/* Pages of the largest alignment served, a power of two. */
#define MAX_ALIGN_PAGES (MAX_PAGES / 2)

#include "../spec/objects.acsl"

/* As wpm_calloc, through cache `c`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns \result \from h;
    assigns HEAP_ALLOCATED(h), h->large_allocs, HEAP_CACHES(h), edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: (uintptr_t)\result == 0 ==> HeldKept{Pre,Post}(h) &&
      (SIZE_MAX < count * bytes || NoRoomFor(h, c, count * bytes));
    ensures some: (uintptr_t)\result != 0 ==> count * bytes <= SIZE_MAX &&
      SlotGiven{Pre,Post}(h, (uintptr_t)\result, count * bytes);
    ensures zero: (uintptr_t)\result != 0 ==> BytesZero((uintptr_t)\result, count * bytes);
    ensures kept: (uintptr_t)\result != 0 ==>
      BytesKept{Pre,Post}((uintptr_t)\result, count * bytes);
    ensures untouched: (uintptr_t)\result == 0 ==> BytesKept{Pre,Post}(0, 0);
*/
void *object_calloc(struct wpm_heap *h, struct mcache *c, size_t count, size_t bytes);

/* An object that has another size now. */
struct object_resized {
    uintptr_t address; /* where it lies; 0: there is no memory, or there was no object */
    wpm_status status; /* what it was that was to be resized: WPM_OK, or as wpm_free */
};

/* As wpm_realloc, through cache `c`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns HEAP_REMADE(h), edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures status: \result.status == WPM_OK || \result.status == WPM_FOREIGN ||
      \result.status == WPM_INTERIOR || \result.status == WPM_DOUBLE_FREE;
    ensures refused: \result.status != WPM_OK ==> \result.address == 0;
    ensures none: \result.address == 0 ==> HeldKept{Pre,Post}(h);
    ensures why: \result.address == 0 ==> \result.status == WPM_OK ==> NoRoomFor(h, c, bytes);
    ensures foreign: \result.status == WPM_FOREIGN ==> NoSlotOf{Pre}(h, address);
    ensures interior: \result.status == WPM_INTERIOR ==> NoSlotStarts{Pre}(h, address);
    ensures dead: \result.status == WPM_DOUBLE_FREE ==> NotHeld{Pre}(h, address);
    ensures new: address == 0 ==> \result.address != 0 ==>
      SlotGiven{Pre,Post}(h, \result.address, bytes);
    ensures stays: address != 0 ==> \result.address == address ==>
      SlotResized{Pre,Post}(h, address, bytes);
    ensures moved: address != 0 ==> \result.address != 0 ==> \result.address != address ==>
      SlotMoved{Pre,Post}(h, address, \result.address, bytes);
    ensures prefix: address != 0 ==> \result.address != 0 ==> \forall integer k, size;
      ObjectAt{Pre}(h, address, k, size) ==>
      BytesSame{Post,Pre}(\result.address, address, size < bytes ? size : bytes);
    ensures kept: BytesKept{Pre,Post}(\result.address, bytes);
*/
struct object_resized object_realloc(struct wpm_heap *h, struct mcache *c, uintptr_t address,
                                     size_t bytes);

/* As wpm_aligned, through cache `c`. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns \result \from h;
    assigns HEAP_ALLOCATED(h), h->large_allocs, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: (uintptr_t)\result == 0 ==> HeldKept{Pre,Post}(h) &&
      (!AlignServed(align) || NoAlignedFor(h, c, align, bytes));
    ensures some: (uintptr_t)\result != 0 ==> AlignServed(align) &&
      SlotGiven{Pre,Post}(h, (uintptr_t)\result, bytes);
    ensures aligned: (uintptr_t)\result != 0 ==> (uintptr_t)\result % align == 0;
*/
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
    ensures none: \result == 0 ==> \forall integer k, bytes;
      !ObjectAt(h, (uintptr_t)object, k, bytes);
*/
size_t object_usable_size(const struct wpm_heap *h, const void *object);

/* Around fork: the child must find the heap's locks free and what they guard whole. */
/*@ requires valid: HeapValid(h);
    assigns \nothing;
*/
void object_fork_prepare(struct wpm_heap *h)
    LOCK_ATTRIBUTE(acquire_capability(h->shared_lock, h->lock));
/*@ requires valid: HeapValid(h);
    assigns \nothing;
*/
void object_fork_parent(struct wpm_heap *h)
    LOCK_ATTRIBUTE(release_capability(h->lock, h->shared_lock));
/*@ requires valid: HeapValid(h);
    assigns \nothing;
*/
void object_fork_child(struct wpm_heap *h);

#endif
