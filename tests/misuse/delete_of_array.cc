/* expect: wpmalloc: mismatched free or delete of @ \((size class #|large), # bytes, slot #~\) */
/* sizes: 8 24 1000 20000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

static void fault()
{
    char *p = static_cast<char *>(show(new char[SIZE]));
    ::operator delete(p);
}

int main() { return commit(fault); }
