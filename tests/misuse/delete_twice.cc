/* expect: wpmalloc: double free of @ \(size class [0-9]+, 48 bytes, slot [0-9]+\) */
#include "misuse.h"

int main()
{
    char *p = new char[48];
    delete[] p;
    delete[] static_cast<char *>(show(p));
    puts("survived");
    return 0;
}
