/* FreeRTOS.h -- of FreeRTOS, what freertos_heap.c needs of it, for the test of that example. */
#ifndef TESTS_FREERTOS_H
#define TESTS_FREERTOS_H

#include <stddef.h>
#include <stdint.h>

typedef unsigned long UBaseType_t;

#define configTOTAL_HEAP_SIZE ((size_t)64 << 10)
#define configUSE_MALLOC_FAILED_HOOK 1
#define taskENTER_CRITICAL_FROM_ISR() stub_enter()
#define taskEXIT_CRITICAL_FROM_ISR(mask) stub_leave(mask)
#define configASSERT(claim) stub_assert(claim)

UBaseType_t stub_enter(void);
void stub_leave(UBaseType_t mask);
void stub_assert(int claim);

#endif
