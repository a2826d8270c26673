/* expect: wpmalloc: realloc of interior address @ \(size class #, # bytes, slot 0, offset 16~\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    p = realloc(show(p + 16), 100);
    puts("survived");
    return 0;
}
