/* The bytes of a slot when its object begins and ends, by themselves, in memory of the test. */
#include "redzone.h"
#include "platform.h"
#include "platform/inject.h"
#include "unit.h"

static const struct redzone all = {
    {0x5eed1234, 0x1234567890abcdef}, true, true, true, true, MAX_SMALL_SIZE - CANARY_BYTES,
    FENCE_NONE};

static bool refused; /* the system releases no memory */

bool platform_inject(enum platform_call call) { return refused && call == PLATFORM_RELEASE; }

static bool zero(const unsigned char *p, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != 0) return false;
    return true;
}

/* Slots of all ways to be wiped, written in some of their pages, and with release refused: zero
 * after it, and not a byte beside them changed. */
static void test_wipe(void)
{
    const size_t sizes[] = {16, WIPED_SHORT, WIPED_SHORT + 16, LOOKED_WHOLE,
                            LOOKED_WHOLE + PAGE_SIZE, ZERO_WRITTEN,
                            ZERO_WRITTEN + PAGE_SIZE, 1 << 20};
    size_t bytes = (1 << 20) + 2 * PAGE_SIZE;
    for (size_t n = 0; n < 2 * (sizeof sizes / sizeof *sizes); n++) {
        uintptr_t memory = platform_reserve(0, bytes, PAGE_SIZE);
        CHECK(memory != 0 && platform_commit(memory, bytes));
        unsigned char *slot = edge_pointer(memory + PAGE_SIZE);
        size_t length = sizes[n / 2];
        for (size_t i = 0; i < length; i += 3 * PAGE_SIZE) slot[i] = 0xa5;
        slot[length - 1] = 0x5a;
        slot[-1] = slot[length] = 0x77;
        refused = n % 2 == 1;
        redzone_wipe(edge_address(slot), length);
        refused = false;
        CHECK(zero(slot, length));
        CHECK(slot[-1] == 0x77 && slot[length] == 0x77);
        CHECK(platform_unreserve(memory, bytes));
    }
}

/* A slot too long for its canary is told, and not written. */
static void test_too_long(void)
{
    struct slot slot = {64, CANARY_SLACK + 64, true};
    CHECK_EQ(redzone_begin(all, slot, 0, 0), WPM_CORRUPT);
    CHECK_EQ(redzone_begin(all, slot, 64 - CANARY_BYTES - 1, 0), WPM_CORRUPT);
    struct redzone plain = all; /* no canary, no need of one */
    plain.canary = plain.before = false;
    CHECK_EQ(redzone_begin(plain, slot, 0, 0), WPM_OK);
    _Alignas(16) static unsigned char memory[CANARY_SLACK / 16 * 16 + 16];
    slot = (struct slot){edge_address(memory), sizeof memory, true};
    CHECK_EQ(redzone_begin(all, slot, 16, 0), WPM_OK);
    CHECK_EQ(canary_read(all.secret, slot.address, slot.bytes).bytes, 16);
}

/* What lies before an object is looked at where there is something that can be. */
static void test_before(void)
{
    _Alignas(16) static unsigned char memory[128];
    uintptr_t second = edge_address(memory + 64);
    struct redzone no_canary = all, not_before = all;
    no_canary.canary = false;
    not_before.before = false;
    CHECK(redzone_before(all, second, 64, 1)); /* zero: nobody holds it */
    canary_put(all.secret, second - 64, 64, 40, 3);
    CHECK(redzone_before(all, second, 64, 1));
    edge_put_word(second - CANARY_BYTES, 1); /* below all canaries */
    CHECK(!redzone_before(all, second, 64, 1));
    CHECK(redzone_before(all, second, 64, 0));
    CHECK(redzone_before(no_canary, second, 64, 1));
    CHECK(redzone_before(not_before, second, 64, 1));
    CHECK(redzone_before(all, 48, 64, 1)); /* no address before it */
}

int main(void)
{
    test_wipe();
    test_too_long();
    test_before();
    return unit_report("redzone");
}
