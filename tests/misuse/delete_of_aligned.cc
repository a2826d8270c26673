/* expect: wpmalloc: mismatched free or delete of @ \((size class #|large), # bytes, slot #~\) */
/* sizes: 8 24 1000 20000 100000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

#include <new>

static void fault()
{
    ::operator delete(show(::operator new(SIZE, std::align_val_t{64})));
}

int main() { return commit(fault); }
