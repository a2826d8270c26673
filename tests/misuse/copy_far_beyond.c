/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #~\) */
/* sizes: 16 1000 30000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static char source[SIZE + (2 << 20)];

static void fault(void)
{
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    copy(show(object(SIZE)), source, SIZE + (1 << 20));
}

int main(void) { return commit(fault); }
