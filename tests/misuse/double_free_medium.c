/* expect: wpmalloc: double free of @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main(void)
{
    char *p = object(5000);
    char *q = object(5000);
    free(p);
    free(show(p));
    free(q);
    puts("survived");
    return 0;
}
