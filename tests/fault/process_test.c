/* process_test.c -- the heap of the process, under the names of libc, while the system refuses.
 *
 * Linked with the archive. What fails may be a call before main, which starts the heap: then it
 * starts later, or malloc says ENOMEM. Threads come and go, the process forks, a second free ends a
 * child with its message whether or not that can be written.
 */
#define _GNU_SOURCE
#include "fault.h"
#include "heapfaults.h"
#include "platform.h"
#include "process.h"
#include "random.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

#define HARDENED_MOST (256 * MIB) /* that a hardened process reserves besides */

#ifdef HARDENED /* more calls of the system to each step */
enum { SHELF = 32, STEPS = 80 };
#else
enum { SHELF = 96, STEPS = 400 };
#endif
enum { THREADS = 2, BURST = 5, KEPT_ERRNO = 4711, LOOKS = 12 };

static struct object shelf[SHELF];
static uint64_t random_state = 1;
static uint32_t looks; /* at the records, after a refusal */

/* What the heap has reserved, bytes. */
static uint64_t heap_bytes(void)
{
    uint64_t bytes = process_heap.metadata_bytes;
#ifdef WPM_SPARSE
    for (uint32_t s = 0; s < process_heap.map.narenas; s += process_heap.map.block[s])
        bytes += process_heap.map.block[s] * (uint64_t)ARENA_BYTES;
#endif
    return bytes;
}

/* The records, while no other thread is at work. A heap that has not begun has none. What is
 * reserved is the heap's; it may use what the system refused to take back. A hardened process also
 * has rows of slots that wait, and a heap for objects of no bytes. */
static void look(void)
{
    uint64_t reserved = fault_reserved(), most = heap_bytes();
#ifdef HARDENED
    most += HARDENED_MOST;
#endif
    if (process_heap.metadata != 0) CHECK_EQ(heap_faults(&process_heap), 0);
    CHECK(reserved <= most && heap_bytes() <= reserved + fault_kept());
}

/* An allocation failed, which had seen `before` calls fail, with `error` as its error. */
static void refused(uint64_t before, int error)
{
    CHECK(fault_injected() > before);
    CHECK_EQ(error, ENOMEM);
    if (looks++ < LOOKS) look();
}

static size_t some_size(void)
{
    uint32_t r = random_below(&random_state, 100);
    if (r < 60) return 1 + random_below(&random_state, 600);
    if (r < 92) return 1 + random_below(&random_state, 40000);
    return 1 + random_below(&random_state, 3 * MIB / 2);
}

/* As allocation goes, *error: what it says went wrong. */
static void *allocate(uint32_t how, size_t size, int *error)
{
    void *object = &object, *const before = object;
    errno = KEPT_ERRNO;
    if (how == 0) {
        *error = posix_memalign(&object, (size_t)64 << size % 9, size);
        CHECK_EQ(errno, KEPT_ERRNO);
        CHECK(*error == 0 || object == before);
        return *error == 0 ? object : NULL;
    }
    switch (how) {
    case 1: object = calloc(1, size); break;
    case 2: object = realloc(NULL, size); break;
    case 3: object = reallocarray(NULL, 1, size); break;
    case 4: object = aligned_alloc((size_t)64 << size % 9, size); break;
    case 5: object = memalign((size_t)64 << size % 9, size); break;
    case 6: object = size < 8192 ? pvalloc(size) : valloc(size); break;
    default: object = malloc(size);
    }
    *error = errno;
    return object;
}

/* An object; NULL when the system goes on refusing. */
static void *take(uint32_t how, size_t size)
{
    for (uint32_t tries = 0; tries < 2; tries++) {
        int error = 0;
        uint64_t before = fault_injected();
        void *object = allocate(how, size, &error);
        if (object != NULL) return object;
        refused(before, error);
        if (!fault_again()) return NULL;
    }
    return NULL;
}

static void make(struct object *o)
{
    uint32_t how = random_below(&random_state, 12);
    size_t size = some_size();
    o->bytes = take(how, size);
    if (o->bytes == NULL) return;
    o->size = size;
    CHECK(malloc_usable_size(o->bytes) >= size);
    if (how == 1) CHECK(object_zero(o->bytes, size));
    if (how == 0 || how == 4 || how == 5)
        CHECK_EQ((uintptr_t)o->bytes % ((size_t)64 << size % 9), 0);
    object_fill(o, (unsigned char)(1 + random_below(&random_state, 255)));
}

static void resize(struct object *o)
{
    size_t size = some_size();
    for (uint32_t tries = 0; tries < 2; tries++) {
        uint64_t before = fault_injected();
        errno = KEPT_ERRNO;
        void *moved = realloc(o->bytes, size);
        if (moved != NULL) {
            CHECK(object_moved(o, moved, size));
            return;
        }
        int error = errno;
        CHECK(object_whole(o, o->size));
        refused(before, error);
        if (!fault_again()) return;
    }
}

static void end(struct object *o)
{
    if (o->bytes == NULL) return;
    CHECK(object_whole(o, o->size));
    errno = KEPT_ERRNO;
    free(o->bytes);
    CHECK_EQ(errno, KEPT_ERRNO);
    o->bytes = NULL;
}

static void *work(void *unused)
{
    for (uint32_t i = 0; i < STEPS; i++) {
        struct object *o = &shelf[random_below(&random_state, SHELF)];
        if (o->bytes == NULL)
            make(o);
        else if (random_below(&random_state, 3) == 0)
            resize(o);
        else
            end(o);
    }
    return unused;
}

/* One after the other, on the same shelf: each frees what the others made. A thread that libc finds
 * no memory for does not start. */
static void threads(void)
{
    for (uint32_t i = 0; i < THREADS; i++) {
        pthread_t thread;
        uint64_t before = fault_injected();
        int status = pthread_create(&thread, NULL, work, NULL);
        CHECK(status == 0 || fault_injected() > before);
        if (status == 0) CHECK_EQ(pthread_join(thread, NULL), 0);
        look();
    }
}

/* More large objects than a heap keeps memory for, and zero ones in their place. */
static void burst(void)
{
    unsigned char *object[BURST];
    for (uint32_t i = 0; i < BURST; i++) {
        object[i] = take(7, 20 * MIB);
        if (object[i] != NULL) memset(object[i] + i * MIB, 1, 100);
    }
    for (uint32_t i = 0; i < BURST; i++) free(object[i]);
    look();
    for (uint32_t i = 0; i < BURST; i++) {
        bool zero = i >= BURST - 2;
        object[i] = take(zero ? 1 : 7, 20 * MIB);
        CHECK(!zero || object[i] == NULL || object_zero(object[i] + i * MIB, 100));
    }
    for (uint32_t i = 0; i < BURST; i++) free(object[i]);
}

/* ---- other ends of the process ---- */

static void *volatile victim;

static void twice(void)
{
    fault_quiet(true);
    free(victim);
    free(victim);
}

/* How a forked child ends that does `what`. */
static int status_of(void (*what)(void))
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        what();
        _exit(unit_failures != 0);
    }
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    return status;
}

static void some_work(void)
{
    unit_failures = 0;
    (void)work(NULL);
}

static void processes(void)
{
    CHECK_EQ(status_of(some_work), 0);
    victim = take(7, 100);
    if (victim == NULL) return;
    int status = status_of(twice);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    free(victim);
}

/* With calls that succeed again the heap serves, from the start if need be; but a process that gets
 * no memory at all is to end without a heap. */
static void recover(void)
{
    if (fault_order.call == FAULT_MMAP && fault_order.mode == FAULT_ALL) return;
    fault_pause(true);
    void *small = calloc(1, 40000), *large = malloc(9 * MIB);
    CHECK(small != NULL && large != NULL);
    CHECK(small == NULL || object_zero(small, 40000));
    free(small);
    free(large);
    fault_pause(false);
}

/* A fault of the test's own. */
static void seed(void)
{
    struct object *o = &shelf[1];
    if (o->bytes == NULL) make(o);
    switch (fault_order.seed) {
    case SEED_LEAK: (void)platform_reserve(0, MIB, 4096); break;
    case SEED_RECORD: process_heap.span[1].owner += 1; break;
    case SEED_CONTENT: o->bytes[0] += 1; break;
    case SEED_REFUSAL: (void)take(7, SIZE_MAX / 2); break;
    case SEED_CRASH: abort();
    default: break;
    }
}

static void figures(void)
{
    fault_quiet(true);
    malloc_stats();
    fault_quiet(false);
    struct mallinfo2 m = mallinfo2();
    CHECK_EQ(m.arena, (uint64_t)process_heap.npages * PAGE_SIZE);
    CHECK_EQ(malloc_trim(0), 0);
}

static void workload(void)
{
    (void)work(NULL);
    look();
    threads();
    burst();
    figures();
    processes();
    if (fault_order.seed != SEED_NONE) seed();
    recover();
    for (uint32_t i = 0; i < SHELF; i++) end(&shelf[i]);
    CHECK_EQ(process_heap.stray, 0);
    CHECK_EQ(fault_strays(), 0);
    look();
}

int main(void)
{
    uint32_t required = 1u << FAULT_MMAP | 1u << FAULT_MPROTECT | 1u << FAULT_MADVISE |
                        1u << FAULT_SYSCONF | 1u << FAULT_WRITE | 1u << FAULT_KEY_CREATE |
                        1u << FAULT_SETSPECIFIC | 1u << FAULT_ATFORK | 1u << FAULT_FCNTL |
                        1u << FAULT_DUP2;
    return fault_main("fault-process", required, workload, &unit_checks, &unit_failures);
}
