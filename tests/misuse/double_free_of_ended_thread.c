/* expect: wpmalloc: double free of @ \(size class #, # bytes, slot #\) */
#include "misuse.h"

int main(void)
{
    pthread_t t;
    void *p[3];
    if (pthread_create(&t, NULL, (void *(*)(void *))object, (void *)64) != 0) return 99;
    pthread_join(t, &p[0]);
    if (pthread_create(&t, NULL, (void *(*)(void *))object, (void *)64) != 0) return 99;
    pthread_join(t, &p[1]);
    free(p[0]);
    free(show(p[0]));
    puts("survived");
    return 0;
}
