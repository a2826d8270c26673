/* expect: wpmalloc: free of interior address @ \(size class #, # bytes, slot 0, offset 8~\) */
#include "misuse.h"

#include <string>

// An array with destructors begins with its length: delete without [] names another address.
int main()
{
    struct Item {
        int *p = new int(1);
        ~Item() { delete p; }
    };
    Item *items = new Item[11];
    Item *one = static_cast<Item *>(show(items));
    delete one;
    puts("survived");
    return 0;
}
