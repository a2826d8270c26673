/* record.c -- the calls of a program's malloc, written down: LD_PRELOAD=record.so, on glibc.
 *
 * A line for each call: `+ ADDRESS BYTES`, `- ADDRESS`, `= ADDRESS ADDRESS BYTES` (realloc: before,
 * after), to the file that WORST_RECORD names. record.py makes a trace of it. One thread.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *object, size_t bytes);
void __libc_free(void *object);

static int file = -1;

static void __attribute__((constructor)) begin(void)
{
    const char *name = getenv("WORST_RECORD");
    if (name != NULL) file = open(name, O_WRONLY | O_CREAT | O_APPEND, 0644);
}

static void say(const char *format, void *a, void *b, size_t bytes)
{
    char line[80];
    if (file < 0) return;
    int n = snprintf(line, sizeof line, format, (uintptr_t)a, (uintptr_t)b, bytes);
    if (write(file, line, (size_t)n) != n) file = -1;
}

void *malloc(size_t bytes)
{
    void *p = __libc_malloc(bytes);
    say("+ %1$lx %3$zu\n", p, NULL, bytes);
    return p;
}

void *calloc(size_t count, size_t bytes)
{
    void *p = __libc_calloc(count, bytes);
    say("+ %1$lx %3$zu\n", p, NULL, count * bytes);
    return p;
}

void *realloc(void *object, size_t bytes)
{
    void *p = __libc_realloc(object, bytes);
    if (object == NULL) say("+ %1$lx %3$zu\n", p, NULL, bytes);
    else say("= %1$lx %2$lx %3$zu\n", object, p, bytes);
    return p;
}

void free(void *object)
{
    if (object != NULL) say("- %1$lx\n", object, NULL, 0);
    __libc_free(object);
}
