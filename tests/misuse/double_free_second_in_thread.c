/* expect: wpmalloc: double free of @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    free(p);
    free_in_thread(show(p));
    puts("survived");
    return 0;
}
