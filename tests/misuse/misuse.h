/* misuse.h -- what the programs of this folder share.
 *
 * Each commits one fault. Its first comment gives the line that the library must stop it with, as
 * an extended regular expression, but for the thread at its end; @ stands for the address that the
 * program shows before, # for a number, ~ for the size that the object was asked for, which the
 * fast preset does not know; `fast:` gives another line for that preset. `signal: segv` instead:
 * the program dies of a memory fault. Further comments that run.sh reads: `sizes:`, the values of
 * SIZE it is compiled with; `ways:`, who commits the fault; `presets:`, the builds of the library
 * that must stop it (all, when it says nothing).
 */
#ifndef WPM_TESTS_MISUSE_H
#define WPM_TESTS_MISUSE_H

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SIZE
#define SIZE 48
#endif

/* Who commits the fault. */
enum { WAY_PLAIN, WAY_THREAD, WAY_CHILD };
#ifndef WAY
#define WAY WAY_PLAIN
#endif

/* A program that hangs is ended after a while. */
__attribute__((constructor)) static void limit_time(void) { alarm(20); }

/* Show the address that is about to be misused, without a use of the heap; the compiler learns
 * nothing about the result. */
static inline void *show(void *p)
{
    void *volatile hidden = p;
    char line[32];
    int length = snprintf(line, sizeof line, "%p\n", hidden);
    if (write(1, line, (size_t)length) != length) exit(98);
    return hidden;
}

/* An object the compiler knows nothing about. */
static inline void *object(size_t bytes)
{
    void *volatile hidden = malloc(bytes);
    memset(hidden, 1, bytes);
    return hidden;
}

/* Bytes from the start of a large object to its guard page: whole pages, eight bytes for a canary.
 * */
static inline size_t room(size_t bytes) { return (bytes + 8 + 8191) / 8192 * 8192; }

static inline void *free_it(void *p)
{
    free(p);
    return NULL;
}

/* free(p) in a thread of its own. */
static inline void free_in_thread(void *p)
{
    pthread_t t;
    if (pthread_create(&t, NULL, free_it, p) != 0) exit(99);
    pthread_join(t, NULL);
}

static inline void *call(void *fault)
{
    ((void (*)(void))fault)();
    return NULL;
}

/* Commit the fault in the way that WAY says: in main's thread, in another one, or in a child of the
 * process, whose end the parent then has too. */
static inline int commit(void (*fault)(void))
{
    pthread_t t;
    int status = 0;
    if (WAY == WAY_THREAD) {
        if (pthread_create(&t, NULL, call, (void *)fault) != 0) exit(99);
        pthread_join(t, NULL);
    } else if (WAY == WAY_CHILD) {
        void *before = object(SIZE);
        pid_t child = fork();
        if (child < 0) exit(97);
        if (child != 0) {
            if (waitpid(child, &status, 0) != child) exit(96);
            if (WIFSIGNALED(status)) kill(getpid(), WTERMSIG(status));
            exit(WEXITSTATUS(status));
        }
        free(before);
        fault();
    } else {
        fault();
    }
    puts("survived");
    return 0;
}

/* Allocate objects like one that is gone, and free every other, until its slot has had its turn. */
static inline void reuse(size_t bytes)
{
    for (int i = 0; i < 3000; i++) {
        void *volatile hidden = malloc(bytes);
        if (hidden == NULL) return;
        if (i % 2 == 1) free(hidden);
    }
}

#endif
