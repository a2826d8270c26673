/* The edge between pointers and integers: there and back, and no byte beyond those asked for. */
#include "edge.h"
#include "edgeword.h"
#include "unit.h"

enum { BYTES = 96 };

static unsigned char memory[BYTES], copy[BYTES];

static void fill(void)
{
    for (int i = 0; i < BYTES; i++) memory[i] = (unsigned char)(i + 1);
}

static void test_round_trip(void)
{
    int local;
    const void *pointers[] = {memory, memory + 1, copy + BYTES, &local, NULL};
    for (int i = 0; i < 5; i++) {
        uintptr_t address = edge_address(pointers[i]);
        CHECK(edge_pointer(address) == pointers[i]);
        CHECK(address == (uintptr_t)pointers[i]);
    }
    CHECK_EQ(edge_address(memory + 17) - edge_address(memory), 17);
    *(int *)edge_pointer(edge_address(&local)) = 4711;
    CHECK_EQ(local, 4711);
    const uintptr_t any[] = {0, 1, 0x7fffffffffff, 0xffff800000000000, UINTPTR_MAX};
    for (int i = 0; i < 5; i++) CHECK_EQ(edge_address(edge_pointer(any[i])), any[i]);
}

/* Every start and length in the array: zero, or copied, inside; as before outside. */
static void test_bytes(void)
{
    for (size_t from = 0; from <= BYTES; from += 3) {
        for (size_t n = 0; from + n <= BYTES; n++) {
            bool zeroed = true, copied = true;
            fill();
            edge_zero(edge_address(memory + from), n);
            for (size_t i = 0; i < BYTES; i++) {
                bool in = i >= from && i < from + n;
                zeroed = zeroed && memory[i] == (in ? 0 : i + 1);
                copy[i] = 0xee;
            }
            fill();
            edge_copy(edge_address(copy + from), edge_address(memory), n);
            for (size_t i = 0; i < BYTES; i++) {
                bool in = i >= from && i < from + n;
                copied = copied && copy[i] == (in ? i - from + 1 : 0xee);
            }
            CHECK(zeroed);
            CHECK(copied);
        }
    }
}

/* At every start: the eight bytes and no other, the first the least; back again. */
static void test_words(void)
{
    for (size_t from = 0; from + EDGE_WORD_BYTES <= BYTES; from++) {
        bool put = true;
        uint64_t word = 0;
        fill();
        for (int i = EDGE_WORD_BYTES - 1; i >= 0; i--) word = word * 256 + memory[from + (size_t)i];
        CHECK_EQ(edge_word(edge_address(memory + from)), word);
        CHECK_EQ(edge_get_byte(edge_address(memory + from)), memory[from]);
        edge_put_word(edge_address(memory + from), 0xf8f7f6f5f4f3f2f1u);
        for (size_t i = 0; i < BYTES; i++) {
            bool in = i >= from && i < from + EDGE_WORD_BYTES;
            put = put && memory[i] == (in ? 0xf1 + (i - from) : i + 1);
        }
        CHECK(put);
        CHECK_EQ(edge_word(edge_address(memory + from)), 0xf8f7f6f5f4f3f2f1u);
    }
}

/* A block with one byte that is not zero is not zero; its neighbours do not count. */
static void test_block(void)
{
    for (size_t from = 0; from + EDGE_BLOCK_BYTES <= BYTES; from++) {
        for (size_t i = 0; i < BYTES; i++) {
            memset(memory, 0, sizeof memory);
            memory[i] = (unsigned char)(1u << i % 8);
            bool out = i < from || i >= from + EDGE_BLOCK_BYTES;
            CHECK_EQ(edge_block_zero(edge_address(memory + from)), out);
        }
    }
}

int main(void)
{
    test_round_trip();
    test_bytes();
    test_words();
    test_block();
    return unit_report("edge");
}
