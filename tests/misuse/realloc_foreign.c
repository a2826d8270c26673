/* expect: wpmalloc: realloc of foreign address @ \(not in this heap\) */
#include "misuse.h"

int main(void)
{
    static char fixed[64];
    char *p = realloc(show(fixed), 100);
    free(p);
    puts("survived");
    return 0;
}
