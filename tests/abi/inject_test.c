/* inject_test.c -- the system refuses, one call after another: errno says so and nothing is lost.
 *
 * Linked with the archive, whose hook for failing calls it defines. A refusal may make an
 * allocation fail with ENOMEM; it may not change an object, and once the system gives again, so
 * does the heap.
 */
#define _GNU_SOURCE
#include "platform/inject.h"
#include "unit.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 400
#define LARGE_MOST ((size_t)24 << 20)

static bool heap_refused; /* every reservation fails: the heap cannot start */
static int fail_from[PLATFORM_CALLS]; /* 1: this call and the next ones fail; n: from the n-th on */
static int fail_count;                /* how many calls fail in a row */
static uint64_t injected[PLATFORM_CALLS];

bool platform_inject(enum platform_call call)
{
    if (call == PLATFORM_RESERVE && heap_refused) return true;
    if (fail_from[call] == 0) return false;
    if (fail_from[call] > 1) {
        fail_from[call]--;
        return false;
    }
    injected[call]++;
    if (--fail_count <= 0) fail_from[call] = 0;
    return true;
}

/* Runs before any constructor: whether the heap may start. */
static void look(int count, char **arguments, char **environment)
{
    (void)count, (void)arguments;
    for (char **e = environment; *e != NULL; e++)
        if (strcmp(*e, "INJECT_NO_HEAP=1") == 0) heap_refused = true;
}
__attribute__((section(".preinit_array"), used)) static void (*const at_preinit)(int, char **,
                                                                          char **) = look;

static unsigned char *kept[KEPT];
static size_t kept_bytes[KEPT];

static void fill(int i)
{
    memset(kept[i], i & 0xff, kept_bytes[i]);
}

static bool whole(int i)
{
    for (size_t k = 0; k < kept_bytes[i]; k += 509)
        if (kept[i][k] != (i & 0xff)) return false;
    return kept_bytes[i] == 0 || kept[i][kept_bytes[i] - 1] == (i & 0xff);
}

static uint64_t state = 88172645463325252u;
static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t some_size(void)
{
    uint64_t r = next() % 100;
    if (r < 60) return next() % 1000;
    if (r < 95) return next() % 40000;
    return next() % LARGE_MOST;
}

/* One allocation, reallocation or free at random; every failure must be an honest one. */
static void step(void)
{
    int i = (int)(next() % KEPT);
    size_t bytes = some_size();
    errno = 0;
    if (kept[i] == NULL) {
        kept[i] = next() % 2 ? malloc(bytes) : calloc(1, bytes);
        CHECK(kept[i] != NULL || errno == ENOMEM);
        kept_bytes[i] = bytes;
        if (kept[i] != NULL) fill(i);
    } else if (next() % 3 == 0 && bytes > 0) {
        unsigned char *moved = realloc(kept[i], bytes);
        CHECK(moved != NULL || errno == ENOMEM);
        if (moved != NULL) {
            kept[i] = moved;
            kept_bytes[i] = bytes;
            fill(i);
        }
    } else {
        if (!CHECK(whole(i))) exit(1);
        errno = 4711;
        free(kept[i]);
        CHECK_EQ(errno, 4711);
        kept[i] = NULL;
    }
}

/* What makes the heap ask the system: for more, by objects that stay; to take back, by one that
 * goes. */
static void provoke(enum platform_call call)
{
    errno = 0;
    void *p = malloc(call == PLATFORM_COMMIT ? LARGE_MOST / 4 : 8 * LARGE_MOST);
    CHECK(p != NULL || errno == ENOMEM);
    if (call != PLATFORM_COMMIT) free(p);
}

static void end_all(void)
{
    for (int i = 0; i < KEPT; i++) {
        if (kept[i] != NULL) CHECK(whole(i));
        free(kept[i]);
        kept[i] = NULL;
    }
    malloc_trim(0);
}

/* Calls of one kind fail, one or many in a row, from each of the first twelve on. */
static void test_refusals(enum platform_call call)
{
    for (int from = 1; from <= 12; from++) {
        uint64_t before = injected[call];
        fail_count = from % 3 == 0 ? 40 : 1;
        fail_from[call] = from;
        for (int i = 0; i < 500 && fail_from[call] != 0; i++) {
            for (int k = 0; k < 10; k++) step();
            provoke(call);
        }
        fail_from[call] = 0;
        CHECK(injected[call] > before); /* the hook is in the way */
        void *p = malloc(1000), *q = malloc(3 * LARGE_MOST / 2);
        CHECK(p != NULL && q != NULL); /* the heap has not suffered */
        free(p);
        free(q);
        end_all();
    }
}

/* A heap that cannot start says ENOMEM, and starts when it can. */
static void test_no_heap(void)
{
    void *p = &p, *const before = p;
    errno = 0;
    CHECK(malloc(10) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(calloc(10, 10) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(realloc(NULL, 10) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(aligned_alloc(64, 10) == NULL && errno == ENOMEM);
    CHECK_EQ(posix_memalign(&p, 64, 10), ENOMEM);
    CHECK(p == before);
    CHECK_EQ(mallinfo2().uordblks, 0);
    free(NULL);
    heap_refused = false;
    p = malloc(10);
    CHECK(p != NULL);
    free(p);
}

int main(void)
{
    if (heap_refused) {
        test_no_heap();
        return unit_report("inject, no heap");
    }
    test_refusals(PLATFORM_COMMIT);
    test_refusals(PLATFORM_RELEASE);
    return unit_report("inject");
}
