/* hardened.c -- see hardened.h */
#define _GNU_SOURCE
#include "hardened.h"

#include "hardpath.h"
#include "hardresize.h"
#include "hardroom.h"
#include "metagap.h"
#include "platform.h"
#include "platform/ahead.h"
#include "preset.h"
#include "process.h"
#include "report.h"
#include "trace.h"
#include "voidheap.h"
#include "waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#define DISTANCES 0x10000000u /* of the heap from what the system maps beside it, in pages */
#define GAP_LEAST 8u          /* pages without access on either side of the heap's records */
#define GAPS 2048u            /* lengths of such a gap, when chance decides */
#define HOT __attribute__((flatten)) /* the fast path stands in the function itself */

/* A program that defines this gives options of its own; those of the environment come after them.
 * */
extern const char *wpmalloc_conf __attribute__((weak, visibility("default")));

struct hardened hardened;
static struct options options;
static bool kinds; /* whether kinds are told apart */
static bool waits; /* whether slots wait before they are free */

static const struct harden_claim plain = {HARDEN_KIND_MALLOC, HARDEN_ANY_BYTES};

/* Which of the slots that may serve does, and where the search for a free one begins: one of 64, by
 * a linear congruence modulo 2^64 (Knuth's MMIX multiplier) whose increment is secret; the state's
 * upper bits. With an odd increment all states come, and no place is passed over for long. */
#define TURN_FACTOR 6364136223846793005u
#define TURN_UNIT 0x400000000000000u /* 2^64 / 64 */
static __thread uint64_t turn_state;

static inline uint32_t next_turn(void)
{
    turn_state = turn_state * TURN_FACTOR + hardened.turn_step;
    return (uint32_t)(turn_state / TURN_UNIT);
}

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

/* Read the options of `text`, which has a name; what is not understood is reported. */
static void read_options(const char *name, const char *text)
{
    char item[64];
    struct report r;
    struct option_error error = options_read(&options, text);
    if (error.bytes == 0) return;
    uint32_t n = error.bytes < sizeof item - 1 ? error.bytes : (uint32_t)sizeof item - 1;
    memcpy(item, text + error.start, n);
    item[n] = 0;
    report_start(&r);
    report_text(&r, "wpmalloc: ");
    report_text(&r, name);
    report_text(&r, ": not understood and ignored: ");
    report_text(&r, item);
    report_send(&r);
}

/* The fast build has no red zones: what the options want of them is taken back, and said. */
static void refuse_red_zones(void)
{
    struct report r;
    uint32_t on = 0;
    for (uint32_t i = 0; i <= OPTION_ZEROSIZE; i++) on += options.value[i];
    on += options.value[OPTION_TRACE];
    if (on == 0) return;
    options_preset(&options, PRESET_FAST);
    options.value[OPTION_TRACE] = 0;
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

bool hardened_has_options(void)
{
    return &wpmalloc_conf != NULL || secure_getenv("WPMALLOC_CONF") != NULL;
}

void hardened_start(void)
{
    uint64_t random[5];
    options_preset(&options, PRESET);
    const char *text = environ != NULL ? secure_getenv("WPMALLOC_CONF") : NULL;
    const char *own = &wpmalloc_conf != NULL ? wpmalloc_conf : NULL;
    if (own != NULL) read_options("wpmalloc_conf", own);
    if (text != NULL) read_options("WPMALLOC_CONF", text);
    if (PRESET == PRESET_FAST) refuse_red_zones();
    if (options.value[OPTION_PRINT] != 0) report_options();
    platform_ahead = options.value[OPTION_COMMIT] != 0;
    if (PRESET == PRESET_FAST) return;
    fill_random(random, sizeof random);
    hardened.guard.secret.factor = (uint32_t)(random[0] % 0x80000000u);
    hardened.guard.secret.base = 256 + random[1] % (0x4000000000000000u - 256);
    hardened.guard.canary = options.value[OPTION_CANARY] != 0;
    hardened.guard.zero = options.value[OPTION_ZERO] != 0;
    hardened.guard.reuse = hardened.guard.zero && options.value[OPTION_REUSE] != 0;
    hardened.guard.before = hardened.guard.zero && options.value[OPTION_UNDERRUN] != 0;
    waits = hardened.guard.canary && hardened.guard.reuse && options.value[OPTION_QUARANTINE] != 0;
    if (waits && options.value[OPTION_TRACE] == 0)
        hardened.guard.short_most = MAX_SMALL_SIZE - CANARY_BYTES;
    hardened.guard.fence = options.value[OPTION_GUARD];
    if (hardened.guard.canary && options.value[OPTION_MISMATCH] != 0) kinds = true;
    hardened.copies = options.value[OPTION_BOUNDS];
    metagap_before = (uint64_t)GAP_LEAST * PAGE_SIZE;
    metagap_behind = metagap_before;
    if (options.value[OPTION_RANDOM] != 0) {
        metagap_before += random[3] % GAPS * PAGE_SIZE;
        metagap_behind += random[3] / GAPS % GAPS * PAGE_SIZE;
        hardened.turn_step = random[4] * 2 + 1;
        hardened.distance = random[2] % DISTANCES * platform_page_bytes();
    }
}

void hardened_constructed(void)
{
    if (options.value[OPTION_TRACE] != 0) trace_begin(options.value[OPTION_TRACE]);
}

/* Whether the process may have only so much address space: then the heap needs what there is. */
static bool space_limited(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY;
}

uintptr_t hardened_step_aside(void)
{
    if (hardened.distance == 0 || space_limited()) return 0;
    return platform_reserve(0, hardened.distance, platform_page_bytes());
}

void hardened_step_back(uintptr_t aside)
{
    if (aside != 0) (void)platform_unreserve(aside, hardened.distance);
    if (platform_ahead && options.value[OPTION_ZEROSIZE] != 0) voidheap_start();
}

/* An object without the guard page that it was to have is said to be one, once. */
static void report_refusal(void)
{
    static uint32_t reported;
    struct report r;
    if (!guardpage_was_refused()) return;
    if (__atomic_exchange_n(&reported, 1, __ATOMIC_RELAXED) != 0) return;
    report_start(&r);
    report_text(&r, "wpmalloc: guard: the system grants no more guard pages; ");
    report_text(&r, hardened.guard.fence == FENCE_DEMANDED ? "large objects are refused"
                                                           : "large objects go without");
    report_send(&r);
}

/* What an allocation gives its caller. */
static inline void *give(struct object_resized out)
{
    report_refusal();
    if (out.status != WPM_OK) process_fault(edge_pointer(out.address), out.status, false);
    process_stop_if_stray();
    if (trace_on) trace_born(out.address);
    return edge_pointer(out.address);
}

static inline uint32_t kind_of(uint32_t kind) { return kinds ? kind : HARDEN_KIND_MALLOC; }

/* Whether to try once more for `bytes` bytes: no memory, and slots that waited are free now. */
static bool again(struct object_resized out, size_t bytes)
{
    return out.address == 0 && out.status == WPM_OK && bytes <= (size_t)MAX_PAGES * PAGE_SIZE &&
           waiting_flush();
}

/* harden_malloc for the process. */
static struct object_resized take(struct mcache *c, size_t bytes, uint32_t kind)
{
    struct object_resized out = harden_malloc(hardened.guard, &process_heap, c, bytes, kind);
    return again(out, bytes) ? harden_malloc(hardened.guard, &process_heap, c, bytes, kind) : out;
}

/* An object of no bytes that faults when it is touched; NULL: it must be one as others. */
static void *take_nothing(void)
{
    return options.value[OPTION_ZEROSIZE] != 0 ? edge_pointer(voidheap_take()) : NULL;
}

/* As hardened_malloc, when the short way does not serve. */
static __attribute__((noinline)) void *malloc_long(size_t bytes)
{
    struct mcache *c = process_enter();
    void *p = c != NULL && bytes == 0 ? take_nothing() : NULL;
    if (p == NULL && c != NULL) p = give(take(c, bytes, HARDEN_KIND_MALLOC));
    return p != NULL ? p : process_no_memory();
}

/* The short way: a slot that has waited, else one from the window. One that was written after its
 * object's end ends the process. */
static inline void *malloc_short(size_t bytes, uint32_t kind)
{
    struct object_resized out = {0, WPM_OK};
    uint32_t turn = next_turn();
    if (bytes == 0 || bytes > hardened.guard.short_most) return NULL;
    uint32_t k = sizeclass_of((uint32_t)(bytes + CANARY_BYTES));
    out.address = waiting_take(k, turn);
    if (out.address != 0) {
        out.status = harden_reuse_short(hardened.guard, &process_heap, out.address, k, bytes, kind);
    } else {
        out = harden_malloc_short(hardened.guard, &process_heap, process_cache(), bytes, kind,
                                  turn);
    }
    if (out.status != WPM_OK) process_fault(edge_pointer(out.address), out.status, false);
    return edge_pointer(out.address);
}

HOT void *hardened_malloc_short(size_t bytes, uint32_t kind)
{
    return malloc_short(bytes, kind_of(kind));
}

HOT void *hardened_malloc(size_t bytes)
{
    void *p = malloc_short(bytes, HARDEN_KIND_MALLOC);
    return p != NULL ? p : malloc_long(bytes);
}

/* As hardened_calloc, when the short way does not serve. */
static __attribute__((noinline)) void *calloc_long(size_t count, size_t bytes)
{
    struct mcache *c = process_enter();
    void *p = c != NULL && (count == 0 || bytes == 0) ? take_nothing() : NULL;
    if (p != NULL) return p;
    if (c == NULL) return process_no_memory();
    struct object_resized out = harden_calloc(hardened.guard, &process_heap, c, count, bytes);
    if (bytes != 0 && count <= SIZE_MAX / bytes && again(out, count * bytes))
        out = harden_calloc(hardened.guard, &process_heap, c, count, bytes);
    p = give(out);
    return p != NULL ? p : process_no_memory();
}

/* An object of the short way is zero: its slot was looked at. */
HOT void *hardened_calloc(size_t count, size_t bytes)
{
    void *p = count <= MAX_SMALL_SIZE && bytes <= MAX_SMALL_SIZE
                  ? malloc_short(count * bytes, HARDEN_KIND_MALLOC)
                  : NULL;
    return p != NULL ? p : calloc_long(count, bytes);
}

void *hardened_aligned(size_t align, size_t bytes, uint32_t kind)
{
    struct mcache *c = process_enter();
    uint32_t known = kind_of(kind);
    if (c == NULL) return NULL;
    if (align > MALLOC_ALIGN) {
        struct object_resized out =
            harden_aligned(hardened.guard, &process_heap, c, align, bytes, known);
        if (again(out, bytes))
            out = harden_aligned(hardened.guard, &process_heap, c, align, bytes, known);
        return give(out);
    }
    void *p = bytes == 0 ? take_nothing() : NULL;
    return p != NULL ? p : give(take(c, bytes, known));
}

/* A slot that waits has no canary: the second end of its object looks like an overrun. */
static wpm_status refine(wpm_status status, uintptr_t address)
{
    if (status != WPM_OVERRUN) return status;
    wpm_info slot = wpm_describe(&process_heap, edge_pointer(address));
    return waiting_holds(address, slot.size_class) ? WPM_DOUBLE_FREE : WPM_OVERRUN;
}

/* End the life of an object by the long way, for free, or for realloc when `resizing`. */
static void end(uintptr_t address, struct harden_claim claim, bool resizing)
{
    wpm_status status = WPM_OK;
    if (address == 0) return;
    if (voidheap_of(address) != NULL) {
        status = voidheap_end(address);
    } else {
        struct harden_info info = harden_retire(hardened.guard, &process_heap, address, claim);
        status = refine(info.slot.status, address);
        if (status == WPM_OK && trace_on) trace_died(address);
        if (status == WPM_OK && waits && info.slot.slot_bytes <= WAITING_MOST) {
            waiting_put(address, info.slot.size_class);
            return;
        }
        if (status == WPM_OK)
            status = harden_release(hardened.guard, &process_heap, process_cache(), address);
    }
    if (status != WPM_OK) process_fault(edge_pointer(address), status, resizing);
    process_stop_if_stray();
}

static __attribute__((noinline)) void end_long(void *object, struct harden_claim claim)
{
    int saved = errno;
    end(edge_address(object), claim, false);
    errno = saved;
}

static inline void end_short(void *object, struct harden_claim claim)
{
    uintptr_t address = edge_address(object);
    uint32_t k = harden_retire_short(hardened.guard, &process_heap, &process_owner, address, claim);
    if (k == 0) {
        end_long(object, claim);
    } else {
        waiting_put(address, k);
    }
}

HOT void hardened_free(void *object) { end_short(object, plain); }

HOT void hardened_end(void *object, struct harden_claim claim)
{
    if (!kinds) claim = plain;
    end_short(object, claim);
}

/* As hardened_realloc, of an object of no bytes, unless it is none. */
static void *realloc_nothing(uintptr_t address, size_t bytes)
{
    wpm_info info = wpm_describe(voidheap_of(address), edge_pointer(address));
    if (info.status != WPM_OK) process_fault(edge_pointer(address), info.status, true);
    void *p = hardened_malloc(bytes);
    if (p != NULL) end(address, plain, true);
    return p;
}

void *hardened_realloc(void *object, size_t bytes)
{
    uintptr_t address = edge_address(object);
    int saved = errno;
    if (address != 0 && bytes == 0) {
        end(address, plain, true);
        errno = saved;
        return NULL;
    }
    if (address == 0 && bytes == 0) return hardened_malloc(0);
    if (voidheap_of(address) != NULL) return realloc_nothing(address, bytes);
    struct mcache *c = process_enter();
    if (c == NULL) return process_no_memory();
    struct object_resized done = harden_realloc(hardened.guard, &process_heap, c, address, bytes);
    if (again(done, bytes))
        done = harden_realloc(hardened.guard, &process_heap, c, address, bytes);
    report_refusal();
    if (done.status == WPM_CHANGED) return give(done);
    if (done.status != WPM_OK) {
        struct harden_info info = harden_describe(hardened.guard, &process_heap, address);
        wpm_status status = refine(info.slot.status, address);
        process_fault(object, done.status == WPM_MISMATCH ? done.status : status, true);
    }
    if (done.address == 0) return process_no_memory();
    if (done.address != address && trace_on) trace_born(done.address);
    if (done.address != address) end(address, plain, true);
    return edge_pointer(done.address);
}

size_t hardened_usable_size(void *object)
{
    if (object == NULL) return 0;
    struct harden_info info = harden_describe(hardened.guard, &process_heap, edge_address(object));
    if (refine(info.slot.status, edge_address(object)) == WPM_OVERRUN)
        process_fault(object, WPM_OVERRUN, false);
    return info.slot.status == WPM_OK ? info.bytes : 0;
}

struct harden_room hardened_room(const void *address)
{
    struct harden_room room = harden_room(hardened.guard, &process_heap, edge_address(address));
    room.status = refine(room.status, room.start);
    return room;
}

/* What is wrong with a copy of so many bytes to or from there; NULL: nothing. */
static const char *copy_fault(struct harden_room room, size_t bytes, bool reads)
{
    switch (room.status) {
    case WPM_OK:
        if (bytes <= room.bytes) return NULL;
        return reads ? "read beyond the end of " : "write beyond the end of ";
    case WPM_FOREIGN: return NULL;
    case WPM_OVERRUN: return "write beyond the end of ";
    case WPM_INTERIOR: return reads ? "read beyond the end of " : "write beyond the end of ";
    default: return reads ? "read after free of " : "write after free into ";
    }
}

static void look_at(const void *address, size_t bytes, bool reads)
{
    struct harden_room room = hardened_room(address);
    const char *fault = copy_fault(room, bytes, reads);
    if (fault != NULL) process_report(fault, edge_pointer(room.start));
}

void hardened_copy(const void *to, const void *from, size_t bytes)
{
    if (bytes == 0) return;
    look_at(to, bytes, false);
    if (hardened.copies > 1 && from != NULL) look_at(from, bytes, true);
}

wpm_status hardened_status(const void *object)
{
    struct harden_info info = harden_describe(hardened.guard, &process_heap, edge_address(object));
    return hardened.guard.canary ? refine(info.slot.status, edge_address(object)) : WPM_OK;
}

bool hardened_asked(uintptr_t address, size_t *bytes)
{
    struct harden_info info = harden_describe(hardened.guard, &process_heap, address);
    *bytes = info.bytes;
    return hardened.guard.canary && info.slot.status == WPM_OK;
}

struct wpm_heap *hardened_heap_of(const void *object)
{
    struct wpm_heap *nothing = voidheap_of(edge_address(object));
    return nothing != NULL ? nothing : &process_heap;
}

void hardened_thread_end(void) { waiting_thread_end(); }

void hardened_fork_prepare(void) { voidheap_fork_prepare(); }

void hardened_fork_parent(void) { voidheap_fork_parent(); }

void hardened_fork_child(void)
{
    voidheap_fork_child();
    waiting_fork_child();
    trace_fork_child();
}
