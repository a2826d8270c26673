/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #\) */
/* sizes: 24 1000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    char *a = (char *)object(SIZE), *b = (char *)object(SIZE);
    char *low = a < b ? a : b, *high = a < b ? b : a;
    if ((size_t)(high - low) > 2 * SIZE + 32) exit(95);
    high[-1] ^= 1;
    free(show(low));
}

int main(void) { return commit(fault); }
