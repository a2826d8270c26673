/* guardpage.h -- the contract with the system for guard pages: memory of which every touch faults.
 *
 * A guard page lies in memory that is committed (platform.h), and takes no memory itself. A call
 * that fails has changed nothing. To the prover a guard page is a mark at each of its addresses,
 * and these two functions are trusted leaves (proofs/TRUSTED.md, "guardpage").
 *
 * Linux 6.13 marks such pages in the page table (MADV_GUARD_INSTALL), as many as one likes. Older
 * systems cut the mapping in three for each, and allow 65,530 mappings by default: half of them at
 * most are spent on guard pages.
 */
#ifndef WPM_GUARDPAGE_H
#define WPM_GUARDPAGE_H

#include "edge.h"

#include <stdbool.h>

/* Whether a touch of the byte at an address faults: 1. */
/*@ ghost extern uint8_t guardpage_mark[ADDRESS_LIMIT]; */

#include "../spec/guardpage.acsl"

/* Every touch of [address, address + bytes), whole pages of the system, faults from now on, and
 * what stood there is gone. False: the system refuses. */
/*@ requires place: address + bytes <= ADDRESS_LIMIT;
    assigns guardpage_mark[address .. address + bytes - 1],
            edge_byte[address .. address + bytes - 1];
    ensures raised: \result == true ==> Raised(address, bytes) && BytesZero(address, bytes);
    ensures refused: \result == false ==> MarksKept{Pre,Post}(0, 0) && BytesKept{Pre,Post}(0, 0);
*/
bool guardpage_raise(uintptr_t address, size_t bytes);

/* The same pages may be touched again, and read as zero. False: the system refuses. Of pages that
 * are none of guardpage_raise nothing changes. */
/*@ requires place: address + bytes <= ADDRESS_LIMIT;
    assigns guardpage_mark[address .. address + bytes - 1];
    ensures lowered: \result == true ==> Lowered(address, bytes);
    ensures refused: \result == false ==> MarksKept{Pre,Post}(0, 0);
*/
bool guardpage_lower(uintptr_t address, size_t bytes);

/* Whether guardpage_raise has failed since the process started. */
/*@ assigns \nothing; */
bool guardpage_was_refused(void);

#endif
