/* slow_side.c -- a slow allocator, which the search must find to be slow: a list, first fit.
 *
 * Blocks lie in one list in the order of addresses; malloc walks it from the start to the first
 * free block that is long enough, and free merges neighbours. It is quick as long as nothing lives.
 */
#include "allocator.h"

#include <stdbool.h>

#define UNIT 16u /* bytes; headers and objects are multiples of it */

struct block {
    struct block *next; /* in the order of addresses; NULL: the last */
    size_t bytes;       /* behind the header */
    bool free;
};

static size_t round_up(size_t bytes)
{
    return (bytes + UNIT - 1) / UNIT * UNIT;
}

#define HEAD round_up(sizeof(struct block))

static void *begin(void *region, size_t bytes)
{
    struct block *first = region;
    if (bytes < HEAD + UNIT) return NULL;
    first->next = NULL;
    first->bytes = (bytes - HEAD) / UNIT * UNIT;
    first->free = true;
    return first;
}

static void split(struct block *b, size_t bytes)
{
    if (b->bytes < bytes + HEAD + UNIT) return;
    struct block *rest = (struct block *)((char *)b + HEAD + bytes);
    rest->next = b->next;
    rest->bytes = b->bytes - bytes - HEAD;
    rest->free = true;
    b->next = rest;
    b->bytes = bytes;
}

static void *take(void *heap, size_t bytes)
{
    if (bytes > SIZE_MAX / 2) return NULL;
    bytes = round_up(bytes + (bytes == 0));
    for (struct block *b = heap; b != NULL; b = b->next) {
        if (!b->free || b->bytes < bytes) continue;
        split(b, bytes);
        b->free = false;
        return (char *)b + HEAD;
    }
    return NULL;
}

static void merge(struct block *b)
{
    struct block *next = b->next;
    if (next == NULL || !b->free || !next->free) return;
    b->bytes += HEAD + next->bytes;
    b->next = next->next;
}

static void give(void *heap, void *object)
{
    struct block *b = (struct block *)((char *)object - HEAD), *before = heap;
    b->free = true;
    merge(b);
    while (before != b && before->next != b) before = before->next;
    merge(before);
}

const struct allocator allocator = {"slow", begin, take, give, NULL, NULL, NULL};
