/* bits_portable.c -- the portable bodies of src/bits.h, for bits_test.c to compare with the
 * builtins. */
#define WPM_PORTABLE_BITS
#include "bits_ops.h"

struct bits_ops bits_ops_portable(void) { return bits_ops_here(); }
