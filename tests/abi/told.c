/* told.c -- a program that brings options of its own, and wants to be told of a fault.
 *
 * It writes a byte past an object's end and frees it. Its own options leave canaries out, so that
 * nobody sees that; those of the environment come after them. What it is told goes to its output.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *wpmalloc_conf = "canary:0";

void wpmalloc_fault(const char *line)
{
    if (write(1, line, strlen(line)) < 0 || write(1, "\n", 1) < 0) _exit(98);
}

int main(void)
{
    char *volatile p = malloc(24);
    p[24] = 1;
    free(p);
    return 0;
}
