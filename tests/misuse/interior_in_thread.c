/* expect: wpmalloc: free of interior address @ \(size class #, # bytes, slot 0, offset 8~\) */
#include "misuse.h"

int main(void)
{
    char *p = object(48);
    free_in_thread(show(p + 8));
    puts("survived");
    return 0;
}
