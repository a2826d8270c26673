/* signal: segv */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

// A vector's room for no items.
static void fault()
{
    volatile char *p = static_cast<char *>(show(new char[0]));
    p[0] = 1;
}

int main() { return commit(fault); }
