/* sizeclass_go_test.c -- Go's tables and request paths, case by case from tests/data. */
#include "../src/sizeclass_go.h"
#include "json.h"
#include "unit.h"

#include <string.h>

/* The 67 classes: size, pages, slots, magic, span bytes, tail. */
static void check_classes(const json *root)
{
    const json *classes = json_get(root, "classes");
    CHECK_EQ(json_len(classes), NUM_CLASSES - 1);
    CHECK_EQ(go_class_table[0].size_bytes, 0);
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        const json *c = json_at(classes, k - 1);
        const struct go_class *g = &go_class_table[k];
        uint32_t bytes = g->pages * PAGE_SIZE;
        CHECK_EQ(g->size_bytes, json_uint(json_get(c, "size")));
        CHECK_EQ(g->pages, json_uint(json_get(c, "pages")));
        CHECK_EQ(g->slots, json_uint(json_get(c, "objects")));
        CHECK_EQ(g->magic, json_uint(json_get(c, "divmagic")));
        CHECK_EQ(bytes, json_uint(json_get(c, "span_bytes")));
        CHECK_EQ(bytes - g->slots * g->size_bytes, json_uint(json_get(c, "tail_waste")));
    }
}

/* The division rule: exact for every offset of a span, its end included. */
static void check_division(void)
{
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        const struct go_class *g = &go_class_table[k];
        uint32_t wrong = 0;
        for (uint32_t off = 0; off <= g->pages * PAGE_SIZE; off++)
            wrong += magic_div(off, g->magic) != off / g->size_bytes;
        CHECK_EQ(wrong, 0);
    }
}

/* Both lookup tables, entry by entry, and every request against a search. */
static void check_lookup(const json *root)
{
    const json *of_8 = json_get(root, "size_to_class8");
    const json *of_128 = json_get(root, "size_to_class128");
    CHECK_EQ(json_len(of_8), GO_UNITS_8);
    CHECK_EQ(json_len(of_128), GO_UNITS_128);
    for (uint32_t u = 0; u < GO_UNITS_8; u++)
        CHECK_EQ(go_class_of_8[u], json_uint(json_at(of_8, u)));
    for (uint32_t u = 0; u < GO_UNITS_128; u++)
        CHECK_EQ(go_class_of_128[u], json_uint(json_at(of_128, u)));
    uint32_t k = 0, wrong = 0;
    for (uint32_t bytes = 0; bytes <= MAX_SMALL_SIZE; bytes++) {
        while (go_class_table[k].size_bytes < bytes) k++;
        wrong += sizeclass_go_of(bytes) != k;
    }
    CHECK_EQ(wrong, 0);
}

static bool path_is(enum go_path path, const char *name)
{
    static const char *const names[] = {"zerobase", "tiny", "small_noscan",
                                        "small_scan_bits_in_span", "small_scan_header", "large"};
    return strcmp(names[path], name) == 0;
}

/* One member of a case, where it is given. */
static void check_member(const json *want, const char *key, uint64_t have)
{
    const json *value = json_find(want, key);
    if (value) CHECK_EQ(have, json_uint(value));
}

/* One request: its path and all figures that the case names. */
static void check_request(uint64_t bytes, bool noscan, const json *want)
{
    struct go_request r = sizeclass_go_request(bytes, noscan);
    CHECK(path_is(r.path, json_string(json_get(want, "path"))));
    check_member(want, "cls", r.size_class);
    check_member(want, "span_class", r.span_class);
    check_member(want, "slot", r.slot_bytes);
    check_member(want, "usable", r.usable_bytes);
    check_member(want, "pages", r.pages);
}

static void check_requests(const json *root)
{
    const json *cases = json_get(root, "request_paths_64bit");
    CHECK_EQ(json_len(cases), 65);
    for (size_t i = 0; i < json_len(cases); i++) {
        const json *c = json_at(cases, i);
        uint64_t bytes = json_uint(json_get(c, "size"));
        const json *scan = json_get(c, "scan");
        check_request(bytes, true, json_get(c, "noscan"));
        if (!json_is_null(scan)) check_request(bytes, false, scan);
        CHECK_EQ(sizeclass_go_roundup(bytes, true), json_uint(json_get(c, "roundup_noscan")));
        CHECK_EQ(sizeclass_go_roundup(bytes, false), json_uint(json_get(c, "roundup_scan")));
    }
}

/* The constants of the profile. */
static void check_constants(const json *root)
{
    const json *c = json_get(root, "constants");
    CHECK_EQ(json_uint(json_get(c, "max_objs_per_span")), GO_MAX_SLOTS);
    CHECK_EQ(json_uint(json_get(c, "malloc_header_size")), GO_HEADER_BYTES);
    CHECK_EQ(json_uint(json_get(c, "min_size_for_header_exclusive")), GO_HEADER_ABOVE);
    CHECK_EQ(json_uint(json_get(c, "max_small_request")), GO_MAX_SMALL);
    CHECK_EQ(json_uint(json_get(c, "tiny_size")), GO_TINY_SIZE);
    CHECK_EQ(json_uint(json_get(c, "tiny_size_class")), GO_TINY_CLASS);
    CHECK_EQ(json_uint(json_get(c, "tiny_span_class")), 2 * GO_TINY_CLASS + 1);
    CHECK_EQ(json_uint(json_get(c, "num_span_classes")), 2 * NUM_CLASSES);
}

int main(void)
{
    json *root = json_read("tests/data/sizeclasses.json");
    check_constants(root);
    check_classes(root);
    check_division();
    check_lookup(root);
    check_requests(root);
    json_drop(root);
    return unit_report("sizeclass_go");
}
