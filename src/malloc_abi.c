/* malloc_abi.c -- the names of libc, over the heap of the process.
 *
 * What C23, POSIX and glibc's manual say of each function, with the boundary cases of
 * tests/abi/boundary_test.c. A failure sets errno to ENOMEM, or to EINVAL for an alignment that is
 * none; posix_memalign, and the functions that end an object's life, leave errno alone.
 */
#define _GNU_SOURCE
#include "process.h"

#include "platform.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))
#define HOT __attribute__((flatten)) /* the fast path stands in the function itself */

/* A power of two. */
static bool alignment_valid(size_t align) { return align != 0 && bits_count(align) == 1; }

EXPORT HOT void *malloc(size_t bytes) { return process_malloc(bytes); }

EXPORT HOT void free(void *object) { process_free(object); }

EXPORT void *calloc(size_t count, size_t bytes)
{
    if (PRESET != PRESET_FAST) return hardened_calloc(count, bytes);
    struct mcache *c = process_enter();
    void *p = c == NULL ? NULL : object_calloc(&process_heap, c, count, bytes);
    return p != NULL ? p : process_no_memory();
}

/* As glibc: size 0 ends the object's life and gives NULL, without an error. */
EXPORT void *realloc(void *object, size_t bytes)
{
    uintptr_t address = edge_address(object);
    if (PRESET != PRESET_FAST) return hardened_realloc(object, bytes);
    if (address != 0 && bytes == 0) {
        wpm_status status = alloc_free_slow(&process_heap, process_cache(), address);
        if (status != WPM_OK) process_fault(object, status, true);
        return NULL;
    }
    struct mcache *c = process_enter();
    if (c == NULL) return process_no_memory();
    struct object_resized done = object_realloc(&process_heap, c, address, bytes);
    if (done.status != WPM_OK) process_fault(object, done.status, true);
    return done.address != 0 ? edge_pointer(done.address) : process_no_memory();
}

EXPORT void *reallocarray(void *object, size_t count, size_t bytes)
{
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total)) return process_no_memory();
    return realloc(object, total);
}

/* ---- ends of life that name the size ---- */

static __attribute__((noinline)) void end(void *object, size_t bytes)
{
    process_end(object, HARDEN_KIND_MALLOC, bytes);
}

EXPORT void free_sized(void *object, size_t bytes);
EXPORT void free_sized(void *object, size_t bytes)
{
    end(object, bytes);
}

EXPORT void free_aligned_sized(void *object, size_t align, size_t bytes);
EXPORT void free_aligned_sized(void *object, size_t align, size_t bytes)
{
    (void)align;
    end(object, bytes);
}

/* ---- aligned objects ---- */

static void *aligned_or_error(size_t align, size_t bytes)
{
    void *p = process_aligned(align, bytes, HARDEN_KIND_MALLOC);
    return p != NULL ? p : process_no_memory();
}

/* C23: an alignment that is not a power of two fails. The size need not be a multiple of it. */
EXPORT void *aligned_alloc(size_t align, size_t bytes)
{
    if (!alignment_valid(align)) {
        errno = EINVAL;
        return NULL;
    }
    return aligned_or_error(align, bytes);
}

/* POSIX: the error is the result; *object and errno are as they were. */
EXPORT int posix_memalign(void **object, size_t align, size_t bytes)
{
    if (!alignment_valid(align) || align % sizeof(void *) != 0) return EINVAL;
    void *p = process_aligned(align, bytes, HARDEN_KIND_MALLOC);
    if (p == NULL) return ENOMEM;
    *object = p;
    return 0;
}

/* As glibc: an alignment that is not a power of two counts as the next one. */
EXPORT void *memalign(size_t align, size_t bytes)
{
    if (align > SIZE_MAX / 2 + 1) {
        errno = EINVAL;
        return NULL;
    }
    if (!alignment_valid(align)) align = align == 0 ? 1 : (size_t)bits_one(bits_width(align));
    return aligned_or_error(align, bytes);
}

EXPORT void *valloc(size_t bytes) { return aligned_or_error(platform_page_bytes(), bytes); }

/* Whole pages of the system; size 0 counts as one byte. */
EXPORT void *pvalloc(size_t bytes)
{
    size_t page = platform_page_bytes();
    size_t whole;
    if (__builtin_add_overflow(bytes == 0 ? 1 : bytes, page - 1, &whole))
        return process_no_memory();
    return aligned_or_error(page, whole / page * page);
}

/* ---- figures and knobs ---- */

EXPORT size_t malloc_usable_size(void *object)
{
    if (PRESET != PRESET_FAST) return hardened_usable_size(object);
    return object_usable_size(&process_heap, object);
}

/* No memory of the heap waits to be given back: nothing was released. */
EXPORT int malloc_trim(size_t pad_bytes)
{
    (void)pad_bytes;
    return 0;
}

/* The figures of the heap; zero when it has not started. */
static wpm_statistics figures(void)
{
    wpm_statistics all = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    if (process_enter() != NULL) wpm_stats(&process_heap, &all);
    return all;
}

EXPORT struct mallinfo2 mallinfo2(void)
{
    wpm_statistics all = figures();
    struct mallinfo2 m = {0};
    m.arena = all.committed_bytes;
    m.uordblks = all.live_bytes;
    m.fordblks = all.committed_bytes > all.live_bytes ? all.committed_bytes - all.live_bytes : 0;
    m.ordblks = all.spans;
    m.keepcost = all.free_bytes;
    return m;
}

static int clamp(size_t n) { return n < INT_MAX ? (int)n : INT_MAX; }

/* As mallinfo2, with INT_MAX for what does not fit. */
EXPORT struct mallinfo mallinfo(void)
{
    struct mallinfo2 wide = mallinfo2();
    struct mallinfo m = {0};
    m.arena = clamp(wide.arena);
    m.uordblks = clamp(wide.uordblks);
    m.fordblks = clamp(wide.fordblks);
    m.ordblks = clamp(wide.ordblks);
    m.keepcost = clamp(wide.keepcost);
    return m;
}

static void report_figure(const char *name, uint64_t value)
{
    struct report r;
    report_start(&r);
    report_text(&r, "wpmalloc: ");
    report_text(&r, name);
    report_number(&r, value);
    report_send(&r);
}

EXPORT void malloc_stats(void)
{
    wpm_statistics all = figures();
    report_figure("usable bytes    ", all.committed_bytes);
    report_figure("bytes in spans  ", all.span_bytes);
    report_figure("live bytes      ", all.live_bytes);
    report_figure("live objects    ", all.live_objects);
    report_figure("calls of malloc ", all.mallocs);
    report_figure("calls of free   ", all.frees);
}

EXPORT int malloc_info(int options, FILE *stream)
{
    if (options != 0) return EINVAL;
    wpm_statistics all = figures();
    int written = fprintf(stream,
        "<malloc version=\"wpmalloc-1\">\n"
        "<heap nr=\"0\">\n"
        "<total type=\"live\" count=\"%llu\" size=\"%llu\"/>\n"
        "<total type=\"span\" count=\"%llu\" size=\"%llu\"/>\n"
        "<total type=\"rest\" size=\"%llu\"/>\n"
        "<system type=\"current\" size=\"%llu\"/>\n"
        "</heap>\n"
        "</malloc>\n",
        (unsigned long long)all.live_objects, (unsigned long long)all.live_bytes,
        (unsigned long long)all.spans, (unsigned long long)all.span_bytes,
        (unsigned long long)all.free_bytes, (unsigned long long)all.committed_bytes);
    return written < 0 ? -1 : 0;
}

/* The knobs of glibc that only tune it are taken and change nothing here (1); any other is refused
 * (0), so that nobody relies on what does not happen. */
EXPORT int mallopt(int knob, int value)
{
    (void)value;
    switch (knob) {
    case M_MXFAST:
    case M_TRIM_THRESHOLD:
    case M_TOP_PAD:
    case M_MMAP_THRESHOLD:
    case M_MMAP_MAX:
    case M_ARENA_TEST:
    case M_ARENA_MAX: return 1;
    default: return 0;
    }
}
