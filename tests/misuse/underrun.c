/* expect: wpmalloc: write before the start of @ \(size class #, # bytes, slot #\) */
/* sizes: 8 24 1000 20000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    (void)object(SIZE);
    char *p = show(object(SIZE));
    p[-1] ^= 1;
    free(p);
}

int main(void) { return commit(fault); }
