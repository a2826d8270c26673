/* find_test.c -- from any address to its slot, against what the heap says of the address. */
#include "../../src/gc/marks.h"
#include "../random.h"
#include "../unit.h"

#include <stdlib.h>

#define REGION_BYTES ((size_t)32 << 20)
#define OBJECTS 600u

/* One address: the slot that has it, and nothing else. */
static void check_address(wpm_heap *h, uintptr_t address)
{
    struct found at = find_slot(h, address);
    wpm_info info = wpm_describe(h, (void *)address);
    if (at.span == NO_SPAN) {
        CHECK(info.status == WPM_FOREIGN || info.status == WPM_INTERIOR);
        return;
    }
    uintptr_t start = find_start(h, at);
    CHECK(start <= address && address < start + find_bytes(h, at.span));
    CHECK_EQ(info.slot, at.slot);
    CHECK_EQ(info.slot_bytes, find_bytes(h, at.span));
    CHECK_EQ(find_held(h, at), wpm_usable_size(h, (void *)start) != 0);
}

int main(void)
{
    char *region = malloc(REGION_BYTES);
    wpm_heap *h = wpm_heap_init(region, REGION_BYTES);
    wpm_cache *c = wpm_cache_attach(h);
    static char *object[OBJECTS];
    static uint64_t bits[4096];
    uint64_t seed = 1;
    if (!CHECK(region != NULL && h != NULL && c != NULL)) return unit_report("gc/find");
    for (uint32_t i = 0; i < OBJECTS; i++) {
        uint32_t most = random_below(&seed, 12) == 0 ? 60000 : 3000;
        object[i] = wpm_cache_malloc(h, c, 1 + random_below(&seed, most));
    }
    for (uint32_t i = 0; i < OBJECTS; i += 3) /* by its owner or a stranger */
        CHECK_EQ(i % 2 ? wpm_cache_free(h, c, object[i]) : wpm_free(h, object[i]), WPM_OK);
    for (size_t a = 0; a < REGION_BYTES; a += 1 + random_below(&seed, 300))
        check_address(h, (uintptr_t)region + a);
    check_address(h, 0);
    check_address(h, (uintptr_t)region + 2 * REGION_BYTES);
    check_address(h, UINTPTR_MAX);

    struct marks m = {h, bits};
    struct found at = find_slot(h, (uintptr_t)object[1]);
    CHECK(at.span != NO_SPAN && at.span * SPAN_WORDS + SPAN_WORDS <= 4096);
    CHECK(marks_set(m, at.span, at.slot) && !marks_set(m, at.span, at.slot));
    CHECK(marks_test(m, at.span, at.slot));
    marks_clear(m, at.span, at.slot);
    CHECK(!marks_test(m, at.span, at.slot) && marks_set(m, at.span, at.slot));
    free(region);
    return unit_report("gc/find");
}
