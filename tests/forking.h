/* forking.h -- a heap that is forked: parent and child both find its locks free and what they guard
 * whole. */
#ifndef WPM_TESTS_FORKING_H
#define WPM_TESTS_FORKING_H

#include "heapcheck.h"
#include "objects.h"
#include "unit.h"
#include "wpmalloc.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two objects live and die, each under a lock: a large one, and a small one of the shared cache. */
static inline bool heap_works(wpm_heap *heap)
{
    void *large = wpm_malloc(heap, 100000), *small = wpm_malloc(heap, 100);
    return large != NULL && small != NULL && wpm_free(heap, large) == WPM_OK &&
           wpm_free(heap, small) == WPM_OK;
}

static inline void fork_once(wpm_heap *heap)
{
    int status = -1;
    object_fork_prepare(heap);
    pid_t child = fork();
    if (child == 0) {
        object_fork_child(heap);
        exit(heap_works(heap) && heap_check(heap) == HEAP_SOUND ? 0 : 1);
    }
    object_fork_parent(heap);
    CHECK(child > 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK(heap_works(heap));
}

#endif
