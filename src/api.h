/* api.h -- the public functions of wpmalloc.h with what is proved of them.
 *
 * Users include wpmalloc.h; this header repeats its functions for the prover, each with its
 * contract. The contracts are total: of a caller they want a heap that is sound, as every function
 * leaves it, and a cache of that heap where one is named. A pointer to an object may be any value.
 * Only where a function writes a result to memory of the caller, that must be none of the heap's.
 * How a heap is made and ended stands in create.h.
 */
#ifndef WPM_API_H
#define WPM_API_H

#include "create.h"
#include "objects.h"
#include "statistics.h"
#include "wpmalloc.h"

#include "../spec/api.acsl"

/* An object of at least `bytes` bytes. */
/*@ requires valid: HeapValid(heap);
    assigns \result \from heap;
    assigns HEAP_ALLOCATED(heap), heap->large_allocs, HEAP_CACHES(heap);
    ensures valid: HeapValid(heap);
    ensures none: (uintptr_t)\result == 0 ==> HeldKept{Pre,Post}(heap) && NoRoom(heap, bytes);
    ensures some: (uintptr_t)\result != 0 ==>
      SlotGiven{Pre,Post}(heap, (uintptr_t)\result, bytes);
*/
void *wpm_malloc(wpm_heap *heap, size_t bytes);

/* An object of `count` times `bytes` bytes, zero. */
/*@ requires valid: HeapValid(heap);
    assigns \result \from heap;
    assigns HEAP_ALLOCATED(heap), heap->large_allocs, HEAP_CACHES(heap),
            edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(heap);
    ensures none: (uintptr_t)\result == 0 ==> HeldKept{Pre,Post}(heap) &&
      (SIZE_MAX < count * bytes || NoRoom(heap, count * bytes));
    ensures some: (uintptr_t)\result != 0 ==> count * bytes <= SIZE_MAX &&
      SlotGiven{Pre,Post}(heap, (uintptr_t)\result, count * bytes);
    ensures zero: (uintptr_t)\result != 0 ==> BytesZero((uintptr_t)\result, count * bytes);
    ensures kept: (uintptr_t)\result != 0 ==>
      BytesKept{Pre,Post}((uintptr_t)\result, count * bytes);
    ensures untouched: (uintptr_t)\result == 0 ==> BytesKept{Pre,Post}(0, 0);
*/
void *wpm_calloc(wpm_heap *heap, size_t count, size_t bytes);

/* An object of at least `bytes` bytes at a multiple of `align`. */
/*@ requires valid: HeapValid(heap);
    assigns \result \from heap;
    assigns HEAP_ALLOCATED(heap), heap->large_allocs, HEAP_CACHES(heap);
    ensures valid: HeapValid(heap);
    ensures none: (uintptr_t)\result == 0 ==> HeldKept{Pre,Post}(heap) &&
      (!AlignServed(align) || NoAligned(heap, align, bytes));
    ensures some: (uintptr_t)\result != 0 ==> AlignServed(align) &&
      SlotGiven{Pre,Post}(heap, (uintptr_t)\result, bytes);
    ensures aligned: (uintptr_t)\result != 0 ==> (uintptr_t)\result % align == 0;
*/
void *wpm_aligned(wpm_heap *heap, size_t align, size_t bytes);

/* Change an object's size. */
/*@ requires valid: HeapValid(heap);
    requires out: status == \null || \valid(status) && StatusApart(heap, status);
    assigns \result \from heap;
    assigns *status, HEAP_REMADE(heap), edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(heap);
    ensures status: status != \null ==> *status == WPM_OK || *status == WPM_FOREIGN ||
      *status == WPM_INTERIOR || *status == WPM_DOUBLE_FREE;
    ensures refused: status != \null ==> *status != WPM_OK ==> (uintptr_t)\result == 0;
    ensures none: (uintptr_t)\result == 0 ==> HeldKept{Pre,Post}(heap);
    ensures why: status != \null ==> (uintptr_t)\result == 0 ==> *status == WPM_OK ==>
      NoRoom(heap, bytes);
    ensures foreign: status != \null ==> *status == WPM_FOREIGN ==>
      NoSlotOf{Pre}(heap, (uintptr_t)object);
    ensures interior: status != \null ==> *status == WPM_INTERIOR ==>
      NoSlotStarts{Pre}(heap, (uintptr_t)object);
    ensures dead: status != \null ==> *status == WPM_DOUBLE_FREE ==>
      NotHeld{Pre}(heap, (uintptr_t)object);
    ensures new: (uintptr_t)object == 0 ==> (uintptr_t)\result != 0 ==>
      SlotGiven{Pre,Post}(heap, (uintptr_t)\result, bytes);
    ensures stays: (uintptr_t)object != 0 ==> (uintptr_t)\result == (uintptr_t)object ==>
      SlotResized{Pre,Post}(heap, (uintptr_t)object, bytes);
    ensures moved: (uintptr_t)object != 0 ==> (uintptr_t)\result != 0 ==>
      (uintptr_t)\result != (uintptr_t)object ==>
      SlotMoved{Pre,Post}(heap, (uintptr_t)object, (uintptr_t)\result, bytes);
    ensures prefix: (uintptr_t)object != 0 ==> (uintptr_t)\result != 0 ==>
      \forall integer k, size; ObjectAt{Pre}(heap, (uintptr_t)object, k, size) ==>
      BytesSame{Post,Pre}((uintptr_t)\result, (uintptr_t)object, size < bytes ? size : bytes);
    ensures kept: BytesKept{Pre,Post}((uintptr_t)\result, bytes);
*/
void *wpm_realloc(wpm_heap *heap, void *object, size_t bytes, wpm_status *status);

/* End an object's life. */
/*@ requires valid: HeapValid(heap);
    assigns HEAP_FREED(heap), heap->large_frees, HEAP_CACHES(heap);
    ensures valid: HeapValid(heap);
    ensures status: \result == WPM_OK || \result == WPM_FOREIGN || \result == WPM_INTERIOR ||
      \result == WPM_DOUBLE_FREE;
    ensures null: (uintptr_t)object == 0 ==> \result == WPM_OK && HeldKept{Pre,Post}(heap);
    ensures freed: \result == WPM_OK ==> (uintptr_t)object != 0 ==>
      SlotEnded{Pre,Post}(heap, (uintptr_t)object);
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(heap);
    ensures foreign: \result == WPM_FOREIGN ==> NoSlotOf{Pre}(heap, (uintptr_t)object);
    ensures interior: \result == WPM_INTERIOR ==> NoSlotStarts{Pre}(heap, (uintptr_t)object);
    ensures dead: \result == WPM_DOUBLE_FREE ==> NotHeld{Pre}(heap, (uintptr_t)object);
*/
wpm_status wpm_free(wpm_heap *heap, void *object);

/* Bytes that an object may use. */
/*@ requires valid: HeapValid(heap);
    assigns \nothing;
    ensures usable: \result != 0 ==>
      \exists integer k; ObjectAt(heap, (uintptr_t)object, k, \result);
    ensures none: \result == 0 ==> \forall integer k, bytes;
      !ObjectAt(heap, (uintptr_t)object, k, bytes);
*/
size_t wpm_usable_size(wpm_heap *heap, const void *object);

/* Where an address stands. */
/*@ requires valid: HeapValid(heap);
    assigns \nothing;
    ensures status: \result.status == WPM_OK || \result.status == WPM_FOREIGN ||
      \result.status == WPM_INTERIOR || \result.status == WPM_DOUBLE_FREE;
    ensures object: \result.status == WPM_OK ==>
      ObjectAt(heap, (uintptr_t)address, \result.size_class, \result.slot_bytes);
    ensures foreign: \result.status == WPM_FOREIGN ==> NoSlotOf(heap, (uintptr_t)address);
    ensures interior: \result.status == WPM_INTERIOR ==>
      NoSlotStarts(heap, (uintptr_t)address);
    ensures dead: \result.status == WPM_DOUBLE_FREE ==> NotHeld(heap, (uintptr_t)address);
*/
wpm_info wpm_describe(wpm_heap *heap, const void *address);

/* Call `visit` for each object. What it does is its own business: the contract is taken for granted
 * (proofs/TRUSTED.md), and asks of it that it leaves the heap alone. */
/*@ requires valid: HeapValid(heap);
    ensures valid: HeapValid(heap);
*/
void wpm_walk(wpm_heap *heap, bool (*visit)(void *context, void *object, size_t slot_bytes),
              void *context);

/* Figures of the heap. */
/*@ requires valid: HeapValid(heap);
    requires out: \valid(out) && FiguresApart(heap, out);
    assigns *out;
    ensures valid: HeapValid(heap);
    ensures pages: FiguresPages{Pre}(heap, *out);
    ensures sum: out->span_bytes + out->free_bytes == out->committed_bytes;
    ensures held: FiguresHeld{Pre}(heap, *out);
    ensures live: out->live_bytes <= out->committed_bytes;
    ensures calls: FiguresCalls{Pre}(heap, *out);
*/
void wpm_stats(wpm_heap *heap, wpm_statistics *out);

/* A cache for the calling thread. */
/*@ requires valid: HeapValid(heap);
    assigns \result \from heap;
    assigns heap->cache[0 .. heap->ncaches - 1].attached,
            heap->cache[0 .. heap->ncaches - 1].index,
            heap->cache[0 .. heap->ncaches - 1].owner;
    ensures valid: HeapValid(heap);
    ensures entries: EntriesSame{Pre,Post}(heap);
    ensures cache: \result != \null ==>
      CacheUsed(heap, \result) && \old(\result->attached) == 0;
    ensures none: \result == \null ==> \forall integer i; 1 <= i < heap->ncaches ==>
      \old(heap->cache[i].attached) != 0;
*/
wpm_cache *wpm_cache_attach(wpm_heap *heap);

/* Give a thread's cache back. */
/*@ requires valid: HeapValid(heap);
    requires cache: CacheUsed(heap, cache) && cache->index != 0;
    assigns HEAP_GIVEN(heap), HEAP_CACHES(heap);
    ensures valid: HeapValid(heap);
    ensures held: HeldKept{Pre,Post}(heap);
    ensures free: cache->attached == 0;
    ensures given: \forall integer s; 0 < s < heap->nspans ==>
      !SpanOfCache(heap, s, \old(cache->owner));
*/
void wpm_cache_detach(wpm_heap *heap, wpm_cache *cache);

/* As wpm_malloc, through a cache. */
/*@ requires valid: HeapValid(heap);
    requires cache: CacheGiven(heap, cache);
    assigns \result \from heap;
    assigns HEAP_ALLOCATED(heap), heap->large_allocs, HEAP_CACHES(heap);
    ensures valid: HeapValid(heap);
    ensures cache: CacheGiven(heap, cache);
    ensures none: (uintptr_t)\result == 0 ==>
      HeldKept{Pre,Post}(heap) && NoRoomFor(heap, cache, bytes);
    ensures some: (uintptr_t)\result != 0 ==>
      SlotGiven{Pre,Post}(heap, (uintptr_t)\result, bytes);
*/
void *wpm_cache_malloc(wpm_heap *heap, wpm_cache *cache, size_t bytes);

/* As wpm_free, through a cache. */
/*@ requires valid: HeapValid(heap);
    requires cache: CacheGiven(heap, cache);
    assigns HEAP_FREED(heap), heap->large_frees, HEAP_CACHES(heap);
    ensures valid: HeapValid(heap);
    ensures cache: CacheGiven(heap, cache);
    ensures status: \result == WPM_OK || \result == WPM_FOREIGN || \result == WPM_INTERIOR ||
      \result == WPM_DOUBLE_FREE;
    ensures null: (uintptr_t)object == 0 ==> \result == WPM_OK && HeldKept{Pre,Post}(heap);
    ensures freed: \result == WPM_OK ==> (uintptr_t)object != 0 ==>
      SlotEnded{Pre,Post}(heap, (uintptr_t)object);
    ensures refused: \result != WPM_OK ==> HeldKept{Pre,Post}(heap);
    ensures foreign: \result == WPM_FOREIGN ==> NoSlotOf{Pre}(heap, (uintptr_t)object);
    ensures interior: \result == WPM_INTERIOR ==> NoSlotStarts{Pre}(heap, (uintptr_t)object);
    ensures dead: \result == WPM_DOUBLE_FREE ==> NotHeld{Pre}(heap, (uintptr_t)object);
*/
wpm_status wpm_cache_free(wpm_heap *heap, wpm_cache *cache, void *object);

#endif
