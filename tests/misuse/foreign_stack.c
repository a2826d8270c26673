/* expect: wpmalloc: free of foreign address @ \(not in this heap\) */
#include "misuse.h"

int main(void)
{
    char local[64] = "";
    object(10);
    free(show(local));
    puts("survived");
    return 0;
}
