/* expect: wpmalloc: double free of @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main(void)
{
    void *volatile p = malloc(0);
    free(p);
    free(show(p));
    puts("survived");
    return 0;
}
