/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #~\) */
/* sizes: 16 1000 30000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    char *(*volatile pad)(char *, const char *, size_t) = strncpy;
    pad(show(object(SIZE)), "x", SIZE + 1);
}

int main(void) { return commit(fault); }
