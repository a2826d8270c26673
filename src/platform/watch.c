/* watch.c -- see watch.h: the words of each tool first, then what all of them are told. */
#include "watch.h"

#include "../platform.h"

#include <stdbool.h>
#include <string.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif

/* What a tool calls, from its own shared library where it has one. */
#define CALLED_BACK __attribute__((visibility("default"), used))

static void *pointer_to(uintptr_t address) { return (void *)address; }

static void found(uintptr_t address);

static uintptr_t put_off; /* an address of which a line is to be told; 0: none */

/* Of each tool: memory that nobody may touch, and that anybody may; an object begins, and ends; no
 * word of what this thread does, until `off` again; a value is one although nobody set it. */
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)

#include <sanitizer/asan_interface.h>

#define POISON_TELLS_DEAD true /* LeakSanitizer sees by it that an object is dead */

static void forbid(uintptr_t address, size_t bytes)
{
    ASAN_POISON_MEMORY_REGION(pointer_to(address), bytes);
}

static void allow(uintptr_t address, size_t bytes)
{
    ASAN_UNPOISON_MEMORY_REGION(pointer_to(address), bytes);
}

static void object_begins(uintptr_t address, size_t bytes) { allow(address, bytes); }
static void object_ends(uintptr_t address, size_t bytes) { forbid(address, bytes); }
static void hush(bool on) { (void)on; }
static void trust(uint64_t *value) { (void)value; }

/* Called when it has found a fault. */
CALLED_BACK void __asan_on_error(void)
{
    found((uintptr_t)__asan_get_report_address());
}

#elif defined __SANITIZE_THREAD__ || __has_feature(thread_sanitizer)

/* In no header: what a function that has been left out of the instrumentation would call. */
void __tsan_write_range(void *address, unsigned long bytes);
void __tsan_on_report(void *report);
int __tsan_get_report_mop(void *report, unsigned long index, int *thread, void **address, int *size,
                          int *write, int *atomic, void **trace, unsigned long trace_size);

#define POISON_TELLS_DEAD false

static void forbid(uintptr_t address, size_t bytes) { (void)address, (void)bytes; }
static void allow(uintptr_t address, size_t bytes) { (void)address, (void)bytes; }

static void object_begins(uintptr_t address, size_t bytes)
{
    __tsan_write_range(pointer_to(address), bytes);
}

static void object_ends(uintptr_t address, size_t bytes) { object_begins(address, bytes); }
static void hush(bool on) { (void)on; }
static void trust(uint64_t *value) { (void)value; }

/* Called with a report that it is about to print. It holds locks of its own that code which it
 * looks after may need: the line comes when the next object begins, or at the program's end. */
CALLED_BACK void __tsan_on_report(void *report)
{
    int thread, size, write, atomic;
    void *address = NULL, *trace[1];
    if (__tsan_get_report_mop(report, 0, &thread, &address, &size, &write, &atomic, trace, 1))
        __atomic_store_n(&put_off, (uintptr_t)address, __ATOMIC_RELAXED);
}

#elif __has_feature(memory_sanitizer)

#include <sanitizer/msan_interface.h>

#define POISON_TELLS_DEAD false

static void forbid(uintptr_t address, size_t bytes) { __msan_poison(pointer_to(address), bytes); }
static void allow(uintptr_t address, size_t bytes) { __msan_unpoison(pointer_to(address), bytes); }

static void object_begins(uintptr_t address, size_t bytes)
{
    __msan_allocated_memory(pointer_to(address), bytes);
}

static void object_ends(uintptr_t address, size_t bytes) { object_begins(address, bytes); }
static void hush(bool on) { (void)on; }
static void trust(uint64_t *value) { (void)value; }

#else

#if !__has_include(<valgrind/memcheck.h>)
#error "valgrind/memcheck.h is missing: Debian package valgrind"
#endif
#include <valgrind/memcheck.h>

#define POISON_TELLS_DEAD false

static void forbid(uintptr_t address, size_t bytes)
{
    (void)VALGRIND_MAKE_MEM_NOACCESS(pointer_to(address), bytes);
}

static void allow(uintptr_t address, size_t bytes)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(pointer_to(address), bytes);
}

static void object_begins(uintptr_t address, size_t bytes)
{
    VALGRIND_MALLOCLIKE_BLOCK(pointer_to(address), bytes, 0, 0);
}

static void object_ends(uintptr_t address, size_t bytes)
{
    (void)bytes;
    VALGRIND_FREELIKE_BLOCK(pointer_to(address), 0);
}

static void hush(bool on)
{
    if (on) VALGRIND_DISABLE_ERROR_REPORTING;
    else VALGRIND_ENABLE_ERROR_REPORTING;
}

static void trust(uint64_t *value) { (void)VALGRIND_MAKE_MEM_DEFINED(value, sizeof *value); }

#endif

/* In every program that LeakSanitizer, alone or in AddressSanitizer, is linked to. */
void __lsan_register_root_region(const void *address, size_t bytes) __attribute__((weak));
void __lsan_unregister_root_region(const void *address, size_t bytes) __attribute__((weak));

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

/* Not lock.h's: heaps come here with their own lock held, and no rank is above that. */
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
static void found(uintptr_t address)
{
    const struct wpm_heap *h = heap_of(address);
    if (h != NULL) watch_tell(h, address);
}

static void tell_put_off(void)
{
    if (__atomic_load_n(&put_off, __ATOMIC_RELAXED) == 0) return;
    uintptr_t address = __atomic_exchange_n(&put_off, 0, __ATOMIC_RELAXED);
    if (address != 0) found(address);
}

__attribute__((destructor)) static void tell_last(void) { tell_put_off(); }

void watch_begin(uintptr_t address, size_t bytes)
{
    tell_put_off();
    object_begins(address, bytes);
}

/* A block of another allocator is lost when its last pointer lies in a dead object. */
void watch_end(uintptr_t address, size_t bytes)
{
    bool leaks_looked_for = __lsan_register_root_region != NULL;
    if (leaks_looked_for && !POISON_TELLS_DEAD) memset(pointer_to(address), 0, bytes);
    object_ends(address, bytes);
}

UNWATCHED uint64_t watch_load(uintptr_t address)
{
    hush(true);
    uint64_t value = *(volatile uint64_t *)address;
    hush(false);
    trust(&value);
    return value;
}

UNWATCHED void watch_store(uintptr_t address, uint64_t value)
{
    hush(true);
    *(volatile uint64_t *)address = value;
    hush(false);
}
