/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #~\) */
/* sizes: 16 1000 30000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static char source[SIZE + (2 << 20)];

static void fault(void)
{
    char *(*volatile append)(char *, const char *) = strcat;
    char *p = show(object(SIZE));
    memset(source, 'x', SIZE - 5);
    strcpy(p, "12345");
    append(p, source);
}

int main(void) { return commit(fault); }
