/* create.h -- making a heap, and ending it.
 *
 * A heap begins as raw memory: of a caller's region or of a reservation. Its record is cast out of
 * that, and metadata.h carves the arrays; the prover's memory model has no words for either, so
 * the contracts here are taken for granted (proofs/TRUSTED.md). They say what all others rely on:
 * a heap that was made is sound, and the program holds nothing of it. The tests run the proved
 * check of the whole heap (heapcheck.h) over heaps that have just been made.
 */
#ifndef WPM_CREATE_H
#define WPM_CREATE_H

#include "heap.h"
#include "wpmalloc.h"

#include "../spec/create.acsl"

/* A heap on memory of the caller. */
/*@ requires region: region == \null || \valid((char *)region + (0 .. region_bytes - 1));
    assigns ((char *)region)[0 .. region_bytes - 1];
    assigns \result \from region;
    ensures heap: \result != \null ==> HeapValid(\result) && NothingHeld(\result) &&
      \result->owned == 0;
*/
wpm_heap *wpm_heap_init(void *region, size_t region_bytes);

/* A heap on address space that it reserves. */
/*@ assigns \result \from \nothing;
    ensures heap: \result != \null ==> HeapValid(\result) && NothingHeld(\result) &&
      \result->owned == 1;
*/
wpm_heap *wpm_heap_create(size_t limit_bytes);

/* The end of a heap. */
/*@ requires valid: heap == \null || HeapValid(heap);
    assigns \nothing;
*/
void wpm_heap_destroy(wpm_heap *heap);

#endif
