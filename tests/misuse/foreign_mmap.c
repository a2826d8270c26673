/* expect: wpmalloc: free of foreign address @ \(not in this heap\) */
#define _GNU_SOURCE
#include "misuse.h"

#include <sys/mman.h>

int main(void)
{
    object(10);
    free(show(mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
    puts("survived");
    return 0;
}
