/* leaks.c -- a heap for one piece of work, looked through at its end, and thrown away whole. */
#include "wpmalloc.h"

#include <stdio.h>

struct tally {
    unsigned objects;
    size_t bytes;
};

static bool count(void *context, void *object, size_t slot_bytes)
{
    struct tally *t = context;
    (void)object;
    t->objects++;
    t->bytes += slot_bytes;
    return true;
}

int main(void)
{
    wpm_heap *heap = wpm_heap_create(0);
    if (heap == NULL) return 1;
    for (int i = 0; i < 1000; i++) {
        void *p = wpm_malloc(heap, 64);
        if (i % 10 != 0) wpm_free(heap, p); /* every tenth is forgotten */
    }
    void *large = wpm_calloc(heap, 1000, 100);

    struct tally left = {0, 0};
    wpm_walk(heap, count, &left);
    printf("left behind: %u objects, %zu bytes in slots of 64 and one of whole pages\n",
           left.objects, left.bytes);
    wpm_free(heap, large);

    wpm_statistics figures;
    wpm_stats(heap, &figures);
    printf("%llu allocations, %llu frees, %llu objects, %llu bytes live\n",
           (unsigned long long)figures.mallocs, (unsigned long long)figures.frees,
           (unsigned long long)figures.live_objects, (unsigned long long)figures.live_bytes);
    wpm_heap_destroy(heap); /* the objects go with it */
    return 0;
}
