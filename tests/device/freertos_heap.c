/* freertos_heap.c -- FreeRTOS's memory functions over a heap, in place of its heap_1 to heap_5: an
 * example.
 *
 * Compile it with wpmalloc.c in place of portable/MemMang/heap_n.c. Unlike those it may be called
 * from interrupt handlers whose priority the kernel masks. A bad vPortFree changes nothing, and
 * ends in configASSERT.
 */
#include "FreeRTOS.h"
#include "wpmalloc.h"

void *pvPortMalloc(size_t bytes);
void *pvPortCalloc(size_t count, size_t bytes);
void vPortFree(void *object);
void vPortInitialiseBlocks(void);
size_t xPortGetFreeHeapSize(void);
size_t xPortGetMinimumEverFreeHeapSize(void);
void vApplicationMallocFailedHook(void);

static uint64_t memory[configTOTAL_HEAP_SIZE / sizeof(uint64_t)];
static wpm_heap *heap;          /* NULL until the first call */
static size_t free_bytes, least; /* not in objects, now and at the worst moment */

static uint32_t enter(void *context, unsigned which)
{
    (void)context, (void)which;
    return (uint32_t)taskENTER_CRITICAL_FROM_ISR();
}

static void leave(void *context, unsigned which, uint32_t before)
{
    (void)context, (void)which;
    taskEXIT_CRITICAL_FROM_ISR((UBaseType_t)before);
}

static void start(void)
{
    static const wpm_hooks hooks = {enter, leave, NULL, NULL};
    wpm_statistics s;
    heap = wpm_heap_init(memory, sizeof memory);
    configASSERT(heap != NULL);
    wpm_stats(heap, &s);
    least = free_bytes = (size_t)s.region_bytes;
    wpm_set_hooks(&hooks);
}

void vPortInitialiseBlocks(void)
{
    uint32_t before = enter(NULL, 0);
    if (heap == NULL) start();
    leave(NULL, 0, before);
}

/* `object` has come to be; returns it. */
static void *count(void *object)
{
    if (object != NULL) {
        uint32_t before = enter(NULL, 0);
        free_bytes -= wpm_usable_size(heap, object);
        if (free_bytes < least) least = free_bytes;
        leave(NULL, 0, before);
    }
#if configUSE_MALLOC_FAILED_HOOK == 1
    else vApplicationMallocFailedHook();
#endif
    return object;
}

void *pvPortMalloc(size_t bytes)
{
    if (heap == NULL) vPortInitialiseBlocks();
    return bytes > 0 ? count(wpm_malloc(heap, bytes)) : NULL;
}

void *pvPortCalloc(size_t number, size_t bytes)
{
    if (heap == NULL) vPortInitialiseBlocks();
    return number > 0 && bytes > 0 ? count(wpm_calloc(heap, number, bytes)) : NULL;
}

void vPortFree(void *object)
{
    if (object == NULL) return;
    size_t bytes = heap != NULL ? wpm_usable_size(heap, object) : 0;
    wpm_status status = heap != NULL ? wpm_free(heap, object) : WPM_FOREIGN;
    configASSERT(status == WPM_OK);
    if (status != WPM_OK) return;
    uint32_t before = enter(NULL, 0);
    free_bytes += bytes;
    leave(NULL, 0, before);
}

size_t xPortGetFreeHeapSize(void) { return free_bytes; }

size_t xPortGetMinimumEverFreeHeapSize(void) { return least; }
