/* zephyr_heap.c -- Zephyr's k_heap functions over a heap, in place of kernel/kheap.c: an example.
 *
 * A thread that finds no memory waits until some object of the heap ends, then tries again, until
 * its time is over. The heap's critical sections are irq_lock's, so interrupt handlers may free
 * objects, and allocate without waiting.
 */
#include "zephyr_heap.h"

/* What is to be had: one of four calls. */
struct request {
    enum { ALLOC, ALIGNED, CALLOC, REALLOC } kind;
    void *object; /* of REALLOC */
    size_t count; /* of CALLOC; the alignment of ALIGNED */
    size_t bytes;
};

static uint32_t enter(void *context, unsigned which)
{
    (void)context, (void)which;
    return irq_lock();
}

static void leave(void *context, unsigned which, uint32_t before)
{
    (void)context, (void)which;
    irq_unlock(before);
}

void k_heap_init(struct k_heap *h, void *memory, size_t bytes)
{
    static const wpm_hooks hooks = {enter, leave, NULL, NULL};
    wpm_set_hooks(&hooks);
    h->heap = wpm_heap_init(memory, bytes);
    h->waiting = 0;
    (void)k_sem_init(&h->freed, 0, 1);
}

static void *attempt(struct k_heap *h, const struct request *r, wpm_status *status)
{
    *status = WPM_OK;
    if (h->heap == NULL) return NULL;
    switch (r->kind) {
    case ALIGNED: return wpm_aligned(h->heap, r->count, r->bytes);
    case CALLOC: return wpm_calloc(h->heap, r->count, r->bytes);
    case REALLOC: return wpm_realloc(h->heap, r->object, r->bytes, status);
    default: return wpm_malloc(h->heap, r->bytes);
    }
}

static void count_waiting(struct k_heap *h, int more)
{
    unsigned key = irq_lock();
    h->waiting += (unsigned)more;
    irq_unlock(key);
}

/* Memory that comes free between an attempt and the wait has given the semaphore meanwhile: who is
 * about to wait is counted before the attempt. */
static void *wait_for(struct k_heap *h, const struct request *r, k_timeout_t timeout)
{
    k_timepoint_t end = sys_timepoint_calc(timeout);
    wpm_status status;
    count_waiting(h, 1);
    void *object = attempt(h, r, &status);
    while (object == NULL && status == WPM_OK &&
           k_sem_take(&h->freed, sys_timepoint_timeout(end)) == 0)
        object = attempt(h, r, &status);
    count_waiting(h, -1);
    if (h->waiting > 0) k_sem_give(&h->freed); /* the next one may have more luck */
    return object;
}

static void *get(struct k_heap *h, const struct request *r, k_timeout_t timeout)
{
    wpm_status status;
    void *object = attempt(h, r, &status);
    if (object != NULL || status != WPM_OK || K_TIMEOUT_EQ(timeout, K_NO_WAIT)) return object;
    return wait_for(h, r, timeout);
}

void *k_heap_alloc(struct k_heap *h, size_t bytes, k_timeout_t timeout)
{
    return get(h, &(struct request){ALLOC, NULL, 0, bytes}, timeout);
}

void *k_heap_aligned_alloc(struct k_heap *h, size_t align, size_t bytes, k_timeout_t timeout)
{
    return get(h, &(struct request){ALIGNED, NULL, align, bytes}, timeout);
}

void *k_heap_calloc(struct k_heap *h, size_t count, size_t bytes, k_timeout_t timeout)
{
    return get(h, &(struct request){CALLOC, NULL, count, bytes}, timeout);
}

void *k_heap_realloc(struct k_heap *h, void *object, size_t bytes, k_timeout_t timeout)
{
    return get(h, &(struct request){REALLOC, object, 0, bytes}, timeout);
}

void k_heap_free(struct k_heap *h, void *object)
{
    if (h->heap == NULL || object == NULL) return;
    if (wpm_free(h->heap, object) == WPM_OK && h->waiting > 0) k_sem_give(&h->freed);
}
