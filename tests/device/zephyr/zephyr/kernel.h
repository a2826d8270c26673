/* kernel.h -- of Zephyr's kernel, what zephyr_heap.c needs of it, for the test of that example. */
#ifndef TESTS_ZEPHYR_KERNEL_H
#define TESTS_ZEPHYR_KERNEL_H

#include <stddef.h>
#include <stdint.h>

typedef struct { int64_t ticks; } k_timeout_t; /* -1: for ever */
typedef struct { int64_t ticks; } k_timepoint_t;

#define K_NO_WAIT ((k_timeout_t){0})
#define K_FOREVER ((k_timeout_t){-1})
#define K_TICKS(n) ((k_timeout_t){n})
#define K_TIMEOUT_EQ(a, b) ((a).ticks == (b).ticks)

struct k_sem {
    unsigned count, limit;
};

int k_sem_init(struct k_sem *sem, unsigned count, unsigned limit);
int k_sem_take(struct k_sem *sem, k_timeout_t timeout); /* 0, or negative when the time is over */
void k_sem_give(struct k_sem *sem);

k_timepoint_t sys_timepoint_calc(k_timeout_t timeout);
k_timeout_t sys_timepoint_timeout(k_timepoint_t timepoint);

unsigned irq_lock(void);
void irq_unlock(unsigned key);

#endif
