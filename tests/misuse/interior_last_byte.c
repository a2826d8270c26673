/* expect: wpmalloc: free of interior address @ \(size class #, # bytes, slot 0, offset 47~\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    free(show(p + 47));
    puts("survived");
    return 0;
}
