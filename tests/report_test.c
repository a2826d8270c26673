/* report_test.c -- lines for the error stream: their text, and that nothing is written past the
 * end. */
#define _GNU_SOURCE
#include "report.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool text_is(const struct report *r, const char *expected)
{
    return r->used == strlen(expected) && memcmp(r->text, expected, r->used) == 0;
}

static void test_numbers(void)
{
    static const uint64_t numbers[] = {0, 1, 9, 10, 11, 99, 100, 255, 256, 4711, 65535, 65536,
                                       UINT32_MAX, UINT64_MAX / 10, UINT64_MAX / 16, UINT64_MAX - 1,
                                       UINT64_MAX};
    char expected[64];
    struct report r;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        report_start(&r);
        report_number(&r, numbers[i]);
        snprintf(expected, sizeof expected, "%" PRIu64, numbers[i]);
        CHECK(text_is(&r, expected));
        report_start(&r);
        report_address(&r, numbers[i]);
        snprintf(expected, sizeof expected, "0x%" PRIx64, numbers[i]);
        CHECK(text_is(&r, expected));
    }
}

static void test_joins(void)
{
    struct report r;
    report_start(&r);
    report_text(&r, "");
    CHECK(text_is(&r, ""));
    report_text(&r, "at ");
    report_address(&r, 0xabc);
    report_text(&r, ": ");
    report_number(&r, 48);
    CHECK(text_is(&r, "at 0xabc: 48"));
}

/* A line that is too long is cut, whatever makes it so. */
static void test_cut(void)
{
    struct {
        struct report r;
        char guard[64];
    } box;
    memset(&box, 0x5a, sizeof box);
    report_start(&box.r);
    for (int i = 0; i < 100; i++) {
        report_text(&box.r, "0123456");
        report_number(&box.r, UINT64_MAX);
        report_address(&box.r, UINTPTR_MAX);
    }
    CHECK_EQ(box.r.used, REPORT_BYTES);
    CHECK(memcmp(box.r.text, "012345618446744073709551615", 27) == 0);
    for (size_t i = 0; i < sizeof box.guard; i++) CHECK_EQ(box.guard[i], 0x5a);
}

static void test_send(void)
{
    int ends[2];
    char got[REPORT_BYTES + 100];
    struct report r;
    if (pipe(ends) != 0) abort();
    int saved = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    report_start(&r);
    report_text(&r, "one line");
    report_send(&r);
    for (int i = 0; i < 100; i++) report_text(&r, "full ");
    report_send(&r);
    dup2(saved, STDERR_FILENO);
    close(saved);
    CHECK_EQ(read(ends[0], got, sizeof got), 9 + REPORT_BYTES + 1);
    CHECK(memcmp(got, "one line\nfull full ", 19) == 0);
    CHECK_EQ(got[9 + REPORT_BYTES], '\n');
    CHECK_EQ(r.used, 0);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    test_numbers();
    test_joins();
    test_cut();
    test_send();
    return unit_report("report");
}
