/* microheap.h -- the heap of the micro profile: the public functions of wpmalloc.h, and what is
 * proved of them.
 *
 * An object is a run of granules (granules.h), so a heap of a few kilobytes has room: its records
 * take about a hundredth of the region. There are no size classes, no spans, no caches; one lock
 * guards all. The contracts are total, as those of api.h: any pointer to free, any size, any
 * alignment. `Given`, `Ended` and the other predicates are in spec/microheap.acsl.
 */
#ifndef WPM_MICROHEAP_H
#define WPM_MICROHEAP_H

#include "../lock.h"
#include "../wpmalloc.h"
#include "granules.h"

#include "../edge.h"

struct wpm_heap {
    struct granules granules;
    uintptr_t base;   /* address of the first granule, a multiple of PAGE_SIZE */
    struct lock lock; /* guards the granules and the counters */
    int64_t mallocs;  /* allocations that succeeded so far */
    int64_t frees;    /* frees that succeeded so far */
};

/* Granules of the largest alignment served, a power of two. */
#define MAX_ALIGN_GRANULES (MAX_PAGES / 2)

#include "../../spec/microheap.acsl"

/* All that an operation on granules may write. */
#define MICRO_RECORDS(h) \
    h->granules.pages.free_pages, h->granules.pages.search_page, \
    h->granules.starts[0 .. h->granules.pages.npages / 64 - 1], \
    h->granules.pages.free[0 .. h->granules.pages.npages / 64 - 1], \
    h->granules.pages.released[0 .. h->granules.pages.npages / 64 - 1], \
    GRANULES_SUMMARIES(h->granules)

/* An object of at least `bytes` bytes. */
/*@ requires valid: MicroValid(heap);
    assigns \result \from heap;
    assigns MICRO_RECORDS(heap), heap->mallocs;
    ensures valid: MicroValid(heap);
    ensures none: (uintptr_t)\result == 0 ==> ObjectsStay{Pre,Post}(heap) &&
      NoRoom{Pre}(heap, bytes);
    ensures some: (uintptr_t)\result != 0 ==> Given{Pre,Post}(heap, (uintptr_t)\result, bytes);
*/
void *wpm_malloc(wpm_heap *heap, size_t bytes);

/* An object of `count` times `bytes` bytes, zero. */
/*@ requires valid: MicroValid(heap);
    assigns \result \from heap;
    assigns MICRO_RECORDS(heap), heap->mallocs, edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: MicroValid(heap);
    ensures none: (uintptr_t)\result == 0 ==> ObjectsStay{Pre,Post}(heap) &&
      (SIZE_MAX < count * bytes || NoRoom{Pre}(heap, count * bytes));
    ensures some: (uintptr_t)\result != 0 ==> count * bytes <= SIZE_MAX &&
      Given{Pre,Post}(heap, (uintptr_t)\result, count * bytes);
    ensures zero: (uintptr_t)\result != 0 ==> BytesZero((uintptr_t)\result, count * bytes);
    ensures kept: (uintptr_t)\result != 0 ==>
      BytesKept{Pre,Post}((uintptr_t)\result, count * bytes);
    ensures untouched: (uintptr_t)\result == 0 ==> BytesKept{Pre,Post}(0, 0);
*/
void *wpm_calloc(wpm_heap *heap, size_t count, size_t bytes);

/* An object of at least `bytes` bytes at a multiple of `align`. */
/*@ requires valid: MicroValid(heap);
    assigns \result \from heap;
    assigns MICRO_RECORDS(heap), heap->mallocs;
    ensures valid: MicroValid(heap);
    ensures none: (uintptr_t)\result == 0 ==> ObjectsStay{Pre,Post}(heap) &&
      (!AlignServed(align) || NoAligned{Pre}(heap, align, bytes));
    ensures some: (uintptr_t)\result != 0 ==> AlignServed(align) &&
      Given{Pre,Post}(heap, (uintptr_t)\result, bytes);
    ensures aligned: (uintptr_t)\result != 0 ==> (uintptr_t)\result % align == 0;
*/
void *wpm_aligned(wpm_heap *heap, size_t align, size_t bytes);

/* Change an object's size. */
/*@ requires valid: MicroValid(heap);
    requires out: status == \null || \valid(status) && MicroApart(heap, status);
    assigns \result \from heap;
    assigns *status, MICRO_RECORDS(heap), heap->mallocs, heap->frees,
            edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: MicroValid(heap);
    ensures none: (uintptr_t)\result == 0 ==> ObjectsStay{Pre,Post}(heap);
    ensures refused: status != \null ==> *status != WPM_OK ==> (uintptr_t)\result == 0 &&
      NoObjectAt{Pre}(heap, (uintptr_t)object);
    ensures new: (uintptr_t)object == 0 ==> (uintptr_t)\result != 0 ==>
      Given{Pre,Post}(heap, (uintptr_t)\result, bytes);
    ensures stays: (uintptr_t)object != 0 ==> (uintptr_t)\result == (uintptr_t)object ==>
      Resized{Pre,Post}(heap, (uintptr_t)object, bytes);
    ensures moved: (uintptr_t)object != 0 ==> (uintptr_t)\result != 0 ==>
      (uintptr_t)\result != (uintptr_t)object ==>
      Moved{Pre,Post}(heap, (uintptr_t)object, (uintptr_t)\result, bytes);
    ensures prefix: (uintptr_t)object != 0 ==> (uintptr_t)\result != 0 ==>
      \forall integer p, e; MicroObject{Pre}(heap, (uintptr_t)object, p, e) ==>
      BytesSame{Post,Pre}((uintptr_t)\result, (uintptr_t)object,
                          (e - p) * PAGE_SIZE < bytes ? (e - p) * PAGE_SIZE : bytes);
    ensures kept: BytesKept{Pre,Post}((uintptr_t)\result, bytes);
*/
void *wpm_realloc(wpm_heap *heap, void *object, size_t bytes, wpm_status *status);

/* End an object's life. */
/*@ requires valid: MicroValid(heap);
    assigns MICRO_RECORDS(heap), heap->frees;
    ensures valid: MicroValid(heap);
    ensures status: \result == WPM_OK || \result == WPM_FOREIGN || \result == WPM_INTERIOR ||
      \result == WPM_DOUBLE_FREE;
    ensures null: (uintptr_t)object == 0 ==> \result == WPM_OK && ObjectsStay{Pre,Post}(heap);
    ensures freed: \result == WPM_OK ==> (uintptr_t)object != 0 ==>
      Ended{Pre,Post}(heap, (uintptr_t)object);
    ensures refused: \result != WPM_OK ==> ObjectsStay{Pre,Post}(heap) &&
      NoObjectAt{Pre}(heap, (uintptr_t)object);
*/
wpm_status wpm_free(wpm_heap *heap, void *object);

/* Bytes that an object may use. */
/*@ requires valid: MicroValid(heap);
    assigns \nothing;
    ensures usable: \result != 0 ==> \result % PAGE_SIZE == 0 &&
      MicroObject(heap, (uintptr_t)object, GranuleOf(heap, (uintptr_t)object),
                  GranuleOf(heap, (uintptr_t)object) + \result / PAGE_SIZE);
    ensures none: \result == 0 ==> NoObjectAt(heap, (uintptr_t)object);
*/
size_t wpm_usable_size(wpm_heap *heap, const void *object);

/* Where an address stands: `slot` is the granule with which its object starts. */
/*@ requires valid: MicroValid(heap);
    assigns \nothing;
    ensures object: \result.status == WPM_OK ==> \result.offset_bytes == 0 &&
      MicroObject(heap, (uintptr_t)address, \result.slot,
                  \result.slot + \result.slot_bytes / PAGE_SIZE);
    ensures none: \result.status != WPM_OK ==> NoObjectAt(heap, (uintptr_t)address);
    ensures inside: \result.slot_bytes != 0 ==> \result.slot_bytes % PAGE_SIZE == 0 &&
      Object(&heap->granules, \result.slot, \result.slot + \result.slot_bytes / PAGE_SIZE) &&
      heap->base + \result.slot * PAGE_SIZE + \result.offset_bytes == (uintptr_t)address;
*/
wpm_info wpm_describe(wpm_heap *heap, const void *address);

/* An object, and the granule behind it. */
struct micro_object {
    uintptr_t address; /* 0: there is none */
    size_t bytes;      /* that it may use */
    uint32_t end;      /* the first granule behind it */
};

/* The first object from a granule on. */
/*@ requires valid: MicroValid(h);
    requires range: granule <= h->granules.count;
    assigns \nothing;
    ensures object: \result.address != 0 ==> granule <= GranuleOf(h, \result.address) &&
      MicroObject(h, \result.address, GranuleOf(h, \result.address), \result.end) &&
      \result.bytes == (\result.end - GranuleOf(h, \result.address)) * PAGE_SIZE;
    ensures first: \result.address != 0 ==> \forall integer q;
      granule <= q < GranuleOf(h, \result.address) ==> !Start(&h->granules, q);
    ensures none: \result.address == 0 ==> \forall integer q;
      granule <= q < h->granules.count ==> !Start(&h->granules, q);
*/
struct micro_object micro_next(wpm_heap *h, uint32_t granule);

/* Figures of the heap. */
/*@ requires valid: MicroValid(h);
    assigns \nothing;
    ensures region: \result.region_bytes == h->granules.count * PAGE_SIZE &&
      \result.committed_bytes == \result.region_bytes && \result.released_bytes == 0;
    ensures free: \result.free_bytes ==
      BitCount(h->granules.pages.free, 0, h->granules.count) * PAGE_SIZE;
    ensures sum: \result.span_bytes + \result.free_bytes == \result.region_bytes &&
      \result.live_bytes == \result.span_bytes;
    ensures objects: \result.live_objects == BitCount(h->granules.starts, 0, h->granules.count);
    ensures calls: \result.mallocs == h->mallocs && \result.frees == h->frees;
*/
wpm_statistics micro_figures(wpm_heap *h);

#endif
