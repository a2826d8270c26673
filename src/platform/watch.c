/* watch.c -- see watch.h: the words of each tool. */
#include "watch.h"

#include "../platform.h"

#include <stdbool.h>
#include <string.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif

#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
#define WATCH_ADDRESS 1
#include <sanitizer/asan_interface.h>
#elif defined __SANITIZE_THREAD__ || __has_feature(thread_sanitizer)
#define WATCH_THREAD 1
/* In no header: what a function that has been left out of the instrumentation would call. */
void __tsan_write_range(void *address, unsigned long bytes);
void __tsan_on_report(void *report);
int __tsan_get_report_mop(void *report, unsigned long index, int *thread, void **address, int *size,
                          int *write, int *atomic, void **trace, unsigned long trace_size);
#elif __has_feature(memory_sanitizer)
#define WATCH_MEMORY 1
#include <sanitizer/msan_interface.h>
#else
#define WATCH_VALGRIND 1
#if !__has_include(<valgrind/memcheck.h>)
#error "valgrind/memcheck.h is missing: Debian package valgrind"
#endif
#include <valgrind/memcheck.h>
#endif

/* In every program that LeakSanitizer, alone or in AddressSanitizer, is linked to. */
void __lsan_register_root_region(const void *address, size_t bytes) __attribute__((weak));
void __lsan_unregister_root_region(const void *address, size_t bytes) __attribute__((weak));

#ifdef __clang__
#define UNWATCHED __attribute__((noinline, no_sanitize("address", "memory", "thread")))
#else
#define UNWATCHED __attribute__((noinline, no_sanitize("address", "thread")))
#endif

/* What a tool calls, from its own shared library where it has one. */
#define CALLED_BACK __attribute__((visibility("default"), used))

static void *pointer_to(uintptr_t address) { return (void *)address; }

/* Whether a program is leaked by what is left in dead objects: where poison does not tell
 * LeakSanitizer that they are dead. */
static bool looks_into_dead(void)
{
#ifdef WATCH_ADDRESS
    return false;
#else
    return __lsan_register_root_region != NULL;
#endif
}

static void forbid(uintptr_t address, size_t bytes)
{
#if defined WATCH_ADDRESS
    ASAN_POISON_MEMORY_REGION(pointer_to(address), bytes);
#elif defined WATCH_MEMORY
    __msan_poison(pointer_to(address), bytes);
#elif defined WATCH_VALGRIND
    (void)VALGRIND_MAKE_MEM_NOACCESS(pointer_to(address), bytes);
#else
    (void)address, (void)bytes;
#endif
}

static void allow(uintptr_t address, size_t bytes)
{
#if defined WATCH_ADDRESS
    ASAN_UNPOISON_MEMORY_REGION(pointer_to(address), bytes);
#elif defined WATCH_MEMORY
    __msan_unpoison(pointer_to(address), bytes);
#elif defined WATCH_VALGRIND
    (void)VALGRIND_MAKE_MEM_UNDEFINED(pointer_to(address), bytes);
#else
    (void)address, (void)bytes;
#endif
}

/* Ranges of the memory of heaps. A heap that grows at its end has one. */
#define RANGES 65536u

struct range {
    const struct wpm_heap *heap; /* NULL: not in use */
    uintptr_t address;
    size_t bytes;
};

static struct range range[RANGES];
static uint32_t nranges; /* entries that have been in use */
static bool told;        /* that there are too many */
static char busy;        /* somebody is at the table */

static void table_take(void)
{
    while (__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE)) continue;
}

static void table_give(void) { __atomic_clear(&busy, __ATOMIC_RELEASE); }

/* LeakSanitizer knows a range by its start and length. */
static void root(const struct range *r, bool there)
{
    if (__lsan_register_root_region == NULL) return;
    if (there) __lsan_register_root_region(pointer_to(r->address), r->bytes);
    else __lsan_unregister_root_region(pointer_to(r->address), r->bytes);
}

/* The entry that `address` continues, else one that is not in use; NULL: there is none. */
static struct range *entry_for(const struct wpm_heap *h, uintptr_t address)
{
    struct range *none = NULL;
    for (uint32_t i = 0; i < nranges; i++) {
        if (range[i].heap == h && range[i].address + range[i].bytes == address) return &range[i];
        if (range[i].heap == NULL) none = &range[i];
    }
    if (none == NULL && nranges < RANGES) none = &range[nranges++];
    return none;
}

void watch_pages(const struct wpm_heap *h, uintptr_t address, size_t bytes)
{
    static const char full[] = "wpmalloc: watch: too many heaps; some are not watched\n";
    table_take();
    struct range *r = entry_for(h, address);
    if (r == NULL) {
        if (!told) platform_write_error(full, sizeof full - 1);
        told = true;
    } else {
        if (r->heap == h) root(r, false);
        else *r = (struct range){h, address, 0};
        r->bytes += bytes;
        root(r, true);
        forbid(address, bytes);
    }
    table_give();
}

void watch_heap_gone(const struct wpm_heap *h)
{
    table_take();
    for (uint32_t i = 0; i < nranges; i++) {
        if (range[i].heap != h) continue;
        root(&range[i], false);
        allow(range[i].address, range[i].bytes);
        range[i].heap = NULL;
    }
    table_give();
}

/* The heap whose memory `address` is in; NULL: none's. */
static const struct wpm_heap *heap_of(uintptr_t address)
{
    const struct wpm_heap *h = NULL;
    table_take();
    for (uint32_t i = 0; i < nranges && h == NULL; i++)
        if (address - range[i].address < range[i].bytes) h = range[i].heap;
    table_give();
    return h;
}

/* A tool has found a fault at `address`. */
static __attribute__((unused)) void found(uintptr_t address)
{
    const struct wpm_heap *h = heap_of(address);
    if (h != NULL) watch_tell(h, address);
}

#ifdef WATCH_THREAD
static uintptr_t put_off; /* an address of which a line is to be told; 0: none */

static void tell_put_off(void)
{
    if (__atomic_load_n(&put_off, __ATOMIC_RELAXED) == 0) return;
    uintptr_t address = __atomic_exchange_n(&put_off, 0, __ATOMIC_RELAXED);
    if (address != 0) found(address);
}
#endif

void watch_begin(uintptr_t address, size_t bytes)
{
#if defined WATCH_ADDRESS
    ASAN_UNPOISON_MEMORY_REGION(pointer_to(address), bytes);
#elif defined WATCH_MEMORY
    __msan_allocated_memory(pointer_to(address), bytes);
#elif defined WATCH_THREAD
    tell_put_off();
    __tsan_write_range(pointer_to(address), bytes);
#else
    VALGRIND_MALLOCLIKE_BLOCK(pointer_to(address), bytes, 0, 0);
#endif
}

void watch_end(uintptr_t address, size_t bytes)
{
    if (looks_into_dead()) memset(pointer_to(address), 0, bytes);
#if defined WATCH_ADDRESS
    ASAN_POISON_MEMORY_REGION(pointer_to(address), bytes);
#elif defined WATCH_MEMORY
    __msan_allocated_memory(pointer_to(address), bytes);
#elif defined WATCH_THREAD
    __tsan_write_range(pointer_to(address), bytes);
#else
    (void)bytes;
    VALGRIND_FREELIKE_BLOCK(pointer_to(address), 0);
#endif
}

UNWATCHED uint64_t watch_load(uintptr_t address)
{
#ifdef WATCH_VALGRIND
    VALGRIND_DISABLE_ERROR_REPORTING;
    uint64_t value = *(volatile uint64_t *)address;
    VALGRIND_ENABLE_ERROR_REPORTING;
    (void)VALGRIND_MAKE_MEM_DEFINED(&value, sizeof value);
    return value;
#else
    return *(volatile uint64_t *)address;
#endif
}

UNWATCHED void watch_store(uintptr_t address, uint64_t value)
{
#ifdef WATCH_VALGRIND
    VALGRIND_DISABLE_ERROR_REPORTING;
    *(volatile uint64_t *)address = value;
    VALGRIND_ENABLE_ERROR_REPORTING;
#else
    *(volatile uint64_t *)address = value;
#endif
}

#ifdef WATCH_ADDRESS
/* AddressSanitizer calls it when it has found a fault. */
CALLED_BACK void __asan_on_error(void)
{
    found((uintptr_t)__asan_get_report_address());
}
#endif

#ifdef WATCH_THREAD
/* ThreadSanitizer calls it with a report that it is about to print. It holds locks of its own that
 * code which it looks after may need: the line comes at the next call of a heap, or at the end. */
CALLED_BACK void __tsan_on_report(void *report)
{
    int thread, size, write, atomic;
    void *address = NULL, *trace[1];
    if (__tsan_get_report_mop(report, 0, &thread, &address, &size, &write, &atomic, trace, 1))
        __atomic_store_n(&put_off, (uintptr_t)address, __ATOMIC_RELAXED);
}

__attribute__((destructor)) static void tell_last(void) { tell_put_off(); }
#endif
