/* Rings of slots that wait, and their pools: order, ages, and none lost. */
#include "quarantine.h"
#include "unit.h"

enum { ENDS = 2000 };

static struct quarantine q;
static uint32_t ended[ENDS];  /* when a slot began to wait, counted in ends; 0: it does not */
static uint32_t ends, inside; /* ends so far; slots in the ring and the pool */

/* A slot leaves: it was inside, and has seen a whole ring of further ends, or `early`. */
static void leave(uintptr_t address, bool early)
{
    CHECK(address > 0 && address < ENDS && ended[address] != 0);
    CHECK(early || ends - ended[address] >= q.length);
    ended[address] = 0;
    inside--;
    CHECK(!quarantine_holds(&q, address));
}

static uint32_t leave_all(const struct quarantine_batch *out, bool early)
{
    uint32_t some = 0;
    for (uint32_t i = 0; i < out->count; i++) {
        if (out->row[i] == 0) continue;
        leave(out->row[i], early);
        some++;
    }
    return some;
}

static void join(uintptr_t address, size_t slot_bytes)
{
    struct quarantine_batch out;
    ended[address] = ++ends;
    inside++;
    if (!quarantine_put(&q, address)) {
        uint32_t length = q.length;
        ends--; /* what leaves now has not seen this end */
        CHECK_EQ(q.waited, length);
        quarantine_spill(&q, slot_bytes, &out);
        CHECK_EQ(leave_all(&out, false), length - length / 2);
        ends++;
        CHECK(quarantine_put(&q, address));
    }
    CHECK(quarantine_holds(&q, address));
}

/* Joins, and now and then a slot that is taken again, from any place of the pool. */
static void test_order(size_t slot_bytes, uint32_t every)
{
    struct quarantine_batch out;
    uint32_t length = quarantine_length(slot_bytes), taken = 0, refused = 0;
    CHECK(length >= QUARANTINE_LEAST && length <= QUARANTINE_MOST);
    q = (struct quarantine){0};
    ends = inside = 0;
    CHECK_EQ(quarantine_take(&q, QUARANTINE_TURNS - 1), 0);
    for (uintptr_t next = 1; next < ENDS; next++) {
        join(next, slot_bytes);
        CHECK(q.length == length && inside <= 2 * length);
        for (uint32_t i = 0; i < q.waited; i++) CHECK(quarantine_holds(&q, q.pool[i]));
        if (next % every != 0) continue;
        uint32_t before = q.waited;
        uintptr_t address = quarantine_take(&q, (uint32_t)(next * 7) % QUARANTINE_TURNS);
        CHECK_EQ(address != 0, before > length / 2);
        if (address != 0) leave(address, false);
        *(address != 0 ? &taken : &refused) += 1;
    }
    CHECK(taken > 100 && refused >= length / 2);
    quarantine_empty(&q, &out);
    leave_all(&out, true);
    CHECK_EQ(inside, 0);
    quarantine_empty(&q, &out);
    CHECK_EQ(leave_all(&out, true), 0);
    CHECK(quarantine_put(&q, 1) && quarantine_holds(&q, 1)); /* the ring has its length, and room */
    ended[1] = 0;
}

/* Each place of a full pool is taken for some turn. */
static void test_chance(void)
{
    bool seen[QUARANTINE_MOST] = {false};
    for (uint32_t turn = 0; turn < QUARANTINE_TURNS; turn++) {
        q = (struct quarantine){.length = QUARANTINE_MOST, .waited = QUARANTINE_MOST};
        for (uint32_t i = 0; i < QUARANTINE_MOST; i++) q.pool[i] = 16 + i;
        seen[quarantine_take(&q, turn) - 16] = true;
    }
    for (uint32_t i = 0; i < QUARANTINE_MOST; i++) CHECK(seen[i]);
}

int main(void)
{
    const size_t slots[] = {16, 32, 1024, 1040, 4096, 5000, 32768};
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        test_order(slots[i], 1);
        test_order(slots[i], 3);
    }
    test_chance();
    return unit_report("quarantine");
}
