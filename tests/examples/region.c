/* region.c -- a heap inside an array, as a device without an operating system has it.
 *
 * The array holds the heap's records and its objects. When it is used up, allocation answers NULL,
 * and goes on when something was freed: no call ends the program.
 */
#include "wpmalloc.h"

#include <stdio.h>
#include <string.h>

static unsigned char region[256 * 1024];

struct message {
    struct message *next;
    char text[100];
};

int main(void)
{
    wpm_heap *heap = wpm_heap_init(region, sizeof region);
    if (heap == NULL) return 1;

    struct message *queue = NULL;
    unsigned count = 0;
    for (;;) {
        struct message *m = wpm_malloc(heap, sizeof *m);
        if (m == NULL) break; /* the region is full */
        snprintf(m->text, sizeof m->text, "message %u", count++);
        m->next = queue;
        queue = m;
    }
    printf("more than a thousand messages fit: %s\n", count > 1000 ? "yes" : "no");

    unsigned wrong = 0;
    for (unsigned left = count; queue != NULL; left--) {
        char expected[100];
        struct message *m = queue;
        snprintf(expected, sizeof expected, "message %u", left - 1);
        wrong += strcmp(m->text, expected) != 0;
        queue = m->next;
        wrong += wpm_free(heap, m) != WPM_OK;
    }
    void *again = wpm_malloc(heap, sizeof(struct message));
    printf("%u went wrong; there is room again: %s\n", wrong, again != NULL ? "yes" : "no");
    return 0;
}
