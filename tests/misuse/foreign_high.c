/* expect: wpmalloc: free of foreign address @ \(not in this heap\) */
#include "misuse.h"

int main(void)
{
    free(show((void *)(UINTPTR_MAX - 15)));
    puts("survived");
    return 0;
}
