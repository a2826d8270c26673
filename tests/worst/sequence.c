/* sequence.c -- sequences are played, and each call counted. */
#include "sequence.h"

#include "counter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_OBJECTS 70000u /* more than the shortest objects that fill 1 MiB */
#define REFUSALS 3u         /* in a row; further ones of equal mallocs are taken for granted */
#define LONGEST 40000000u   /* instructions; a sequence that has taken so many ends */

const char *const call_names[CALLS] = {"malloc", "refused", "free", "realloc", "aligned"};

_Alignas(4096) unsigned char sequence_region[REGION_MOST];

static void *objects[MOST_OBJECTS]; /* NULL: it was refused */
static uint32_t sizes[MOST_OBJECTS];
static uint32_t count, calls_left;
static void *heap;
static struct costs costs;
static uint32_t idle[CALLS]; /* what the counter says of a function that returns at once */

/* ---- One call, counted. The function is a pointer here, so that nothing is inlined ---- */

static uint32_t __attribute__((noinline)) count_take(void *(*f)(void *, size_t), size_t bytes,
                                                     void **out)
{
    COUNTER_BEGIN();
    *out = f(heap, bytes);
    return COUNTER_END();
}

static uint32_t __attribute__((noinline)) count_give(void (*f)(void *, void *), void *object)
{
    COUNTER_BEGIN();
    f(heap, object);
    return COUNTER_END();
}

static uint32_t __attribute__((noinline)) count_resize(void *(*f)(void *, void *, size_t),
                                                       void *object, size_t bytes, void **out)
{
    COUNTER_BEGIN();
    *out = f(heap, object, bytes);
    return COUNTER_END();
}

static uint32_t __attribute__((noinline)) count_aligned(void *(*f)(void *, size_t, size_t),
                                                        size_t align, size_t bytes, void **out)
{
    COUNTER_BEGIN();
    *out = f(heap, align, bytes);
    return COUNTER_END();
}

/* Functions of one instruction, the return. */
static void *take_nothing(void *h, size_t bytes)
{
    (void)bytes;
    return h;
}

static void give_nothing(void *h, void *object)
{
    (void)h;
    (void)object;
}

static void *resize_nothing(void *h, void *object, size_t bytes)
{
    (void)object;
    (void)bytes;
    return h;
}

static void *align_nothing(void *h, size_t align, size_t bytes)
{
    (void)align;
    (void)bytes;
    return h;
}

bool sequence_calibrate(void)
{
    void *out;
    counter_set_up();
    if (!counter_is_exact()) return false;
    for (unsigned round = 0; round < 4; round++) {
        uint32_t now[CALLS] = {count_take(take_nothing, 1, &out), 0, count_give(give_nothing, NULL),
                               count_resize(resize_nothing, NULL, 1, &out),
                               count_aligned(align_nothing, 16, 1, &out)};
        for (unsigned k = 0; k < CALLS; k++) {
            if (round > 1 && now[k] != idle[k]) return false;
            idle[k] = now[k];
        }
    }
    return true;
}

static void spend(uint32_t instructions, bool failed)
{
    costs.calls++;
    costs.failed += failed;
    costs.instructions += instructions;
    if (costs.instructions > LONGEST) calls_left = 0;
}

/* A call of a kind, which began and ended as such a call does. */
static void note(enum call kind, uint32_t instructions, bool failed)
{
    uint32_t own = instructions - idle[kind] + 1; /* with its return */
    spend(own, failed);
    if (failed) kind = CALL_REFUSED;
    if (own > costs.most[kind]) costs.most[kind] = own;
}

/* ---- The calls of a sequence ---- */

/* False: the sequence has made as many calls as it may. */
static bool may_call(void)
{
    if (calls_left == 0) return false;
    calls_left--;
    return true;
}

static void born(void *object, uint32_t bytes)
{
    objects[count] = object;
    sizes[count++] = bytes;
}

/* False: it was refused. */
static bool do_malloc(uint32_t bytes)
{
    void *object;
    if (count == MOST_OBJECTS || !may_call()) return true;
    uint32_t n = count_take(allocator.take, bytes, &object);
    note(CALL_MALLOC, n, object == NULL);
    born(object, bytes);
    return object != NULL;
}

/* A refusal changes nothing, so that after a few the same request would be refused for ever. */
static void do_fill(uint32_t n, uint32_t bytes)
{
    for (uint32_t refused = 0; n > 0; n--) {
        if (refused < REFUSALS) refused = do_malloc(bytes) ? 0 : refused + 1;
        else if (count < MOST_OBJECTS) born(NULL, bytes);
    }
}

static void do_aligned(uint32_t align, uint32_t bytes)
{
    void *object;
    if (allocator.take_aligned == NULL) {
        (void)do_malloc(bytes);
        return;
    }
    if (count == MOST_OBJECTS || !may_call()) return;
    uint32_t n = count_aligned(allocator.take_aligned, align, bytes, &object);
    note(CALL_ALIGNED, n, object == NULL);
    born(object, bytes);
}

/* The number stays, with a size of 0; an object for which no call is left stays, too. */
static void end(uint32_t i)
{
    if (objects[i] != NULL) {
        if (!may_call()) return;
        note(CALL_FREE, count_give(allocator.give, objects[i]), false);
    }
    objects[i] = NULL;
    sizes[i] = 0;
}

/* Removes what has no object any more, in order. */
static void compact(uint32_t from)
{
    uint32_t kept = from;
    for (uint32_t i = from; i < count; i++) {
        if (sizes[i] == 0) continue;
        objects[kept] = objects[i];
        sizes[kept++] = sizes[i];
    }
    count = kept;
}

static void do_free(uint32_t i)
{
    if (i >= count) return;
    end(i);
    compact(i);
}

/* What a program does whose allocator has no realloc. */
static void move(uint32_t i, uint32_t bytes)
{
    void *moved, *old = objects[i];
    if (calls_left < 2) return;
    calls_left -= 2;
    uint32_t n = count_take(allocator.take, bytes, &moved);
    note(CALL_MALLOC, n, moved == NULL);
    if (moved == NULL) return;
    memcpy(moved, old, bytes < sizes[i] ? bytes : sizes[i]);
    note(CALL_FREE, count_give(allocator.give, old), false);
    objects[i] = moved;
    sizes[i] = bytes;
}

static void do_realloc(uint32_t i, uint32_t bytes)
{
    void *after;
    if (i >= count || objects[i] == NULL) return;
    if (allocator.resize == NULL) {
        move(i, bytes);
        return;
    }
    if (!may_call()) return;
    uint32_t n = count_resize(allocator.resize, objects[i], bytes, &after);
    if (after == objects[i]) note(CALL_REALLOC, n, false);
    else spend(n, after == NULL);
    if (after == NULL) return;
    objects[i] = after;
    sizes[i] = bytes;
}

static void do_thin(uint32_t stride, uint32_t from, uint32_t skip)
{
    for (uint32_t i = from + skip; i < count; i += stride) end(i);
    compact(from);
}

static void do_last(uint32_t n)
{
    while (n-- > 0 && count > 0 && calls_left > 0) do_free(count - 1);
}

static void do_grow(uint32_t times, uint32_t step)
{
    if (count == 0) return;
    for (uint32_t k = 0; k < times; k++) {
        uint32_t bytes = sizes[count - 1] + step;
        if (bytes <= 2 * REGION_MOST) do_realloc(count - 1, bytes);
    }
}

/* Bytes of an object, from 1 to 2 MiB, as many short as long ones. */
static uint32_t size_of(uint8_t b, uint8_t c)
{
    return ((256u + c) << (b % 21u)) >> 8;
}

static void play_record(const uint8_t r[RECORD_BYTES])
{
    uint32_t bytes = size_of(r[2], r[3]), n = r[1] + 1u;
    uint64_t place = (uint32_t)r[1] << 16 | (uint32_t)r[2] << 8 | r[3];
    switch (r[0] % DO_KINDS) {
    case DO_MALLOC: (void)do_malloc(bytes); break;
    case DO_FREE: do_free((uint32_t)(place * count >> 24)); break;
    case DO_REALLOC: do_realloc(r[1] * count >> 8, bytes); break;
    case DO_ALIGNED: do_aligned(16u << r[1] % 9, bytes); break;
    case DO_FILL: do_fill(n * n / 16 + 1, bytes); break;
    case DO_THIN: do_thin(r[1] % 32 + 1, r[2] * count >> 8, r[3] % 32); break;
    case DO_LAST: do_last(n); break;
    default: do_grow(r[1] % 16 + 1, bytes); break;
    }
}

struct costs sequence_play(const struct sequence *s, size_t region_bytes)
{
    costs = (struct costs){0};
    count = 0;
    calls_left = region_bytes / 16 + 2000; /* enough to fill it with the shortest objects */
    heap = allocator.begin(sequence_region, region_bytes);
    if (heap == NULL) return costs;
    for (unsigned i = 0; i < s->records; i++) play_record(s->byte[i]);
    if (allocator.live != NULL) {
        uint32_t live = 0;
        for (uint32_t i = 0; i < count; i++) live += objects[i] != NULL;
        if (allocator.live(heap) != live) {
            printf("%s: %lu objects live, by its own count %lu\n", allocator.name,
                   (unsigned long)live, (unsigned long)allocator.live(heap));
            exit(1);
        }
    }
    return costs;
}
