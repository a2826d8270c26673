/* sequence.h -- a sequence of calls as bytes, and what it costs on an allocator, call by call.
 *
 * Records of four bytes, each one call or a row of equal ones; every row of bytes means something.
 * The calls that a sequence makes do not depend on the allocator, as far as it gets (LONGEST): what
 * failed keeps its number among the objects, and its end is no call. Object numbers are relative to
 * what there is, so that a record still means something when others before it go.
 */
#ifndef WPM_WORST_SEQUENCE_H
#define WPM_WORST_SEQUENCE_H

#include "allocator.h"

#include <stdbool.h>

#define RECORD_BYTES 4u
#define MOST_RECORDS 48u
#define REGION_MOST (4u << 20) /* bytes */

/* The first byte of a record, modulo DO_KINDS; a, b, c are the others. */
enum record_kind {
    DO_MALLOC,  /* an object of size(b, c) */
    DO_FREE,    /* the object at abc of all */
    DO_REALLOC, /* the object at a of all becomes size(b, c) long */
    DO_ALIGNED, /* an object of size(b, c), aligned to 16 << a % 9 */
    DO_FILL,    /* (a + 1)^2 / 16 + 1 objects of size(b, c) */
    DO_THIN,    /* frees each (a % 32 + 1)-th object of those behind b of all, c first let alone */
    DO_LAST,    /* frees the newest objects, a + 1 of them */
    DO_GROW,    /* the newest object is made size(b, c) longer, a % 16 + 1 times */
    DO_KINDS
};

/* What is counted: mallocs that serve, those that do not, aligned or not, ends, reallocs that leave
 * the object where it is, aligned mallocs that serve. */
enum call { CALL_MALLOC, CALL_REFUSED, CALL_FREE, CALL_REALLOC, CALL_ALIGNED, CALLS };

extern const char *const call_names[CALLS];

struct sequence {
    unsigned records;
    uint8_t byte[MOST_RECORDS][RECORD_BYTES];
};

/* The most instructions of one call of each kind, calibrated. 0: there was none. */
struct costs {
    uint32_t most[CALLS];
    uint32_t calls;        /* of all kinds */
    uint32_t failed;       /* of these, that returned NULL */
    uint32_t instructions; /* of all */
};

/* Measures the counter itself; false when it is not exact. */
bool sequence_calibrate(void);

/* Plays a sequence on a new heap in a region of so many bytes. */
struct costs sequence_play(const struct sequence *s, size_t region_bytes);

/* The region: also of the workloads of space. */
extern unsigned char sequence_region[REGION_MOST];

#endif
