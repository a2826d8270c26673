/* expect: wpmalloc: double free of @ \((size class #|large), # bytes, slot #\) */
/* sizes: 8 24 1000 20000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

/* Fewer further ends of its class than it waits for. */
static void fault(void)
{
    void *p = show(object(SIZE));
    void *between[3];
    for (int i = 0; i < 3; i++) between[i] = object(SIZE);
    free(p);
    for (int i = 0; i < 3; i++) free(between[i]);
    free(p);
}

int main(void) { return commit(fault); }
