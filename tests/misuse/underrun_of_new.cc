/* expect: wpmalloc: write before the start of @ \(size class #, # bytes, slot #\) */
/* sizes: 8 24 1000 20000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

// Nobody holds the slot before it.
static void fault()
{
    char *volatile before = new char[SIZE];
    char *p = static_cast<char *>(show(new char[SIZE]));
    delete[] before;
    p[-7] = 1;
    delete[] p;
}

int main() { return commit(fault); }
