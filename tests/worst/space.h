/* space.h -- workloads that ask how much room an allocator needs.
 *
 *   a number B  allocates 100 objects, frees 50 of those that live, and so on, 60 times; sizes are
 *               uniform from 1 to B / 1000 bytes: "random A" of o1heap's tests/test_general.cpp for
 *               an arena of B bytes (there 300 MiB, sizes from 0, until 1000 requests have failed)
 *   caps        allocates objects of 1 to cap bytes, cap itself uniform to 8 KiB, until 8 to 48 KiB
 *               are asked for, one in ten of them resized at once; then frees all in random order;
 *               48 times over: random_test of jserv/tlsf-bsd's test.c without its aligned half
 *               (mattconte/tlsf has no test of its own)
 *   a file      the calls of a program, as tests/worst/record.py has written them
 */
#ifndef WPM_WORST_SPACE_H
#define WPM_WORST_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct space {
    uint32_t asked, failed; /* requests: malloc and realloc */
    uint32_t peak_bytes;    /* most bytes, as asked for, that lived at once */
};

/* Names a workload, for those below; false when there is none, or a file cannot be read. */
bool space_choose(const char *workload);

struct space space_run(size_t region_bytes);

/* The least region in which nothing fails, by halving, to 64 bytes; 0: not in the longest. */
size_t space_least(void);

#endif
