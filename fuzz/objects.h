/* objects.h -- the model of a heap: a list of live objects, each full of its own pattern.
 *
 * What an allocator must keep is plain here: objects lie apart, are aligned, and keep every byte
 * until they are freed or written. An object's pattern is one byte value, so that one that reaches
 * into another is seen.
 */
#ifndef WPM_FUZZ_OBJECTS_H
#define WPM_FUZZ_OBJECTS_H

#include "fuzz.h"

#include <string.h>

#define OBJECTS 256u

struct object {
    unsigned char *at; /* NULL: there is none */
    size_t bytes;
    unsigned char mark;
};

/* A size from two numbers: mostly small, the steps of the classes met exactly, some large. */
static inline size_t object_size(unsigned a, unsigned b)
{
    switch (a % 8) {
    case 0: return b % 64;
    case 1: return (size_t)(b % 257) * 16 + a / 8 % 3;
    case 2: return (size_t)1 << b % 17;
    case 3: return ((size_t)1 << b % 17) + a / 8 % 4;
    case 4: return b % 8192;
    case 5: return 32600 + b % 400;
    case 6: return (size_t)(b % 64) * 8192 + a / 8 % 3;
    default: return (size_t)b * 9;
    }
}

/* Bytes that carry the pattern: all of a short object, of a long one both ends and some between. */
#define WHOLE_BYTES 4096u
#define END_BYTES 512u
#define STEP_BYTES 1000u

static inline void object_fill(struct object *o, unsigned char mark)
{
    o->mark = mark;
    if (o->bytes <= WHOLE_BYTES) {
        if (o->bytes > 0) memset(o->at, mark, o->bytes);
        return;
    }
    memset(o->at, mark, END_BYTES);
    for (size_t i = 0; i < o->bytes; i += STEP_BYTES) o->at[i] = mark;
    memset(o->at + o->bytes - END_BYTES, mark, END_BYTES);
}

/* Of what was written, all that lies in the first `bytes` bytes is as it was. */
static inline void object_look(const struct object *o, size_t bytes)
{
    size_t front = bytes < END_BYTES || o->bytes <= WHOLE_BYTES ? bytes : END_BYTES;
    if (front > 0) REQUIRE(o->at[0] == o->mark && memcmp(o->at, o->at + 1, front - 1) == 0);
    if (o->bytes <= WHOLE_BYTES) return;
    for (size_t i = 0; i < bytes; i += STEP_BYTES) REQUIRE(o->at[i] == o->mark);
    for (size_t i = o->bytes - END_BYTES; i < bytes; i++) REQUIRE(o->at[i] == o->mark);
}

static inline bool bytes_zero(const unsigned char *p, size_t bytes)
{
    return bytes == 0 || (p[0] == 0 && memcmp(p, p + 1, bytes - 1) == 0);
}

/* The object, new or moved, has no byte in common with another. */
static inline void object_apart(const struct object *all, const struct object *o)
{
    uintptr_t start = (uintptr_t)o->at, end = start + (o->bytes == 0 ? 1 : o->bytes);
    for (const struct object *other = all; other < all + OBJECTS; other++) {
        if (other == o || other->at == NULL) continue;
        uintptr_t begin = (uintptr_t)other->at;
        REQUIRE(end <= begin || begin + (other->bytes == 0 ? 1 : other->bytes) <= start);
    }
}

/* `bytes` bytes at `p` are a new object. */
static inline void object_born(struct object *all, struct object *o, void *p, size_t bytes,
                               size_t align, unsigned char mark)
{
    *o = (struct object){p, bytes, mark};
    REQUIRE((uintptr_t)p % align == 0 && (uintptr_t)p % 16 == 0);
    object_apart(all, o);
    object_fill(o, mark);
}

static inline unsigned objects_live(const struct object *all)
{
    unsigned live = 0;
    for (unsigned i = 0; i < OBJECTS; i++) live += all[i].at != NULL;
    return live;
}

#endif
