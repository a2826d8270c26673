/* expect: wpmalloc: free of interior address @ \(size class #, 16 bytes, slot #, offset 8\) */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault(void)
{
    char *volatile p = malloc(0);
    free(show(p + 8));
}

int main(void) { return commit(fault); }
