/* freertos_test.c -- FreeRTOS's memory functions as freertos_heap.c has them, without FreeRTOS. */
#include "FreeRTOS.h"
#include "require.h"

void *pvPortMalloc(size_t bytes);
void *pvPortCalloc(size_t count, size_t bytes);
void vPortFree(void *object);
size_t xPortGetFreeHeapSize(void);
size_t xPortGetMinimumEverFreeHeapSize(void);
void vApplicationMallocFailedHook(void);

static unsigned long depth, deepest;
static unsigned failed, asserted;

/* A section that begins inside another hands its mask back: as on a real core. */
UBaseType_t stub_enter(void)
{
    if (depth + 1 > deepest) deepest = depth + 1;
    return depth++;
}

void stub_leave(UBaseType_t mask)
{
    REQUIRE(mask == depth - 1);
    depth = mask;
}

void stub_assert(int claim) { asserted += !claim; }

void vApplicationMallocFailedHook(void) { failed++; }

int main(void)
{
    void *all[100];
    unsigned n = 0;
    unsigned char *one = pvPortMalloc(100);
    size_t free_bytes = xPortGetFreeHeapSize(), least = free_bytes;
    REQUIRE(one != NULL && free_bytes > 30000 && xPortGetMinimumEverFreeHeapSize() == free_bytes);
    REQUIRE(pvPortMalloc(0) == NULL && failed == 0);
    while (n < 100 && (all[n] = pvPortMalloc(2000)) != NULL) n++;
    least = xPortGetFreeHeapSize();
    REQUIRE(n > 10 && n < 100 && failed == 1 && least < free_bytes);
    for (unsigned i = 0; i < n; i++) vPortFree(all[i]);
    REQUIRE(xPortGetFreeHeapSize() == free_bytes && xPortGetMinimumEverFreeHeapSize() == least);
    unsigned char *zeros = pvPortCalloc(30, 10);
    for (unsigned i = 0; i < 300; i++) REQUIRE(zeros[i] == 0);
    vPortFree(zeros);
    REQUIRE(asserted == 0 && depth == 0 && deepest > 1);
    vPortFree(one + 16);
    vPortFree(&one);
    REQUIRE(asserted == 2 && xPortGetFreeHeapSize() == free_bytes);
    vPortFree(one);
    vPortFree(one);
    REQUIRE(asserted == 3 && xPortGetFreeHeapSize() > free_bytes && depth == 0);
    printf("FreeRTOS: %u objects of 2000 bytes in %lu, nothing lost\n", n,
           (unsigned long)configTOTAL_HEAP_SIZE);
    return 0;
}
