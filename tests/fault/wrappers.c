/* wrappers.c -- the calls to the system, counted, refused on order, and entered in a ledger. */
#define _GNU_SOURCE
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RANGES 4096u

/* What the linker calls a function and the one put before it. */
__typeof__(mmap) __real_mmap, __wrap_mmap;
__typeof__(munmap) __real_munmap, __wrap_munmap;
__typeof__(mprotect) __real_mprotect, __wrap_mprotect;
__typeof__(madvise) __real_madvise, __wrap_madvise;
__typeof__(sysconf) __real_sysconf, __wrap_sysconf;
__typeof__(syscall) __real_syscall, __wrap_syscall;
__typeof__(write) __real_write, __wrap_write;
__typeof__(pthread_key_create) __real_pthread_key_create, __wrap_pthread_key_create;
__typeof__(pthread_setspecific) __real_pthread_setspecific, __wrap_pthread_setspecific;
__typeof__(pthread_atfork) __real_pthread_atfork, __wrap_pthread_atfork;
__typeof__(fcntl) __real_fcntl, __wrap_fcntl;
__typeof__(dup2) __real_dup2, __wrap_dup2;

/* Disjoint ranges of addresses, in no order. */
struct ranges {
    struct range {
        uintptr_t low, high;
    } of[RANGES];
    uint32_t count;
};

struct fault_order fault_order;
static bool is_child;
static uint64_t counted[FAULT_CALLS], injected, strays;
static bool paused;
static pthread_mutex_t ledger_lock = PTHREAD_MUTEX_INITIALIZER;
static struct ranges reserved, kept; /* kept: the system refused to take them back */

/* ---- the order, known before the first call of the heap's constructor ---- */

/* The number at *text, and *text behind it and one more character. */
static uint32_t number(const char **text)
{
    uint32_t n = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++) n = n * 10 + (uint32_t)(**text - '0');
    if (**text != 0) (*text)++;
    return n;
}

static void look(int count, char **arguments, char **environment)
{
    (void)count, (void)arguments;
    for (char **e = environment; *e != NULL; e++) {
        if (strncmp(*e, "FAULT=", 6) != 0) continue;
        const char *text = *e + 6;
        fault_order.call = number(&text);
        fault_order.nth = number(&text);
        fault_order.mode = number(&text);
        fault_order.seed = number(&text);
        is_child = true;
    }
}
__attribute__((section(".preinit_array"), used)) static void (*const at_preinit)(int, char **,
                                                                          char **) = look;

bool fault_is_child(void) { return is_child; }

/* Count a call; true: it is to fail. */
static bool fails(enum fault_call call)
{
    if (__atomic_load_n(&paused, __ATOMIC_ACQUIRE)) return false;
    uint64_t n = __atomic_add_fetch(&counted[call], 1, __ATOMIC_RELAXED);
    if (fault_order.nth == 0 || call != fault_order.call || n < fault_order.nth) return false;
    if (fault_order.mode != FAULT_ALL && n > fault_order.nth) return false;
    __atomic_add_fetch(&injected, 1, __ATOMIC_RELAXED);
    return true;
}

/* Bytes of a call that fails which are served all the same. */
static size_t half_of(size_t bytes)
{
    return fault_order.mode == FAULT_HALF ? bytes / 8192 * 4096 : 0;
}

uint64_t fault_injected(void) { return __atomic_load_n(&injected, __ATOMIC_RELAXED); }

uint64_t fault_calls(enum fault_call call)
{
    return __atomic_load_n(&counted[call], __ATOMIC_RELAXED);
}

void fault_pause(bool pause) { __atomic_store_n(&paused, pause, __ATOMIC_RELEASE); }

void fault_count(struct fault_result *result)
{
    for (uint32_t i = 0; i < FAULT_CALLS; i++) result->calls[i] = fault_calls(i);
    result->injected = fault_injected();
}

/* ---- the ledger ---- */

static void ranges_add(struct ranges *r, uintptr_t low, uintptr_t high)
{
    if (low >= high) return;
    if (r->count == RANGES) abort();
    r->of[r->count++] = (struct range){low, high};
}

/* Bytes of [low, high) that are in the set. */
static uint64_t ranges_common(const struct ranges *r, uintptr_t low, uintptr_t high)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        uintptr_t from = r->of[i].low > low ? r->of[i].low : low;
        uintptr_t to = r->of[i].high < high ? r->of[i].high : high;
        if (from < to) bytes += to - from;
    }
    return bytes;
}

/* Take [low, high) out of the set. */
static void ranges_cut(struct ranges *r, uintptr_t low, uintptr_t high)
{
    for (uint32_t i = 0; i < r->count;) {
        struct range was = r->of[i];
        if (was.low >= high || was.high <= low) {
            i++;
            continue;
        }
        r->of[i] = r->of[--r->count];
        ranges_add(r, was.low, was.low < low ? low : was.low);
        ranges_add(r, was.high > high ? high : was.high, was.high);
    }
}

/* A call names [address, address + bytes): a fault unless all of it is reserved. */
static void within(const void *address, size_t bytes)
{
    uintptr_t low = (uintptr_t)address;
    uintptr_t high = low + (bytes + 4095) / 4096 * 4096;
    pthread_mutex_lock(&ledger_lock);
    strays += ranges_common(&reserved, low, high) != high - low;
    pthread_mutex_unlock(&ledger_lock);
}

/* [address, address + bytes) is reserved from now on, or no more. */
static void enter(const void *address, size_t bytes, bool here)
{
    uintptr_t low = (uintptr_t)address;
    uintptr_t high = low + (bytes + 4095) / 4096 * 4096;
    pthread_mutex_lock(&ledger_lock);
    ranges_cut(&reserved, low, high);
    ranges_cut(&kept, low, high);
    if (here) ranges_add(&reserved, low, high);
    pthread_mutex_unlock(&ledger_lock);
}

static void keep(const void *address, size_t bytes)
{
    uintptr_t low = (uintptr_t)address;
    pthread_mutex_lock(&ledger_lock);
    ranges_cut(&kept, low, low + bytes);
    ranges_add(&kept, low, low + bytes);
    pthread_mutex_unlock(&ledger_lock);
}

uint64_t fault_reserved(void)
{
    pthread_mutex_lock(&ledger_lock);
    uint64_t bytes = ranges_common(&reserved, 0, UINTPTR_MAX);
    bytes -= ranges_common(&kept, 0, UINTPTR_MAX);
    pthread_mutex_unlock(&ledger_lock);
    return bytes;
}

uint64_t fault_kept(void)
{
    pthread_mutex_lock(&ledger_lock);
    uint64_t bytes = ranges_common(&kept, 0, UINTPTR_MAX);
    pthread_mutex_unlock(&ledger_lock);
    return bytes;
}

uint64_t fault_strays(void) { return strays; }

/* ---- memory ---- */

void *__wrap_mmap(void *hint, size_t bytes, int access, int flags, int file, off_t at)
{
    if (fails(FAULT_MMAP)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    void *address = __real_mmap(hint, bytes, access, flags, file, at);
    if (address != MAP_FAILED) enter(address, bytes, true);
    return address;
}

int __wrap_munmap(void *address, size_t bytes)
{
    within(address, bytes);
    if (fails(FAULT_MUNMAP)) {
        keep(address, bytes);
        errno = ENOMEM;
        return -1;
    }
    int status = __real_munmap(address, bytes);
    if (status == 0) enter(address, bytes, false);
    return status;
}

int __wrap_mprotect(void *address, size_t bytes, int access)
{
    within(address, bytes);
    if (!fails(FAULT_MPROTECT)) return __real_mprotect(address, bytes, access);
    if (half_of(bytes) != 0) (void)__real_mprotect(address, half_of(bytes), access);
    errno = ENOMEM;
    return -1;
}

int __wrap_madvise(void *address, size_t bytes, int advice)
{
    within(address, bytes);
    if (fault_order.seed == SEED_LIE) return 0;
    if (!fails(FAULT_MADVISE)) return __real_madvise(address, bytes, advice);
    if (half_of(bytes) != 0) (void)__real_madvise(address, half_of(bytes), advice);
    errno = EAGAIN;
    return -1;
}

/* ---- the others ---- */

long __wrap_sysconf(int name)
{
    return fails(FAULT_SYSCONF) ? -1 : __real_sysconf(name);
}

/* A wait that fails returns early. A call that wakes cannot fail: its word is mapped. */
long __wrap_syscall(long number, ...)
{
    long a[6];
    va_list list;
    va_start(list, number);
    for (uint32_t i = 0; i < 6; i++) a[i] = va_arg(list, long);
    va_end(list);
    bool wait = number == SYS_futex && (a[1] & FUTEX_CMD_MASK) == FUTEX_WAIT;
    if (wait && fails(FAULT_FUTEX_WAIT)) {
        errno = EINTR;
        return -1;
    }
    return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

ssize_t __wrap_write(int file, const void *text, size_t count)
{
    if (!fails(FAULT_WRITE)) return __real_write(file, text, count);
    if (fault_order.mode == FAULT_HALF && count > 1) return __real_write(file, text, count / 2);
    errno = EIO;
    return -1;
}

int __wrap_pthread_key_create(pthread_key_t *key, void (*end)(void *))
{
    return fails(FAULT_KEY_CREATE) ? EAGAIN : __real_pthread_key_create(key, end);
}

int __wrap_pthread_setspecific(pthread_key_t key, const void *value)
{
    return fails(FAULT_SETSPECIFIC) ? ENOMEM : __real_pthread_setspecific(key, value);
}

int __wrap_pthread_atfork(void (*before)(void), void (*parent)(void), void (*child)(void))
{
    return fails(FAULT_ATFORK) ? ENOMEM : __real_pthread_atfork(before, parent, child);
}

/* Of all its uses only the copy of a descriptor, which has one argument. */
int __wrap_fcntl(int file, int command, ...)
{
    va_list list;
    va_start(list, command);
    int argument = va_arg(list, int);
    va_end(list);
    if (fails(FAULT_FCNTL)) {
        errno = EMFILE;
        return -1;
    }
    return __real_fcntl(file, command, argument);
}

int __wrap_dup2(int from, int to)
{
    if (fails(FAULT_DUP2)) {
        errno = EBUSY;
        return -1;
    }
    return __real_dup2(from, to);
}

/* ---- the harness's own, past the wrappers ---- */

void fault_dup2(int from, int to)
{
    if (__real_dup2(from, to) < 0) abort();
}

void fault_send(const void *bytes, size_t count)
{
    if (__real_write(RESULT_FILE, bytes, count) != (ssize_t)count) abort();
}
