/* expect: wpmalloc: double free of @ \((size class #|large), # bytes, slot #\) */
/* sizes: 8 24 1000 20000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

/* The slot has left its row, and is not in use again. */
static void fault(void)
{
    void *p = show(object(SIZE));
    free(p);
    for (int i = 0; i < 40; i++) free(object(SIZE));
    free(p);
}

int main(void) { return commit(fault); }
