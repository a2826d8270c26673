/* expect: wpmalloc: free of foreign address @ \(not in this heap\) */
#include "misuse.h"

int main(void)
{
    free(show((void *)((uintptr_t)object(48) | (uintptr_t)1 << 52)));
    puts("survived");
    return 0;
}
