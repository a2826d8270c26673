/* expect: wpmalloc: double free of @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main()
{
    char *p = new char[48];
    delete[] p;
    delete[] static_cast<char *>(show(p));
    puts("survived");
    return 0;
}
