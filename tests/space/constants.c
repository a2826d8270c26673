/* constants.c -- what ci/fragmentation.py has to know of a profile, as the compiler says it. */
#include "heap.h"

#include <stdio.h>

#define SAY(name) printf(#name " %llu\n", (unsigned long long)(name))
#define SAY_SIZE(type) printf("sizeof_" #type " %zu\n", sizeof(struct type))

int main(void)
{
    SAY(PAGE_SIZE);
    SAY(CHUNK_PAGES);
    SAY(MAX_PAGES);
    SAY(MAX_CACHES);
    SAY(MAX_SMALL_SIZE);
    SAY(MALLOC_ALIGN);
    SAY(NUM_CLASSES);
    SAY(SPAN_WORDS);
    SAY_SIZE(wpm_heap);
    SAY_SIZE(mspan);
    SAY_SIZE(mcache);
    SAY_SIZE(span_set);
    SAY_SIZE(page_summary);
    for (uint32_t k = 0; k < NUM_CLASSES; k++)
        printf("class %u %u %u\n", class_table[k].size_bytes, class_table[k].span_pages,
               class_table[k].slots);
    for (uint32_t u = 0; u < CLASS_UNITS; u++) printf("class_of %u\n", class_of_16[u]);
    return 0;
}
