/* misuse.h -- what the programs of this folder share.
 *
 * Each commits one fault. Its first comment gives the line that the library must stop it with, as
 * an extended regular expression; @ stands for the address that the program shows before.
 */
#ifndef WPM_TESTS_MISUSE_H
#define WPM_TESTS_MISUSE_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

#endif
