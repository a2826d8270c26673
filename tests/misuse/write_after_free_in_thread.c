/* expect: wpmalloc: write after free into @ \((size class #|large), # bytes, slot #\) */
/* sizes: 8 24 1000 20000 40000 262136 300000 3000000 */
/* ways: plain child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    char *p = show(object(SIZE));
    free_in_thread(p);
    p[0] = 1;
    reuse(SIZE);
}

int main(void) { return commit(fault); }
