/* signal: segv */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    volatile char *p = show(calloc(0, 8));
    printf("read %d\n", p[7]);
}

int main(void) { return commit(fault); }
