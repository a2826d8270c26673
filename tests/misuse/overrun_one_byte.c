/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #\) */
/* sizes: 1 7 8 24 100 1000 20000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    char *p = show(object(SIZE));
    p[SIZE] = 1;
    free(p);
}

int main(void) { return commit(fault); }
