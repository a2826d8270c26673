/* bare_atomic.c -- operations on 64-bit words that others must not see half done, for processors
 * that have none.
 *
 * Where a compiler knows no instruction for an operation of atomic.h it calls a function by these
 * names, of GCC's libatomic, with its arguments: an address, a value, the memory order. Here each
 * is a critical section of the device's. They are weak, so that a libatomic that is linked anyhow
 * may stand for them; processors with such instructions never call them.
 */
#include "bare.h"

#define WEAK __attribute__((weak))

/* Other names in C: compilers keep the functions' own to themselves. */
uint64_t bare_load(const volatile void *word, int order) __asm__("__atomic_load_8");
void bare_store(volatile void *word, uint64_t value, int order) __asm__("__atomic_store_8");
uint64_t bare_or(volatile void *word, uint64_t mask, int order) __asm__("__atomic_fetch_or_8");
uint64_t bare_and(volatile void *word, uint64_t mask, int order) __asm__("__atomic_fetch_and_8");

WEAK uint64_t bare_load(const volatile void *word, int order)
{
    (void)order;
    uint32_t before = bare_enter(BARE_WORD);
    uint64_t value = *(const volatile uint64_t *)word;
    bare_leave(BARE_WORD, before);
    return value;
}

WEAK void bare_store(volatile void *word, uint64_t value, int order)
{
    (void)order;
    uint32_t before = bare_enter(BARE_WORD);
    *(volatile uint64_t *)word = value;
    bare_leave(BARE_WORD, before);
}

/* Of *word the bits of `kept` stay, and those of `more` join them; returns what it was. */
static uint64_t change(volatile uint64_t *word, uint64_t kept, uint64_t more)
{
    uint32_t before = bare_enter(BARE_WORD);
    uint64_t old = *word;
    *word = (old & kept) | more;
    bare_leave(BARE_WORD, before);
    return old;
}

WEAK uint64_t bare_or(volatile void *word, uint64_t mask, int order)
{
    (void)order;
    return change(word, UINT64_MAX, mask);
}

WEAK uint64_t bare_and(volatile void *word, uint64_t mask, int order)
{
    (void)order;
    return change(word, mask, 0);
}
