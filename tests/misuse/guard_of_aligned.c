/* signal: segv */
/* sizes: 32768 40000 100000 262144 1000000 40000000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

/* A write behind the last page of an aligned object. */
static void fault(void)
{
    volatile char *p = show(aligned_alloc(4096, SIZE));
    p[room(SIZE)] = 1;
}

int main(void) { return commit(fault); }
