/* expect: wpmalloc: write after free into @ \((size class #|large), # bytes, slot #\) */
/* sizes: 16 1000 30000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    void *(*volatile set)(void *, int, size_t) = memset;
    char *p = show(object(SIZE));
    free(p);
    set(p, 0, SIZE);
}

int main(void) { return commit(fault); }
