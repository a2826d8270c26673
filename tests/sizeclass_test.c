/* sizeclass_test.c -- the table against Go's figures, the lookup against a search, the shapes. */
#include "../src/sizeclass.h"
#include "json.h"
#include "unit.h"

/* The least class of a multiple of 16 that holds `bytes`, by search. */
static uint32_t search(uint32_t bytes, uint32_t align)
{
    for (uint32_t k = 2; k < NUM_CLASSES; k++) {
        uint32_t size = class_table[k].size_bytes;
        if (size >= bytes && size % MALLOC_ALIGN == 0 && size % align == 0) return k;
    }
    return 0;
}

/* Sizes and magic numbers are Go's. */
static void check_go_sizes(const json *root)
{
    const json *classes = json_get(root, "classes");
    CHECK_EQ(json_len(classes), NUM_CLASSES - 1);
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        const json *c = json_at(classes, k - 1);
        CHECK_EQ(json_uint(json_get(c, "cls")), k);
        CHECK_EQ(class_table[k].size_bytes, json_uint(json_get(c, "size")));
        CHECK_EQ(class_table[k].magic, json_uint(json_get(c, "divmagic")));
        if (k >= 2)
            CHECK(class_table[k].span_pages >= json_uint(json_get(c, "pages")) ||
                  class_table[k].span_pages >= 5);
    }
    CHECK_EQ(json_uint(json_get(json_get(root, "constants"), "page_size")), PAGE_SIZE);
    CHECK_EQ(json_uint(json_get(json_get(root, "constants"), "max_small_size")), MAX_SMALL_SIZE);
    CHECK_EQ(json_uint(json_get(json_get(root, "constants"), "num_size_classes")), NUM_CLASSES);
}

/* Slots are aligned as Go guarantees: from the given sizes on, the given alignment of a power of
 * two. */
static void check_alignment(const json *root)
{
    const json *classes = json_get(root, "classes");
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        uint64_t align = json_uint(json_get(json_at(classes, k - 1), "min_align"));
        CHECK_EQ(class_table[k].size_bytes % align, 0);
    }
}

/* Every request, and every alignment of a request. */
static void check_lookup(void)
{
    uint32_t wrong = 0;
    for (uint32_t bytes = 0; bytes <= MAX_SMALL_SIZE; bytes++)
        wrong += sizeclass_of(bytes) != search(bytes, 1);
    CHECK_EQ(wrong, 0);
    CHECK_EQ(class_table[sizeclass_of(0)].size_bytes, 16);
    CHECK_EQ(class_table[sizeclass_of(16)].size_bytes, 16);
    CHECK_EQ(class_table[sizeclass_of(17)].size_bytes, 32);
    CHECK_EQ(class_table[sizeclass_of(24)].size_bytes, 32);
    CHECK_EQ(sizeclass_of(MAX_SMALL_SIZE), NUM_CLASSES - 1);
    for (uint32_t align = 1; align <= PAGE_SIZE; align *= 2)
        for (uint32_t bytes = 0; bytes <= MAX_SMALL_SIZE; bytes += 7)
            wrong += sizeclass_of_aligned(bytes, align) != search(bytes, align);
    CHECK_EQ(wrong, 0);
    CHECK_EQ(sizeclass_of_aligned(20000, 12288), NUM_CLASSES - 4); /* 24576: not a power of two */
    CHECK_EQ(sizeclass_of_aligned(1, 2 * MAX_SMALL_SIZE), 0);
}

/* Every offset of every span: its slot, whether it is the slot's start, and the tail. */
static void check_spans(void)
{
    for (uint32_t k = 2; k < NUM_CLASSES; k++) {
        struct size_class c = class_table[k];
        uint32_t bytes = c.span_pages * PAGE_SIZE;
        uint32_t wrong = 0;
        for (uint32_t off = 0; off < bytes; off++) {
            uint64_t product = magic_product(off, c.magic);
            wrong += magic_quotient(product) != off / c.size_bytes;
            wrong += magic_exact(product, c.magic) != (off % c.size_bytes == 0);
            wrong += magic_quotient(product) >= SPAN_SLOTS;
        }
        CHECK_EQ(wrong, 0);
        CHECK_EQ(c.slots, bytes / c.size_bytes);
        CHECK(bytes - c.slots * c.size_bytes <= bytes / 64);
    }
}

int main(void)
{
    json *root = json_read("tests/data/sizeclasses.json");
    CHECK(sizeclass_valid());
    check_go_sizes(root);
    check_alignment(root);
    check_lookup();
    check_spans();
    json_drop(root);
    return unit_report("sizeclass");
}
