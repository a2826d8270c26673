/* expect: wpmalloc: realloc of freed object @ \(large, # bytes, slot 0\) */
/* fast: wpmalloc: realloc of freed or invalid @ \(no object there now\) */
#include "misuse.h"

int main(void)
{
    char *p = object(1 << 20);
    free(p);
    p = realloc(show(p), 2 << 20);
    puts("survived");
    return 0;
}
