/* margin_test.c -- Go's red zones: every step and sample of tests/data/redzone.json. */
#include "../src/margin.h"
#include "json.h"
#include "unit.h"

int main(void)
{
    json *root = json_read("tests/data/redzone.json");
    const json *steps = json_get(root, "steps"), *samples = json_get(root, "samples");
    CHECK_EQ(json_len(steps), 8);
    CHECK(json_len(samples) > 20);
    for (size_t i = 0; i < json_len(samples); i++) {
        const json *sample = json_at(samples, i);
        CHECK_EQ(margin_bytes(json_uint(json_get(sample, "request"))),
                 json_uint(json_get(sample, "redzone")));
    }
    uint64_t from = 0;
    for (size_t i = 0; i + 1 < json_len(steps); i++) { /* the last has no end */
        const json *step = json_at(steps, i);
        uint64_t most = json_uint(json_get(step, "max_request"));
        for (; from <= most; from++)
            CHECK_EQ(margin_bytes(from), json_uint(json_get(step, "redzone")));
    }
    CHECK_EQ(margin_bytes(from), MARGIN_MOST);
    CHECK_EQ(margin_bytes(UINT64_MAX), MARGIN_MOST);
    json_drop(root);
    return unit_report("margin");
}
