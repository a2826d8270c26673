/* statuses.c -- what wpm_free and wpm_describe say of pointers that are no live objects.
 *
 * Nothing changes and nothing aborts: the caller decides what a fault is worth.
 */
#include "wpmalloc.h"

#include <stdio.h>

static const char *name(wpm_status status)
{
    switch (status) {
    case WPM_OK: return "done";
    case WPM_FOREIGN: return "not of this heap";
    case WPM_INTERIOR: return "inside an object";
    case WPM_DOUBLE_FREE: return "freed before";
    default: return "heap corrupt";
    }
}

int main(void)
{
    wpm_heap *heap = wpm_heap_create(64 << 20);
    wpm_heap *other = wpm_heap_create(64 << 20);
    if (heap == NULL || other == NULL) return 1;

    int local = 0;
    char *a = wpm_malloc(heap, 100), *b = wpm_malloc(heap, 100), *c = wpm_malloc(other, 100);
    wpm_info where = wpm_describe(heap, a + 30);
    printf("an address 30 bytes into a slot of %zu bytes, offset %zu\n", where.slot_bytes,
           where.offset_bytes);
    printf("a + 30: %s\n", name(wpm_free(heap, a + 30)));
    printf("a: %s\n", name(wpm_free(heap, a)));
    printf("a again: %s\n", name(wpm_free(heap, a)));
    printf("a local variable: %s\n", name(wpm_free(heap, &local)));
    printf("another heap's object: %s\n", name(wpm_free(heap, c)));
    printf("NULL: %s\n", name(wpm_free(heap, NULL)));
    printf("b: %s\n", name(wpm_free(heap, b)));
    wpm_heap_destroy(other);
    wpm_heap_destroy(heap);
    return 0;
}
