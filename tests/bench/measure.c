/* measure.c -- run one command and write down what it cost.
 *
 * usage: measure REPORT OUTPUT SECONDS [NAME=VALUE...] -- COMMAND [ARGUMENT...]
 *
 * Runs COMMAND with the variables added to its environment, its standard output in OUTPUT and its
 * standard error in OUTPUT.err, and writes to REPORT one JSON object: how it ended, and user and
 * system time, peak resident memory and page faults of it and of the children it waited for. After
 * SECONDS its process group is killed. A small program of its own, because a child's peak memory
 * starts from that of whoever forked it, and because LD_PRELOAD must not reach the one who
 * measures.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t timed_out;
static pid_t child;

static void on_alarm(int signal_number)
{
    (void)signal_number;
    timed_out = 1;
    kill(-child, SIGKILL);
}

/* Pass on a request to end. */
static void on_term(int signal_number)
{
    kill(-child, signal_number);
}

static int64_t microseconds(struct timeval t)
{
    return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

static int64_t now_microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void redirect(int descriptor, const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0 || dup2(file, descriptor) < 0) {
        _exit(126);
    }
}

static void become(char **variables, char **command, const char *output)
{
    char errors[4096];
    setpgid(0, 0);
    snprintf(errors, sizeof errors, "%s.err", output);
    redirect(STDOUT_FILENO, output);
    redirect(STDERR_FILENO, errors);
    for (; variables != command - 1; variables++) {
        putenv(*variables);
    }
    execvp(command[0], command);
    _exit(127);
}

static int write_report(const char *path, int status, const struct rusage *use, int64_t wall)
{
    FILE *report = fopen(path, "w");
    if (report == NULL) {
        perror(path);
        return 1;
    }
    fprintf(report,
            "{\"exit\": %d, \"signal\": %d, \"timed_out\": %s, \"user_us\": %" PRId64
            ", \"system_us\": %" PRId64 ", \"wall_us\": %" PRId64
            ", \"rss_kib\": %ld, \"minor_faults\": %ld, \"major_faults\": %ld}\n",
            WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            WIFSIGNALED(status) ? WTERMSIG(status) : 0, timed_out ? "true" : "false",
            microseconds(use->ru_utime), microseconds(use->ru_stime), wall, use->ru_maxrss,
            use->ru_minflt, use->ru_majflt);
    return fclose(report) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    int separator = 4;
    while (separator < argc && strcmp(argv[separator], "--") != 0) {
        separator++;
    }
    if (separator + 1 >= argc) {
        fputs("usage: measure REPORT OUTPUT SECONDS [NAME=VALUE...] -- COMMAND...\n", stderr);
        return 2;
    }
    int64_t start = now_microseconds();
    child = fork();
    if (child < 0) {
        perror("fork");
        return 1;
    }
    if (child == 0) {
        become(argv + 4, argv + separator + 1, argv[2]);
    }
    setpgid(child, child);
    signal(SIGALRM, on_alarm);
    signal(SIGTERM, on_term);
    alarm((unsigned)strtoul(argv[3], NULL, 10));
    int status = 0;
    struct rusage use;
    while (wait4(child, &status, 0, &use) < 0) {
    }
    return write_report(argv[1], status, &use, now_microseconds() - start);
}
