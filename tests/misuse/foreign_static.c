/* expect: wpmalloc: free of foreign address @ \(not in this heap\) */
#include "misuse.h"

int main(void)
{
    static char fixed[64];
    object(10);
    free(show(fixed));
    puts("survived");
    return 0;
}
