/* trace.c -- see trace.h */
#define _GNU_SOURCE
#include "trace.h"

#include "platform.h"
#include "report.h"

#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <unistd.h>
#include <unwind.h>

#define DEPTH 16u      /* frames of a stack that are kept */
#define WAYS 4u        /* objects whose addresses fall together */
#define BUCKETS 16384u /* a power of two */
#define SPREAD 0x9e3779b97f4a7c15u

struct stack {
    uint32_t thread;
    uint32_t depth;
    uintptr_t frame[DEPTH];
};

struct trace {
    uintptr_t address; /* 0: none */
    uint64_t age;      /* how many objects had begun before */
    struct stack born, died;
};

/* The unwinder, if the program has it already. */
typedef _Unwind_Reason_Code walker(_Unwind_Trace_Fn step, void *argument);
typedef _Unwind_Ptr reader(struct _Unwind_Context *context);
extern walker _Unwind_Backtrace __attribute__((weak));
extern reader _Unwind_GetIP __attribute__((weak));

bool trace_on;
static uint32_t one_in;
static walker *walk;
static reader *read_pc;
static const void *own_base; /* of the shared object that this is; NULL: part of the program */
static struct trace (*table)[WAYS];
static uint32_t table_lock; /* 1: taken */
static uint64_t births;
static __thread bool busy; /* the unwinder may allocate */

static void lock_table(void)
{
    while (__atomic_exchange_n(&table_lock, 1, __ATOMIC_ACQUIRE) != 0) sched_yield();
}

static void unlock_table(void) { __atomic_store_n(&table_lock, 0, __ATOMIC_RELEASE); }

void trace_fork_child(void) { unlock_table(); }

/* Where the object begins that an address of code lies in. */
static const void *base_of(uintptr_t pc)
{
    Dl_info info;
    return dladdr((const void *)pc, &info) != 0 ? info.dli_fbase : NULL;
}

/* Find the unwinder. */
static bool find_unwinder(void)
{
    void *runtime = NULL;
    walk = _Unwind_Backtrace;
    read_pc = _Unwind_GetIP;
    if (walk != NULL && read_pc != NULL) return true;
    runtime = dlopen("libgcc_s.so.1", RTLD_NOW);
    if (runtime == NULL) return false;
    walk = (walker *)dlsym(runtime, "_Unwind_Backtrace");
    read_pc = (reader *)dlsym(runtime, "_Unwind_GetIP");
    return walk != NULL && read_pc != NULL;
}

void trace_begin(uint32_t every)
{
    size_t page = platform_page_bytes();
    size_t bytes = (BUCKETS * sizeof *table + page - 1) / page * page;
    uintptr_t memory = find_unwinder() ? platform_reserve(0, bytes, page) : 0;
    if (memory == 0 || !platform_commit(memory, bytes)) return;
    table = (struct trace(*)[WAYS])memory;
    own_base = base_of((uintptr_t)trace_begin);
    if (own_base == base_of(getauxval(AT_ENTRY))) own_base = NULL;
    one_in = every;
    trace_on = true;
}

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *argument)
{
    struct stack *s = argument;
    uintptr_t pc = read_pc(context);
    if (pc == 0) return _URC_END_OF_STACK;
    if (s->depth == 0 && own_base != NULL && base_of(pc) == own_base) return _URC_NO_REASON;
    s->frame[s->depth] = pc;
    s->depth++;
    return s->depth < DEPTH ? _URC_NO_REASON : _URC_END_OF_STACK;
}

/* The calling thread's stack now, without this library's frames. */
static void take_stack(struct stack *s)
{
    int saved = errno;
    s->thread = (uint32_t)gettid();
    s->depth = 0;
    busy = true;
    (void)walk(step, s);
    busy = false;
    errno = saved;
}

static struct trace *bucket_of(uintptr_t address)
{
    return table[address / 16 * SPREAD / (UINT64_MAX / BUCKETS + 1)];
}

/* The place of an address: its own; NULL: none. */
static struct trace *find(uintptr_t address)
{
    struct trace *t = bucket_of(address);
    for (uint32_t i = 0; i < WAYS; i++)
        if (t[i].address == address) return &t[i];
    return NULL;
}

/* The place for an address: its own, or that of the oldest beside it. */
static struct trace *find_place(uintptr_t address)
{
    struct trace *t = find(address), *oldest = bucket_of(address);
    if (t != NULL) return t;
    for (uint32_t i = 1; i < WAYS; i++)
        if (bucket_of(address)[i].age < oldest->age) oldest = &bucket_of(address)[i];
    return oldest;
}

/* Whether it is this object's turn: each `one_in`th one's. */
static bool chosen(void)
{
    return __atomic_add_fetch(&births, 1, __ATOMIC_RELAXED) % one_in == 0;
}

void trace_born(uintptr_t address)
{
    struct stack here;
    if (busy || address == 0) return;
    bool wanted = chosen();
    if (wanted) take_stack(&here);
    lock_table();
    struct trace *t = wanted ? find_place(address) : find(address);
    if (t != NULL) *t = (struct trace){0}; /* what was there before is no more */
    if (wanted) *t = (struct trace){address, __atomic_load_n(&births, __ATOMIC_RELAXED), here, {0}};
    unlock_table();
}

void trace_died(uintptr_t address)
{
    struct stack here;
    if (busy) return;
    lock_table();
    bool known = find(address) != NULL;
    unlock_table();
    if (!known) return;
    take_stack(&here);
    lock_table();
    struct trace *t = find(address);
    if (t != NULL) t->died = here;
    unlock_table();
}

static void report_frame(uint32_t number, uintptr_t pc)
{
    struct report r;
    Dl_info info;
    report_start(&r);
    report_text(&r, "wpmalloc:   #");
    report_number(&r, number);
    report_text(&r, " ");
    report_address(&r, pc);
    if (dladdr((void *)(pc - 1), &info) != 0 && info.dli_fname != NULL) {
        report_text(&r, " ");
        report_text(&r, info.dli_fname);
        report_text(&r, "+");
        report_address(&r, pc - (uintptr_t)info.dli_fbase);
        if (info.dli_sname != NULL) {
            report_text(&r, " ");
            report_text(&r, info.dli_sname);
        }
    }
    report_send(&r);
}

static void report_stack(const char *what, const struct stack *s)
{
    struct report r;
    if (s->depth == 0) return;
    report_start(&r);
    report_text(&r, what);
    report_number(&r, s->thread);
    report_text(&r, ":");
    report_send(&r);
    for (uint32_t i = 0; i < s->depth; i++) report_frame(i, s->frame[i]);
}

void trace_report(uintptr_t address)
{
    struct stack here;
    if (!trace_on || busy) return;
    lock_table();
    struct trace *t = find(address);
    struct trace known = t != NULL ? *t : (struct trace){0};
    unlock_table();
    take_stack(&here);
    report_stack("wpmalloc: found in thread ", &here);
    report_stack("wpmalloc: freed in thread ", &known.died);
    report_stack("wpmalloc: allocated in thread ", &known.born);
}
