/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #\) */
/* sizes: 1 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    char *volatile p = show(malloc(0));
    p[0] = 1;
    free(p);
}

int main(void) { return commit(fault); }
