/* A heap around fork, in a process of one thread. */
#include "create.h"
#include "forking.h"

int main(void)
{
    wpm_heap *heap = wpm_heap_create(0);
    CHECK(heap != NULL);
    for (int i = 0; i < 3; i++) fork_once(heap);
    wpm_heap_destroy(heap);
    return unit_report("fork");
}
