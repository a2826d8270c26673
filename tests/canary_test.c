/* The canary of a slot: the size comes back, and every change behind an object is seen. */
#include "canary.h"
#include "unit.h"

enum { MOST = 4096 };

static _Alignas(16) unsigned char memory[MOST];
static const struct canary_secret secret = {0x5eed1234, 0x1234567890abcdef};

static uintptr_t at(size_t offset) { return edge_address(memory + offset); }

static uint32_t kind; /* of the objects that are put */

static size_t size_in(const struct canary_secret *by, size_t offset, size_t slot_bytes)
{
    struct canary_mark mark = canary_read(*by, at(offset), slot_bytes);
    return mark.bytes == CANARY_BROKEN || mark.kind == kind ? mark.bytes : CANARY_BROKEN - 1;
}

static void put(size_t slot_bytes, size_t bytes)
{
    memset(memory, 0, sizeof memory);
    memset(memory, 0xa5, bytes);
    canary_put(secret, at(0), slot_bytes, bytes, kind);
}

/* Every size in some slots: it comes back; the object and what follows the slot are as before. */
static void test_sizes(void)
{
    const size_t slots[] = {16, 32, 48, 208, 1024, MOST - 16};
    for (size_t s = 0; s < sizeof slots / sizeof *slots; s++) {
        for (size_t bytes = 0; bytes + CANARY_BYTES <= slots[s]; bytes++) {
            bool kept = true;
            put(slots[s], bytes);
            CHECK_EQ(size_in(&secret, 0, slots[s]), bytes);
            for (size_t i = 0; i < bytes; i++) kept = kept && memory[i] == 0xa5;
            for (size_t i = slots[s]; i < MOST; i++) kept = kept && memory[i] == 0;
            CHECK(kept);
            CHECK_EQ(memory[slots[s] - CANARY_BYTES], 0);
        }
    }
}

/* Every change of one byte behind the object. */
static void test_one_byte(void)
{
    const size_t slots[] = {16, 64, 208};
    for (size_t s = 0; s < sizeof slots / sizeof *slots; s++) {
        for (size_t bytes = 0; bytes + CANARY_BYTES <= slots[s]; bytes += 7) {
            unsigned seen = 0, changes = 0;
            put(slots[s], bytes);
            for (size_t i = bytes; i < slots[s]; i++) {
                for (unsigned change = 1; change < 256; change++) {
                    memory[i] = (unsigned char)(memory[i] ^ change);
                    changes += 1;
                    seen += size_in(&secret, 0, slots[s]) == CANARY_BROKEN;
                    memory[i] = (unsigned char)(memory[i] ^ change);
                }
            }
            CHECK_EQ(seen, changes);
            CHECK_EQ(size_in(&secret, 0, slots[s]), bytes);
        }
    }
}

/* Words that are no canary of the slot: none, all ones, one of another slot or secret. */
static void test_strangers(void)
{
    struct canary_secret other = secret;
    other.base += 256;
    put(64, 40);
    edge_put_word(at(64 - CANARY_BYTES), 0);
    CHECK_EQ(size_in(&secret, 0, 64), CANARY_BROKEN);
    edge_put_word(at(64 - CANARY_BYTES), UINT64_MAX);
    CHECK_EQ(size_in(&secret, 0, 64), CANARY_BROKEN);
    put(64, 40);
    CHECK_EQ(size_in(&other, 0, 64), CANARY_BROKEN);
    uint64_t word = edge_word(at(64 - CANARY_BYTES));
    memset(memory, 0, sizeof memory);
    edge_put_word(at(128 - CANARY_BYTES), word);
    CHECK_EQ(size_in(&secret, 64, 64), CANARY_BROKEN);
}

/* A canary for more slack than the slot has room for. */
static void test_slack_beyond(void)
{
    put(1024, 0);
    uint64_t word = edge_word(at(1024 - CANARY_BYTES));
    memset(memory, 0, sizeof memory);
    edge_put_word(at(64 - CANARY_BYTES), word);
    CHECK_EQ(size_in(&secret, 0, 64), CANARY_BROKEN);
}

/* Every start, length and place of one byte that is not zero, in both ways to look. */
static void test_clean(void)
{
    memset(memory, 0, sizeof memory);
    for (size_t from = 0; from < 16; from++) {
        for (size_t bytes = 0; bytes < 50; bytes++) {
            bool whole = bytes % 16 == 0;
            CHECK(clean_before(at(from + 8 + bytes), bytes));
            CHECK(!whole || clean_all(at(from + 8), bytes));
            for (size_t i = 0; i < 80; i++) {
                bool out = i < from + 8 || i >= from + 8 + bytes;
                memory[i] = 0x80;
                CHECK_EQ(clean_before(at(from + 8 + bytes), bytes), out);
                CHECK(!whole || clean_all(at(from + 8), bytes) == out);
                memory[i] = 0;
            }
        }
    }
}

int main(void)
{
    for (kind = 0; kind < CANARY_KINDS; kind++) test_sizes();
    kind = 5;
    test_one_byte();
    test_strangers();
    test_slack_beyond();
    test_clean();
    return unit_report("canary");
}
