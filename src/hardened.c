/* hardened.c -- see hardened.h */
#define _GNU_SOURCE
#include "hardened.h"

#include "hardresize.h"
#include "platform.h"
#include "preset.h"
#include "process.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <unistd.h>

#define HOT __attribute__((flatten)) /* the fast path stands in the function itself */

static struct redzone guard;
static struct options options;

/* Fill `bytes` bytes with what nobody can guess: the system's, or, where a filter of system calls
 * forbids to ask, what the kernel has given the process at its start. Without either there is no
 * red zone to rely on: the process ends. */
static void fill_random(void *out, size_t bytes)
{
    const unsigned char *given = (const unsigned char *)getauxval(AT_RANDOM);
    int saved = errno;
    if (getrandom(out, bytes, GRND_NONBLOCK) == (ssize_t)bytes) return;
    errno = saved;
    if (given == NULL) platform_abort();
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

/* The fast build has no red zones: what the options want of them is taken back, and said. */
static void refuse_red_zones(void)
{
    struct report r;
    uint32_t on = 0;
    for (uint32_t i = 0; i < OPTION_PRINT; i++) on += options.value[i];
    if (on == 0) return;
    options_preset(&options, PRESET_FAST);
    report_start(&r);
    report_text(&r, "wpmalloc: WPMALLOC_CONF: this build has no red zones; ");
    report_text(&r, "use libwpmalloc-hardened.so");
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
    if (PRESET == PRESET_FAST) refuse_red_zones();
    if (options.value[OPTION_PRINT] != 0) report_options();
    if (PRESET == PRESET_FAST) return;
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
    process_stop_if_stray();
    return edge_pointer(out.address);
}

/* As hardened_malloc, when the short way does not serve. */
static __attribute__((noinline)) void *malloc_long(size_t bytes)
{
    struct mcache *c = process_enter();
    void *p = c == NULL ? NULL : give(harden_malloc(guard, &process_heap, c, bytes));
    return p != NULL ? p : process_no_memory();
}

void *hardened_malloc_short(size_t bytes)
{
    struct mcache *c = process_cache();
    size_t total = redzone_total(guard, bytes);
    if (total > MAX_SMALL_SIZE) return NULL;
    uint32_t k = sizeclass_of((uint32_t)total);
    uint32_t i = bits_lowest(c->entry[k].window);
    if (i == 64) return NULL;
    struct slot slot = {0, (size_t)c->entry[k].slot_bytes, false};
    slot.address = alloc_take(&process_heap, c, k, i);
    wpm_status status = redzone_begin(guard, slot, bytes);
    if (status != WPM_OK) process_fault(edge_pointer(slot.address), status, false);
    return edge_pointer(slot.address);
}

HOT void *hardened_malloc(size_t bytes)
{
    void *p = hardened_malloc_short(bytes);
    return p != NULL ? p : malloc_long(bytes);
}

void *hardened_calloc(size_t count, size_t bytes)
{
    struct mcache *c = process_enter();
    void *p = c == NULL ? NULL : give(harden_calloc(guard, &process_heap, c, count, bytes));
    return p != NULL ? p : process_no_memory();
}

void *hardened_aligned(size_t align, size_t bytes)
{
    struct mcache *c = process_enter();
    if (c == NULL) return NULL;
    if (align <= MALLOC_ALIGN) return give(harden_malloc(guard, &process_heap, c, bytes));
    return give(harden_aligned(guard, &process_heap, c, align, bytes));
}

/* End the life of an object, for free, or for realloc when `resizing`. */
static __attribute__((noinline)) void end(void *object, bool resizing)
{
    int saved = errno;
    wpm_status status = harden_free(guard, &process_heap, process_cache(), edge_address(object));
    if (status != WPM_OK) process_fault(object, status, resizing);
    process_stop_if_stray();
    errno = saved;
}

void hardened_free(void *object)
{
    uintptr_t address = edge_address(object);
    struct alloc_own_slot own = alloc_own_slot_at(&process_heap, &process_owner, address);
    size_t bytes = own.found ? process_heap.span[own.span].slot_bytes : 0;
    bool whole = own.found && (!guard.canary ||
        canary_size(guard.secret, address, bytes) != CANARY_BROKEN);
    uint32_t done =
        whole ? alloc_free_owned(&process_heap, &process_owner, address) : FREE_REFUSED;
    if (done == FREE_REFUSED) {
        end(object, false);
        return;
    }
    if (guard.zero) redzone_wipe(address, bytes);
    if (done == FREE_LAST) process_free_last(object);
}

void *hardened_realloc(void *object, size_t bytes)
{
    if (object != NULL && bytes == 0) {
        end(object, true);
        return NULL;
    }
    struct mcache *c = process_enter();
    if (c == NULL) return process_no_memory();
    struct object_resized done =
        harden_realloc(guard, &process_heap, c, edge_address(object), bytes);
    if (done.status == WPM_CHANGED) return give(done);
    if (done.status != WPM_OK) process_fault(object, done.status, true);
    return done.address != 0 ? edge_pointer(done.address) : process_no_memory();
}

size_t hardened_usable_size(void *object)
{
    if (object == NULL) return 0;
    struct harden_info info = harden_describe(guard, &process_heap, edge_address(object));
    if (info.slot.status == WPM_OVERRUN) process_fault(object, WPM_OVERRUN, false);
    return info.slot.status == WPM_OK ? info.bytes : 0;
}
