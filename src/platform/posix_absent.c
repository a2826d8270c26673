/* posix_absent.c -- which pages have no memory, on Linux; see absent.h. */
#define _GNU_SOURCE
#include "../absent.h"
#include "../platform.h"

#include <errno.h>
#include <sys/mman.h>

#define PAGES_ASKED 512u /* at once */

size_t absent_run(uintptr_t address, size_t bytes, bool *absent)
{
    unsigned char there[PAGES_ASKED];
    int saved = errno;
    size_t page = platform_page_bytes();
    size_t ask = bytes < PAGES_ASKED * page ? bytes : PAGES_ASKED * page;
    size_t pages = (ask + page - 1) / page, run = 1;
    bool told = mincore((void *)address, ask, there) == 0;
    errno = saved;
    *absent = told && there[0] % 2 == 0;
    if (!told) return bytes;
    while (run < pages && there[run] % 2 == there[0] % 2) run++;
    return run * page < ask ? run * page : ask;
}
