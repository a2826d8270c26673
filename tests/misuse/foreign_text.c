/* expect: wpmalloc: free of foreign address @ \(not in this heap\) */
#include "misuse.h"

int main(void)
{
    free(show((char *)(uintptr_t)"literal"));
    puts("survived");
    return 0;
}
