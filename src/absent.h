/* absent.h -- the contract with the system about memory that has no page behind it.
 *
 * Committed memory that nobody has written since the system gave it, or took it back, need not be
 * looked at: it is zero. A page that was written and then swapped out counts as absent, too; so
 * this says where to look, and nothing is concluded from it of what is not looked at.
 */
#ifndef WPM_ABSENT_H
#define WPM_ABSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ABSENT_UNIT 4096u /* bytes; a page of the system is a multiple */

/* How many bytes from `address` on, which begins a page, and at most `bytes`, are alike: *absent,
 * they have no page in memory; or they have. Where the system does not say, they have. */
/*@ requires some: 0 < bytes;
    requires answer: \valid(absent);
    assigns *absent;
    ensures some: 0 < \result <= bytes;
    ensures whole: \result < bytes ==> \result % ABSENT_UNIT == 0;
*/
size_t absent_run(uintptr_t address, size_t bytes, bool *absent);

#endif
