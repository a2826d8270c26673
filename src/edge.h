/* edge.h -- pointers and integers meet here and nowhere else.
 *
 * The core speaks of addresses as integers; the user of pointers. Also here: what the allocator
 * does to the bytes of objects. To the prover these are trusted leaves (proofs/TRUSTED.md,
 * "edge").
 */
#ifndef WPM_EDGE_H
#define WPM_EDGE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The pointer to an address of the heap. */
/*@ assigns \result \from address;
    ensures address: (uintptr_t)\result == address;
*/
static inline void *edge_pointer(uintptr_t address) { return (void *)address; }

/* The address that a pointer holds. */
/*@ assigns \nothing;
    ensures address: \result == (uintptr_t)pointer;
*/
static inline uintptr_t edge_address(const void *pointer) { return (uintptr_t)pointer; }

/* Set `bytes` bytes at `address` to zero. Objects are no memory to the prover. */
/*@ assigns \nothing; */
static inline void edge_zero(uintptr_t address, size_t bytes)
{
    memset((void *)address, 0, bytes);
}

/* Copy `bytes` bytes between two objects. */
/*@ assigns \nothing; */
static inline void edge_copy(uintptr_t to, uintptr_t from, size_t bytes)
{
    memcpy((void *)to, (const void *)from, bytes);
}

#endif
