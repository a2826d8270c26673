/* zephyr_test.c -- Zephyr's k_heap functions as zephyr_heap.c has them, without Zephyr. While a
 * thread waits, others run: here they free one object each tick. */
#include "require.h"
#include "zephyr_heap.h"

static int64_t now;
static unsigned depth;
static struct k_heap heap;
static void *to_free[8]; /* by the others, one a tick */
static unsigned nfree, waits;

unsigned irq_lock(void) { return depth++; }

void irq_unlock(unsigned key)
{
    REQUIRE(key == depth - 1);
    depth = key;
}

int k_sem_init(struct k_sem *sem, unsigned count, unsigned limit)
{
    *sem = (struct k_sem){count, limit};
    return 0;
}

void k_sem_give(struct k_sem *sem) { sem->count += sem->count < sem->limit; }

int k_sem_take(struct k_sem *sem, k_timeout_t timeout)
{
    REQUIRE(depth == 0);
    waits++;
    for (int64_t left = timeout.ticks; sem->count == 0; left--, now++) {
        if (left == 0 || nfree == 0) return -1; /* for ever would hang the test */
        k_heap_free(&heap, to_free[--nfree]);
    }
    sem->count--;
    return 0;
}

k_timepoint_t sys_timepoint_calc(k_timeout_t timeout)
{
    return (k_timepoint_t){timeout.ticks < 0 ? INT64_MAX : now + timeout.ticks};
}

k_timeout_t sys_timepoint_timeout(k_timepoint_t timepoint)
{
    if (timepoint.ticks == INT64_MAX) return K_FOREVER;
    return K_TICKS(timepoint.ticks > now ? timepoint.ticks - now : 0);
}

int main(void)
{
    static uint64_t memory[4096];
    void *all[64];
    unsigned n = 0;
    k_heap_init(&heap, memory, sizeof memory);
    while (n < 64 && (all[n] = k_heap_alloc(&heap, 1024, K_NO_WAIT)) != NULL) n++;
    REQUIRE(n > 4 && n < 32 && waits == 0);
    REQUIRE(k_heap_alloc(&heap, 1024, K_TICKS(5)) == NULL && waits == 1); /* nobody frees */
    to_free[nfree++] = all[0];
    void *got = k_heap_alloc(&heap, 1024, K_FOREVER);
    REQUIRE(got == all[0] && nfree == 0 && heap.waiting == 0);
    for (unsigned i = 1; i < 4; i++) to_free[nfree++] = all[i];
    REQUIRE(k_heap_alloc(&heap, 3072, K_TICKS(2)) == NULL && nfree == 1); /* its time was over */
    unsigned char *big = k_heap_calloc(&heap, 3, 900, K_TICKS(9));
    REQUIRE(big != NULL && nfree == 0 && heap.waiting == 0);
    for (unsigned i = 0; i < 2700; i++) REQUIRE(big[i] == 0);
    to_free[nfree++] = all[4];
    REQUIRE(k_heap_realloc(&heap, big + 16, 5000, K_FOREVER) == NULL && nfree == 1); /* no object */
    k_heap_free(&heap, big + 16);
    k_heap_free(&heap, big);
    k_heap_free(&heap, NULL);
    unsigned char *aligned = k_heap_aligned_alloc(&heap, 256, 300, K_NO_WAIT);
    REQUIRE(aligned != NULL && (uintptr_t)aligned % 256 == 0 && depth == 0 && nfree == 1);
    printf("Zephyr: %u objects of 1024 bytes in %u, %u waits, nothing lost\n", n,
           (unsigned)sizeof memory, waits);
    return 0;
}
