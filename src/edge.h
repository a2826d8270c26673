/* edge.h -- pointers and integers meet here and nowhere else.
 *
 * The core speaks of addresses as integers; the user of pointers. Also here: what the allocator
 * does to the bytes of objects. To the prover these are trusted leaves (proofs/TRUSTED.md,
 * "edge").
 */
#ifndef WPM_EDGE_H
#define WPM_EDGE_H

#include "config.h"

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

/* The bytes of objects, by address: to the prover, which knows no other memory of theirs. */
/*@ ghost extern uint8_t edge_byte[ADDRESS_LIMIT]; */

#include "../spec/edge.acsl"

/* Set `bytes` bytes at `address` to zero. */
/*@ assigns edge_byte[address .. address + bytes - 1];
    ensures zero: BytesZero(address, bytes);
*/
static inline void edge_zero(uintptr_t address, size_t bytes)
{
    memset((void *)address, 0, bytes);
}

/* The bytes at `address` are zero: the heap has never handed them out, or the system has taken them
 * back since. What the heap knows of this is trusted, and tested. */
/*@ ghost
  /@ assigns \nothing;
     ensures zero: BytesZero(address, bytes);
  @/
  static inline void edge_clean(uintptr_t address, size_t bytes) {}
*/

/* Copy `bytes` bytes between two objects, which lie apart. */
/*@ requires apart: to + bytes <= from || from + bytes <= to;
    assigns edge_byte[to .. to + bytes - 1];
    ensures same: BytesSame{Post,Pre}(to, from, bytes);
*/
static inline void edge_copy(uintptr_t to, uintptr_t from, size_t bytes)
{
    memcpy((void *)to, (const void *)from, bytes);
}

#endif
