/* posix_thread.c -- does the process have one thread? glibc keeps count. */
#include "../platform.h"

#if defined(__has_include)
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#define COUNTED
#endif
#endif

bool platform_one_thread(void)
{
#ifdef COUNTED
    return __libc_single_threaded != 0;
#else
    return false;
#endif
}
