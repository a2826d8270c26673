/* metagap.h -- address space without access on either side of a heap's arrays.
 *
 * Who writes on beyond the end of a neighbour, whatever that is, faults before he reaches a record
 * of the heap. For heaps on reserved memory that are made from now on; set before threads are.
 */
#ifndef WPM_METAGAP_H
#define WPM_METAGAP_H

#include <stdint.h>

extern uint64_t metagap_before, metagap_behind; /* bytes, multiples of PAGE_SIZE; 0 at first */

#endif
