/* Tables of size classes that are wrong, one entry or two at a time: the check finds each.
 *
 * The check of src/sizeclass.c is compiled here once more, over a table that can be written. */
#include "sizeclass.h"
#include "unit.h"

static struct size_class table[NUM_CLASSES];
static uint8_t lookup[CLASS_UNITS];

#define class_table table
#define class_of_16 lookup
#define sizeclass_valid table_valid
#define sizeclass_of_aligned table_of_aligned
#include "sizeclass.c"
#undef class_table
#undef class_of_16
#undef sizeclass_of_aligned

static void test_geometry(void)
{
    struct size_class c = class_table[30];
    CHECK(geometry_valid(c.size_bytes, c.span_pages, c.slots, c.magic));
    CHECK(!geometry_valid(15, c.span_pages, c.slots, c.magic));
    CHECK(!geometry_valid(MAX_SMALL_SIZE + 1, c.span_pages, c.slots, c.magic));
    CHECK(!geometry_valid(c.size_bytes, 0, c.slots, c.magic));
    CHECK(!geometry_valid(c.size_bytes, CLASS_MAX_PAGES + 1, c.slots, c.magic));
    CHECK(!geometry_valid(c.size_bytes, c.span_pages, 0, c.magic));
    CHECK(!geometry_valid(c.size_bytes, c.span_pages, SPAN_SLOTS + 1, c.magic));
    CHECK(!geometry_valid(c.size_bytes, c.span_pages, c.slots + 1, c.magic));
    CHECK(!geometry_valid(c.size_bytes, c.span_pages, c.slots - 1, c.magic));
    CHECK(!geometry_valid(c.size_bytes, c.span_pages, c.slots, c.magic - 1));
    CHECK(!geometry_valid(c.size_bytes, c.span_pages, c.slots, c.magic + 1));
}

/* One size is another: the table must not pass. */
static void refuse_size(uint32_t k, uint32_t bytes)
{
    table[k].size_bytes = bytes;
    CHECK(!sizes_valid());
    CHECK(!table_valid());
    table[k] = class_table[k];
    CHECK(table_valid());
}

static void test_sizes(void)
{
    refuse_size(5, class_table[4].size_bytes);
    refuse_size(5, class_table[5].size_bytes - 1);
    refuse_size(NUM_CLASSES - 1, MAX_SMALL_SIZE + MALLOC_ALIGN);
    table[2].size_bytes = table[1].size_bytes + 1; /* no multiple, though it grows */
    CHECK(!sizes_valid());
    table[2] = class_table[2];
    for (uint32_t k = 2; k < NUM_CLASSES; k++) table[k].size_bytes += MALLOC_ALIGN;
    CHECK(!sizes_valid());
    for (uint32_t k = 2; k < NUM_CLASSES; k++) table[k] = class_table[k];
    CHECK(table_valid());
}

static void test_spans(void)
{
    for (uint32_t k = 2; k < NUM_CLASSES; k++) {
        table[k].magic--;
        CHECK(sizes_valid() && !table_valid());
        table[k] = class_table[k];
    }
    CHECK(table_valid());
}

/* Every entry of the lookup, by every class. */
static void test_lookup(void)
{
    uint32_t wrong = 0;
    for (uint32_t u = 0; u < CLASS_UNITS; u++) {
        for (uint32_t k = 0; k < NUM_CLASSES + 2; k++)
            wrong += class_fits(k, MALLOC_ALIGN * u) != (k == class_of_16[u]);
        lookup[u]++;
        if (u % 64 == 0) CHECK(!table_valid());
        lookup[u]--;
    }
    CHECK_EQ(wrong, 0);
}

/* With the right table, the copy answers as the library does. */
static void test_aligned(void)
{
    for (uint32_t align = 1; align <= PAGE_SIZE; align *= 2)
        for (uint32_t bytes = 0; bytes <= MAX_SMALL_SIZE; bytes += 1001)
            CHECK_EQ(table_of_aligned(bytes, align), (sizeclass_of_aligned)(bytes, align));
}

int main(void)
{
    for (uint32_t k = 0; k < NUM_CLASSES; k++) table[k] = class_table[k];
    for (uint32_t u = 0; u < CLASS_UNITS; u++) lookup[u] = class_of_16[u];
    CHECK(table_valid());
    test_geometry();
    test_sizes();
    test_spans();
    test_lookup();
    test_aligned();
    return unit_report("sizeclass_faults");
}
