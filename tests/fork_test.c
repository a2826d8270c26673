/* A heap around fork: parent and child both find its locks free and what they guard whole. */
#include "alloc.h"
#include "create.h"
#include "heapcheck.h"
#include "objects.h"
#include "unit.h"
#include "wpmalloc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define FORKS 40

static wpm_heap *heap;
static atomic_bool stop;
static atomic_uint refusals; /* by the other thread */

/* Two objects live and die, each under a lock: a large one, and a small one of the shared cache. */
static bool works(void)
{
    void *large = wpm_malloc(heap, 100000), *small = wpm_malloc(heap, 100);
    return large != NULL && small != NULL && wpm_free(heap, large) == WPM_OK &&
           wpm_free(heap, small) == WPM_OK;
}

static void *churn(void *unused)
{
    while (!stop) refusals += !works();
    return unused;
}

static void test_fork(void)
{
    int status = -1;
    object_fork_prepare(heap);
    pid_t child = fork();
    if (child == 0) {
        object_fork_child(heap);
        exit(works() && heap_check(heap) == HEAP_SOUND ? 0 : 1);
    }
    object_fork_parent(heap);
    CHECK(child > 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK(works());
}

int main(void)
{
    heap = wpm_heap_create(0);
    pthread_t thread;
    CHECK(heap != NULL);
    test_fork(); /* with no other thread */
    CHECK_EQ(pthread_create(&thread, NULL, churn, NULL), 0);
    for (int i = 0; i < FORKS; i++) test_fork();
    stop = true;
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(refusals, 0);
    return unit_report("fork");
}
