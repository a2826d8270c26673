/* expect: wpmalloc: mismatched free or delete of @ \((size class #|large), # bytes, slot #~\) */
/* sizes: 8 24 1000 20000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

void free_sized(void *object, size_t bytes) __attribute__((weak));

static void fault(void) { free_sized(show(object(SIZE)), SIZE + 1); }

int main(void) { return commit(fault); }
