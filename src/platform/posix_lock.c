/* posix_lock.c -- waiting for a lock on Linux: one futex a word. */
#define _GNU_SOURCE
#include "../platform.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

void platform_lock_wait(uint32_t *word, uint32_t value)
{
    int saved = errno;
    (void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, (void *)0, (void *)0, 0);
    errno = saved;
}

void platform_lock_wake(uint32_t *word)
{
    int saved = errno;
    (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, (void *)0, (void *)0, 0);
    errno = saved;
}
