/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #~\) */
/* sizes: 16 1000 30000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    void *(*volatile move)(void *, const void *, size_t) = memmove;
    char *p = show(object(SIZE));
    move(p + 1, p, SIZE);
}

int main(void) { return commit(fault); }
