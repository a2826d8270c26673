/* device_test.c -- a heap on a device, from the outside: the amalgamated pair alone, on every core.
 *
 * Regions of all sizes and alignments; a long random sequence of calls against a list of what is
 * live, with interrupts between any two critical sections that use the same heap; misuse, which
 * must be told and change nothing. Ends with one line, the same on every core whose pointers are
 * as long.
 */
#include "turns.h"

#define STEPS 30000u
#define KINDS 3u /* of critical sections */

/* ---- Critical sections, and interrupts wherever there is none ---- */

static unsigned depth, held[KINDS + 1], sections, handled;
static bool handling; /* an interrupt does not interrupt itself */
static struct list mine = {.random = 2463534242u}, handlers = {.random = 88675123u};

static void interrupt(void)
{
    if (handling || random_next(&handlers) % 4 != 0) return;
    handling = true;
    handled++;
    turn(&handlers);
    handling = false;
}

static uint32_t enter(void *context, unsigned which)
{
    REQUIRE(context == &heap && which >= 1 && which <= KINDS);
    if (depth == 0) interrupt();
    for (unsigned k = which; k <= KINDS; k++) REQUIRE(held[k] == 0);
    held[which] = 1;
    sections++;
    return ++depth;
}

static void leave(void *context, unsigned which, uint32_t before)
{
    REQUIRE(context == &heap && held[which] == 1 && before == depth);
    held[which] = 0;
    if (--depth == 0) interrupt();
}

static unsigned told;

static void tell(void *context, unsigned status, const void *address)
{
    REQUIRE(context == &heap && depth == 0 && status != WPM_OK && address != NULL);
    told++;
}

static void set_hooks(void)
{
    wpm_hooks hooks = {enter, leave, &heap, tell};
    wpm_set_hooks(&hooks);
}

/* ---- Tests ---- */

static void test_sequence(void)
{
    heap = wpm_heap_init(region + 3, REGION_BYTES);
    REQUIRE(heap != NULL);
    set_hooks();
    for (unsigned i = 0; i < STEPS; i++) turn(&mine);
    wpm_set_hooks(NULL);
    REQUIRE(depth == 0 && handled > 0);
    REQUIRE(live_objects() == count(&mine) + count(&handlers));
    end_all(&mine);
    end_all(&handlers);
    REQUIRE(live_objects() == 0);
}

/* The least region that holds an object; every longer one does, too. Returns its bytes. */
static size_t test_regions(void)
{
    size_t least = 0;
    for (size_t bytes = 0; bytes <= 64u << 10; bytes += 512) {
        memset(region, 0xa5, sizeof region);
        heap = wpm_heap_init(region + bytes / 512 % 64, bytes);
        void *p = heap != NULL ? wpm_malloc(heap, 1) : NULL;
        REQUIRE(heap == NULL || p != NULL);
        REQUIRE(least == 0 || p != NULL);
        if (p != NULL && least == 0) least = bytes;
        for (size_t i = bytes + 63; i < sizeof region; i++) REQUIRE(region[i] == 0xa5);
    }
    REQUIRE(least > 0 && wpm_heap_init(NULL, 1u << 20) == NULL);
    REQUIRE(wpm_heap_create(0) == NULL); /* there is no system to reserve from */
    return least;
}

/* What does not fit is refused; then everything that was there is, and no more is taken. */
static unsigned test_exhaustion(void)
{
    static void *all[REGION_BYTES / 1024];
    unsigned n = 0;
    heap = wpm_heap_init(region, REGION_BYTES);
    REQUIRE(wpm_malloc(heap, REGION_BYTES) == NULL && wpm_malloc(heap, SIZE_MAX) == NULL);
    REQUIRE(wpm_calloc(heap, SIZE_MAX / 2, 3) == NULL && live_objects() == 0);
    while (n < sizeof all / sizeof *all && (all[n] = wpm_malloc(heap, 1024)) != NULL)
        memset(all[n++], 1, 1024);
    REQUIRE(n > 100 && live_objects() == n && wpm_malloc(heap, 1024) == NULL);
    for (unsigned i = 0; i < n; i++) REQUIRE(wpm_free(heap, all[i]) == WPM_OK);
    REQUIRE(live_objects() == 0);
    void *whole = wpm_malloc(heap, 100000); /* the pages are one run again */
    REQUIRE(whole != NULL && wpm_free(heap, whole) == WPM_OK);
    return n;
}

static void test_misuse(void)
{
    static unsigned char outside;
    heap = wpm_heap_init(region, REGION_BYTES);
    wpm_hooks hooks = {NULL, NULL, &heap, tell};
    wpm_set_hooks(&hooks);
    unsigned char *small = wpm_malloc(heap, 100), *large = wpm_malloc(heap, 10000);
    REQUIRE(small != NULL && large != NULL);
    REQUIRE(wpm_free(heap, NULL) == WPM_OK);
    REQUIRE(wpm_free(heap, small + 16) == WPM_INTERIOR);
    REQUIRE(wpm_free(heap, large + 1) == WPM_INTERIOR);
    REQUIRE(wpm_free(heap, &outside) == WPM_FOREIGN && wpm_free(heap, heap) == WPM_FOREIGN);
    REQUIRE(wpm_free(heap, (void *)UINTPTR_MAX) == WPM_FOREIGN && live_objects() == 2);
    REQUIRE(wpm_free(heap, small) == WPM_OK && wpm_free(heap, small) == WPM_DOUBLE_FREE);
    REQUIRE(wpm_free(heap, large) == WPM_OK && wpm_free(heap, large) != WPM_OK);
    wpm_status status = WPM_OK;
    REQUIRE(wpm_realloc(heap, large, 1, &status) == NULL && status != WPM_OK);
    REQUIRE(live_objects() == 0 && told == 8); /* each refusal is told, and nothing else is */
    wpm_set_hooks(NULL);
}

int main(void)
{
    size_t least = test_regions();
    unsigned kilobytes = test_exhaustion();
    test_misuse();
    test_sequence();
    printf("least region %lu bytes, %u objects of 1 KiB in 192 KiB, ", (unsigned long)least,
           kilobytes);
    printf("%u calls in handlers, %u sections\n", handled, sections);
    return 0;
}
