/* expect: wpmalloc: free of foreign address @ \(not in this heap\) */
#include "misuse.h"

int main(void)
{
    free(show((void *)(uintptr_t)16));
    puts("survived");
    return 0;
}
