/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #~\) */
/* sizes: 24 1000 20000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    char *p = show(object(SIZE));
    memset(p, 'a', SIZE + 5);
    p[SIZE + 5] = 0;
    free(p);
}

int main(void) { return commit(fault); }
