/* expect: wpmalloc: write after free into @ \((size class #|large), # bytes, slot #\) */
/* sizes: 8 24 1000 7000 40000 300000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    char *p = show(object(SIZE));
    if (realloc(p, SIZE * 4) == p) exit(95);
    p[0] = 1;
    reuse(SIZE);
}

int main(void) { return commit(fault); }
