/* expect: wpmalloc: double free of @ \(large, # bytes, slot 0\) */
/* fast: wpmalloc: double or invalid free of @ \(no object there now\) */
#include "misuse.h"

int main(void)
{
    char *p = object(1 << 20);
    free(p);
    free(show(p));
    puts("survived");
    return 0;
}
