/* counter.c -- what the counters need, and whether they are exact. */
#if defined(__x86_64__)
#define _GNU_SOURCE
#include <signal.h>
#endif

#include "counter.h"

#if defined(__arm__)

void counter_set_up(void)
{
    volatile uint32_t *timer = (volatile uint32_t *)0x40000000u;
    timer[0] = 0;
    timer[2] = 0xffffffffu; /* from where it begins again */
    timer[1] = 0xffffffffu;
    timer[0] = 1;
}

/* 2 * n instructions. */
static void loop(uint32_t n)
{
    __asm__ volatile(".balign 4\n1:\tsubs %0, #1\n\tbne 1b" : "+l"(n)::"cc");
}

#elif defined(__riscv)

void counter_set_up(void)
{
}

static void loop(uint32_t n)
{
    unsigned long left = n;
    __asm__ volatile("1:\taddi %0, %0, -1\n\tbnez %0, 1b" : "+r"(left));
}

#elif defined(__x86_64__)

volatile uint32_t counter_traps;

static void trapped(int signal)
{
    (void)signal;
    counter_traps++;
}

void counter_set_up(void)
{
    struct sigaction action = {.sa_handler = trapped};
    (void)sigaction(SIGTRAP, &action, NULL);
}

static void loop(uint32_t n)
{
    __asm__ volatile("1:\tsub $1, %0\n\tjnz 1b" : "+r"(n)::"cc");
}

#endif

static uint32_t __attribute__((noinline)) count_of_loop(void (*volatile f)(uint32_t), uint32_t n)
{
    COUNTER_BEGIN();
    f(n);
    return COUNTER_END();
}

bool counter_is_exact(void)
{
    static const uint32_t lengths[] = {1, 2, 3, 5, 17, 100, 1001, 20000};
    uint32_t rest = count_of_loop(loop, 1) - 2; /* the call, and the counter itself */
    if (rest == 0 || rest > 100) return false;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++)
            if (count_of_loop(loop, lengths[i]) != 2 * lengths[i] + rest) return false;
    }
    return true;
}
