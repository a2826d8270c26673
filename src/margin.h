/* margin.h -- how many bytes behind an object are kept free of all others, by its size.
 *
 * A tool that watches memory tells of a write beyond an object's end only where no other object
 * begins at once. The further it is to the next, the longer the strides that are seen; a larger
 * object is given more. Rule and figures: Go 1.24, runtime/malloc.go (redZoneSize), which has them
 * from LLVM's compiler-rt.
 */
#ifndef WPM_MARGIN_H
#define WPM_MARGIN_H

#include <stdint.h>

#define MARGIN_LEAST 16u  /* bytes */
#define MARGIN_MOST 2048u /* bytes */

#include "../spec/margin.acsl"

/* Bytes behind an object of `bytes` bytes. */
/*@ assigns \nothing;
    ensures doubled: MarginSize(\result);
    ensures room: \result < MARGIN_MOST ==> bytes + \result <= MarginReach(\result);
    ensures least: \result > MARGIN_LEAST ==>
      MarginReach(\result / 2) < bytes + \result / 2;
*/
static inline uint32_t margin_bytes(uint64_t bytes)
{
    if (bytes <= 64 - 16) return 16;
    if (bytes <= 128 - 32) return 32;
    if (bytes <= 512 - 64) return 64;
    if (bytes <= 4096 - 128) return 128;
    if (bytes <= 16384 - 256) return 256;
    if (bytes <= 32768 - 512) return 512;
    if (bytes <= 65536 - 1024) return 1024;
    return MARGIN_MOST;
}

#endif
