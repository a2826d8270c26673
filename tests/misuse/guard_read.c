/* signal: segv */
/* sizes: 32768 40000 100000 262144 1000000 40000000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static volatile char sink;

/* A read behind the last page of a large object. */
static void fault(void)
{
    volatile char *p = show(object(SIZE));
    sink = p[room(SIZE)];
}

int main(void) { return commit(fault); }
