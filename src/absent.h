/* absent.h -- the contract with the system about memory that has no page behind it.
 *
 * Committed memory that nobody has written since the system gave it, or took it back, needs not be
 * looked at: it is zero. A page that was written and swapped out counts as absent, too; so this says
 * where to look, and proves nothing of what is not looked at.
 */
#ifndef WPM_ABSENT_H
#define WPM_ABSENT_H

#include <stddef.h>
#include <stdint.h>

/* Bytes from `address` on, at most `bytes`, that have no page in memory: whole pages of the system,
 * or all. 0: the first has one, or the system does not say. `address` begins a page. */
/*@ assigns \nothing;
    ensures most: \result <= bytes;
    ensures whole: \result < bytes ==> \result % 4096 == 0;
*/
size_t absent_bytes(uintptr_t address, size_t bytes);

#endif
