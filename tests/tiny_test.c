/* tiny_test.c -- every case of tests/data/tiny.json; the C rule against each object that fits. */
#include "../src/tiny.h"
#include "json.h"
#include "unit.h"

/* One case: the block, in order of creation, and the offset of each size. */
static void check_case(const json *sizes, const json *places, bool narrow)
{
    struct tiny t = {false, 0};
    uint64_t blocks = 0, current = 0;
    CHECK_EQ(json_len(sizes), json_len(places));
    for (size_t i = 0; i < json_len(sizes); i++) {
        uint32_t size = (uint32_t)json_uint(json_at(sizes, i));
        uint32_t align = narrow ? tiny_align_go_32(size) : tiny_align_go(size);
        struct tiny_piece p = tiny_place(t, size, align);
        uint64_t block = p.fresh ? blocks++ : current;
        if (p.kept) current = block;
        CHECK_EQ(block, json_uint(json_at(json_at(places, i), 0)));
        CHECK_EQ(p.offset, json_uint(json_at(json_at(places, i), 1)));
        t = p.after;
    }
}

/* Alignments, by what they must divide. */
static void check_alignments(void)
{
    static const uint32_t go[] = {1, 2, 1, 4, 1, 2, 1, 8, 1, 2, 1, 4, 1, 2, 1};
    static const uint32_t c[] = {1, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 8, 8, 8, 8};
    for (uint32_t size = 1; size < TINY_BLOCK; size++) {
        CHECK_EQ(tiny_align_go(size), go[size - 1]);
        CHECK_EQ(tiny_align_go_32(size), size == 12 ? 8 : go[size - 1]);
        CHECK_EQ(tiny_align_c(size), c[size - 1]);
    }
}

/* From every state every piece: aligned, inside, behind what is used, and more room kept. */
static void check_states(void)
{
    for (uint32_t offset = 0; offset <= TINY_BLOCK; offset++)
        for (uint32_t size = 1; size < TINY_BLOCK; size++) {
            struct tiny t = {true, offset};
            uint32_t align = tiny_align_c(size);
            struct tiny_piece p = tiny_place(t, size, align);
            CHECK(p.offset % align == 0 && p.offset + size <= TINY_BLOCK && p.after.have);
            if (p.fresh) CHECK_EQ(p.after.offset, size < offset ? size : offset);
            else CHECK(p.offset >= offset && p.after.offset == p.offset + size);
            t.have = false;
            p = tiny_place(t, size, align);
            CHECK(p.fresh && p.kept && p.offset == 0 && p.after.offset == size);
        }
}

int main(void)
{
    json *root = json_read("tests/data/tiny.json");
    const json *cases = json_get(root, "cases");
    CHECK_EQ(json_len(cases), 6);
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i);
        check_case(json_get(c, "sizes"), json_get(c, "place_64bit"), false);
        check_case(json_get(c, "sizes"), json_get(c, "place_32bit"), true);
    }
    json_drop(root);
    check_alignments();
    check_states();
    return unit_report("tiny");
}
