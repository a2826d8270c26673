/* ahead.h -- memory that can be used as soon as it is reserved.
 *
 * For a process that loses the right to change the access to its memory after its start (a filter
 * of system calls that ends it for a call of mprotect): platform_reserve then gives memory that can
 * be used, and platform_commit has nothing to do. The kernel still charges a page when it is
 * written, but under strict overcommit accounting, which counts what can be written, such a
 * reservation fails or is small.
 */
#ifndef WPM_PLATFORM_AHEAD_H
#define WPM_PLATFORM_AHEAD_H

#include <stdbool.h>

/* Chosen once, before the first reservation. */
extern bool platform_ahead __attribute__((visibility("hidden")));

#endif
