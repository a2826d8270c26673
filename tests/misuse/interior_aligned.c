/* expect: wpmalloc: free of interior address @ \(size class [1-9][0-9]?, 48 bytes, slot [0-9]+, offset 16\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    free(show(p + 16));
    puts("survived");
    return 0;
}
