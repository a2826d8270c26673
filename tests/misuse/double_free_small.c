/* expect: wpmalloc: double free of @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    free(p);
    free(show(p));
    puts("survived");
    return 0;
}
