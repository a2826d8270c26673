/* expect: wpmalloc: realloc of freed object @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    free(p);
    p = realloc(show(p), 0);
    puts("survived");
    return 0;
}
