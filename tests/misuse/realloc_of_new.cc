/* expect: wpmalloc: mismatched realloc of @ \((size class #|large), # bytes, slot #~\) */
/* sizes: 8 24 1000 20000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault()
{
    void *volatile p = realloc(show(::operator new(SIZE)), 3 * SIZE);
    (void)p;
}

int main() { return commit(fault); }
