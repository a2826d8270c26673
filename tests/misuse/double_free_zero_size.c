/* expect: wpmalloc: double free of @ \(size class [0-9]+, 16 bytes, slot [0-9]+\) */
#include "misuse.h"

int main(void)
{
    void *volatile p = malloc(0);
    free(p);
    free(show(p));
    puts("survived");
    return 0;
}
