/* interrupt_test.c -- a heap that a timer's interrupt handler uses as well, at any instruction.
 *
 * The program and the handler make random calls on one heap; the hooks mask interrupts, as a device
 * would. The timer is the core's own (SysTick on ARM; machine timer on RISC-V, where qemu's `virt`
 * has it), and its period changes, so that it strikes everywhere. Ends with one line.
 */
#include "turns.h"

#ifndef UNMASKED
#define UNMASKED 0 /* 1: a seeded fault, no hooks; the program must not pass then */
#endif

#define INTERRUPTS (UNMASKED ? 100000u : 3000u) /* a seeded fault has more of them to strike */
#define PERIOD_LEAST 700u
#define PERIOD_SPREAD 4093u /* odd: no beat with a loop of the program */

static struct list mine = {.random = 2463534242u}, handlers = {.random = 88675123u};
static volatile unsigned handled;

static void set_timer(uint32_t period);

static void handle(void)
{
    handled++;
    turn(&handlers);
    set_timer(PERIOD_LEAST + handled * 977u % PERIOD_SPREAD);
}

#ifdef __ARM_ARCH
#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define SYSTICK_CONTROL REGISTER(0xe000e010u)
#define SYSTICK_RELOAD REGISTER(0xe000e014u)
#define SYSTICK_VALUE REGISTER(0xe000e018u)

void arm_systick_isr(void); /* picolibc's vector names it */
void arm_systick_isr(void) { handle(); }

static void set_timer(uint32_t period)
{
    SYSTICK_RELOAD = period;
    SYSTICK_VALUE = 0;
    SYSTICK_CONTROL = 7; /* the core's clock, with the interrupt, on */
}

static void stop_timer(void) { SYSTICK_CONTROL = 0; }

static void start_timer(void) { set_timer(PERIOD_LEAST); }

static uint32_t enter(void *context, unsigned which)
{
    uint32_t before;
    (void)context, (void)which;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
    return before;
}

static void leave(void *context, unsigned which, uint32_t before)
{
    (void)context, (void)which;
    __asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
}
#else
__asm__(".option arch, +zicsr");

#define TIMER_NOW (*(volatile uint64_t *)(uintptr_t)0x0200bff8u)
#define TIMER_NEXT (*(volatile uint64_t *)(uintptr_t)0x02004000u)
#define MSTATUS_MIE 8u
#define MIE_TIMER 0x80u

static void set_timer(uint32_t period) { TIMER_NEXT = TIMER_NOW + period / 128; }

static void __attribute__((interrupt("machine"), aligned(4))) trap(void) { handle(); }

static void start_timer(void)
{
    set_timer(PERIOD_LEAST);
    __asm__ volatile("csrw mtvec, %0" : : "r"(trap));
    __asm__ volatile("csrs mie, %0" : : "r"(MIE_TIMER));
    __asm__ volatile("csrs mstatus, %0" : : "r"(MSTATUS_MIE));
}

static void stop_timer(void) { __asm__ volatile("csrc mie, %0" : : "r"(MIE_TIMER)); }

static uint32_t enter(void *context, unsigned which)
{
    uintptr_t before;
    (void)context, (void)which;
    __asm__ volatile("csrrc %0, mstatus, %1" : "=r"(before) : "r"(MSTATUS_MIE) : "memory");
    return (uint32_t)before & MSTATUS_MIE;
}

static void leave(void *context, unsigned which, uint32_t before)
{
    (void)context, (void)which;
    __asm__ volatile("csrs mstatus, %0" : : "r"((uintptr_t)before) : "memory");
}
#endif

int main(void)
{
    static const wpm_hooks hooks = {enter, leave, NULL, NULL};
    unsigned turns = 0;
    heap = wpm_heap_init(region, REGION_BYTES);
    REQUIRE(heap != NULL);
    if (!UNMASKED) wpm_set_hooks(&hooks);
    start_timer();
    while (handled < INTERRUPTS) {
        turn(&mine);
        turns++;
    }
    stop_timer();
    REQUIRE(live_objects() == count(&mine) + count(&handlers));
    end_all(&mine);
    end_all(&handlers);
    REQUIRE(live_objects() == 0);
    printf("%u turns of a handler between those of the program: nothing lost\n", INTERRUPTS);
    return turns > 0 ? 0 : 1;
}
