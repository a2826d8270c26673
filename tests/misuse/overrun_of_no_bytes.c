/* signal: segv */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    volatile char *p = show(malloc(0));
    p[0] = 1;
}

int main(void) { return commit(fault); }
