/* explore.c -- see explore.h */
#define _GNU_SOURCE
#include "explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define STACK_BYTES (256u << 10)
#define DECISIONS 4096u
#define WORDS 65536u  /* words that threads touch in one scenario, at most: a hash table */
#define HELD 64u

struct thread {
    ucontext_t context;
    bool finished;
    const uint32_t *waits; /* the word it waits for to become 0, or NULL */
};

/* Who has touched a word: a bit a thread, and whether anyone wrote it. */
struct word {
    const void *address;
    unsigned touched, wrote;
    bool shared;
};

/* A store that the other threads have not seen yet. */
struct held {
    const void *address;
    uint64_t old;
    unsigned thread;
};

static char stacks[EXPLORE_THREADS][STACK_BYTES] __attribute__((aligned(64)));
static struct thread thread[EXPLORE_THREADS];
static ucontext_t outside;
static const struct scenario *now;
static unsigned current;
static bool active, grown, stuck;

static struct { uint16_t taken, of; } decision[DECISIONS];
static unsigned decisions, replayed;
static unsigned switches, delays;

static struct word word[WORDS];
static unsigned words, shared_words;
static struct held held[HELD];
static unsigned nheld;

/* One of `n` ways: as the sequence so far says, then the first. */
static unsigned decide(unsigned n)
{
    if (n < 2) return 0;
    if (replayed == decisions) {
        if (decisions == DECISIONS) {
            fprintf(stderr, "explore: more than %u decisions in one schedule\n", DECISIONS);
            exit(2);
        }
        decision[decisions].taken = 0;
        decision[decisions++].of = (uint16_t)n;
    }
    if (decision[replayed].of != n) {
        fprintf(stderr, "explore: the scenario did not run the same twice\n");
        exit(2);
    }
    return decision[replayed++].taken;
}

/* The next sequence of decisions; false when there is none. */
static bool advance(void)
{
    while (decisions > 0) {
        if (++decision[decisions - 1].taken < decision[decisions - 1].of) return true;
        decisions--;
    }
    return false;
}

static bool can_run(unsigned t)
{
    return !thread[t].finished && (thread[t].waits == NULL || *thread[t].waits == 0);
}

/* Go on with thread `t`; returns when the caller is chosen again. */
static void go_to(unsigned t)
{
    unsigned from = current;
    if (t == from) return;
    current = t;
    swapcontext(&thread[from].context, &thread[t].context);
}

/* Choose who goes on. The current thread comes first; to interrupt it counts. */
static void choose(void)
{
    unsigned option[EXPLORE_THREADS], n = 0;
    bool self = can_run(current);
    if (self) option[n++] = current;
    for (unsigned t = 0; t < now->threads; t++) {
        if (t != current && can_run(t) && (!self || switches < now->switches)) option[n++] = t;
    }
    if (n == 0) { /* all have finished, or they wait for each other */
        stuck = false;
        for (unsigned t = 0; t < now->threads; t++) stuck |= !thread[t].finished;
        unsigned from = current;
        swapcontext(&thread[from].context, &outside);
        return;
    }
    unsigned t = option[decide(n)];
    switches += self && t != current;
    go_to(t);
}

static struct word *find(const void *p)
{
    uint64_t at = ((uintptr_t)p >> 2) * 0x9e3779b97f4a7c15u >> 48;
    while (word[at % WORDS].address != NULL && word[at % WORDS].address != p) at++;
    struct word *w = &word[at % WORDS];
    if (w->address == NULL && ++words > WORDS / 2) {
        fprintf(stderr, "explore: too many words\n");
        exit(2);
    }
    w->address = p;
    return w;
}

/* Note an access; whether the word is shared. */
static bool note(const void *p, bool writes)
{
    struct word *w = find(p);
    w->touched |= 1u << current;
    if (writes) w->wrote |= 1u << current;
    bool shared = w->wrote != 0 && (w->touched & (w->touched - 1)) != 0;
    if (shared && !w->shared) {
        w->shared = grown = true;
        shared_words++;
    }
    return w->shared;
}

void explore_access(const void *p, bool writes)
{
    if (active && note(p, writes)) choose();
}

void explore_store(const void *p, uint64_t old, size_t size)
{
    (void)size;
    if (!active || !find(p)->shared) return;
    for (unsigned i = 0; i < nheld; i++) {
        if (held[i].address == p && held[i].thread == current) return; /* the oldest stays seen */
    }
    if (delays >= now->delays || nheld == HELD || decide(2) == 0) return;
    held[nheld++] = (struct held){p, old, current};
    delays++;
}

uint64_t explore_load(const void *p, uint64_t value)
{
    for (unsigned i = 0; active && i < nheld; i++) {
        if (held[i].address == p && held[i].thread != current) return held[i].old;
    }
    return value;
}

/* Let go of the stores of thread `t`, or of those to `p`. */
static void let_go(unsigned t, const void *p)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < nheld; i++) {
        if (held[i].thread != t && held[i].address != p) held[kept++] = held[i];
    }
    nheld = kept;
}

void explore_flush(void)
{
    if (active) let_go(current, NULL);
}

void explore_flush_word(const void *p)
{
    if (active) let_go(EXPLORE_THREADS, p);
}

void explore_wait(const uint32_t *p)
{
    if (!active) {
        if (*p == 0) return;
        fprintf(stderr, "explore: a lock is taken outside of a scenario\n");
        exit(2);
    }
    explore_access(p, true);
    while (*p != 0) {
        thread[current].waits = p;
        choose();
    }
    thread[current].waits = NULL;
}

static void enter(void)
{
    now->body[current]();
    explore_flush();
    thread[current].finished = true;
    choose();
    abort(); /* a finished thread is not chosen */
}

/* One schedule; what is wrong with it. */
static const char *run(void)
{
    now->set_up();
    replayed = switches = delays = nheld = 0;
    for (unsigned t = 0; t < now->threads; t++) {
        thread[t].finished = false;
        thread[t].waits = NULL;
        getcontext(&thread[t].context);
        thread[t].context.uc_stack.ss_sp = stacks[t];
        thread[t].context.uc_stack.ss_size = STACK_BYTES;
        thread[t].context.uc_link = NULL;
        makecontext(&thread[t].context, enter, 0);
    }
    active = true;
    current = decide(now->threads);
    swapcontext(&outside, &thread[current].context);
    active = false;
    nheld = 0;
    return stuck ? "threads wait for each other" : now->judge();
}

struct outcome explore(const struct scenario *s)
{
    struct outcome result = {0, 0, NULL};
    now = s;
    memset(word, 0, sizeof word);
    words = shared_words = 0;
    do {
        grown = false;
        decisions = 0;
        result.schedules = 0;
        do {
            result.schedules++;
            result.fault = run();
        } while (result.fault == NULL && !grown && advance());
    } while (result.fault == NULL && grown);
    result.words = shared_words;
    return result;
}
