/* lifetime_test.c -- allocation before main and after it, in the order of a process's life.
 *
 * A resolver that the linker runs, preinit, a constructor of the first priority, main, exit
 * handlers, and destructors: each allocates and frees what an earlier one made. What happened is
 * reported by the last of them; a run that dies on the way reports nothing.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *by_resolver, *by_preinit, *by_constructor, *by_main, *by_exit;
static int steps;

static char *note(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = memalign(64, bytes);
    if (copy == NULL) abort();
    return memcpy(copy, text, bytes);
}

static void take(char **place, const char *text)
{
    if (*place == NULL || strcmp(*place, text) != 0) {
        fprintf(stderr, "lifetime: `%s' is lost\n", text);
        _exit(1);
    }
    free(*place);
    *place = NULL;
    steps++;
}

#ifdef RESOLVER
/* No function of libc but the allocator's is called: the linker is at work. */
static int one(void) { return 1; }
static char *volatile resolved;
static int (*resolve(void))(void)
{
    char *p = malloc(300), *q = calloc(10, 30);
    p = realloc(p, 3000);
    for (int i = 0; i < 9; i++) p[i] = "resolver"[i];
    free(q);
    resolved = p;
    return one;
}
int chosen(void) __attribute__((ifunc("resolve")));
#endif

static void preinit(void) { by_preinit = note("preinit"); }
__attribute__((section(".preinit_array"), used)) static void (*const at_preinit)(void) = preinit;

static void at_exit(void)
{
    take(&by_main, "main");
    by_exit = note("exit");
    by_resolver = malloc(200000);
    free(by_resolver);
}

__attribute__((constructor(101))) static void first(void)
{
    take(&by_preinit, "preinit");
    by_constructor = note("constructor");
    if (atexit(at_exit) != 0) _exit(1);
}

static void *thread(void *given)
{
    free(given);
    return strdup("thread");
}

__attribute__((constructor(102))) static void thread_before_main(void)
{
    pthread_t t;
    void *text;
    if (pthread_create(&t, NULL, thread, malloc(77)) != 0) _exit(1);
    pthread_join(t, &text);
    if (strcmp(text, "thread") != 0) _exit(1);
    free(text);
    steps++;
}

__attribute__((destructor(101))) static void last(void)
{
    take(&by_exit, "exit");
    printf("lifetime: %d checks, 0 failed\n", steps);
    fflush(stdout);
}

int main(void)
{
#ifdef RESOLVER
    if (chosen() != 1) return 1;
    by_resolver = resolved;
    take(&by_resolver, "resolver");
#endif
    take(&by_constructor, "constructor");
    by_main = note("main");
    return 0;
}
