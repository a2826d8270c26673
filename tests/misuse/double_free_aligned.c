/* expect: wpmalloc: double free of @ \(size class [0-9]+, [0-9]+ bytes, slot [0-9]+\) */
#include "misuse.h"

int main(void)
{
    void *volatile p = aligned_alloc(256, 700);
    free(p);
    free(show(p));
    puts("survived");
    return 0;
}
