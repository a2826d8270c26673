/* posix_test.c -- the contract of platform.h, call by call, on the real system. */
#define _GNU_SOURCE
#include "platform.h"
#include "platform/inject.h"
#include "touch.h"
#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define GIB ((size_t)1 << 30)

/* The call of a kind that is to fail next: 1 the first from now on, 0 none. */
static int fail_at[PLATFORM_CALLS];
static int injected;

bool platform_inject(enum platform_call call)
{
    if (fail_at[call] == 0 || --fail_at[call] != 0) return false;
    injected++;
    return true;
}

static bool mapped(uintptr_t address, size_t bytes)
{
    size_t page = platform_page_bytes();
    unsigned char here;
    for (size_t at = 0; at < bytes; at += page)
        if (mincore((void *)(address + at), page, &here) != 0) return false;
    return true;
}

static bool all_zero(uintptr_t address, size_t bytes)
{
    const char *p = (const char *)address;
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != 0) return false;
    return true;
}

static void test_reserve_aligns(void)
{
    size_t page = platform_page_bytes();
    CHECK(page >= 4096 && (page & (page - 1)) == 0);
    for (size_t align = page; align <= GIB; align *= 4) {
        size_t bytes = 3 * page;
        uintptr_t p = platform_reserve(0, bytes, align);
        if (!CHECK(p != 0)) continue;
        CHECK_EQ(p % align, 0);
        CHECK(mapped(p, bytes));
        CHECK(!readable(p));
        CHECK(!readable(p + bytes - 1));
        CHECK(platform_unreserve(p, bytes));
        CHECK(!mapped(p, page));
    }
}

/* Alignment by over-reserving must give all the rest back: what is mapped in all stays the same. */
static size_t mapped_pages(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;
    if (f == NULL || fscanf(f, "%lu", &pages) != 1) abort();
    fclose(f);
    return pages;
}

static void test_reserve_keeps_no_more_than_asked(void)
{
    size_t page = platform_page_bytes();
    (void)mapped_pages();
    size_t before = mapped_pages();
    uintptr_t p = platform_reserve(0, 64 * MIB, 64 * MIB);
    CHECK_EQ(mapped_pages() - before, 64 * MIB / page);
    CHECK(platform_unreserve(p, 64 * MIB));
    CHECK_EQ(mapped_pages(), before);
}

static void test_reserve_takes_the_hint(void)
{
    uintptr_t free_place = platform_reserve(0, 256 * MIB, 64 * MIB);
    CHECK(platform_unreserve(free_place, 256 * MIB));
    uintptr_t hint = free_place + 64 * MIB;
    uintptr_t p = platform_reserve(hint, 64 * MIB, 64 * MIB);
    CHECK_EQ(p, hint);
    uintptr_t q = platform_reserve(hint, 64 * MIB, 64 * MIB);
    CHECK(q != 0 && q != hint && q % (64 * MIB) == 0);
    CHECK(platform_unreserve(p, 64 * MIB));
    CHECK(platform_unreserve(q, 64 * MIB));
}

static void test_reserve_refuses_nonsense(void)
{
    size_t page = platform_page_bytes();
    CHECK_EQ(platform_reserve(0, 0, page), 0);
    CHECK_EQ(platform_reserve(0, SIZE_MAX, page), 0);
    CHECK_EQ(platform_reserve(0, SIZE_MAX - page, page), 0);
    CHECK_EQ(platform_reserve(0, SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 1), 0);
    CHECK(!platform_unreserve(0, 0));
}

static void test_commit_release_protect(void)
{
    size_t page = platform_page_bytes();
    size_t bytes = 16 * page;
    uintptr_t p = platform_reserve(0, bytes, page);
    CHECK(platform_commit(p + 4 * page, 8 * page));
    CHECK(!readable(p + 4 * page - 1));
    CHECK(!readable(p + 12 * page));
    CHECK(all_zero(p + 4 * page, 8 * page));
    memset((void *)(p + 4 * page), 0x5a, 8 * page);
    CHECK(platform_commit(p + 6 * page, 8 * page)); /* overlaps what is committed */
    CHECK_EQ(*(char *)(p + 4 * page), 0x5a);
    CHECK(all_zero(p + 12 * page, 2 * page));

    CHECK(platform_release(p + 5 * page, 2 * page));
    CHECK(all_zero(p + 5 * page, 2 * page));
    CHECK_EQ(*(char *)(p + 5 * page - 1), 0x5a);
    CHECK_EQ(*(char *)(p + 7 * page), 0x5a);
    CHECK(writable(p + 5 * page));

    CHECK(platform_protect(p + 8 * page, page));
    CHECK(!readable(p + 8 * page));
    CHECK(readable(p + 8 * page - 1) && readable(p + 9 * page));
    CHECK(platform_commit(p + 8 * page, page));
    CHECK(all_zero(p + 8 * page, page));

    CHECK(platform_unreserve(p, bytes));
    CHECK(!mapped(p, page));
}

/* The kernel marks what it charges for with "ac" among a mapping's flags. */
static bool charged(uintptr_t address)
{
    FILE *f = fopen("/proc/self/smaps", "r");
    char line[512];
    bool inside = false, found = false;
    if (f == NULL) abort();
    while (fgets(line, sizeof line, f) != NULL) {
        unsigned long low, high;
        if (sscanf(line, "%lx-%lx ", &low, &high) == 2) inside = low <= address && address < high;
        if (inside && strncmp(line, "VmFlags:", 8) == 0) found = strstr(line, " ac") != NULL;
    }
    fclose(f);
    return found;
}

static void test_reservation_is_not_charged(void)
{
    uintptr_t p = platform_reserve(0, 64 * GIB, MIB);
    CHECK(p != 0);
    CHECK(!charged(p));
    CHECK(platform_commit(p, MIB));
    CHECK(platform_unreserve(p, 64 * GIB));
    CHECK(charged((uintptr_t)&fail_at)); /* the probe does tell them apart */
}

/* Under a limit on address space a big reservation is refused and a smaller one is granted. */
static void test_address_space_limit(void)
{
    pid_t child = fork();
    if (child == 0) {
        rlim_t bytes = mapped_pages() * platform_page_bytes() + 2000000ul * 1024;
        struct rlimit limit = {bytes, bytes}; /* beyond what a sanitizer has mapped already */
        bool ok = setrlimit(RLIMIT_AS, &limit) == 0;
        errno = 77;
        ok = ok && platform_reserve(0, 4 * GIB, MIB) == 0 && errno == 77;
        uintptr_t p = platform_reserve(0, GIB, MIB);
        ok = ok && p != 0 && platform_commit(p, GIB) && platform_unreserve(p, GIB);
        _exit(ok ? 0 : 1);
    }
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK_EQ(status, 0);
}

static void test_failures_change_nothing(void)
{
    size_t page = platform_page_bytes();
    size_t before = mapped_pages();
    injected = 0;
    fail_at[PLATFORM_RESERVE] = 1;
    CHECK_EQ(platform_reserve(0, MIB, MIB), 0);
    uintptr_t room = platform_reserve(0, 4 * GIB, GIB);
    CHECK(platform_unreserve(room, 4 * GIB));
    for (int nth = 1; nth <= 2; nth++) { /* the head, then the tail, cannot be given back */
        fail_at[PLATFORM_TRIM] = nth;
        CHECK_EQ(platform_reserve(room + 2 * page, GIB, GIB), 0);
        CHECK_EQ(fail_at[PLATFORM_TRIM], 0);
        CHECK_EQ(mapped_pages(), before);
    }
    uintptr_t p = platform_reserve(0, MIB, MIB);
    fail_at[PLATFORM_COMMIT] = 1;
    CHECK(!platform_commit(p, MIB));
    CHECK(!readable(p));
    CHECK(platform_commit(p, MIB));
    memset((void *)p, 1, MIB);
    fail_at[PLATFORM_RELEASE] = 1;
    CHECK(!platform_release(p, MIB));
    CHECK_EQ(*(char *)p, 1);
    fail_at[PLATFORM_PROTECT] = 1;
    CHECK(!platform_protect(p, MIB));
    CHECK(writable(p + page));
    fail_at[PLATFORM_RELEASE] = 1; /* the second half of protect: access comes back */
    CHECK(!platform_protect(p, MIB));
    CHECK(writable(p + page));
    CHECK_EQ(*(char *)p, 1);
    fail_at[PLATFORM_UNRESERVE] = 1;
    CHECK(!platform_unreserve(p, MIB));
    CHECK_EQ(*(char *)p, 1);
    CHECK(platform_unreserve(p, MIB));
    CHECK_EQ(mapped_pages(), before);
    CHECK_EQ(injected, 8);
}

static void test_errno_is_kept(void)
{
    size_t page = platform_page_bytes();
    uintptr_t p = platform_reserve(0, MIB, MIB);
    errno = 4711;
    (void)platform_reserve(0, SIZE_MAX - page, page);
    CHECK_EQ(errno, 4711);
    (void)platform_reserve(0, (size_t)1 << 62, page);
    CHECK_EQ(errno, 4711);
    CHECK(!platform_commit(p + 1, page));
    CHECK(!platform_release(p + 1, page));
    CHECK(!platform_protect(p + 1, page));
    CHECK(!platform_unreserve(p + 1, page));
    CHECK_EQ(errno, 4711);
    CHECK(platform_unreserve(p, MIB));

    uint32_t word = 1;
    platform_lock_wait(&word, 2); /* not the value: returns at once, with EAGAIN inside */
    platform_lock_wake(&word);
    CHECK_EQ(errno, 4711);
}

static void test_write_error(void)
{
    int ends[2];
    char got[8] = "";
    if (pipe(ends) != 0) abort();
    int saved = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    platform_write_error("twelve chars", 6);
    dup2(saved, STDERR_FILENO);
    CHECK_EQ(read(ends[0], got, sizeof got), 6);
    CHECK(memcmp(got, "twelve", 6) == 0);

    close(STDERR_FILENO); /* nobody listens: no loop, no trace in errno */
    errno = 4711;
    platform_write_error("x", 1);
    int after = errno;
    dup2(saved, STDERR_FILENO);
    CHECK_EQ(after, 4711);
    close(saved);
    close(ends[0]);
    close(ends[1]);
}

/* A waiter sleeps until it is woken or the word has changed. */
static uint32_t gate = 1;

static void *waiter(void *unused)
{
    while (__atomic_load_n(&gate, __ATOMIC_ACQUIRE) == 1) platform_lock_wait(&gate, 1);
    return unused;
}

static void test_lock_wait(void)
{
    pthread_t thread;
#ifdef __GLIBC__
    CHECK(platform_one_thread());
#endif
    CHECK_EQ(pthread_create(&thread, NULL, waiter, NULL), 0);
    usleep(20000);
    CHECK(!platform_one_thread());
    __atomic_store_n(&gate, 0, __ATOMIC_RELEASE);
    platform_lock_wake(&gate);
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

static void test_abort(void)
{
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        platform_abort();
        _exit(0);
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
    test_reserve_aligns();
    test_reserve_keeps_no_more_than_asked();
    test_reserve_takes_the_hint();
    test_reserve_refuses_nonsense();
    test_commit_release_protect();
    test_reservation_is_not_charged();
    test_address_space_limit();
    test_failures_change_nothing();
    test_errno_is_kept();
    test_write_error();
    test_lock_wait();
    test_abort();
    return unit_report("posix");
}
