/* expect: wpmalloc: write beyond the end of @ \((size class #|large), # bytes, slot #\) */
/* sizes: 24 1000 */
/* ways: plain thread child */
/* presets: hardened paranoid */
#include "misuse.h"

#define OBJECTS 64 /* so many that two lie side by side, in whichever order they are handed out */

static void fault(void)
{
    char *objects[OBJECTS], *low = NULL, *high = NULL;
    for (int i = 0; i < OBJECTS; i++) objects[i] = (char *)object(SIZE);
    for (int i = 0; i < OBJECTS; i++) {
        for (int j = 0; j < OBJECTS; j++) {
            if (objects[j] <= objects[i]) continue;
            if (low != NULL && objects[j] - objects[i] >= high - low) continue;
            low = objects[i], high = objects[j];
        }
    }
    if (high - low > 2 * SIZE + 32) exit(95);
    high[-1] ^= 1;
    free(show(low));
}

int main(void) { return commit(fault); }
