/* bare.c -- the system contract where there is no system: a device (WPM_BARE).
 *
 * A heap lies in a region of the caller's, so nothing is reserved, committed or given back: such
 * calls are refused, and the callers cope. Locks are the device's critical sections (wpm_device.h).
 */
#include "../wpm_device.h"
#include "../platform.h"
#include "bare.h"

static wpm_hooks hooks; /* zero: none */

void wpm_set_hooks(const wpm_hooks *wanted)
{
    static const wpm_hooks none;
    hooks = wanted != NULL ? *wanted : none;
}

uint32_t bare_enter(unsigned which)
{
    return hooks.enter != NULL ? hooks.enter(hooks.context, which) : 0;
}

void bare_leave(unsigned which, uint32_t before)
{
    if (hooks.leave != NULL) hooks.leave(hooks.context, which, before);
}

void bare_lock_enter(uint32_t *word, uint32_t rank)
{
    uint32_t before = bare_enter(rank);
    *word = before; /* inside the section: no one else writes it */
}

void bare_lock_leave(uint32_t *word, uint32_t rank) { bare_leave(rank, *word); }

void bare_fault(unsigned status, const void *address)
{
    if (hooks.fault != NULL) hooks.fault(hooks.context, status, address);
}

void platform_lock_wait(uint32_t *word, uint32_t value) { (void)word, (void)value; }

void platform_lock_wake(uint32_t *word) { (void)word; }

bool platform_one_thread(void) { return hooks.enter == NULL; }

uintptr_t platform_reserve(uintptr_t hint, size_t bytes, size_t align)
{
    (void)hint, (void)bytes, (void)align;
    return 0;
}

bool platform_unreserve(uintptr_t address, size_t bytes)
{
    (void)address, (void)bytes;
    return false;
}

bool platform_commit(uintptr_t address, size_t bytes)
{
    (void)address, (void)bytes;
    return false;
}

bool platform_release(uintptr_t address, size_t bytes)
{
    (void)address, (void)bytes;
    return false;
}

bool platform_protect(uintptr_t address, size_t bytes)
{
    (void)address, (void)bytes;
    return false;
}

size_t platform_page_bytes(void) { return 4096; } /* no one asks: nothing is reserved */

void platform_write_error(const char *text, size_t count) { (void)text, (void)count; }
