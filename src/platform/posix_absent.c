/* posix_absent.c -- which pages have no memory, on Linux; see absent.h. */
#define _GNU_SOURCE
#include "../absent.h"
#include "../platform.h"

#include <errno.h>
#include <sys/mman.h>

#define PAGES_ASKED 512u /* at once */

size_t absent_bytes(uintptr_t address, size_t bytes)
{
    unsigned char there[PAGES_ASKED];
    int saved = errno;
    size_t page = platform_page_bytes(), found = 0;
    while (found < bytes) {
        size_t ask = bytes - found < PAGES_ASKED * page ? bytes - found : PAGES_ASKED * page;
        size_t i = 0, pages = (ask + page - 1) / page;
        if (mincore((void *)(address + found), ask, there) != 0) break;
        while (i < pages && there[i] % 2 == 0) i++;
        found += i * page;
        if (i < pages) break;
    }
    errno = saved;
    return found < bytes ? found : bytes;
}
