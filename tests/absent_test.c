/* absent_test.c -- the contract of absent.h on the real system: which pages nobody has written. */
#include "absent.h"
#include "platform.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

enum { PAGES = 3000 };

int main(void)
{
    size_t page = platform_page_bytes(), bytes = PAGES * page;
    uintptr_t base = platform_reserve(0, bytes, page);
    CHECK(base != 0 && platform_commit(base, bytes));
    errno = 77;
    CHECK_EQ(absent_bytes(base, bytes), bytes);
    CHECK_EQ(absent_bytes(base, bytes - 8), bytes - 8);
    CHECK_EQ(absent_bytes(base, 0), 0);
    const size_t written[] = {0, 1, 510, 511, 512, 513, 1024, PAGES - 1};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        *(volatile char *)(base + written[i] * page + page - 1) = 1;
        CHECK_EQ(absent_bytes(base, bytes), written[i] * page);
        CHECK_EQ(absent_bytes(base + written[i] * page, page), 0);
        CHECK_EQ(absent_bytes(base + (written[i] + 1) * page, bytes - (written[i] + 1) * page),
                 bytes - (written[i] + 1) * page);
        CHECK(platform_release(base, bytes));
        CHECK_EQ(absent_bytes(base, bytes), bytes);
    }
    CHECK_EQ(absent_bytes(base + 1, page), 0); /* no page begins there */
    CHECK(platform_unreserve(base, bytes));
    CHECK_EQ(absent_bytes(base, page), 0); /* no memory of anyone's */
    CHECK_EQ(errno, 77);
    return unit_report("absent");
}
