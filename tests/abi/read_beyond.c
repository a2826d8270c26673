/* read_beyond.c -- a copy that reads one byte more than its source has. */
#include <stdlib.h>
#include <string.h>

static char target[101];

int main(void)
{
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    char *source = calloc(100, 1);
    if (source == NULL) return 1;
    copy(target, source, sizeof target);
    return target[99];
}
