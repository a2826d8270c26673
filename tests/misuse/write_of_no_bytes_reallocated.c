/* signal: segv */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    volatile char *p = show(realloc(NULL, 0));
    p[15] = 1;
}

int main(void) { return commit(fault); }
