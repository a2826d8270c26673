/* Rows of slots that wait: order, ages, and none lost. */
#include "quarantine.h"
#include "unit.h"

static struct quarantine q;
static uintptr_t last; /* what left the row last */

/* Slots leave in the order in which they came. */
static void leave(const struct quarantine_batch *out)
{
    for (uint32_t i = out->count; i > 0; i--) {
        CHECK_EQ(out->row[i - 1], last + 1);
        last = out->row[i - 1];
        CHECK(!quarantine_holds(&q, last));
    }
}

/* None early, none twice, none lost. */
static void test_order(size_t slot_bytes)
{
    uintptr_t next = 1;
    uint32_t length = quarantine_length(slot_bytes);
    struct quarantine_batch out;
    CHECK(length >= QUARANTINE_LEAST && length <= QUARANTINE_MOST && length % 2 == 0);
    q = (struct quarantine){0, 0, {0}};
    last = 0;
    for (; next < 1000; next++) {
        if (next % 3 == 0 || !quarantine_put(&q, next)) { /* with room, and without */
            quarantine_add(&q, next, slot_bytes, &out);
            CHECK_EQ(q.length, length);
            leave(&out);
            CHECK(last == 0 || next - 1 - last >= length / 2);
        }
        CHECK(quarantine_holds(&q, next) && quarantine_holds(&q, last + 1));
        CHECK(!quarantine_holds(&q, next + 1) && !quarantine_holds(&q, last));
    }
    quarantine_empty(&q, &out);
    leave(&out);
    CHECK_EQ(last, next - 1);
    quarantine_empty(&q, &out);
    CHECK_EQ(out.count, 0);
    quarantine_add(&q, next, slot_bytes, &out); /* the row has its length, and room */
    CHECK(out.count == 0 && q.left == q.length - 1);
}

int main(void)
{
    const size_t slots[] = {16, 32, 1024, 1040, 4096, 5000, 32768};
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) test_order(slots[i]);
    return unit_report("quarantine");
}
