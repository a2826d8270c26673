/* chance.c -- in which order slots are handed out, and how far the heap lies from libc.
 *
 * Prints two words: the places of 40 objects of one size, from that of the first; and the distance.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define OBJECTS 40

int main(void)
{
    uintptr_t at[OBJECTS];
    for (int i = 0; i < OBJECTS; i++) at[i] = (uintptr_t)malloc(100);
    for (int i = 0; i < OBJECTS; i++) printf("%lld,", (long long)(at[i] - at[0]));
    printf(" %llu\n", (unsigned long long)((uintptr_t)&printf - at[0]) >> 12);
    return 0;
}
