/* boundary_test.c -- the edges of the libc names: one table of calls and what they must do.
 *
 * Sources: C23 7.24.3, POSIX.1-2024, the glibc manual ("Unconstrained Allocation", "Allocating
 * Aligned Memory Blocks") and malloc(3). The same program runs with glibc's allocator (argument
 * `glibc`), which must agree but for the rows that say where it does not, and with this library
 * (any other argument).
 *
 * Decisions the standards leave open: an object of size 0 is an object of its own; realloc(p, 0)
 * ends p's life and gives NULL without an error, as glibc does; aligned_alloc does not ask that the
 * size be a multiple of the alignment; no call touches errno when it succeeds.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations" /* mallinfo is ours to test */

#define UNTOUCHED 4711 /* what errno holds before each call */
#define TWO_63 ((size_t)1 << 63)
#define PTRDIFF ((size_t)PTRDIFF_MAX)
#define MIB ((size_t)1 << 20)

/* Not in every libc: C23. */
extern void free_sized(void *, size_t) __attribute__((weak));
extern void free_aligned_sized(void *, size_t, size_t) __attribute__((weak));

enum call {
    MALLOC,         /* malloc(b) */
    CALLOC,         /* calloc(a, b) */
    REALLOC,        /* realloc(object, b) */
    REALLOCARRAY,   /* reallocarray(object, a, b) */
    ALIGNED_ALLOC,  /* aligned_alloc(a, b) */
    MEMALIGN,       /* memalign(a, b) */
    POSIX_MEMALIGN, /* posix_memalign(&result, a, b) */
    VALLOC,         /* valloc(b) */
    PVALLOC,        /* pvalloc(b) */
};

enum result {
    OBJECT, /* a new or moved object, aligned, usable, with the old contents */
    NOTHING /* NULL; posix_memalign: its pointer as it was. `object` lives on if `error` says why */
};

enum { AGREES, DIFFERS }; /* what glibc 2.36 does in such a row */

#define NONE SIZE_MAX /* no object before the call */

static const struct row {
    const char *text;
    enum call call;
    size_t object; /* bytes of the object before the call; NONE */
    size_t a, b;
    enum result result;
    int error;     /* errno, or posix_memalign's result; 0: none */
    size_t align;  /* of the object */
    size_t usable; /* bytes at least */
    int glibc;
} rows[] = {
    /* malloc */
    {"malloc(0)", MALLOC, NONE, 0, 0, OBJECT, 0, 16, 0, AGREES},
    {"malloc(1)", MALLOC, NONE, 0, 1, OBJECT, 0, 16, 1, AGREES},
    {"malloc(16)", MALLOC, NONE, 0, 16, OBJECT, 0, 16, 16, AGREES},
    {"malloc(17)", MALLOC, NONE, 0, 17, OBJECT, 0, 16, 17, AGREES},
    {"malloc(24)", MALLOC, NONE, 0, 24, OBJECT, 0, 16, 24, AGREES},
    {"malloc(32768), the last small size", MALLOC, NONE, 0, 32768, OBJECT, 0, 16, 32768, AGREES},
    {"malloc(32769), the first large size", MALLOC, NONE, 0, 32769, OBJECT, 0, 16, 32769, AGREES},
    {"malloc(1 MiB)", MALLOC, NONE, 0, MIB, OBJECT, 0, 16, MIB, AGREES},
    {"malloc(96 MiB), more than an arena", MALLOC, NONE, 0, 96 * MIB, OBJECT, 0, 16, 96 * MIB,
     AGREES},
    {"malloc(2^47), all addresses", MALLOC, NONE, 0, (size_t)1 << 47, NOTHING, ENOMEM, 0, 0,
     AGREES},
    {"malloc(PTRDIFF_MAX)", MALLOC, NONE, 0, PTRDIFF, NOTHING, ENOMEM, 0, 0, AGREES},
    {"malloc(PTRDIFF_MAX + 1)", MALLOC, NONE, 0, PTRDIFF + 1, NOTHING, ENOMEM, 0, 0, AGREES},
    {"malloc(SIZE_MAX - 8191)", MALLOC, NONE, 0, SIZE_MAX - 8191, NOTHING, ENOMEM, 0, 0, AGREES},
    {"malloc(SIZE_MAX - 15)", MALLOC, NONE, 0, SIZE_MAX - 15, NOTHING, ENOMEM, 0, 0, AGREES},
    {"malloc(SIZE_MAX)", MALLOC, NONE, 0, SIZE_MAX, NOTHING, ENOMEM, 0, 0, AGREES},

    /* calloc */
    {"calloc(0, 0)", CALLOC, NONE, 0, 0, OBJECT, 0, 16, 0, AGREES},
    {"calloc(0, 8)", CALLOC, NONE, 0, 8, OBJECT, 0, 16, 0, AGREES},
    {"calloc(8, 0)", CALLOC, NONE, 8, 0, OBJECT, 0, 16, 0, AGREES},
    {"calloc(SIZE_MAX, 0)", CALLOC, NONE, SIZE_MAX, 0, OBJECT, 0, 16, 0, AGREES},
    {"calloc(1, 1)", CALLOC, NONE, 1, 1, OBJECT, 0, 16, 1, AGREES},
    {"calloc(3, 1000)", CALLOC, NONE, 3, 1000, OBJECT, 0, 16, 3000, AGREES},
    {"calloc(3, 1 MiB)", CALLOC, NONE, 3, MIB, OBJECT, 0, 16, 3 * MIB, AGREES},
    {"calloc(2^32, 2^32), product 0", CALLOC, NONE, (size_t)1 << 32, (size_t)1 << 32, NOTHING,
     ENOMEM, 0, 0, AGREES},
    {"calloc(2^32 + 1, 2^32 - 1), product -1", CALLOC, NONE, ((size_t)1 << 32) + 1,
     ((size_t)1 << 32) - 1, NOTHING, ENOMEM, 0, 0, AGREES},
    {"calloc(2^62 + 1, 4), product 4", CALLOC, NONE, ((size_t)1 << 62) + 1, 4, NOTHING, ENOMEM, 0,
     0,
     AGREES},
    {"calloc(2, 2^63), product 0", CALLOC, NONE, 2, TWO_63, NOTHING, ENOMEM, 0, 0, AGREES},
    {"calloc(SIZE_MAX, SIZE_MAX), product 1", CALLOC, NONE, SIZE_MAX, SIZE_MAX, NOTHING, ENOMEM, 0,
     0, AGREES},
    {"calloc(1, PTRDIFF_MAX)", CALLOC, NONE, 1, PTRDIFF, NOTHING, ENOMEM, 0, 0, AGREES},
    {"calloc(1, SIZE_MAX)", CALLOC, NONE, 1, SIZE_MAX, NOTHING, ENOMEM, 0, 0, AGREES},

    /* realloc */
    {"realloc(NULL, 0)", REALLOC, NONE, 0, 0, OBJECT, 0, 16, 0, AGREES},
    {"realloc(NULL, 100)", REALLOC, NONE, 0, 100, OBJECT, 0, 16, 100, AGREES},
    {"realloc(NULL, SIZE_MAX)", REALLOC, NONE, 0, SIZE_MAX, NOTHING, ENOMEM, 0, 0, AGREES},
    {"realloc(p, 0)", REALLOC, 100, 0, 0, NOTHING, 0, 0, 0, AGREES},
    {"realloc(large p, 0)", REALLOC, MIB, 0, 0, NOTHING, 0, 0, 0, AGREES},
    {"realloc, of size 0, to 10", REALLOC, 0, 0, 10, OBJECT, 0, 16, 10, AGREES},
    {"realloc to the same size", REALLOC, 100, 0, 100, OBJECT, 0, 16, 100, AGREES},
    {"realloc, shrink a little", REALLOC, 100, 0, 99, OBJECT, 0, 16, 99, AGREES},
    {"realloc, shrink a lot", REALLOC, 30000, 0, 10, OBJECT, 0, 16, 10, AGREES},
    {"realloc, grow within the slot", REALLOC, 100, 0, 112, OBJECT, 0, 16, 112, AGREES},
    {"realloc, grow out of the slot", REALLOC, 100, 0, 200, OBJECT, 0, 16, 200, AGREES},
    {"realloc, small to large", REALLOC, 32768, 0, 32769, OBJECT, 0, 16, 32769, AGREES},
    {"realloc, small to 96 MiB", REALLOC, 100, 0, 96 * MIB, OBJECT, 0, 16, 96 * MIB, AGREES},
    {"realloc, large to small", REALLOC, MIB, 0, 100, OBJECT, 0, 16, 100, AGREES},
    {"realloc, large, grow", REALLOC, MIB, 0, 3 * MIB, OBJECT, 0, 16, 3 * MIB, AGREES},
    {"realloc, large, shrink", REALLOC, 3 * MIB, 0, MIB, OBJECT, 0, 16, MIB, AGREES},
    {"realloc to PTRDIFF_MAX", REALLOC, 100, 0, PTRDIFF, NOTHING, ENOMEM, 0, 0, AGREES},
    {"realloc to PTRDIFF_MAX + 1", REALLOC, 100, 0, PTRDIFF + 1, NOTHING, ENOMEM, 0, 0, AGREES},
    {"realloc to SIZE_MAX", REALLOC, 100, 0, SIZE_MAX, NOTHING, ENOMEM, 0, 0, AGREES},
    {"realloc, large, to 2^47", REALLOC, MIB, 0, (size_t)1 << 47, NOTHING, ENOMEM, 0, 0, AGREES},
    {"realloc, large, to SIZE_MAX", REALLOC, MIB, 0, SIZE_MAX, NOTHING, ENOMEM, 0, 0, AGREES},

    /* reallocarray */
    {"reallocarray(NULL, 0, 0)", REALLOCARRAY, NONE, 0, 0, OBJECT, 0, 16, 0, AGREES},
    {"reallocarray(NULL, 10, 10)", REALLOCARRAY, NONE, 10, 10, OBJECT, 0, 16, 100, AGREES},
    {"reallocarray(p, 20, 10)", REALLOCARRAY, 100, 20, 10, OBJECT, 0, 16, 200, AGREES},
    {"reallocarray(p, 0, 8)", REALLOCARRAY, 100, 0, 8, NOTHING, 0, 0, 0, AGREES},
    {"reallocarray(p, 8, 0)", REALLOCARRAY, 100, 8, 0, NOTHING, 0, 0, 0, AGREES},
    {"reallocarray(p, 2, 2^63), product 0", REALLOCARRAY, 100, 2, TWO_63, NOTHING, ENOMEM, 0, 0,
     AGREES},
    {"reallocarray(p, 2^32, 2^32), product 0", REALLOCARRAY, 100, (size_t)1 << 32, (size_t)1 << 32,
     NOTHING, ENOMEM, 0, 0, AGREES},
    {"reallocarray(NULL, SIZE_MAX, 2)", REALLOCARRAY, NONE, SIZE_MAX, 2, NOTHING, ENOMEM, 0, 0,
     AGREES},
    {"reallocarray(p, 1, PTRDIFF_MAX + 1)", REALLOCARRAY, 100, 1, PTRDIFF + 1, NOTHING, ENOMEM, 0,
     0,
     AGREES},

    /* aligned_alloc; glibc before 2.38 rounds an alignment up, C23 asks for a failure */
    {"aligned_alloc(0, 8)", ALIGNED_ALLOC, NONE, 0, 8, NOTHING, EINVAL, 0, 0, DIFFERS},
    {"aligned_alloc(3, 8)", ALIGNED_ALLOC, NONE, 3, 8, NOTHING, EINVAL, 0, 0, DIFFERS},
    {"aligned_alloc(48, 96)", ALIGNED_ALLOC, NONE, 48, 96, NOTHING, EINVAL, 0, 0, DIFFERS},
    {"aligned_alloc(1, 1)", ALIGNED_ALLOC, NONE, 1, 1, OBJECT, 0, 1, 1, AGREES},
    {"aligned_alloc(16, 100)", ALIGNED_ALLOC, NONE, 16, 100, OBJECT, 0, 16, 100, AGREES},
    {"aligned_alloc(64, 0)", ALIGNED_ALLOC, NONE, 64, 0, OBJECT, 0, 64, 0, AGREES},
    {"aligned_alloc(64, 1)", ALIGNED_ALLOC, NONE, 64, 1, OBJECT, 0, 64, 1, AGREES},
    {"aligned_alloc(64, 65)", ALIGNED_ALLOC, NONE, 64, 65, OBJECT, 0, 64, 65, AGREES},
    {"aligned_alloc(4096, 4096)", ALIGNED_ALLOC, NONE, 4096, 4096, OBJECT, 0, 4096, 4096, AGREES},
    {"aligned_alloc(8192, 1)", ALIGNED_ALLOC, NONE, 8192, 1, OBJECT, 0, 8192, 1, AGREES},
    {"aligned_alloc(8192, 32768)", ALIGNED_ALLOC, NONE, 8192, 32768, OBJECT, 0, 8192, 32768,
     AGREES},
    {"aligned_alloc(16384, 20000)", ALIGNED_ALLOC, NONE, 16384, 20000, OBJECT, 0, 16384, 20000,
     AGREES},
    {"aligned_alloc(2 MiB, 3 MiB)", ALIGNED_ALLOC, NONE, 2 * MIB, 3 * MIB, OBJECT, 0, 2 * MIB,
     3 * MIB, AGREES},
    {"aligned_alloc(128 MiB, 1)", ALIGNED_ALLOC, NONE, 128 * MIB, 1, OBJECT, 0, 128 * MIB, 1,
     AGREES},
    {"aligned_alloc(2^62, 1)", ALIGNED_ALLOC, NONE, TWO_63 / 2, 1, NOTHING, ENOMEM, 0, 0, AGREES},
    {"aligned_alloc(2^63, 1)", ALIGNED_ALLOC, NONE, TWO_63, 1, NOTHING, ENOMEM, 0, 0, AGREES},
    {"aligned_alloc(64, PTRDIFF_MAX)", ALIGNED_ALLOC, NONE, 64, PTRDIFF, NOTHING, ENOMEM, 0, 0,
     AGREES},
    {"aligned_alloc(64, SIZE_MAX)", ALIGNED_ALLOC, NONE, 64, SIZE_MAX, NOTHING, ENOMEM, 0, 0,
     AGREES},
    {"aligned_alloc(8192, SIZE_MAX)", ALIGNED_ALLOC, NONE, 8192, SIZE_MAX, NOTHING, ENOMEM, 0, 0,
     AGREES},

    /* memalign: an alignment that is not a power of two counts as the next one */
    {"memalign(0, 8)", MEMALIGN, NONE, 0, 8, OBJECT, 0, 1, 8, AGREES},
    {"memalign(3, 8)", MEMALIGN, NONE, 3, 8, OBJECT, 0, 4, 8, AGREES},
    {"memalign(48, 100)", MEMALIGN, NONE, 48, 100, OBJECT, 0, 64, 100, AGREES},
    {"memalign(4097, 100)", MEMALIGN, NONE, 4097, 100, OBJECT, 0, 8192, 100, AGREES},
    {"memalign(2^63, 8)", MEMALIGN, NONE, TWO_63, 8, NOTHING, ENOMEM, 0, 0, AGREES},
    {"memalign(2^63 + 1, 8)", MEMALIGN, NONE, TWO_63 + 1, 8, NOTHING, EINVAL, 0, 0, AGREES},
    {"memalign(SIZE_MAX, 8)", MEMALIGN, NONE, SIZE_MAX, 8, NOTHING, EINVAL, 0, 0, AGREES},
    {"memalign(64, SIZE_MAX)", MEMALIGN, NONE, 64, SIZE_MAX, NOTHING, ENOMEM, 0, 0, AGREES},

    /* posix_memalign: a power of two and a multiple of sizeof(void *) */
    {"posix_memalign(0, 8)", POSIX_MEMALIGN, NONE, 0, 8, NOTHING, EINVAL, 0, 0, AGREES},
    {"posix_memalign(1, 8)", POSIX_MEMALIGN, NONE, 1, 8, NOTHING, EINVAL, 0, 0, AGREES},
    {"posix_memalign(3, 8)", POSIX_MEMALIGN, NONE, 3, 8, NOTHING, EINVAL, 0, 0, AGREES},
    {"posix_memalign(4, 8)", POSIX_MEMALIGN, NONE, 4, 8, NOTHING, EINVAL, 0, 0, AGREES},
    {"posix_memalign(12, 8)", POSIX_MEMALIGN, NONE, 12, 8, NOTHING, EINVAL, 0, 0, AGREES},
    {"posix_memalign(24, 8)", POSIX_MEMALIGN, NONE, 24, 8, NOTHING, EINVAL, 0, 0, AGREES},
    {"posix_memalign(SIZE_MAX, 8)", POSIX_MEMALIGN, NONE, SIZE_MAX, 8, NOTHING, EINVAL, 0, 0,
     AGREES},
    {"posix_memalign(3, SIZE_MAX)", POSIX_MEMALIGN, NONE, 3, SIZE_MAX, NOTHING, EINVAL, 0, 0,
     AGREES},
    {"posix_memalign(8, 0)", POSIX_MEMALIGN, NONE, 8, 0, OBJECT, 0, 8, 0, AGREES},
    {"posix_memalign(8, 100)", POSIX_MEMALIGN, NONE, 8, 100, OBJECT, 0, 8, 100, AGREES},
    {"posix_memalign(256, 100)", POSIX_MEMALIGN, NONE, 256, 100, OBJECT, 0, 256, 100, AGREES},
    {"posix_memalign(4096, 100)", POSIX_MEMALIGN, NONE, 4096, 100, OBJECT, 0, 4096, 100, AGREES},
    {"posix_memalign(1 MiB, 100)", POSIX_MEMALIGN, NONE, MIB, 100, OBJECT, 0, MIB, 100, AGREES},
    {"posix_memalign(128 MiB, 100), more than an arena", POSIX_MEMALIGN, NONE, 128 * MIB, 100,
     OBJECT, 0, 128 * MIB, 100, AGREES},
    {"posix_memalign(2^63, 1)", POSIX_MEMALIGN, NONE, TWO_63, 1, NOTHING, ENOMEM, 0, 0, AGREES},
    {"posix_memalign(2^63, 2^63)", POSIX_MEMALIGN, NONE, TWO_63, TWO_63, NOTHING, ENOMEM, 0, 0,
     AGREES},
    {"posix_memalign(64, PTRDIFF_MAX + 1)", POSIX_MEMALIGN, NONE, 64, PTRDIFF + 1, NOTHING, ENOMEM,
     0, 0, AGREES},
    {"posix_memalign(8, SIZE_MAX)", POSIX_MEMALIGN, NONE, 8, SIZE_MAX, NOTHING, ENOMEM, 0, 0,
     AGREES},

    /* valloc, pvalloc */
    {"valloc(0)", VALLOC, NONE, 0, 0, OBJECT, 0, 4096, 0, AGREES},
    {"valloc(100)", VALLOC, NONE, 0, 100, OBJECT, 0, 4096, 100, AGREES},
    {"valloc(SIZE_MAX)", VALLOC, NONE, 0, SIZE_MAX, NOTHING, ENOMEM, 0, 0, AGREES},
    {"pvalloc(0)", PVALLOC, NONE, 0, 0, OBJECT, 0, 4096, 0, AGREES},
    {"pvalloc(1)", PVALLOC, NONE, 0, 1, OBJECT, 0, 4096, 4096, AGREES},
    {"pvalloc(4097)", PVALLOC, NONE, 0, 4097, OBJECT, 0, 4096, 8192, AGREES},
    {"pvalloc(SIZE_MAX - 4094)", PVALLOC, NONE, 0, SIZE_MAX - 4094, NOTHING, ENOMEM, 0, 0, AGREES},
    {"pvalloc(SIZE_MAX)", PVALLOC, NONE, 0, SIZE_MAX, NOTHING, ENOMEM, 0, 0, AGREES},
};

static bool with_glibc;
static char marker; /* what posix_memalign's pointer holds before the call */

/* Make the call of a row; the object in *result, the error it gave. */
static int perform(const struct row *r, void *object, void **result)
{
    *result = NULL;
    errno = UNTOUCHED;
    switch (r->call) {
    case MALLOC: *result = malloc(r->b); break;
    case CALLOC: *result = calloc(r->a, r->b); break;
    case REALLOC: *result = realloc(object, r->b); break;
    case REALLOCARRAY: *result = reallocarray(object, r->a, r->b); break;
    case ALIGNED_ALLOC: *result = aligned_alloc(r->a, r->b); break;
    case MEMALIGN: *result = memalign(r->a, r->b); break;
    case VALLOC: *result = valloc(r->b); break;
    case PVALLOC: *result = pvalloc(r->b); break;
    case POSIX_MEMALIGN: {
        *result = &marker;
        int error = posix_memalign(result, r->a, r->b);
        if (error == 0) return 0;
        CHECK(*result == &marker); /* a failure leaves the pointer */
        *result = NULL;
        return error;
    }
    }
    return errno == UNTOUCHED ? 0 : errno;
}

static unsigned char pattern(size_t i) { return (unsigned char)(i * 7 + i / 256 + 1); }

static void fill(unsigned char *p, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) p[i] = pattern(i);
}

static bool holds_pattern(const unsigned char *p, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != pattern(i)) return false;
    return true;
}

static bool all_zero(const unsigned char *p, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != 0) return false;
    return true;
}

static void check_object(const struct row *r, unsigned char *p, size_t kept)
{
    CHECK_EQ((uintptr_t)p % r->align, 0);
    CHECK(malloc_usable_size(p) >= r->usable);
    if (r->call == CALLOC) CHECK(all_zero(p, r->usable));
    CHECK(holds_pattern(p, kept < r->usable ? kept : r->usable));
    fill(p, r->usable < MIB ? r->usable : MIB); /* all of it is the caller's, the end too */
    if (r->usable > 0) p[r->usable - 1] = 1;
}

static void check_row(const struct row *r)
{
    uint64_t failures = unit_failures;
    bool dies = (r->call == REALLOC || r->call == REALLOCARRAY) && r->error == 0;
    size_t kept = r->object == NONE ? 0 : r->object;
    unsigned char *object = NULL;
    void *result;
    if (r->object != NONE) {
        object = malloc(r->object);
        CHECK(object != NULL);
        fill(object, r->object);
    }
    int error = perform(r, object, &result);
    if (with_glibc && r->glibc == DIFFERS) {
        printf("  %s: glibc %s\n", r->text, (result == NULL) == (r->result == NOTHING)
               ? "agrees by now" : "differs, as noted");
        free(result);
        return;
    }
    CHECK_EQ(error, r->error);
    if (!with_glibc && r->call == POSIX_MEMALIGN) CHECK_EQ(errno, UNTOUCHED);
    if (CHECK_EQ(result != NULL, r->result == OBJECT) && result != NULL)
        check_object(r, result, kept);
    if (result == NULL && !dies && object != NULL) {
        CHECK(holds_pattern(object, kept));
        free(object);
    }
    free(result);
    if (unit_failures != failures) fprintf(stderr, "  in row: %s\n", r->text);
}

/* An object of size 0 is not any other object. */
static void check_zero_sizes_differ(void)
{
    void *p[100];
    for (int i = 0; i < 100; i++) p[i] = i % 2 ? malloc(0) : calloc(0, 1);
    for (int i = 0; i < 100; i++)
        for (int j = 0; j < i; j++)
            if (!CHECK(p[i] != NULL && p[i] != p[j])) return;
    for (int i = 0; i < 100; i++) free(p[i]);
}

/* free never touches errno: of nothing, of a small object, of one whose memory goes back. */
static void check_free_keeps_errno(void)
{
    void *small = malloc(100), *large = malloc(64 * MIB);
    memset(large, 1, 64 * MIB);
    errno = UNTOUCHED;
    free(NULL);
    free(small);
    free(large);
    CHECK_EQ(errno, UNTOUCHED);
    small = malloc(100), large = aligned_alloc(64, 1000);
    errno = UNTOUCHED;
    if (free_sized != NULL) free_sized(small, 100);
    else free(small);
    if (free_aligned_sized != NULL) free_aligned_sized(large, 64, 1000);
    else free(large);
    if (!with_glibc) CHECK(free_sized != NULL && free_aligned_sized != NULL);
    if (free_sized != NULL) free_sized(NULL, 0);
    if (free_aligned_sized != NULL) free_aligned_sized(NULL, 64, 0);
    CHECK_EQ(errno, UNTOUCHED);
}

/* Memory used before and freed is zero again when calloc hands it out. */
static void check_calloc_cleans(void)
{
    static const size_t sizes[] = {1, 16, 100, 1024, 8192, 32768, 32769, 200000, 3 * MIB};
    for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
        for (int round = 0; round < 200; round++) {
            unsigned char *p = malloc(sizes[n]);
            memset(p, 0xff, sizes[n]);
            free(p);
            p = calloc(1, sizes[n]);
            if (!CHECK(all_zero(p, sizes[n]))) return;
            memset(p, 0xff, sizes[n]);
            free(p);
            if (sizes[n] >= MIB && round == 5) break;
        }
    }
}

static void check_figures(void)
{
    CHECK_EQ(malloc_usable_size(NULL), 0);
    CHECK_EQ(mallopt(M_MMAP_THRESHOLD, 1 << 20), 1);
    CHECK_EQ(mallopt(M_ARENA_MAX, 1), 1);
    if (!with_glibc) CHECK_EQ(mallopt(12345, 1), 0);

    size_t before = mallinfo2().uordblks;
    int narrow = mallinfo().uordblks;
    void *p = malloc(MIB);
    memset(p, 1, MIB);
    if (!with_glibc) CHECK(mallinfo2().uordblks >= before + MIB); /* glibc: elsewhere, in hblkhd */
    CHECK(mallinfo2().uordblks + mallinfo2().hblkhd >= before + MIB);
    CHECK(narrow >= 0);
    free(p);
    CHECK(mallinfo2().uordblks <= before + 4096);

    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    CHECK_EQ(malloc_info(1, f), EINVAL);
    fflush(f);
    CHECK_EQ(length, 0);
    CHECK_EQ(malloc_info(0, f), 0);
    fclose(f);
    CHECK(strncmp(text, "<malloc version=", 16) == 0 && strstr(text, "</malloc>") != NULL);
    free(text);
    int trimmed = malloc_trim(0);
    CHECK(trimmed == 0 || trimmed == 1);
}

int main(int count, char **arguments)
{
    with_glibc = count > 1 && strcmp(arguments[1], "glibc") == 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_row(&rows[i]);
    check_zero_sizes_differ();
    check_free_keeps_errno();
    check_calloc_cleans();
    check_figures();
    return unit_report("boundary");
}
