/* counter.h -- exact counts of instructions.
 *
 * COUNTER_BEGIN and COUNTER_END bracket what is counted; what else lies between them, and their
 * own end, costs something as well: the caller measures a call that does nothing, and subtracts.
 *
 *   Cortex-M   a CMSDK timer of qemu's mps2 machines, 25 MHz, under -icount shift=10: each
 *              instruction takes 1024 ns, 25.6 ticks, so that rounding gives their number
 *   RISC-V     instret under -icount shift=0
 *   x86-64     the processor's trap flag: a signal for each instruction, which a handler counts
 */
#ifndef WPM_WORST_COUNTER_H
#define WPM_WORST_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/* Before all others. */
void counter_set_up(void);

#if defined(__arm__)

static inline uint32_t counter_ticks(void)
{
    __asm__ volatile("" ::: "memory");
    uint32_t ticks = *(volatile uint32_t *)0x40000004u; /* it counts down */
    __asm__ volatile("" ::: "memory");
    return ticks;
}

#define COUNTER_BEGIN() uint32_t counter_before = counter_ticks()
#define COUNTER_END() \
    ((uint32_t)(((uint64_t)(uint32_t)(counter_before - counter_ticks()) * 10 + 128) / 256))

#elif defined(__riscv)

static inline uint32_t counter_ticks(void)
{
    unsigned long ticks;
    __asm__ volatile(".option push\n\t.option arch, +zicsr\n\trdinstret %0\n\t.option pop"
                     : "=r"(ticks)::"memory");
    return (uint32_t)ticks;
}

#define COUNTER_BEGIN() uint32_t counter_before = counter_ticks()
#define COUNTER_END() (counter_ticks() - counter_before)

#elif defined(__x86_64__)

extern volatile uint32_t counter_traps;

/* The flag lies in bit 8; the red zone must be let alone, for the stack is written. */
#define COUNTER_BEGIN()                                                                         \
    (counter_traps = 0);                                                                        \
    __asm__ volatile("lea -256(%%rsp), %%rsp\n\tpushfq\n\torq $0x100, (%%rsp)\n\t"             \
                     "popfq\n\tlea 256(%%rsp), %%rsp" ::: "memory", "cc")
#define COUNTER_END() counter_end()

static inline uint32_t counter_end(void)
{
    __asm__ volatile("lea -256(%%rsp), %%rsp\n\tpushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq\n\t"
                     "lea 256(%%rsp), %%rsp" ::: "memory", "cc");
    return counter_traps;
}

#endif

/* Loops of known length are counted; false when a count is not the length, or differs from one time
 * to the next. */
bool counter_is_exact(void);

#endif
