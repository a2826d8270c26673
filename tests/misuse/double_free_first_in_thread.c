/* expect: wpmalloc: double free of @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

/* The owner of a slot frees it after another thread did. The owner's short way does not look for
 * that: it is found when the slot's turn comes again, before anyone gets it. */
int main(void)
{
    char *p = show(object(48));
    free_in_thread(p);
    free(p);
    for (int i = 0; i < 1000; i++)
        if (object(48) == p) puts("handed out again");
    puts("survived");
    return 0;
}
