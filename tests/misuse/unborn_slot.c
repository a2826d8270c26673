/* expect: wpmalloc: double free of @ \(size class [0-9]+, 48 bytes, slot [0-9]+\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    free(show(p + 48 * 100));
    puts("survived");
    return 0;
}
