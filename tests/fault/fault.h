/* fault.h -- every call to the system fails once, and every call from the n-th on.
 *
 * The linker puts the wrappers of wrappers.c between the allocator and the system (--wrap): the
 * text under test is the text that ships. The program starts itself anew for each (call, n, mode),
 * with the order in its environment, so that what fails may be a call that is made before main, and
 * a crash or a hang is one fault and not the end of the test. The child counts its checks and sends
 * them through a pipe.
 *
 * The wrappers also keep a ledger of the address space that is reserved: what is left at the end is
 * a leak, unless the system refused to take it back.
 */
#ifndef WPM_TESTS_FAULT_H
#define WPM_TESTS_FAULT_H

#include "unit.h"

#include <stddef.h>
#include <string.h>

/* The calls that the allocator makes and that can fail. */
enum fault_call {
    FAULT_MMAP,
    FAULT_MUNMAP,
    FAULT_MPROTECT,
    FAULT_MADVISE,
    FAULT_SYSCONF,
    FAULT_FUTEX_WAIT,
    FAULT_WRITE,
    FAULT_KEY_CREATE,
    FAULT_SETSPECIFIC,
    FAULT_ATFORK,
    FAULT_FCNTL,
    FAULT_DUP2,
    FAULT_CALLS
};

/* How the n-th call fails: it alone; it alone, with half of its work done; it and all behind it. */
enum fault_mode { FAULT_ONE, FAULT_HALF, FAULT_ALL, FAULT_MODES };

/* Faults of the test's own, each of which the checks must find. */
enum fault_seed {
    SEED_NONE,
    SEED_LEAK,    /* a reservation is not given back */
    SEED_RECORD,  /* a record of the heap is changed */
    SEED_CONTENT, /* a byte of an object is changed */
    SEED_LIE,     /* madvise reports success and does nothing: old bytes come back as zero */
    SEED_REFUSAL, /* an allocation is refused although no call has failed */
    SEED_CRASH,
    SEEDS
};

/* What a child is to do. */
struct fault_order {
    enum fault_call call;
    uint32_t nth; /* 0: nothing fails */
    enum fault_mode mode;
    enum fault_seed seed;
};

/* What a child reports. */
struct fault_result {
    uint64_t calls[FAULT_CALLS]; /* calls made, failed ones too */
    uint64_t injected;           /* calls that were made to fail */
    uint64_t checks, failures;
};

extern struct fault_order fault_order;

/* Calls that have failed so far. */
uint64_t fault_injected(void);

/* Calls of a kind so far. */
uint64_t fault_calls(enum fault_call call);

/* Whether calls pass uncounted for now. */
void fault_pause(bool paused);

/* Bytes reserved now, without those that the system refused to take back. */
uint64_t fault_reserved(void);

/* Bytes that the system refused to take back. */
uint64_t fault_kept(void);

/* Calls so far that named an address outside of what is reserved. */
uint64_t fault_strays(void);

/* Send the error stream of a child nowhere, or back to where the test writes its own. */
void fault_quiet(bool quiet);

/* The main of a test: the sweep over `workload`, which makes calls of all kinds in the set
 * `required`, bit by bit, and counts in *checks and *failures, the counters of its own file. */
int fault_main(const char *name, uint32_t required, void (*workload)(void),
               const uint64_t *checks, const uint64_t *failures);

/* Whether a second try must succeed. */
static inline bool fault_again(void) { return fault_order.mode != FAULT_ALL; }

/* Used between the two files of the harness. Descriptors of a child: its report, the error stream
 * of the test, nowhere. */
enum { RESULT_FILE = 100, LOUD_FILE, QUIET_FILE };
void fault_count(struct fault_result *result);
bool fault_is_child(void);
void fault_dup2(int from, int to);
void fault_send(const void *bytes, size_t count);

/* ---- objects with contents ---- */

struct object {
    unsigned char *bytes;
    size_t size;
    unsigned char pattern;
};

/* Distance of two bytes that carry the pattern: a large object is not touched all over. */
static inline size_t object_stride(size_t size) { return size > 65536 ? 65521 : 61; }

static inline void object_fill(struct object *o, unsigned char pattern)
{
    o->pattern = pattern;
    for (size_t i = 0; i < o->size; i += object_stride(o->size)) o->bytes[i] = pattern;
    o->bytes[o->size - 1] = pattern;
}

/* Whether the first `kept` bytes of the object, or all, are as object_fill left them. */
static inline bool object_whole(const struct object *o, size_t kept)
{
    bool all = kept >= o->size;
    for (size_t i = 0; i < (all ? o->size : kept); i += object_stride(o->size))
        if (o->bytes[i] != o->pattern) return false;
    return !all || o->bytes[o->size - 1] == o->pattern;
}

/* The object lies at `moved` now and has a new size; whether it kept the bytes both sizes have. */
static inline bool object_moved(struct object *o, void *moved, size_t size)
{
    o->bytes = moved;
    bool whole = object_whole(o, size);
    o->size = size;
    object_fill(o, o->pattern);
    return whole;
}

static inline bool object_zero(const unsigned char *bytes, size_t size)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

#endif
