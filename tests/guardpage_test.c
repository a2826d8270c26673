/* guardpage_test.c -- the contract of guardpage.h on the real system, in both ways it has. */
#define _GNU_SOURCE
#include "guardpage.h"
#include "platform.h"
#include "platform/inject.h"
#include "touch.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGES = 64 };

static bool fail[PLATFORM_CALLS]; /* the calls of a kind that fail, all of them */
static uintptr_t base;
static size_t page;

bool platform_inject(enum platform_call call) { return fail[call]; }

static char *at(size_t i) { return (char *)base + i * page; }

/* The pages [from, to) cannot be touched; those beside them can. */
static void check_raised(size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        CHECK(!readable(base + i * page) && !writable(base + i * page));
        CHECK(!readable(base + i * page + page - 1));
    }
    CHECK(readable(base + from * page - 1) && readable(base + to * page));
}

static void test_raise_and_lower(void)
{
    for (size_t n = 1; n < 5; n++) {
        size_t from = 7 * n, to = from + n;
        memset(at(from) - 1, 0xa5, n * page + 2);
        errno = 77;
        CHECK(guardpage_raise(base + from * page, n * page));
        CHECK_EQ(errno, 77);
        check_raised(from, to);
        errno = 77;
        CHECK(guardpage_lower(base + from * page, n * page));
        CHECK_EQ(errno, 77);
        for (size_t i = 0; i < n * page; i++) CHECK_EQ(at(from)[i], 0);
        CHECK(at(from)[-1] == (char)0xa5 && at(to)[0] == (char)0xa5);
        CHECK(writable(base + from * page));
    }
}

/* What is no guard page stays as it is when it is lowered. */
static void test_lower_others(void)
{
    memset(at(3), 0x5a, page);
    CHECK(guardpage_lower(base + 3 * page, page));
    for (size_t i = 0; i < page; i++) CHECK_EQ(at(3)[i], 0x5a);
}

/* What the system refuses changes nothing; errno stays. */
static void test_refusals(void)
{
    CHECK(!guardpage_was_refused());
    memset(at(4), 0x5a, page);
    errno = 77;
    fail[PLATFORM_GUARD] = true;
    CHECK(!guardpage_raise(base + 4 * page, page));
    fail[PLATFORM_GUARD] = false;
    CHECK(guardpage_was_refused());
    for (size_t i = 0; i < page; i++) CHECK_EQ(at(4)[i], 0x5a);
    CHECK(guardpage_raise(base + 4 * page, page));
    fail[PLATFORM_UNGUARD] = true;
    CHECK(!guardpage_lower(base + 4 * page, page));
    fail[PLATFORM_UNGUARD] = false;
    check_raised(4, 5);
    CHECK(guardpage_lower(base + 4 * page, page));
    errno = 77;
    CHECK(!guardpage_raise(1, page)); /* no page begins there */
    CHECK_EQ(errno, 77);
}

/* Guard pages cross a fork, and each side has its own. */
static void test_fork(void)
{
    int status = 0;
    CHECK(guardpage_raise(base + 9 * page, page));
    pid_t child = fork();
    if (child == 0) {
        bool was = !readable(base + 9 * page);
        _exit(was && guardpage_lower(base + 9 * page, page) && readable(base + 9 * page) ? 0 : 1);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    check_raised(9, 10);
    CHECK(guardpage_lower(base + 9 * page, page));
}

/* Of mappings half are spent at most, and those that are lowered can be had again. */
static void test_budget(void)
{
    FILE *file = fopen("/proc/sys/vm/max_map_count", "r");
    unsigned most = 65530, n = 0;
    if (file == NULL || fscanf(file, "%u", &most) != 1) most = 65530;
    if (file != NULL) fclose(file);
    size_t bytes = (size_t)(most + 2) * page;
    uintptr_t many = platform_reserve(0, bytes, page);
    CHECK(many != 0 && platform_commit(many, bytes));
    while (n <= most && guardpage_raise(many + (uintptr_t)(2 * n) % (most + 2) * page, page)) n++;
    CHECK(n > most / 8 && n <= most / 4 + 1);
    CHECK(!guardpage_raise(many + page, page));
    CHECK(guardpage_lower(many + 3 * page, page)); /* not one of them */
    CHECK(!guardpage_raise(many + page, page));
    CHECK(guardpage_lower(many + 2 * page, page));
    CHECK(guardpage_raise(many + 2 * page, page));
    CHECK(!guardpage_raise(many + page, page));
    CHECK(platform_unreserve(many, bytes));
}

static void test_all(void)
{
    test_raise_and_lower();
    test_lower_others();
    test_refusals();
    test_fork();
}

int main(void)
{
    int status = 0;
    page = platform_page_bytes();
    base = platform_reserve(0, PAGES * page, page);
    CHECK(base != 0 && platform_commit(base, PAGES * page));
    pid_t child = fork();
    if (child == 0) { /* a kernel that does not know marks */
        fail[PLATFORM_MARKS] = true;
        test_all();
        test_budget();
        return unit_report("guardpage, by mappings");
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    test_all();
    return unit_report("guardpage");
}
