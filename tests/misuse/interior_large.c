/* expect: wpmalloc: free of interior address @ \(large, # bytes, slot 0, offset 4096~\) */
#include "misuse.h"

int main(void)
{
    char *p = object(1000000);
    free(show(p + 4096));
    puts("survived");
    return 0;
}
