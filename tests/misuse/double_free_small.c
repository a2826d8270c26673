/* expect: wpmalloc: double free of @ \(size class [0-9]+, 48 bytes, slot [0-9]+\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    free(p);
    free(show(p));
    puts("survived");
    return 0;
}
