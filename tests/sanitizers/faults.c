/* faults.c -- one seeded fault on a heap, for a tool that watches memory: faults NAME HEAP BYTES.
 *
 * HEAP: where the object lies and how it is asked for (created, region, cache, aligned). Before the
 * fault it prints how often the heap was asked, so that a tool in whose run the heap was not used
 * cannot pass. Faults whose names begin with "right_" are none: nothing may be said of them.
 */
#include "wpmalloc.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char memory[8 << 20];
static wpm_heap *heap;
static wpm_cache *cache;
static const char *how;
static size_t bytes;
static volatile unsigned char sink;
static unsigned char other[(4 << 20) + 1];

static unsigned char *make(size_t n)
{
    void *object = cache != NULL ? wpm_cache_malloc(heap, cache, n)
                   : strcmp(how, "aligned") == 0 ? wpm_aligned(heap, 256, n)
                                                 : wpm_malloc(heap, n);
    if (object == NULL) exit(3);
    return object;
}

static void end(void *object)
{
    wpm_status status =
        cache != NULL ? wpm_cache_free(heap, cache, object) : wpm_free(heap, object);
    if (status != WPM_OK) exit(4);
}

/* Say how often the heap was asked; the object that the fault is about. */
static unsigned char *begin(void)
{
    unsigned char *object = make(bytes);
    wpm_statistics figures;
    wpm_stats(heap, &figures);
    printf("calls %llu\n", (unsigned long long)figures.mallocs);
    fflush(stdout);
    memset(object, 1, bytes);
    return object;
}

static void overflow_read(void) { sink = begin()[bytes]; }
static void overflow_write(void) { begin()[bytes] = 1; }
static void overflow_far(void) { sink = begin()[bytes + 15]; }
static void underflow_read(void) { sink = begin()[-1]; }
static void underflow_write(void) { begin()[-16] = 1; }
static void underflow_next(void)
{
    (void)begin();
    sink = make(bytes)[-1];
}

static void overflow_copy(void) { memcpy(other, begin(), bytes + 1); }

static void after_free_read(void)
{
    unsigned char *object = begin();
    end(object);
    sink = object[bytes - 1];
}

static void after_free_write(void)
{
    unsigned char *object = begin();
    end(object);
    object[0] = 1;
}

static void after_realloc(void)
{
    unsigned char *object = begin();
    if (wpm_realloc(heap, object, bytes + 1, NULL) == NULL) exit(3);
    sink = object[0];
}

/* What follows what it reads is what tools look at. */
static void branch(unsigned char value)
{
    if (value == 77) puts("seventy-seven");
}

static void unset(void)
{
    (void)begin();
    branch(make(bytes)[bytes / 2]);
}

static void unset_again(void)
{
    end(begin());
    branch(make(bytes)[0]);
}

static void unset_behind(void)
{
    unsigned char *object = wpm_realloc(heap, begin(), 2 * bytes, NULL);
    if (object == NULL) exit(3);
    branch(object[2 * bytes - 1]);
}

static unsigned char *shared;
static pthread_barrier_t gate;

static void *read_shared(void *unused)
{
    pthread_barrier_wait(&gate);
    sink = shared[bytes - 1];
    return unused;
}

/* Another thread reads, and nothing says whether before or behind what `then` does. */
static void beside(void (*then)(void))
{
    pthread_t thread;
    shared = begin();
    pthread_barrier_init(&gate, NULL, 2);
    if (pthread_create(&thread, NULL, read_shared, NULL) != 0) exit(3);
    pthread_barrier_wait(&gate);
    then();
    pthread_join(thread, NULL);
}

static void free_shared(void) { end(shared); }

static void stale_reader(void) { beside(free_shared); }

static void reuse_shared(void)
{
    end(shared);
    for (int i = 0; i < 100; i++) memset(make(bytes), 2, bytes);
}

static void stale_reader_of_next(void) { beside(reuse_shared); }

/* The only pointer to a block of libc's lies in an object. Registers and the stack forget it. */
static __attribute__((noinline)) void keep(unsigned char *object)
{
    void *block = malloc(100);
    memcpy(object, &block, sizeof block);
}

static __attribute__((noinline)) void clean_stack(void)
{
    volatile unsigned char stack[4096];
    for (size_t i = 0; i < sizeof stack; i++) stack[i] = 0;
}

static unsigned char *holder;

static void leak_of_dead(void)
{
    holder = begin();
    keep(holder);
    clean_stack();
    end(holder);
}

static void right_held(void)
{
    holder = begin();
    keep(holder);
    clean_stack();
}

static void leak_of_object(void)
{
    (void)begin();
    for (int i = 0; i < 10; i++) (void)make(bytes);
    clean_stack();
}

static bool look(void *context, void *object, size_t n)
{
    size_t *count = context;
    for (size_t i = 0; i < n; i++) sink = ((unsigned char *)object)[i];
    *count += 1;
    return true;
}

/* Every call there is, every byte that was asked for written and read. */
static void right_calls(void)
{
    unsigned char *kept[64] = {begin()};
    size_t size[64] = {bytes}, count = 0;
    for (int i = 0; i < 3000; i++) {
        int at = i * 7 % 64;
        size_t n = 1 + (size_t)i * 37 % (2 * bytes);
        if (kept[at] == NULL) {
            kept[at] = i % 3 == 0 ? wpm_calloc(heap, 1, n) : make(n);
            size[at] = n;
            if (kept[at] == NULL) exit(3);
            if (i % 3 == 0) branch(kept[at][n - 1]);
        } else if (i % 5 == 0) {
            unsigned char *moved = wpm_realloc(heap, kept[at], n, NULL);
            if (moved == NULL) exit(3);
            kept[at] = moved;
            size[at] = n;
        } else {
            branch(kept[at][0]);
            end(kept[at]);
            kept[at] = NULL;
            continue;
        }
        memset(kept[at], i, n);
        if (wpm_usable_size(heap, kept[at]) != n) exit(5);
    }
    wpm_walk(heap, look, &count);
    for (int i = 0; i < 64; i++) {
        count -= kept[i] != NULL;
        if (kept[i] != NULL) end(kept[i]);
    }
    if (count != 0) exit(6);
}

/* Threads that hand objects to each other, by the book. */
static void *pass(void *object)
{
    memset(object, 3, bytes);
    if (wpm_free(heap, object) != WPM_OK) exit(4);
    return wpm_malloc(heap, bytes);
}

static void right_threads(void)
{
    void *object = begin();
    for (int i = 0; i < 50; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, pass, object) != 0) exit(3);
        pthread_join(thread, &object);
        if (object == NULL) exit(3);
        memset(object, 4, bytes);
    }
    wpm_free(heap, object);
}

/* A heap on a region that is the program's again, and another's afterwards. */
static void right_region(void)
{
    for (size_t shift = 0; shift < 3; shift++) {
        wpm_heap *own = wpm_heap_init(other + 100 * shift, (4 << 20) - 1000);
        unsigned char *object = own != NULL ? wpm_malloc(own, bytes) : NULL;
        if (object == NULL) exit(3);
        memset(object, 1, bytes);
        wpm_heap_destroy(own);
        memset(other, 5, sizeof other);
    }
    end(begin());
}

/* What the core refuses is told by a status, and nothing is said of it. */
static void right_statuses(void)
{
    unsigned char *object = begin();
    wpm_status status = WPM_OK;
    if (wpm_free(heap, object + 8) != WPM_INTERIOR || wpm_free(heap, other) != WPM_FOREIGN) exit(4);
    if (wpm_malloc(heap, SIZE_MAX) != NULL || wpm_calloc(heap, SIZE_MAX, 2) != NULL) exit(5);
    if (wpm_realloc(heap, object, SIZE_MAX - 1, &status) != NULL || status != WPM_OK) exit(5);
    end(object);
    wpm_status again = wpm_describe(heap, object).status; /* foreign when its span is gone */
    if (again != WPM_DOUBLE_FREE && again != WPM_FOREIGN) exit(4);
    if (wpm_free(heap, object) != again || wpm_free(heap, NULL) != WPM_OK) exit(4);
    if (wpm_realloc(heap, object, 1, &status) != NULL || status != again) exit(5);
}

#define FAULT(name) {#name, name}
static const struct {
    const char *name;
    void (*make)(void);
} faults[] = {
    FAULT(overflow_read), FAULT(overflow_write), FAULT(overflow_far), FAULT(overflow_copy),
    FAULT(underflow_read), FAULT(underflow_write), FAULT(underflow_next), FAULT(after_free_read),
    FAULT(after_free_write), FAULT(after_realloc), FAULT(unset), FAULT(unset_again),
    FAULT(unset_behind), FAULT(stale_reader), FAULT(stale_reader_of_next), FAULT(leak_of_dead),
    FAULT(leak_of_object),
    FAULT(right_held), FAULT(right_calls), FAULT(right_threads), FAULT(right_region),
    FAULT(right_statuses),
};

int main(int argc, char **argv)
{
    if (argc != 4) return 2;
    how = argv[2];
    bytes = strtoul(argv[3], NULL, 10);
    heap = strcmp(how, "region") == 0 ? wpm_heap_init(memory, sizeof memory) : wpm_heap_create(0);
    if (heap == NULL) return 3;
    if (strcmp(how, "cache") == 0) cache = wpm_cache_attach(heap);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (strcmp(faults[i].name, argv[1]) != 0) continue;
        faults[i].make();
        return 0;
    }
    return 2;
}
