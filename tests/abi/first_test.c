/* first_test.c -- the first call of a process, whichever it is, and a fork before any call.
 *
 * The heap starts with the first call that needs it. Each case runs in a child of a process that
 * has made no call yet; its exit status says what was wrong. (Threads cannot race for the first
 * call: to start one takes memory.)
 */
#define _GNU_SOURCE
#include "unit.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Allocates, writes and frees; 0 when all went well. */
static int work(void)
{
    char *kept[50];
    for (size_t i = 0; i < 50; i++) {
        kept[i] = malloc(i * 100);
        if (kept[i] == NULL) return 2;
        memset(kept[i], (int)i, i * 100);
    }
    for (size_t i = 0; i < 50; i++) {
        if (i > 0 && kept[i][i * 100 - 1] != (char)i) return 3;
        free(kept[i]);
    }
    return 0;
}

static int first_malloc(void) { return work(); }

static int first_free_null(void)
{
    free(NULL);
    return work();
}

static int first_calloc(void)
{
    char *p = calloc(7, 1000);
    if (p == NULL || p[0] != 0 || p[6999] != 0) return 4;
    free(p);
    return work();
}

static int first_realloc(void)
{
    void *p = realloc(NULL, 300);
    if (p == NULL) return 5;
    free(p);
    return work();
}

static int first_aligned(void)
{
    void *p = NULL;
    if (posix_memalign(&p, 4096, 10) != 0 || (uintptr_t)p % 4096 != 0) return 6;
    free(p);
    return work();
}

static int first_huge(void)
{
    errno = 0;
    if (malloc(SIZE_MAX / 2) != NULL || errno != ENOMEM) return 7;
    return work();
}

static int first_trim(void)
{
    (void)malloc_trim(0);
    return work();
}

static int first_figures(void)
{
    struct mallinfo2 figures = mallinfo2();
    return figures.uordblks > 1 << 20 ? 8 : work();
}

static int first_usable(void) { return malloc_usable_size(NULL) != 0 ? 9 : work(); }

/* A fork before any call, in whose child the heap starts; then it starts here. */
static int first_fork(void)
{
    pid_t pid = fork();
    if (pid == 0) _exit(work());
    int status;
    if (waitpid(pid, &status, 0) != pid || status != 0) return 10;
    return work();
}

/* The status of a child that runs `first`, 0 when it went well; no call of malloc here. */
static int in_child(int (*first)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        alarm(30);
        _exit(first());
    }
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) return -1;
    return status;
}

int main(void)
{
    int (*const firsts[])(void) = {
        first_malloc, first_free_null, first_calloc,  first_realloc, first_aligned,
        first_huge,   first_trim,      first_figures, first_usable,  first_fork,
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) wrong |= in_child(firsts[i]);
    CHECK_EQ(wrong, 0);
    CHECK_EQ(work(), 0);
    return unit_report("first");
}
