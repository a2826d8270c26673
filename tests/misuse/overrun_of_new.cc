/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #\) */
/* sizes: 24 1000 20000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    char *p = static_cast<char *>(show(new char[SIZE]));
    p[SIZE] = 1;
    delete[] p;
}

int main() { return commit(fault); }
