/* check_test.c -- malloc_check: it counts the live objects, and stops at each kind of fault.
 *
 * usage: check 'red zones'|'no red zones': whether the library under test has them. A fault is made
 * in a child of the process, which must end by SIGABRT with the words of that fault, and without
 * red zones must not.
 */
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OBJECTS 300

extern size_t malloc_check(void) __attribute__((weak));

static char *kept[OBJECTS];

static void write_behind(void) { kept[7][7 * 30 + 1] = 1; }

static void write_behind_large(void)
{
    volatile char *large = malloc(300000);
    large[300000] = 1;
}

/* Before an object that is not the first of its span: there is a slot before it. */
static void write_before(void)
{
    size_t i = 30;
    while ((uintptr_t)kept[i] % 8192 == 0) i++;
    kept[i][-1] ^= 1;
}

static void write_freed(void)
{
    volatile char *freed = kept[9];
    free(kept[9]);
    freed[5] = 1;
}

static void nothing(void) { free(kept[3]); }

/* Whether a child that makes a fault, and then looks, ends by SIGABRT with such a line; or, without
 * a line, ends well. */
static bool looks(void (*fault)(void), const char *words)
{
    int ends[2], status;
    char said[400] = "";
    if (pipe(ends) != 0) return false;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        fault();
        _exit(malloc_check() < OBJECTS - 1);
    }
    close(ends[1]);
    ssize_t bytes = read(ends[0], said, sizeof said - 1);
    close(ends[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid) return false;
    if (words == NULL) return bytes == 0 && status == 0;
    return bytes > 0 && strstr(said, words) != NULL && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGABRT;
}

int main(int count, char **argument)
{
    bool zones = count > 1 && strcmp(argument[1], "red zones") == 0;
    CHECK(malloc_check != NULL);
    if (malloc_check == NULL) return unit_report("check");
    size_t before = malloc_check();
    for (size_t i = 0; i < OBJECTS; i++) kept[i] = malloc(i * 30 + 1);
    for (size_t i = 0; i < OBJECTS; i++) memset(kept[i], 0xA5, i * 30 + 1);
    CHECK_EQ(malloc_check(), before + OBJECTS);
    CHECK(looks(nothing, NULL));
    CHECK(looks(write_behind, zones ? "write beyond the end of " : NULL));
    if (zones) {
        CHECK(looks(write_behind_large, "write beyond the end of "));
        CHECK(looks(write_before, "write be")); /* before, or beyond that of the slot before */
        CHECK(looks(write_freed, "write after free into "));
    }
    return unit_report("check");
}
