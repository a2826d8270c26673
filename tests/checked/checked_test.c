/* The checked build: a sound heap works on, each kind of damage ends the process with its line, and
 * so does a lock that is taken out of order. */
#define _DEFAULT_SOURCE

#include "heaplock.h"
#include "unit.h"
#include "wpmalloc.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REGION_BYTES = 4 << 20, OBJECTS = 2000 };

static _Alignas(4096) unsigned char region[REGION_BYTES];

/* Enough calls for a check to be due several times. */
static void work(struct wpm_heap *h)
{
    for (int round = 0; round < 4; round++) {
        void *p[OBJECTS];
        for (int i = 0; i < OBJECTS; i++) p[i] = wpm_malloc(h, 16 + (size_t)(i * 37 % 3000));
        for (int i = 0; i < OBJECTS; i++) (void)wpm_free(h, p[i]);
    }
}

/* Run `act` in a child of its own; what it says on the error stream, and how it ends. */
static int run(void (*act)(struct wpm_heap *), char *said, size_t most)
{
    int ends[2], status = 0;
    size_t n = 0;
    ssize_t got;
    if (!CHECK_EQ(pipe(ends), 0)) return 0;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        if (dup2(ends[1], STDERR_FILENO) < 0) _exit(1);
        act(wpm_heap_init(region, sizeof region));
        _exit(0);
    }
    close(ends[1]);
    while (n + 1 < most && (got = read(ends[0], said + n, most - 1 - n)) > 0) n += (size_t)got;
    said[n] = 0;
    close(ends[0]);
    CHECK_EQ(waitpid(child, &status, 0), child);
    return status;
}

static void count_wrong(struct wpm_heap *h)
{
    work(h);
    h->span_pages += 1;
    work(h);
}

static void page_lost(struct wpm_heap *h)
{
    void *p = wpm_malloc(h, 100);
    uint32_t page = h->npages;
    while (page > 0 && h->page_span[page - 1] == NO_SPAN) page--;
    h->page_span[page - 1] = NO_SPAN;
    (void)p;
    work(h);
}

static void live_beyond(struct wpm_heap *h)
{
    void *p = wpm_malloc(h, 3000);
    uint32_t s = 1;
    while (h->span[s].npages == 0) s++;
    h->live[s * SPAN_WORDS + SPAN_WORDS - 1] |= UINT64_C(1) << 63;
    (void)p;
    work(h);
}

static void set_end(struct wpm_heap *h)
{
    work(h);
    h->set[h->nsets - 1].tail = 1;
    work(h);
}

static void order_wrong(struct wpm_heap *h)
{
    heap_lock(h);
    shared_lock(h);
}

static void taken_twice(struct wpm_heap *h)
{
    heap_lock(h);
    heap_lock(h);
}

static void given_twice(struct wpm_heap *h)
{
    heap_lock(h);
    heap_unlock(h);
    heap_unlock(h);
}

static void two_heaps(struct wpm_heap *h)
{
    static _Alignas(4096) unsigned char second[REGION_BYTES];
    heap_lock(h);
    heap_lock(wpm_heap_init(second, sizeof second));
}

static void in_order(struct wpm_heap *h)
{
    shared_lock(h);
    heap_lock(h);
    heap_unlock(h);
    shared_unlock(h);
    work(h);
}

static const struct {
    void (*act)(struct wpm_heap *);
    const char *line; /* part of what must be said; NULL: nothing, and the process ends well */
} cases[] = {
    {work, NULL},
    {in_order, NULL},
    {count_wrong, "heap is not sound: count of pages in spans"},
    {page_lost, "heap is not sound: page that does not name its span"},
    {live_beyond, "heap is not sound: live bit beyond a span's slots"},
    {set_end, "heap is not sound: end of a set"},
    {order_wrong, "lock order: takes rank 1, held: 0x4"},
    {taken_twice, "lock order: takes rank 2, held: 0x4"},
    {given_twice, "lock order: gives what it does not hold, rank 2"},
    {two_heaps, "lock order: takes rank 2, held: 0x4"},
};

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char said[512];
        int status = run(cases[i].act, said, sizeof said);
        if (cases[i].line == NULL) {
            CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0 && said[0] == 0);
        } else {
            CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
            CHECK(strstr(said, cases[i].line) != NULL);
        }
    }
    return unit_report("checked");
}
