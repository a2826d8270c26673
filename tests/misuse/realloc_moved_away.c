/* expect: wpmalloc: realloc of freed object @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    char *q = realloc(p, 5000);
    if (q != p) p = realloc(show(p), 100);
    puts("survived");
    return 0;
}
