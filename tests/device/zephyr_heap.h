/* zephyr_heap.h -- Zephyr's k_heap interface over a heap: an example. See zephyr_heap.c. */
#ifndef WPM_ZEPHYR_HEAP_H
#define WPM_ZEPHYR_HEAP_H

#include <zephyr/kernel.h>

#include "wpmalloc.h"

struct k_heap {
    wpm_heap *heap;
    struct k_sem freed; /* given whenever an object has ended */
    unsigned waiting;   /* threads that wait for memory */
};

/* A heap on `bytes` bytes at `memory`. */
void k_heap_init(struct k_heap *h, void *memory, size_t bytes);

/* An object; NULL when there was no memory for it within `timeout`. From interrupt handlers with
 * K_NO_WAIT alone. */
void *k_heap_alloc(struct k_heap *h, size_t bytes, k_timeout_t timeout);
void *k_heap_aligned_alloc(struct k_heap *h, size_t align, size_t bytes, k_timeout_t timeout);
void *k_heap_calloc(struct k_heap *h, size_t count, size_t bytes, k_timeout_t timeout);
void *k_heap_realloc(struct k_heap *h, void *object, size_t bytes, k_timeout_t timeout);

/* End an object's life; what is none is told to the fault hook of wpm_device.h, and changes
 * nothing. */
void k_heap_free(struct k_heap *h, void *object);

#endif
