/* abi_fuzz.c -- sequences of calls to libc's names, as the library serves them.
 *
 * The whole process, the fuzzer itself too, lives on the allocator that is linked: built without
 * ASan, which would put its own in front. Results, errno and contents are compared with what C,
 * POSIX and glibc's manual say. malloc_check, which only this library has, looks at all red zones:
 * with another allocator the harness does not link.
 */
#define _GNU_SOURCE
#include "objects.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>

#define BYTES_MOST (3u << 20)
#define REFUSED ((size_t)PTRDIFF_MAX + 1)

size_t malloc_check(void);
void free_sized(void *object, size_t bytes);
void free_aligned_sized(void *object, size_t align, size_t bytes);

static struct object all[OBJECTS];
static size_t align_of[OBJECTS]; /* the alignment that was asked for; 0: none */
static size_t asked[OBJECTS];    /* bytes that were asked for */

static size_t size_of(struct record r)
{
    size_t bytes = object_size(r.a, r.b);
    return bytes < BYTES_MOST ? bytes : BYTES_MOST;
}

static void *zeroed(size_t bytes, unsigned count)
{
    unsigned char *p = calloc(count, bytes / count + 1);
    REQUIRE(p == NULL || bytes_zero(p, bytes));
    return p;
}

static void begin(struct object *o, struct record r, unsigned char mark)
{
    size_t bytes = size_of(r), align = (size_t)16 << r.what % 11, index = (size_t)(o - all);
    unsigned count = 1 + r.op / 16;
    void *p = NULL;
    errno = 0;
    asked[index] = bytes;
    align_of[index] = r.op % 8 == 1 ? align : 0;
    switch (r.op % 8) {
    case 0:
        asked[index] = count * (bytes / count + 1);
        p = zeroed(bytes, count);
        align = 16;
        break;
    case 1: p = aligned_alloc(align, bytes); break;
    case 2:
        REQUIRE(posix_memalign(&p, align, bytes) == 0 && errno == 0);
        asked[index] = SIZE_MAX;
        break;
    case 3:
        p = memalign(align, bytes);
        asked[index] = SIZE_MAX;
        break;
    case 4: p = realloc(NULL, bytes); align = 16; break;
    case 5: p = reallocarray(NULL, bytes, 1); align = 16; break;
    default: p = malloc(bytes); align = 16; break;
    }
    REQUIRE(p != NULL && malloc_usable_size(p) >= bytes);
    object_born(all, o, p, bytes, align, mark);
}

/* By plain free, or by the function that names the size, where C allows it of the object. */
static void end(struct object *o, bool sized)
{
    size_t index = (size_t)(o - all);
    object_look(o, o->bytes);
    errno = EDOM;
    if (!sized || asked[index] == SIZE_MAX) free(o->at);
    else if (align_of[index] != 0) free_aligned_sized(o->at, align_of[index], asked[index]);
    else free_sized(o->at, asked[index]);
    REQUIRE(errno == EDOM);
    o->at = NULL;
}

static void *end_elsewhere(void *object)
{
    end(object, false);
    return NULL;
}

/* Another thread ends the object, and itself. */
static void end_in_thread(struct object *o)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, end_elsewhere, o) != 0) end(o, false);
    else (void)pthread_join(thread, NULL);
}

static void resize(struct object *o, size_t bytes, unsigned char mark)
{
    size_t kept = bytes < o->bytes ? bytes : o->bytes;
    if (bytes == 0) {
        object_look(o, o->bytes);
        REQUIRE(realloc(o->at, 0) == NULL);
        o->at = NULL;
        return;
    }
    void *p = realloc(o->at, bytes);
    REQUIRE(p != NULL && malloc_usable_size(p) >= bytes);
    o->at = p;
    object_look(o, kept);
    o->bytes = asked[o - all] = bytes;
    align_of[o - all] = 0;
    object_apart(all, o);
    object_fill(o, mark);
}

/* A size that the compiler does not know: it warns of those that nobody can meet. */
static size_t unknown(size_t bytes)
{
    volatile size_t hidden = bytes;
    return hidden;
}

/* Requests that nobody can meet: NULL and errno, and the object is as it was. */
static void refused(struct object *o, struct record r)
{
    void *p = o;
    errno = 0;
    REQUIRE(malloc(unknown(REFUSED + r.a)) == NULL && errno == ENOMEM);
    errno = 0;
    REQUIRE(calloc(unknown(REFUSED), 2 + r.a) == NULL && errno == ENOMEM);
    errno = 0;
    REQUIRE(realloc(o->at, unknown(SIZE_MAX - r.b)) == NULL && errno == ENOMEM);
    errno = 0;
    REQUIRE(reallocarray(o->at, unknown(REFUSED), 2 + r.a) == NULL && errno == ENOMEM);
    errno = 0;
    REQUIRE(posix_memalign(&p, 16, unknown(REFUSED + r.a)) == ENOMEM && errno == 0 && p == o);
    REQUIRE(posix_memalign(&p, 3 + 2 * (size_t)r.b, 16) == EINVAL && errno == 0 && p == o);
    REQUIRE(malloc_usable_size(NULL) == 0);
    if (o->at != NULL) object_look(o, o->bytes);
}

/* Objects that malloc_check must find, at least. */
static size_t live(void)
{
    size_t n = 0;
    for (unsigned i = 0; i < OBJECTS; i++) n += all[i].at != NULL && all[i].bytes > 0;
    return n;
}

static void step(struct record r, unsigned char mark)
{
    struct object *o = &all[r.what % OBJECTS];
    switch (r.op % 16) {
    case 15: (void)malloc_trim(r.a); break;
    case 14: REQUIRE(mallinfo2().uordblks > 0 || objects_live(all) == 0); break;
    case 13: refused(o, r); break;
    default:
        if (o->at == NULL) begin(o, r, mark);
        else if (r.op % 16 < 7) end(o, r.b % 2 != 0);
        else if (r.op % 16 == 7 && r.b % 16 == 0) end_in_thread(o);
        else resize(o, size_of(r), mark);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + RECORD_BYTES <= size; i += RECORD_BYTES) {
        step(record_at(data + i), (unsigned char)(i / RECORD_BYTES + 1));
        if (i / RECORD_BYTES % 16 == 0) REQUIRE(malloc_check() >= live());
    }
    for (unsigned i = 0; i < OBJECTS; i++)
        if (all[i].at != NULL) end(&all[i], false);
    REQUIRE(malloc_check() >= live());
    return 0;
}
