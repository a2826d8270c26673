/* signal: segv */
/* sizes: 16 1000 30000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    volatile char *p = show(object(SIZE));
    p[SIZE + (1 << 20)] = 1;
}

int main(void) { return commit(fault); }
