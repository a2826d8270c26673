/* posix_guard.c -- guard pages on Linux; see guardpage.h.
 *
 * Two ways, and the kernel decides which: marks in the page table, or parts of a mapping without
 * access. The second is budgeted, because a process that has used up its mappings cannot even
 * start a thread.
 */
#define _GNU_SOURCE
#include "../guardpage.h"
#include "../platform.h"
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of Linux 6.13; the headers of the C library may be older. */
#define INSTALL 102 /* MADV_GUARD_INSTALL */
#define REMOVE 103  /* MADV_GUARD_REMOVE */

#define MAPPINGS_DEFAULT 65530u
#define MAPPINGS_A_GUARD 2u /* that a guard page adds */
#define NO_HOW (-1)         /* not a way to change a signal mask */
#define SIGNAL_SET_BYTES 8  /* that the kernel reads */

static void *pointer_to(uintptr_t address) { return (void *)address; }

/* Whether the kernel knows marks; asked once. It looks at the name before it looks at the range. */
enum { MARKS_UNKNOWN, MARKS_NONE, MARKS_SOME };
static uint32_t marks;

static bool has_marks(void)
{
    uint32_t known = __atomic_load_n(&marks, __ATOMIC_RELAXED);
    if (known != MARKS_UNKNOWN) return known == MARKS_SOME;
    bool has = !platform_refused(PLATFORM_MARKS) && madvise(NULL, 0, INSTALL) == 0;
    __atomic_store_n(&marks, has ? MARKS_SOME : MARKS_NONE, __ATOMIC_RELAXED);
    return has;
}

/* The number of mappings that a process may have. */
static uint32_t mappings_most(void)
{
    char text[16] = {0};
    int file = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
    if (file < 0) return MAPPINGS_DEFAULT;
    ssize_t n = read(file, text, sizeof text - 1);
    (void)close(file);
    unsigned long most = n > 0 ? strtoul(text, NULL, 10) : 0;
    return most != 0 && most <= UINT32_MAX ? (uint32_t)most : MAPPINGS_DEFAULT;
}

/* Guard pages that are mappings, and how many may be; 0: not known yet. */
static uint32_t mapped, mapped_most;

/* Whether one more guard page may be a mapping; it counts as one then. */
static bool take_mapping(void)
{
    uint32_t most = __atomic_load_n(&mapped_most, __ATOMIC_RELAXED);
    if (most == 0) {
        most = mappings_most() / 2 / MAPPINGS_A_GUARD + 1;
        __atomic_store_n(&mapped_most, most, __ATOMIC_RELAXED);
    }
    if (__atomic_fetch_add(&mapped, 1, __ATOMIC_RELAXED) < most) return true;
    __atomic_fetch_sub(&mapped, 1, __ATOMIC_RELAXED);
    return false;
}

static bool raise_mapping(uintptr_t address, size_t bytes)
{
    if (!take_mapping()) return false;
    if (platform_protect(address, bytes)) return true;
    __atomic_fetch_sub(&mapped, 1, __ATOMIC_RELAXED);
    return false;
}

static uint32_t refusals; /* 1: there was one */

bool guardpage_was_refused(void) { return __atomic_load_n(&refusals, __ATOMIC_RELAXED) != 0; }

/* Marks, or none; what was done of a call that failed is undone. */
static bool mark(uintptr_t address, size_t bytes, int advice)
{
    if (madvise(pointer_to(address), bytes, advice) == 0) return true;
    (void)madvise(pointer_to(address), bytes, advice == INSTALL ? REMOVE : INSTALL);
    return false;
}

bool guardpage_raise(uintptr_t address, size_t bytes)
{
    int saved = errno;
    bool done = false;
    if (!platform_refused(PLATFORM_GUARD))
        done = has_marks() ? mark(address, bytes, INSTALL) : raise_mapping(address, bytes);
    if (!done) __atomic_store_n(&refusals, 1, __ATOMIC_RELAXED);
    errno = saved;
    return done;
}

/* Whether the kernel can read what stands at an address. It reads the set of signals there before
 * it finds that it is told nothing to do with it. */
static bool can_read(uintptr_t address)
{
    long n = syscall(SYS_rt_sigprocmask, NO_HOW, address, NULL, SIGNAL_SET_BYTES);
    return n == 0 || errno != EFAULT;
}

/* A range that can be read is no guard page, and was not counted as one. */
static bool lower_mapping(uintptr_t address, size_t bytes)
{
    if (can_read(address)) return true;
    if (mprotect(pointer_to(address), bytes, PROT_READ | PROT_WRITE) != 0) {
        (void)mprotect(pointer_to(address), bytes, PROT_NONE);
        return false;
    }
    __atomic_fetch_sub(&mapped, 1, __ATOMIC_RELAXED);
    return true;
}

bool guardpage_lower(uintptr_t address, size_t bytes)
{
    int saved = errno;
    bool done = false;
    if (!platform_refused(PLATFORM_UNGUARD))
        done = has_marks() ? mark(address, bytes, REMOVE) : lower_mapping(address, bytes);
    errno = saved;
    return done;
}
