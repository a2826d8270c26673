/* The text of options: what it changes, and what it does not. */
#include "options.h"
#include "unit.h"

#include <string.h>

static struct options start(uint32_t preset)
{
    struct options o = {{0}};
    options_preset(&o, preset);
    return o;
}

static void test_presets(void)
{
    for (uint32_t p = PRESET_FAST; p <= PRESET_PARANOID; p++) {
        struct options o = {{9, 9, 9, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}};
        options_preset(&o, p);
        CHECK_EQ(o.value[OPTION_PRESET], p);
        CHECK_EQ(o.value[OPTION_CANARY], p != PRESET_FAST);
        CHECK_EQ(o.value[OPTION_ZERO], p != PRESET_FAST);
        CHECK_EQ(o.value[OPTION_REUSE], p != PRESET_FAST);
        CHECK_EQ(o.value[OPTION_BOUNDS], p);
        CHECK_EQ(o.value[OPTION_GUARD], p);
        CHECK_EQ(o.value[OPTION_PRINT], 1);
    }
}

/* A text, the options it makes of the hardened preset, and the item that it reports. */
static void test_text(void)
{
    const struct {
        const char *text;
        uint32_t value[OPTION_COUNT];
        const char *error;
    } cases[] = {
        {"", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, ""},
        {"canary:0", {1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, ""},
        {"canary:0,print:1", {1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1}, ""},
        {",,canary:0,,zero:0,", {1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, ""},
        {"preset:0", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, ""},
        {"print:1,preset:0,reuse:1", {0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, ""},
        {"preset:2,canary:0", {2, 0, 1, 1, 1, 1, 1, 2, 2, 1, 1, 0, 0, 0}, ""},
        {"bounds:2", {1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 0, 0, 0}, ""},
        {"bounds:3", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "bounds:3"},
        {"preset:3", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "preset:3"},
        {"guard:2,commit:1", {1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 0, 0}, ""},
        {"trace:1000000", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1000000, 0}, ""},
        {"trace:1000001", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "trace:1000001"},
        {"random:0", {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0}, ""},
        {"canary", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "canary"},
        {"canary:", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "canary:"},
        {":0", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, ":0"},
        {"canar:0", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "canar:0"},
        {"canaryy:0", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "canaryy:0"},
        {"canary:0x", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "canary:0x"},
        {"canary:-1", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "canary:-1"},
        {"canary:4294967296", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "canary:4294967296"},
        {"canary:42949672960", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "canary:42949672960"},
        {"canary:000", {1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, ""},
        {"zero:0,what:1,canary:0,other:2", {1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "what:1"},
        {"zero:0;canary:0", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, "zero:0;canary:0"},
        {"a_name_that_is_far_too_long:1",
         {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0},
         "a_name_that_is_far_too_long:1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options o = start(PRESET_HARDENED);
        struct option_error e = options_read(&o, cases[i].text);
        for (int k = 0; k < OPTION_COUNT; k++) CHECK_EQ(o.value[k], cases[i].value[k]);
        CHECK_EQ(e.bytes, strlen(cases[i].error));
        CHECK(memcmp(cases[i].text + e.start, cases[i].error, e.bytes) == 0);
    }
}

/* No byte is read beyond OPTIONS_LONGEST. */
static void test_long(void)
{
    static char text[OPTIONS_LONGEST + 64];
    struct options o = start(PRESET_HARDENED);
    memset(text, ',', sizeof text - 1);
    memcpy(text + OPTIONS_LONGEST, "canary:0", 8);
    CHECK_EQ(options_read(&o, text).bytes, 0);
    CHECK_EQ(o.value[OPTION_CANARY], 1);
    memcpy(text + OPTIONS_LONGEST - 8, "canary:0", 8);
    CHECK_EQ(options_read(&o, text).bytes, 0);
    CHECK_EQ(o.value[OPTION_CANARY], 0);
}

int main(void)
{
    test_presets();
    test_text();
    test_long();
    return unit_report("options");
}
