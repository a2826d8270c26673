/* A heap around fork, while another thread takes its locks all the time. */
#include "create.h"
#include "forking.h"

#include <pthread.h>
#include <stdatomic.h>

#define FORKS 40

static wpm_heap *heap;
static atomic_bool stop;
static atomic_uint refusals; /* by the other thread */

static void *churn(void *unused)
{
    while (!stop) refusals += !heap_works(heap);
    return unused;
}

int main(void)
{
    pthread_t thread;
    heap = wpm_heap_create(0);
    CHECK(heap != NULL);
    CHECK_EQ(pthread_create(&thread, NULL, churn, NULL), 0);
    for (int i = 0; i < FORKS; i++) fork_once(heap);
    stop = true;
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(refusals, 0);
    wpm_heap_destroy(heap);
    return unit_report("fork_threads");
}
