/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #\) */
/* sizes: 1 24 40 100 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    char *p = show(object(SIZE));
    p[(SIZE + 8 + 15) / 16 * 16 - 1] ^= 1;
    free(p);
}

int main(void) { return commit(fault); }
