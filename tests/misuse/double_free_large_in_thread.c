/* expect: wpmalloc: double or invalid free of @ \(no object there now\) */
#include "misuse.h"

int main(void)
{
    char *p = object(100000);
    free_in_thread(p);
    free(show(p));
    puts("survived");
    return 0;
}
