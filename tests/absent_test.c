/* absent_test.c -- the contract of absent.h on the real system: which pages nobody has written. */
#include "absent.h"
#include "platform.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

enum { PAGES = 3000 };

static uintptr_t base;
static size_t page;

/* Pages from page `from` on, up to the end, that are alike, and which they are. */
static size_t alike(size_t from, bool absent)
{
    size_t n = 0;
    while (from + n < PAGES) {
        bool is;
        size_t run = absent_run(base + (from + n) * page, (PAGES - from - n) * page, &is);
        if (!CHECK(run > 0 && run % page == 0) || is != absent) break;
        n += run / page;
    }
    return n;
}

int main(void)
{
    bool absent = false;
    page = platform_page_bytes();
    base = platform_reserve(0, PAGES * page, page);
    CHECK(base != 0 && platform_commit(base, PAGES * page));
    CHECK_EQ(page % ABSENT_UNIT, 0);
    errno = 77;
    CHECK_EQ(alike(0, true), PAGES);
    CHECK(absent_run(base, 10, &absent) == 10 && absent);
    CHECK(absent_run(base, page + 8, &absent) == page + 8 && absent);
    const size_t written[] = {0, 1, 510, 511, 512, 513, 1024, PAGES - 3};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        size_t at = written[i];
        memset((char *)base + at * page + page - 1, 1, page + 1); /* two pages */
        CHECK_EQ(alike(0, true), at);
        CHECK_EQ(alike(at, false), 2);
        CHECK_EQ(alike(at + 2, true), PAGES - at - 2);
        CHECK(absent_run(base + at * page, 10, &absent) == 10 && !absent);
        CHECK(platform_release(base, PAGES * page));
        CHECK_EQ(alike(0, true), PAGES);
    }
    CHECK(absent_run(base + 1, page, &absent) == page && !absent); /* no page begins there */
    CHECK(platform_unreserve(base, PAGES * page));
    CHECK(absent_run(base, page, &absent) == page && !absent); /* no memory of anyone's */
    CHECK_EQ(errno, 77);
    return unit_report("absent");
}
