/* inspect.c -- every object of the process looked at, when a program asks for it.
 *
 * malloc_check looks at the red zone of each live object, and of what waits in the quarantine
 * whether it was written since; the first fault found ends the process, as free would have. It
 * finds a fault of an object that is never freed, or long before. Exact while no other thread
 * allocates or frees: else an object that is being made may look like a fault.
 */
#include "preset.h"
#include "process.h"
#include "waiting.h"

#include "cleanbytes.h"
#include "hardened.h"

#define EXPORT __attribute__((visibility("default")))

/* A slot whose object has ended and that waits must be zero, up to its guard page. */
static void look_at_waiting(void *object, size_t slot_bytes)
{
    size_t room = redzone_room(hardened.guard, slot_bytes);
    if (hardened.guard.zero && redzone_stained(edge_address(object), room))
        process_fault(object, WPM_CHANGED, false);
}

/* One slot that the heap holds; counts it in *count when an object lives there. */
static bool look_at_slot(void *count, void *object, size_t slot_bytes)
{
    wpm_status status = PRESET != PRESET_FAST ? hardened_status(object) : WPM_OK;
    if (status == WPM_DOUBLE_FREE) {
        look_at_waiting(object, slot_bytes);
        return true;
    }
    if (status != WPM_OK) process_fault(object, status, false);
    *(size_t *)count += 1;
    return true;
}

/* The live objects of the process, each found in order; objects of no bytes that fault when they
 * are touched are not among them. */
EXPORT size_t malloc_check(void);
EXPORT size_t malloc_check(void)
{
    size_t count = 0;
    if (process_enter() != NULL) wpm_walk(&process_heap, look_at_slot, &count);
    return count;
}
