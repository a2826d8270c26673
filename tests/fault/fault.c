/* fault.c -- the sweep: a child for each call, n and mode; a table of what was found. */
#define _GNU_SOURCE
#include "fault.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_SECONDS 20u

/* The page size is asked for all the time, and its failure is a constant: each of the first calls
 * fails, and then one in so many. */
#define DENSE 8u
#define SPARSE 32u

/* A hardened process makes more calls, and says that guard pages are refused: of each call the
 * first fail, and then one in so many. */
#ifdef HARDENED
enum { STEP = 5, QUIET = 1 };
#else
enum { STEP = 1, QUIET = 0 };
#endif

static const char *const call_name[FAULT_CALLS] = {
    "mmap", "munmap", "mprotect", "madvise", "sysconf", "futex wait", "write",
    "pthread_key_create", "pthread_setspecific", "pthread_atfork", "fcntl", "dup2"};

static const char *const mode_name[FAULT_MODES] = {"alone", "half done", "and all behind it"};

static const char *const seed_name[SEEDS] = {
    "none", "a leak", "a broken record", "a changed object", "madvise that does nothing",
    "a refusal without reason", "a crash"};

void fault_quiet(bool quiet) { fault_dup2(quiet ? QUIET_FILE : LOUD_FILE, STDERR_FILENO); }

/* ---- the child ---- */

static struct fault_result outcome;

/* Runs behind the heap's destructor, whose calls count too. */
static void report(void)
{
    fault_count(&outcome);
    if (fault_is_child() && outcome.checks != 0) fault_send(&outcome, sizeof outcome);
}
__attribute__((section(".fini_array.00050"), used)) static void (*const at_end)(void) = report;

/* The error stream that the heap's constructor saw leads nowhere: so does the line of calls. */
static int child(void (*workload)(void), const uint64_t *checks, const uint64_t *failures)
{
    fault_quiet(QUIET);
    workload();
    outcome.checks = *checks;
    outcome.failures = *failures;
    fault_quiet(true);
    return 0;
}

/* ---- the parent ---- */

static void become_child(const struct fault_order *o, const int ends[2], bool quiet)
{
    char text[64], self[] = "/proc/self/exe";
    char *arguments[] = {self, NULL};
    struct rlimit none = {0, 0};
    snprintf(text, sizeof text, "%u,%u,%u,%u", (uint32_t)o->call, o->nth, (uint32_t)o->mode,
             (uint32_t)o->seed);
    setenv("FAULT", text, 1);
    setenv("WPMALLOC_CALLS", "1", 1);
    setrlimit(RLIMIT_CORE, &none);
    int nowhere = open("/dev/null", O_WRONLY);
    fault_dup2(ends[1], RESULT_FILE);
    fault_dup2(quiet ? nowhere : STDERR_FILENO, LOUD_FILE);
    fault_dup2(nowhere, QUIET_FILE);
    fault_dup2(nowhere, STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    close(nowhere);
    alarm(CHILD_SECONDS);
    execv(self, arguments);
    _exit(127);
}

/* Run the workload in a child; true: it ended as it should and *result is its report. */
static bool run(struct fault_order o, bool quiet, struct fault_result *result)
{
    int ends[2], status = -1;
    memset(result, 0, sizeof *result);
    fflush(stdout);
    if (pipe(ends) != 0) abort();
    pid_t pid = fork();
    if (pid < 0) abort();
    if (pid == 0) become_child(&o, ends, quiet);
    close(ends[1]);
    bool whole = read(ends[0], result, sizeof *result) == (ssize_t)sizeof *result;
    close(ends[0]);
    if (waitpid(pid, &status, 0) != pid) abort();
    if (whole && status == 0) return true;
    if (!quiet)
        fprintf(stderr, "  the child ended by %s %d\n", WIFSIGNALED(status) ? "signal" : "status",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return false;
}

static bool fails_by_half(enum fault_call call)
{
    return call == FAULT_MPROTECT || call == FAULT_MADVISE || call == FAULT_WRITE;
}

/* One child; its checks join the parent's, its faults the row's. Whether a call failed in it: where
 * addresses are random, a run may make a call less than another. */
static bool try(struct fault_order o, uint64_t *faults)
{
    struct fault_result result;
    bool ended = run(o, false, &result);
    bool struck = result.injected != 0;
    uint64_t found = result.failures + !ended;
    found += ended && struck != (result.calls[o.call] >= o.nth);
    unit_checks += result.checks + 2;
    unit_failures += found;
    *faults += found;
    if (found != 0)
        fprintf(stderr, "  %" PRIu64 " faults with %s, call %u, %s\n", found, call_name[o.call],
                o.nth, mode_name[o.mode]);
    return struck;
}

/* All n and modes for a call of which the workload makes `calls`; a row of the table. */
static void sweep(enum fault_call call, uint64_t calls)
{
    uint64_t faults = 0, struck[FAULT_MODES] = {0};
    uint32_t step = call == FAULT_SYSCONF ? SPARSE : STEP;
    for (uint32_t n = 1; n <= calls; n += n < DENSE ? 1 : step) {
        for (enum fault_mode mode = 0; mode < FAULT_MODES; mode++) {
            if (mode == FAULT_HALF && !fails_by_half(call)) continue;
            struck[mode] += try((struct fault_order){call, n, mode, SEED_NONE}, &faults);
        }
    }
    printf("%-20s %6" PRIu64 " %7" PRIu64 " %7" PRIu64 " %11" PRIu64 " %7" PRIu64 "\n",
           call_name[call], calls, struck[FAULT_ONE], struck[FAULT_HALF], struck[FAULT_ALL],
           faults);
}

/* The checks find what is seeded. */
static void test_seeds(void)
{
    for (enum fault_seed seed = SEED_NONE + 1; seed < SEEDS; seed++) {
        /* A hardened process reserves more than its heap, and wipes what a lie leaves. */
        if (QUIET && (seed == SEED_LEAK || seed == SEED_LIE)) continue;
        struct fault_result result;
        bool ended = run((struct fault_order){0, 0, 0, seed}, true, &result);
        bool found = seed == SEED_CRASH ? !ended : ended && result.failures != 0;
        printf("seeded: %-28s %s\n", seed_name[seed], found ? "found" : "NOT FOUND");
        CHECK(found);
    }
}

int fault_main(const char *name, uint32_t required, void (*workload)(void),
               const uint64_t *checks, const uint64_t *failures)
{
    struct fault_result clean;
    if (fault_is_child()) return child(workload, checks, failures);
    CHECK(run((struct fault_order){0, 0, 0, SEED_NONE}, false, &clean));
    CHECK_EQ(clean.injected, 0);
    CHECK_EQ(clean.failures, 0);
    unit_checks += clean.checks;
    printf("%-20s %6s %7s %7s %11s %7s\n", "call", "calls", "alone", "by half", "and behind",
           "faults");
    for (enum fault_call call = 0; call < FAULT_CALLS; call++) {
        if ((required >> call & 1) != 0) CHECK(clean.calls[call] > 0);
        if (clean.calls[call] > 0) sweep(call, clean.calls[call]);
    }
    test_seeds();
    return unit_report(name);
}
