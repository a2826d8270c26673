/* expect: wpmalloc: write beyond the end of @ \(large, # bytes, slot 0~\) */
/* sizes: 40000 1000000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

/* A copy to an address behind the last page of a large object. */
static void fault(void)
{
    static char from[100];
    char *p = show(object(SIZE));
    memcpy(p + room(SIZE), from, sizeof from);
}

int main(void) { return commit(fault); }
