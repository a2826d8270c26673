/* touch.h -- whether memory can be touched, asked of the kernel: no signal is raised when it
 * refuses. */
#ifndef WPM_TESTS_TOUCH_H
#define WPM_TESTS_TOUCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* Whether the byte at an address can be read. */
static inline bool readable(uintptr_t address)
{
    int ends[2];
    if (pipe(ends) != 0) abort();
    bool ok = write(ends[1], (const void *)address, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return ok;
}

/* Whether it can be written; it is changed then. */
static inline bool writable(uintptr_t address)
{
    int ends[2];
    char byte = *"x";
    if (pipe(ends) != 0 || write(ends[1], &byte, 1) != 1) abort();
    bool ok = read(ends[0], (void *)address, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return ok;
}

#endif
