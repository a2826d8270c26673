/* expect: wpmalloc: realloc of freed object @ \(size class #, 16 bytes, slot #\) */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    void *volatile p = show(malloc(0));
    free(p);
    p = realloc(p, 100);
}

int main(void) { return commit(fault); }
