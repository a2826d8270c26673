/* threads_test.c -- threads that come, share, hand over, and go.
 *
 * Objects carry their size and a stamp, checked when they die: two objects that overlap, or one
 * that changes hands too early, show. Destructors of thread storage allocate and free after the
 * allocator's own has run, in every round that pthread_exit makes.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_THREADS 1000
#define MAILBOX 1024 /* places where threads leave objects for each other */
#define STEPS 60000
#define KEYS 40 /* more than glibc keeps inside a thread's descriptor */

struct object {
    size_t bytes;
    uint64_t stamp; /* its own address, scrambled */
    unsigned char rest[];
};

static uint64_t failures;

static void fail(const char *what)
{
    if (__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED) < 5)
        fprintf(stderr, "threads: %s\n", what);
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t stamp_of(const struct object *o)
{
    return ((uintptr_t)o * 0x9e3779b97f4a7c15u) ^ o->bytes;
}

static struct object *make(size_t extra)
{
    struct object *o = malloc(sizeof *o + extra);
    if (o == NULL) {
        fail("no memory");
        return NULL;
    }
    o->bytes = extra;
    o->stamp = stamp_of(o);
    memset(o->rest, (int)(o->stamp & 0xff), extra);
    return o;
}

static void end(struct object *o)
{
    if (o == NULL) return;
    if (o->stamp != stamp_of(o)) fail("stamp overwritten");
    for (size_t i = 0; i < o->bytes; i += 61)
        if (o->rest[i] != (o->stamp & 0xff)) {
            fail("contents overwritten");
            break;
        }
    o->stamp = 0;
    free(o);
}

static size_t some_size(uint64_t *state)
{
    uint64_t r = next(state) % 100;
    if (r < 80) return next(state) % 200;
    if (r < 98) return next(state) % 5000;
    return next(state) % 100000;
}

/* ---- objects handed over through a mailbox, freed by whoever takes them ---- */

static struct object *mailbox[MAILBOX];

static void *hand_over(void *seed)
{
    uint64_t state = (uintptr_t)seed * 77777 + 1;
    for (int i = 0; i < STEPS; i++) {
        struct object *mine = make(some_size(&state));
        struct object **place = &mailbox[next(&state) % MAILBOX];
        end(__atomic_exchange_n(place, mine, __ATOMIC_ACQ_REL));
        if (next(&state) % 4 == 0) end(make(some_size(&state)));
    }
    return NULL;
}

static void test_hand_over(int threads)
{
    pthread_t t[16];
    for (int i = 0; i < threads; i++)
        CHECK_EQ(pthread_create(&t[i], NULL, hand_over, (void *)(uintptr_t)(i + 1)), 0);
    for (int i = 0; i < threads; i++) CHECK_EQ(pthread_join(t[i], NULL), 0);
    for (int i = 0; i < MAILBOX; i++) {
        end(mailbox[i]);
        mailbox[i] = NULL;
    }
}

/* ---- short threads: their memory must be found again ---- */

static void *short_life(void *inherited)
{
    struct object *mine[50];
    end(inherited);
    for (size_t i = 0; i < 50; i++) mine[i] = make(i * 40);
    for (size_t i = 1; i < 50; i++) end(mine[i]);
    return mine[0]; /* outlives its thread */
}

static void test_short_threads(void)
{
    void *passed = NULL;
    size_t early = 0;
    for (int i = 0; i < SHORT_THREADS; i++) {
        pthread_t t;
        if (!CHECK_EQ(pthread_create(&t, NULL, short_life, passed), 0)) return;
        CHECK_EQ(pthread_join(t, &passed), 0);
        if (i == 20) early = mallinfo2().arena + mallinfo2().hblkhd;
    }
    end(passed);
    size_t late = mallinfo2().arena + mallinfo2().hblkhd;
    CHECK(late <= early + (8u << 20)); /* a thousand threads leave no heap behind each */
}

/* ---- more threads at once than there are processors, all alive together ---- */

static pthread_barrier_t all_here;

static void *crowd(void *seed)
{
    uint64_t state = (uintptr_t)seed + 99;
    struct object *mine[100];
    for (int i = 0; i < 100; i++) mine[i] = make(some_size(&state));
    pthread_barrier_wait(&all_here);
    for (int i = 0; i < 100; i++) end(mine[i]);
    return NULL;
}

static void test_crowd(unsigned threads)
{
    pthread_t *t = malloc(threads * sizeof *t);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 * 1024);
    pthread_barrier_init(&all_here, NULL, threads);
    for (unsigned i = 0; i < threads; i++)
        if (!CHECK_EQ(pthread_create(&t[i], &small, crowd, (void *)(uintptr_t)i), 0)) exit(1);
    for (unsigned i = 0; i < threads; i++) CHECK_EQ(pthread_join(t[i], NULL), 0);
    pthread_barrier_destroy(&all_here);
    pthread_attr_destroy(&small);
    free(t);
}

/* ---- destructors of thread storage that use the allocator ---- */

static pthread_key_t keys[KEYS];
static int destroyed;

static void destroy(void *value)
{
    struct object **box = value;
    end(*box);
    struct object *late = make(300);
    end(late);
    if (**(int **)(box + 1) > 0) { /* come back in the next round, with new memory */
        **(int **)(box + 1) -= 1;
        *box = make(500);
        pthread_setspecific(keys[0], box);
        return;
    }
    free(*(int **)(box + 1));
    free(box);
    __atomic_fetch_add(&destroyed, 1, __ATOMIC_RELAXED);
}

static void *with_storage(void *unused)
{
    for (int i = 0; i < KEYS; i++) {
        struct object **box = malloc(sizeof *box + sizeof(int *));
        int *rounds = malloc(sizeof *rounds);
        *rounds = i == 0 ? 2 : 0;
        box[0] = make((size_t)i * 100);
        memcpy(box + 1, &rounds, sizeof rounds);
        pthread_setspecific(keys[i], box);
    }
    return unused;
}

static void test_thread_storage(void)
{
    for (int i = 0; i < KEYS; i++) CHECK_EQ(pthread_key_create(&keys[i], destroy), 0);
    for (int i = 0; i < 50; i++) {
        pthread_t t;
        CHECK_EQ(pthread_create(&t, NULL, with_storage, NULL), 0);
        CHECK_EQ(pthread_join(t, NULL), 0);
    }
    CHECK_EQ(destroyed, 50 * KEYS);
}

/* ---- errno survives frees that must wait for a lock ---- */

static void *keep_errno(void *seed)
{
    uint64_t state = (uintptr_t)seed + 5;
    for (int i = 0; i < 3000; i++) {
        void *p = malloc(40000 + next(&state) % 100000);
        errno = 4711;
        free(p);
        if (errno != 4711) fail("free changed errno");
    }
    return NULL;
}

static void test_errno(void)
{
    pthread_t t[4];
    for (uintptr_t i = 0; i < 4; i++) pthread_create(&t[i], NULL, keep_errno, (void *)i);
    for (int i = 0; i < 4; i++) CHECK_EQ(pthread_join(t[i], NULL), 0);
}

/* With the argument `few` no crowd of hundreds: for runs with little memory. */
int main(int count, char **arguments)
{
    bool few = count > 1 && strcmp(arguments[1], "few") == 0;
    test_hand_over(1);
    test_hand_over(2);
    test_hand_over(8);
    test_short_threads();
    test_crowd(16);
    test_crowd(few ? 50 : 400);
    test_thread_storage();
    test_errno();
    CHECK_EQ(failures, 0);
    return unit_report("threads");
}
