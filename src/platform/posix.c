/* posix.c -- the system contract on Linux: mmap and its kin.
 *
 * A reservation is a private mapping without access: the kernel charges nothing for it, under any
 * overcommit policy, and MAP_NORESERVE keeps the heuristic policy from judging a later commit by
 * the size of the whole. The charge comes page by page with the write access that commit gives,
 * which is where strict accounting says no. RLIMIT_AS counts reservations: the caller asks for less
 * then. Every function keeps errno.
 */
#define _GNU_SOURCE
#include "../platform.h"
#include "ahead.h"
#include "inject.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

bool platform_ahead;

static void *pointer_to(uintptr_t address) { return (void *)address; }

size_t platform_page_bytes(void)
{
    long bytes = sysconf(_SC_PAGESIZE);
    return bytes > 0 ? (size_t)bytes : 4096;
}

/* A mapping without access unless it is to be had ahead, anywhere; 0 when refused. */
static uintptr_t map_nothing(uintptr_t hint, size_t bytes)
{
    if (platform_refused(PLATFORM_RESERVE)) return 0;
    void *p = mmap(pointer_to(hint), bytes, platform_ahead ? PROT_READ | PROT_WRITE : PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? 0 : (uintptr_t)p;
}

static bool unmap(enum platform_call call, uintptr_t address, size_t bytes)
{
    if (bytes == 0) return true;
    return !platform_refused(call) && munmap(pointer_to(address), bytes) == 0;
}

/* Cut the mapping [low, low + bytes + spare) down to `bytes` at a multiple of `align`. */
static uintptr_t trim(uintptr_t low, size_t bytes, size_t spare, size_t align)
{
    uintptr_t start = (low + (align - 1)) / align * align;
    size_t head = start - low;
    if (unmap(PLATFORM_TRIM, low, head)) {
        if (unmap(PLATFORM_TRIM, start + bytes, spare - head)) return start;
        low = start;
        spare -= head;
    }
    (void)munmap(pointer_to(low), bytes + spare);
    return 0;
}

static uintptr_t reserve(uintptr_t hint, size_t bytes, size_t align)
{
    size_t page = platform_page_bytes();
    if (bytes == 0 || bytes > SIZE_MAX - (page - 1)) return 0;
    bytes = (bytes + (page - 1)) / page * page;
    uintptr_t exact = map_nothing(hint, bytes);
    if (exact == 0 || exact % align == 0) return exact;
    (void)munmap(pointer_to(exact), bytes);

    size_t spare = align - page;
    if (spare > SIZE_MAX - bytes) return 0;
    uintptr_t low = map_nothing(hint, bytes + spare);
    return low == 0 ? 0 : trim(low, bytes, spare, align);
}

uintptr_t platform_reserve(uintptr_t hint, size_t bytes, size_t align)
{
    int saved = errno;
    uintptr_t address = reserve(hint, bytes, align);
    errno = saved;
    return address;
}

bool platform_unreserve(uintptr_t address, size_t bytes)
{
    int saved = errno;
    bool done = bytes != 0 && unmap(PLATFORM_UNRESERVE, address, bytes);
    errno = saved;
    return done;
}

/* Access to a part of a reservation. Where a filter of system calls refuses mprotect, a mapping
 * takes its place. */
static bool open_part(uintptr_t address, size_t bytes)
{
    if (mprotect(pointer_to(address), bytes, PROT_READ | PROT_WRITE) == 0) return true;
    if (errno != EPERM && errno != EACCES && errno != ENOSYS) return false;
    return mmap(pointer_to(address), bytes, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
}

bool platform_commit(uintptr_t address, size_t bytes)
{
    int saved = errno;
    bool done = !platform_refused(PLATFORM_COMMIT) && (platform_ahead || open_part(address, bytes));
    errno = saved;
    return done;
}

/* The pages' memory goes back at once; a private mapping reads as zero afterwards. */
static bool drop(uintptr_t address, size_t bytes)
{
    return !platform_refused(PLATFORM_RELEASE) &&
           madvise(pointer_to(address), bytes, MADV_DONTNEED) == 0;
}

bool platform_release(uintptr_t address, size_t bytes)
{
    int saved = errno;
    bool done = drop(address, bytes);
    errno = saved;
    return done;
}

/* Access goes first: it can be given back when the contents, which cannot, refuse to go. */
bool platform_protect(uintptr_t address, size_t bytes)
{
    int saved = errno;
    bool done =
        !platform_refused(PLATFORM_PROTECT) && mprotect(pointer_to(address), bytes, PROT_NONE) == 0;
    if (done && !drop(address, bytes)) {
        (void)mprotect(pointer_to(address), bytes, PROT_READ | PROT_WRITE);
        done = false;
    }
    errno = saved;
    return done;
}

void platform_write_error(const char *text, size_t count)
{
    int saved = errno;
    while (count > 0) {
        ssize_t n = write(STDERR_FILENO, text, count);
        if (n > 0) {
            text += n;
            count -= (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            break;
        }
    }
    errno = saved;
}

void platform_abort(void) { abort(); }
