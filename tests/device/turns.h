/* turns.h -- random calls on one heap against a list of what is live: for the programs of a device.
 *
 * Each object is full of its own pattern, so that one that reaches into another is seen. A list
 * belongs to the program or to an interrupt handler, with the random numbers that choose its calls.
 */
#ifndef WPM_DEVICE_TURNS_H
#define WPM_DEVICE_TURNS_H

#include "require.h"
#include "wpmalloc.h"

#include <string.h>

#define REGION_BYTES (192u << 10)
#define OBJECTS 64u

static unsigned char region[REGION_BYTES + 64];
static wpm_heap *heap;

struct object {
    unsigned char *at; /* NULL: there is none */
    size_t bytes;
    unsigned char mark;
};

struct list {
    uint32_t random; /* not 0 */
    struct object all[OBJECTS];
};

static uint32_t random_next(struct list *list)
{
    list->random ^= list->random << 13;
    list->random ^= list->random >> 17;
    list->random ^= list->random << 5;
    return list->random;
}

static size_t random_size(struct list *list)
{
    uint32_t r = random_next(list);
    return r % 16 == 0 ? r / 16 % 12000 : r % 4 == 1 ? r / 16 % 2100 : r / 16 % 200;
}

static void born(struct list *list, struct object *o, void *at, size_t bytes)
{
    o->at = at;
    o->bytes = bytes;
    o->mark = (unsigned char)random_next(list);
    if (at == NULL) return;
    REQUIRE((uintptr_t)at % 16 == 0);
    REQUIRE((uintptr_t)at >= (uintptr_t)region);
    REQUIRE((uintptr_t)at + bytes <= (uintptr_t)region + sizeof region);
    REQUIRE(wpm_usable_size(heap, at) >= bytes);
    memset(at, o->mark, bytes);
}

static void look(const struct object *o, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) REQUIRE(o->at[i] == o->mark);
}

static void die(struct object *o)
{
    look(o, o->bytes);
    REQUIRE(wpm_free(heap, o->at) == WPM_OK);
    o->at = NULL;
}

static void resize(struct list *list, struct object *o, size_t bytes)
{
    wpm_status status = WPM_OK;
    unsigned char *at = wpm_realloc(heap, o->at, bytes, &status);
    REQUIRE(status == WPM_OK);
    if (at == NULL) {
        look(o, o->bytes);
        return;
    }
    o->at = at;
    look(o, bytes < o->bytes ? bytes : o->bytes);
    born(list, o, at, bytes);
}

/* One call on one object of a list. */
static void turn(struct list *list)
{
    struct object *o = &list->all[random_next(list) % OBJECTS];
    size_t bytes = random_size(list);
    unsigned what = random_next(list) % 8;
    if (o->at == NULL && what == 0) {
        unsigned char *at = wpm_calloc(heap, 3, bytes / 3);
        for (size_t i = 0; at != NULL && i < bytes / 3 * 3; i++) REQUIRE(at[i] == 0);
        born(list, o, at, bytes / 3 * 3);
    } else if (o->at == NULL && what == 1) {
        size_t align = (size_t)32 << random_next(list) % 8;
        void *at = wpm_aligned(heap, align, bytes);
        REQUIRE((uintptr_t)at % align == 0);
        born(list, o, at, bytes);
    } else if (o->at == NULL) {
        born(list, o, wpm_malloc(heap, bytes), bytes);
    } else if (what < 2) {
        resize(list, o, bytes);
    } else {
        die(o);
    }
}

static unsigned count(const struct list *list)
{
    unsigned n = 0;
    for (unsigned i = 0; i < OBJECTS; i++) n += list->all[i].at != NULL;
    return n;
}

static void end_all(struct list *list)
{
    for (unsigned i = 0; i < OBJECTS; i++)
        if (list->all[i].at != NULL) die(&list->all[i]);
}

static unsigned live_objects(void)
{
    wpm_statistics s;
    wpm_stats(heap, &s);
    REQUIRE(s.live_bytes <= s.span_bytes && s.span_bytes + s.free_bytes == s.committed_bytes);
    return (unsigned)s.live_objects;
}

#endif
