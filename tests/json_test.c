/* The reader of the tests' tables, on a file of its own. */
#include "json.h"
#include "unit.h"

#include <string.h>

static const char sample[] =
    "{ \"a\": [1, -2, 3.5e1, \"0xffffffffffffffff\", 18446744073709551615, \"-7\"],\n"
    "  \"s\": \"q\\\"\\\\\\n\\u0041\", \"t\": true, \"f\": false, \"n\": null,\n"
    "  \"empty\": [], \"none\": {}, \"o\": {\"x\": {\"y\": 9}} }\n";

int main(void)
{
    const char *path = "build/json_test.json";
    FILE *f = fopen(path, "w");
    if (!CHECK(f != NULL)) return unit_report("json");
    fputs(sample, f);
    fclose(f);
    json *root = json_read(path);
    const json *a = json_get(root, "a");
    CHECK_EQ(json_len(a), 6);
    CHECK_EQ(json_uint(json_at(a, 0)), 1);
    CHECK_EQ(json_int(json_at(a, 1)), -2);
    CHECK(json_double(json_at(a, 2)) == 35.0);
    CHECK_EQ(json_uint(json_at(a, 3)), UINT64_MAX);
    CHECK_EQ(json_uint(json_at(a, 4)), UINT64_MAX);
    CHECK_EQ(json_int(json_at(a, 5)), -7);
    CHECK(strcmp(json_string(json_get(root, "s")), "q\"\\\nA") == 0);
    CHECK(json_bool(json_get(root, "t")));
    CHECK(!json_bool(json_get(root, "f")));
    CHECK(json_is_null(json_get(root, "n")));
    CHECK_EQ(json_len(json_get(root, "empty")), 0);
    CHECK_EQ(json_len(json_get(root, "none")), 0);
    CHECK(json_find(root, "absent") == NULL);
    CHECK_EQ(json_uint(json_get(json_get(json_get(root, "o"), "x"), "y")), 9);
    CHECK_EQ(json_len(root), 8);
    CHECK(strcmp(json_key(root, 1), "s") == 0);
    json_drop(root);
    remove(path);
    return unit_report("json");
}
