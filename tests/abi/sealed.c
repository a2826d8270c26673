/* sealed.c -- a program that gives up mprotect after its start, as a sandbox does, and allocates.
 *
 * usage: sealed [kill]
 *
 * A filter refuses the call to every thread, or ends the process for it. Exit status: 0 when each
 * allocation is served; 1 when one is not; 2 when the system takes no filter.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OBJECTS = 20000, LARGE = 40 };

static pthread_barrier_t sealed;

/* Objects of many sizes, 150 MB of them, written and freed, twice; and one of no bytes. */
static void *allocate(void *unused)
{
    static _Thread_local char *object[OBJECTS];
    pthread_barrier_wait(&sealed);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < OBJECTS; i++) {
            size_t bytes = i < LARGE ? 1 << 20 : i % 5000 + 1;
            object[i] = malloc(bytes);
            if (object[i] == NULL) return NULL;
            memset(object[i], 1, bytes);
        }
        for (size_t i = 0; i < OBJECTS; i++) free(object[i]);
    }
    free(malloc(0));
    return object;
}

/* From now on the system answers mprotect so, to all threads. */
static int seal(unsigned answer)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, answer),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
        return -1;
    return 0;
}

int main(int count, char **word)
{
    unsigned refuse = SECCOMP_RET_ERRNO | EPERM, kill = SECCOMP_RET_KILL_PROCESS;
    pthread_t thread;
    void *served = NULL;
    if (pthread_barrier_init(&sealed, NULL, 2) != 0) return 2;
    if (pthread_create(&thread, NULL, allocate, NULL) != 0) return 2;
    if (seal(count > 1 && strcmp(word[1], "kill") == 0 ? kill : refuse) != 0) return 2;
    if (allocate(NULL) == NULL) return 1;
    pthread_join(thread, &served);
    return served == NULL;
}
