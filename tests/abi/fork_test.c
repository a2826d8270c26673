/* fork_test.c -- fork while other threads are inside the allocator.
 *
 * The child has one thread and a copy of every lock: it must be able to allocate, to free what the
 * parent allocated, and to start threads. The handlers that the program itself registers allocate
 * too. A child that hangs is ended by its alarm and counted as a failure.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FORKS 40
#define CHURNERS 3

static int stop;

static void *churn(void *seed)
{
    uint64_t x = (uintptr_t)seed * 2 + 1;
    void *kept[64] = {NULL};
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        void **place = &kept[x >> 58];
        free(*place);
        *place = malloc((x >> 20) % (x >> 63 ? 40000 : 600));
    }
    for (int i = 0; i < 64; i++) free(kept[i]);
    return NULL;
}

static void *child_thread(void *given)
{
    free(given);
    return malloc(10);
}

/* What a child does; its exit status. */
static int child(char **inherited, int count)
{
    alarm(20);
    for (int i = 0; i < count; i++) {
        if (strcmp(inherited[i], "from the parent") != 0) return 2;
        free(inherited[i]);
    }
    char *mine[200];
    for (size_t i = 0; i < 200; i++) {
        mine[i] = calloc(1, i * i);
        if (mine[i] == NULL) return 3;
        memset(mine[i], 1, i * i);
    }
    void *large = malloc(5 << 20);
    pthread_t t;
    void *returned;
    if (pthread_create(&t, NULL, child_thread, mine[0]) != 0) return 4;
    if (pthread_join(t, &returned) != 0 || returned == NULL) return 5;
    free(returned);
    for (int i = 1; i < 200; i++) free(mine[i]);
    free(large);
    pid_t grandchild = fork();
    if (grandchild == 0) {
        free(malloc(100));
        _exit(0);
    }
    int status = -1;
    return waitpid(grandchild, &status, 0) == grandchild && status == 0 ? 0 : 6;
}

static void *in_handler;

static void prepare(void) { in_handler = malloc(700); }
static void after(void)
{
    free(in_handler);
    in_handler = NULL;
    free(malloc(50000));
}

int main(void)
{
    pthread_t t[CHURNERS];
    char *inherited[20];
    CHECK_EQ(pthread_atfork(prepare, after, after), 0);
    for (uintptr_t i = 0; i < CHURNERS; i++)
        CHECK_EQ(pthread_create(&t[i], NULL, churn, (void *)i), 0);
    for (int n = 0; n < FORKS; n++) {
        for (int i = 0; i < 20; i++) inherited[i] = strdup("from the parent");
        pid_t pid = fork();
        if (pid == 0) _exit(child(inherited, 20));
        int status = -1;
        CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
        for (int i = 0; i < 20; i++) free(inherited[i]);
        if (!CHECK_EQ(status, 0)) break;
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < CHURNERS; i++) CHECK_EQ(pthread_join(t[i], NULL), 0);
    return unit_report("fork");
}
