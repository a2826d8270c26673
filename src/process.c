/* process.c -- see process.h */
#define _GNU_SOURCE
#include "process.h"

#include "metadata.h"
#include "report.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ATTACH_AGAIN 256u /* allocations of a thread without a cache between two tries to get one */
#define KEPT_STREAM_FROM 200  /* lowest number of the copied error stream */

/* A program that defines this is told of a fault: it gets the line that was written, and must not
 * use the heap; when it returns, the process ends. */
extern void wpmalloc_fault(const char *line) __attribute__((weak, visibility("default")));

struct wpm_heap process_heap;
__thread uintptr_t process_cache_distance;
__thread int32_t process_owner = OWNER_STRANGER;

/* What the calling thread's way to a cache is; zero-filled: it has not tried yet. */
static __thread struct {
    uint32_t ended; /* 1: its cache went back at the end of the thread, and no other comes */
    uint32_t wait;  /* allocations until it tries again */
} thread_state;

/* The heap: who starts it, and whether threads may have caches. */
enum { BOOT_NONE, BOOT_BUSY, BOOT_DONE };
static uint32_t boot_state;
static bool prepared; /* options are read; of who has the state BOOT_BUSY */
static uint32_t fork_watched; /* 1: the handlers of fork are registered, or about to be */
static uint32_t constructed; /* 1: thread storage is final, and the end of threads is watched */
static pthread_key_t thread_key;
static int kept_stream = -1;

static void set_cache(const struct mcache *c)
{
    process_cache_distance = edge_address(c) - edge_address(&mcache_empty);
    process_owner = c->owner;
}

/* The thread ends: its cache goes back. Destructors that run later use the shared cache. */
static void thread_end(void *cache)
{
    thread_state.ended = 1;
    if (PRESET != PRESET_FAST) hardened_thread_end();
    set_cache(&mcache_empty);
    mcache_detach(&process_heap, cache);
}

/* True: the caller is to start the heap, and nobody else does until it stores another state. False:
 * the heap is started. A thread that comes while another starts it waits. */
static bool take_boot(void)
{
    uint32_t state = BOOT_NONE;
    while (!__atomic_compare_exchange_n(&boot_state, &state, BOOT_BUSY, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_ACQUIRE)) {
        if (state == BOOT_DONE) return false;
        state = BOOT_NONE;
        sched_yield();
    }
    return true;
}

static void lock_heaps(void)
    LOCK_ATTRIBUTE(acquire_capability(process_heap.shared_lock, process_heap.lock))
{
    if (PRESET != PRESET_FAST) hardened_fork_prepare();
    object_fork_prepare(&process_heap);
}

static void unlock_heaps(void)
    LOCK_ATTRIBUTE(release_capability(process_heap.lock, process_heap.shared_lock))
{
    object_fork_parent(&process_heap);
    if (PRESET != PRESET_FAST) hardened_fork_parent();
}

/* A process without a heap yet forks while no thread can start one. */
static void fork_prepare(void) LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    if (!take_boot()) lock_heaps();
}

/* After the fork, on either side: false when there is no heap. */
static bool fork_done(void)
{
    if (__atomic_load_n(&boot_state, __ATOMIC_ACQUIRE) == BOOT_DONE) return true;
    __atomic_store_n(&boot_state, BOOT_NONE, __ATOMIC_RELEASE);
    return false;
}

static void fork_parent(void) LOCK_ATTRIBUTE(no_thread_safety_analysis)
{
    if (fork_done()) unlock_heaps();
}

static void fork_child(void)
{
    if (!fork_done()) return;
    object_fork_child(&process_heap);
    if (PRESET != PRESET_FAST) hardened_fork_child();
}

/* Register the handlers of fork, once. It may allocate, which starts the heap. When the system
 * refuses, each thread that attaches a cache tries again: without threads nothing is lost. */
static void watch_fork(void)
{
    if (__atomic_exchange_n(&fork_watched, 1, __ATOMIC_ACQ_REL)) return;
    if (pthread_atfork(fork_prepare, fork_parent, fork_child) != 0)
        __atomic_store_n(&fork_watched, 0, __ATOMIC_RELEASE);
}

/* Start the heap unless it is started; metadata_reserve does not allocate. False: the system
 * refuses, and the next call tries again. */
static bool boot(void)
{
    if (!take_boot()) return true;
    if (!prepared) hardened_start();
    prepared = true;
    uintptr_t aside = hardened_step_aside();
    bool started = metadata_reserve(&process_heap, 0);
    hardened_step_back(aside);
    if (!started && aside != 0) started = metadata_reserve(&process_heap, 0);
    __atomic_store_n(&boot_state, started ? BOOT_DONE : BOOT_NONE, __ATOMIC_RELEASE);
    if (started) watch_fork();
    return started;
}

/* WPMALLOC_CALLS=1 asks for a line of the calls at the end of the process. Many programs close
 * their error stream before that: a copy of it is kept, out of the way of the numbers they use. */
static bool calls_wanted(void)
{
    const char *value = secure_getenv("WPMALLOC_CALLS");
    return value != NULL && value[0] == '1' && value[1] == 0;
}

/* The first constructor. Before it what a thread stores may be reset by the linker: no caches until
 * then. The handlers of fork are to be the first that the process registers, so that these locks
 * are the last it takes: another library's handler may still allocate. The heap starts with the
 * first call that needs it, or here if there are options to be shown or complained of. */
__attribute__((constructor(101))) static void construct(void)
{
    watch_fork();
    if (hardened_has_options()) (void)boot();
    if (calls_wanted()) kept_stream = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, KEPT_STREAM_FROM);
    bool watched = pthread_key_create(&thread_key, thread_end) == 0;
    __atomic_store_n(&constructed, watched, __ATOMIC_RELEASE);
    if (PRESET != PRESET_FAST) hardened_constructed();
}

/* A cache for the calling thread, watched for the thread's end. The cache is in place before the
 * thread is registered, because that may allocate. */
static void attach(void)
{
    if (thread_state.ended || !__atomic_load_n(&constructed, __ATOMIC_ACQUIRE)) return;
    if (thread_state.wait > 0) {
        thread_state.wait -= 1;
        return;
    }
    struct mcache *c = mcache_attach(&process_heap);
    if (c == NULL) {
        thread_state.wait = ATTACH_AGAIN;
        return;
    }
    set_cache(c);
    watch_fork();
    if (pthread_setspecific(thread_key, c) != 0) thread_end(c);
}

/* As process_enter, for a thread without a cache. */
static __attribute__((noinline)) struct mcache *enter_slow(void)
{
    if (__atomic_load_n(&boot_state, __ATOMIC_ACQUIRE) != BOOT_DONE && !boot()) return NULL;
    attach();
    return process_cache();
}

struct mcache *process_enter(void)
{
    process_stop_if_stray();
    return process_cache_distance != 0 ? process_cache() : enter_slow();
}

void *process_no_memory(void)
{
    process_stop_if_stray();
    errno = ENOMEM;
    return NULL;
}

/* As process_malloc_long, for a large request or a thread without a cache. */
static __attribute__((noinline)) void *malloc_longer(size_t bytes)
{
    struct mcache *c = process_enter();
    void *p = c == NULL ? NULL : alloc_malloc_slow(&process_heap, c, bytes);
    if (p == NULL) return process_no_memory();
    process_stop_if_stray();
    return p;
}

void *process_malloc_long(size_t bytes)
{
    if (bytes > MAX_SMALL_SIZE || process_cache_distance == 0) return malloc_longer(bytes);
    uint32_t k = sizeclass_of((uint32_t)bytes);
    uintptr_t address = alloc_refill(&process_heap, process_cache(), k);
    if (address == 0) return process_no_memory();
    process_stop_if_stray();
    return edge_pointer(address);
}

void *process_aligned(size_t align, size_t bytes, uint32_t kind)
{
    if (PRESET != PRESET_FAST) return hardened_aligned(align, bytes, kind);
    struct mcache *c = process_enter();
    return c == NULL ? NULL : object_aligned(&process_heap, c, align, bytes);
}

void process_free_last(void *object)
{
    int saved = errno;
    alloc_free_last(&process_heap, process_cache(), edge_address(object));
    errno = saved;
}

/* What the fault is, in words; `inside`: the address lies in pages of the heap. */
static const char *fault_name(wpm_status status, bool resizing, bool inside)
{
    switch (status) {
    case WPM_DOUBLE_FREE: return resizing ? "realloc of freed object " : "double free of ";
    case WPM_INTERIOR:
        return resizing ? "realloc of interior address " : "free of interior address ";
    case WPM_FOREIGN:
        if (inside) return resizing ? "realloc of freed or invalid " : "double or invalid free of ";
        return resizing ? "realloc of foreign address " : "free of foreign address ";
    case WPM_OVERRUN: return "write beyond the end of ";
    case WPM_UNDERRUN: return "write before the start of ";
    case WPM_CHANGED: return "write after free into ";
    case WPM_MISMATCH:
        return resizing ? "mismatched realloc of " : "mismatched free or delete of ";
    default: return resizing ? "corrupt heap at realloc of " : "corrupt heap at free of ";
    }
}

/* The slot that an address lies in. */
static void report_slot(struct report *r, const wpm_info *info)
{
    if (info->size_class != 0) {
        report_text(r, "size class ");
        report_number(r, info->size_class);
    } else {
        report_text(r, "large");
    }
    report_text(r, ", ");
    report_number(r, info->slot_bytes);
    report_text(r, " bytes, slot ");
    report_number(r, info->slot);
    if (info->offset_bytes != 0) {
        report_text(r, ", offset ");
        report_number(r, info->offset_bytes);
    }
}

/* The size that the live object of the slot was asked for, where a red zone tells it. */
static void report_asked(struct report *r, const void *object, const wpm_info *info)
{
    size_t bytes = 0;
    if (PRESET == PRESET_FAST || info->status == WPM_DOUBLE_FREE) return;
    if (!hardened_asked(edge_address(object) - info->offset_bytes, &bytes)) return;
    report_text(r, ", asked for ");
    report_number(r, bytes);
}

/* The heap that an address belongs to. */
static struct wpm_heap *heap_of(const void *object)
{
    return PRESET != PRESET_FAST ? hardened_heap_of(object) : &process_heap;
}

/* Whether an address lies in pages of its heap. */
static bool is_inside(const struct wpm_heap *h, const void *object)
{
    return arenamap_page(&h->map, edge_address(object)) < atomic_read32(&h->npages);
}

/* Write the line, and what stacks there are of the object at `start`; tell the program if it has
 * asked for that, and end the process. */
static __attribute__((noreturn)) void end_process(struct report *r, uintptr_t start)
{
    char line[REPORT_BYTES + 1];
    memcpy(line, r->text, r->used);
    line[r->used] = 0;
    report_send(r);
    if (PRESET != PRESET_FAST) trace_report(start);
    if (wpmalloc_fault != NULL) wpmalloc_fault(line);
    platform_abort();
    __builtin_trap();
}

void process_report(const char *fault, const void *object)
{
    struct report r;
    struct wpm_heap *h = heap_of(object);
    wpm_info info = wpm_describe(h, object);
    report_start(&r);
    report_text(&r, "wpmalloc: ");
    report_text(&r, fault);
    report_address(&r, edge_address(object));
    report_text(&r, " (");
    if (info.slot_bytes != 0) {
        report_slot(&r, &info);
        report_asked(&r, object, &info);
    } else {
        report_text(&r, is_inside(h, object) ? "no object there now" : "not in this heap");
    }
    report_text(&r, ") in thread ");
    report_number(&r, (uint64_t)gettid());
    end_process(&r, edge_address(object) - info.offset_bytes);
}

void process_fault(const void *object, wpm_status status, bool resizing)
{
    process_report(fault_name(status, resizing, is_inside(heap_of(object), object)), object);
}

__attribute__((destructor(101))) static void show_calls(void)
{
    wpm_statistics figures = {0};
    struct report r;
    if (kept_stream < 0) return;
    bool started = __atomic_load_n(&boot_state, __ATOMIC_ACQUIRE) == BOOT_DONE;
    if (started) wpm_stats(&process_heap, &figures);
    if (dup2(kept_stream, STDERR_FILENO) < 0) return;
    report_start(&r);
    report_text(&r, "wpmalloc: calls malloc ");
    report_number(&r, figures.mallocs);
    report_text(&r, " free ");
    report_number(&r, figures.frees);
    report_send(&r);
}

void process_free_long(void *object)
{
    int saved = errno;
    wpm_status status = alloc_free_slow(&process_heap, process_cache(), edge_address(object));
    if (status != WPM_OK) process_fault(object, status, false);
    process_stop_if_stray();
    errno = saved;
}
