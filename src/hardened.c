/* hardened.c -- see hardened.h */
#define _GNU_SOURCE
#include "hardened.h"

#include "harden.h"
#include "preset.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <unistd.h>

static struct redzone guard;
static struct options options;

/* Fill `bytes` bytes with what nobody can guess: the system's, or, where a filter of system calls
 * forbids to ask, what the kernel has given the process at its start. */
static void fill_random(void *out, size_t bytes)
{
    const unsigned char *given = (const unsigned char *)getauxval(AT_RANDOM);
    int saved = errno;
    if (getrandom(out, bytes, GRND_NONBLOCK) == (ssize_t)bytes) return;
    errno = saved;
    for (size_t i = 0; i < bytes; i++) ((unsigned char *)out)[i] = given[15 - i % 16];
}

static void report_error(const char *text, struct option_error error)
{
    char item[64];
    struct report r;
    uint32_t n = error.bytes < sizeof item - 1 ? error.bytes : (uint32_t)sizeof item - 1;
    memcpy(item, text + error.start, n);
    item[n] = 0;
    report_start(&r);
    report_text(&r, "wpmalloc: WPMALLOC_CONF: not understood and ignored: ");
    report_text(&r, item);
    report_send(&r);
}

static void report_options(void)
{
    struct report r;
    report_start(&r);
    report_text(&r, "wpmalloc: options ");
    for (uint32_t i = 0; i < OPTION_COUNT; i++) {
        if (i != 0) report_text(&r, ",");
        report_text(&r, option_text[i].name);
        report_text(&r, ":");
        report_number(&r, options.value[i]);
    }
    report_send(&r);
}

void hardened_start(void)
{
    uint64_t random[2];
    options_preset(&options, PRESET);
    const char *text = environ != NULL ? secure_getenv("WPMALLOC_CONF") : NULL;
    if (text != NULL) {
        struct option_error error = options_read(&options, text);
        if (error.bytes != 0) report_error(text, error);
    }
    if (options.value[OPTION_PRINT] != 0) report_options();
    fill_random(random, sizeof random);
    guard.secret.low = (uint32_t)(random[0] % 0x80000000u);
    guard.secret.high = (uint32_t)(random[0] / 0x100000000u);
    guard.secret.base = random[1] % 0x4000000000000000u;
    guard.canary = options.value[OPTION_CANARY] != 0;
    guard.zero = options.value[OPTION_ZERO] != 0;
    guard.reuse = guard.zero && options.value[OPTION_REUSE] != 0;
}

/* What an allocation gives its caller. */
static inline void *give(struct object_resized out)
{
    if (out.status != WPM_OK) process_fault(edge_pointer(out.address), out.status, false);
    return edge_pointer(out.address);
}

void *hardened_malloc(size_t bytes)
{
    struct mcache *c = process_enter();
    void *p = c == NULL ? NULL : give(harden_malloc(&guard, &process_heap, c, bytes));
    return p != NULL ? p : process_no_memory();
}

void *hardened_calloc(size_t count, size_t bytes)
{
    struct mcache *c = process_enter();
    void *p = c == NULL ? NULL : give(harden_calloc(&guard, &process_heap, c, count, bytes));
    return p != NULL ? p : process_no_memory();
}

void *hardened_aligned(size_t align, size_t bytes)
{
    struct mcache *c = process_enter();
    if (c == NULL) return NULL;
    if (align <= MALLOC_ALIGN) return give(harden_malloc(&guard, &process_heap, c, bytes));
    return give(harden_aligned(&guard, &process_heap, c, align, bytes));
}

/* End the life of an object, for free, or for realloc when `resizing`. */
static void end(void *object, bool resizing)
{
    int saved = errno;
    wpm_status status = harden_free(&guard, &process_heap, process_cache(), edge_address(object));
    if (status != WPM_OK) process_fault(object, status, resizing);
    errno = saved;
}

void hardened_free(void *object) { end(object, false); }

void *hardened_realloc(void *object, size_t bytes)
{
    if (object != NULL && bytes == 0) {
        end(object, true);
        return NULL;
    }
    struct mcache *c = process_enter();
    if (c == NULL) return process_no_memory();
    struct object_resized done =
        harden_realloc(&guard, &process_heap, c, edge_address(object), bytes);
    if (done.status == WPM_CHANGED) return give(done);
    if (done.status != WPM_OK) process_fault(object, done.status, true);
    return done.address != 0 ? edge_pointer(done.address) : process_no_memory();
}

size_t hardened_usable_size(void *object)
{
    size_t bytes;
    if (object == NULL) return 0;
    wpm_info info = harden_describe(&guard, &process_heap, edge_address(object), &bytes);
    if (info.status == WPM_OVERRUN) process_fault(object, info.status, false);
    return info.status == WPM_OK ? bytes : 0;
}
