/* bounds.c -- the copies of libc, looked at: does what they write fit into its object?
 *
 * Part of the hardened libraries that are preloaded; a program that is linked with an archive keeps
 * its libc's functions. After the look the work is libc's own: its checked variants are given a
 * limit that no copy reaches (without any, a compiler makes of them the functions that call them).
 * The linker (--wrap) makes this library's own copies go past the look: they write what no object
 * holds.
 */
#define _GNU_SOURCE
#include "process.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
#define NO_LIMIT ((size_t)PTRDIFF_MAX)

extern void *__memcpy_chk(void *to, const void *from, size_t bytes, size_t limit);
extern void *__memmove_chk(void *to, const void *from, size_t bytes, size_t limit);
extern void *__memset_chk(void *to, int byte, size_t bytes, size_t limit);
extern char *__strncpy_chk(char *to, const char *from, size_t bytes, size_t limit);

void *__wrap_memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *__wrap_memmove(void *to, const void *from, size_t bytes);
void *__wrap_memset(void *to, int byte, size_t bytes);

void *__wrap_memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    return __memcpy_chk(to, from, bytes, NO_LIMIT);
}

void *__wrap_memmove(void *to, const void *from, size_t bytes)
{
    return __memmove_chk(to, from, bytes, NO_LIMIT);
}

void *__wrap_memset(void *to, int byte, size_t bytes)
{
    return __memset_chk(to, byte, bytes, NO_LIMIT);
}

/* As hardened_copy, if the options want it, and quickly when nothing is wrong. */
static inline void look(const void *to, const void *from, size_t bytes)
{
    if (hardened.copies == 0) return;
    if (hardened.copies == 1 &&
        harden_fits(hardened.guard, &process_heap, edge_address(to), bytes))
        return;
    hardened_copy(to, from, bytes);
}

EXPORT void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    look(to, from, bytes);
    return __memcpy_chk(to, from, bytes, NO_LIMIT);
}

EXPORT void *mempcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    look(to, from, bytes);
    return (char *)__memcpy_chk(to, from, bytes, NO_LIMIT) + bytes;
}

EXPORT void *memmove(void *to, const void *from, size_t bytes)
{
    look(to, from, bytes);
    return __memmove_chk(to, from, bytes, NO_LIMIT);
}

EXPORT void *memset(void *to, int byte, size_t bytes)
{
    look(to, NULL, bytes);
    return __memset_chk(to, byte, bytes, NO_LIMIT);
}

EXPORT void bzero(void *to, size_t bytes)
{
    look(to, NULL, bytes);
    (void)__memset_chk(to, 0, bytes, NO_LIMIT);
}

/* Copy a string with its zero; where that lies now. */
static char *copy_string(char *to, const char *from)
{
    size_t length = strlen(from);
    look(to, NULL, length + 1);
    (void)__memcpy_chk(to, from, length + 1, NO_LIMIT);
    return to + length;
}

EXPORT char *strcpy(char *restrict to, const char *restrict from)
{
    (void)copy_string(to, from);
    return to;
}

EXPORT char *stpcpy(char *restrict to, const char *restrict from) { return copy_string(to, from); }

EXPORT char *strcat(char *restrict to, const char *restrict from)
{
    (void)copy_string(to + strlen(to), from);
    return to;
}

EXPORT char *strncpy(char *restrict to, const char *restrict from, size_t bytes)
{
    look(to, NULL, bytes);
    return __strncpy_chk(to, from, bytes, NO_LIMIT);
}

EXPORT char *strncat(char *restrict to, const char *restrict from, size_t bytes)
{
    char *end = to + strlen(to);
    size_t some = strnlen(from, bytes);
    look(end, NULL, some + 1);
    (void)__memcpy_chk(end, from, some, NO_LIMIT);
    end[some] = 0;
    return to;
}

/* The bytes from an address to the end of the object that it lies in; 0 when that is dead or its
 * end has been written over, SIZE_MAX when the address is not this heap's. */
EXPORT size_t malloc_object_size(const void *address);
EXPORT size_t malloc_object_size(const void *address)
{
    struct harden_room room = hardened_room(address);
    return room.status == WPM_FOREIGN ? SIZE_MAX : room.bytes;
}
