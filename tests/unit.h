/* unit.h -- the checks of a unit test, counted and reported.
 *
 * A test is a program: it calls CHECK and CHECK_EQ, and main ends with `return unit_report("x");`.
 * A check that fails prints where and what, and the test goes on; after UNIT_SHOWN failures only
 * the count grows. unit_report prints `name: N checks, M failed` and gives main its exit status:
 * failure also when nothing was checked at all, so that a test that lost its data cannot pass.
 */
#ifndef WPM_TESTS_UNIT_H
#define WPM_TESTS_UNIT_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define UNIT_SHOWN 20 /* failures printed in full */

static uint64_t unit_checks;
static uint64_t unit_failures;

/* Count one check; true when its failure is to be printed. */
static inline bool unit_count(bool ok)
{
    unit_checks++;
    if (ok) return false;
    unit_failures++;
    return unit_failures <= UNIT_SHOWN;
}

/* One check of a condition. Returns it, so that a test can stop a loop at the first failure. */
static inline bool unit_check(bool ok, const char *text, const char *file, int line)
{
    if (unit_count(ok)) fprintf(stderr, "%s:%d: failed: %s\n", file, line, text);
    return ok;
}

/* One check that two integers are equal. Signed values compare as their 64-bit pattern. */
static inline bool unit_check_eq(uint64_t a, uint64_t b, const char *text, const char *file,
                                 int line)
{
    bool ok = a == b;
    if (unit_count(ok))
        fprintf(stderr, "%s:%d: failed: %s: %" PRIu64 " (0x%" PRIx64 ") is not %" PRIu64
                " (0x%" PRIx64 ")\n", file, line, text, a, a, b, b);
    return ok;
}

/* The closing line, and the exit status of main. */
static inline int unit_report(const char *name)
{
    printf("%s: %" PRIu64 " checks, %" PRIu64 " failed\n", name, unit_checks, unit_failures);
    return unit_checks == 0 || unit_failures != 0;
}

#define CHECK(cond) unit_check((cond), #cond, __FILE__, __LINE__)
#define CHECK_EQ(a, b) \
    unit_check_eq((uint64_t)(a), (uint64_t)(b), #a " == " #b, __FILE__, __LINE__)

#endif
