/* lockorder.c -- which locks each thread holds, in the checked build. */
#include "../lockorder.h"

#include "../bits.h"
#include "../platform.h"
#include "../report.h"

#include <stdint.h>

static _Thread_local uint64_t held; /* bit `rank` is set: this thread holds a lock of that rank */

static void stop(const char *fault, enum lock_rank rank)
{
    struct report line;
    report_start(&line);
    report_text(&line, "wpmalloc: lock order: ");
    report_text(&line, fault);
    report_number(&line, (uint64_t)rank);
    report_text(&line, ", held: ");
    report_address(&line, held);
    report_send(&line);
    platform_abort();
}

void lockorder_take(enum lock_rank rank)
{
    if (bits_andnot(held, bits_below(rank)) != 0) stop("takes rank ", rank);
    held = bits_set(held, rank);
}

void lockorder_give(enum lock_rank rank)
{
    if (!bits_test(held, rank)) stop("gives what it does not hold, rank ", rank);
    held = bits_andnot(held, bits_one(rank));
}
