/* expect: wpmalloc: double free of @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main(void)
{
    char *p[40];
    for (int i = 0; i < 40; i++) p[i] = object(32);
    for (int i = 0; i < 20; i++) free(p[i]);
    object(32);
    free(show(p[7]));
    puts("survived");
    return 0;
}
