/* bare_memory.c -- memset and memcpy, for a device whose toolchain brings none.
 *
 * Weak: whatever else has these names is taken before them. Compiled so that a loop is not made a
 * call of itself (Makefile).
 */
#include <stddef.h>

void *memset(void *to, int byte, size_t bytes);
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);

__attribute__((weak)) void *memset(void *to, int byte, size_t bytes)
{
    unsigned char *p = to;
    for (size_t i = 0; i < bytes; i++) p[i] = (unsigned char)byte;
    return to;
}

__attribute__((weak)) void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    unsigned char *p = to;
    const unsigned char *q = from;
    for (size_t i = 0; i < bytes; i++) p[i] = q[i];
    return to;
}
