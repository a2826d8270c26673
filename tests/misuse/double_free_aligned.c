/* expect: wpmalloc: double free of @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main(void)
{
    void *volatile p = aligned_alloc(256, 700);
    free(p);
    free(show(p));
    puts("survived");
    return 0;
}
