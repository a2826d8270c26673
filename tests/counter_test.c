/* Counters stop at their ends. */
#include "counter.h"
#include "unit.h"

int main(void)
{
    CHECK_EQ(counter_add(5, 7), 12);
    CHECK_EQ(counter_add(INT64_MAX - 7, 7), INT64_MAX);
    CHECK_EQ(counter_add(INT64_MAX - 7, 8), INT64_MAX);
    CHECK_EQ(counter_add(INT64_MAX, UINT32_MAX), INT64_MAX);
    CHECK_EQ(counter_less(12, 7), 5);
    CHECK_EQ(counter_less(7, 7), 0);
    CHECK_EQ(counter_less(6, 7), 0);
    CHECK_EQ(counter_less(0, UINT32_MAX), 0);
    return unit_report("counter");
}
