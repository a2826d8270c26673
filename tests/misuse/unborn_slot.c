/* expect: wpmalloc: double free of @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    free(show(p + 48 * 100));
    puts("survived");
    return 0;
}
