/* micro_constants.c -- what ci/fragmentation.py has to know of the micro profile. */
#include "micro/microheap.h"

#include <stdio.h>

#define SAY(name) printf(#name " %llu\n", (unsigned long long)(name))

int main(void)
{
    SAY(PAGE_SIZE);
    SAY(CHUNK_PAGES);
    SAY(MAX_PAGES);
    printf("levels %u %u %u %u\n", L1_PAGES, L2_PAGES, L3_PAGES, L4_PAGES);
    printf("sizeof_wpm_heap %zu\n", sizeof(struct wpm_heap));
    printf("sizeof_page_summary %zu\n", sizeof(struct page_summary));
    return 0;
}
