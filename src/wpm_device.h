/* wpm_device.h -- what a device gives a heap instead of a system: the public interface, part two.
 *
 * `make embedded` builds the heaps of wpmalloc.h for a machine without a system (config.h): a heap
 * lies in a region of the caller's, never grows beyond it, and calls nothing but memset, memcpy and
 * the hooks below. Without hooks a heap is for one thread and no interrupt handler.
 */
#ifndef WPM_DEVICE_H
#define WPM_DEVICE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Critical sections: `enter` and `leave` bracket what others must not see half done. There are
 * three kinds, `which`, that nest in this order, and never twice in one kind: 1 the shared cache;
 * 2 pages, ids and sets of spans; 3 a word of bits, a few instructions. Either both functions mask
 * interrupts (`enter` returns the former mask, `leave` puts it back), and then wpm_malloc,
 * wpm_calloc, wpm_aligned, wpm_realloc, wpm_free, wpm_usable_size, wpm_describe and wpm_stats may
 * be called from interrupt handlers; or each kind is a mutex of its own, and then they are for
 * tasks alone. */
typedef struct wpm_hooks {
    /* Begin a critical section of kind `which` (1..3). The result is handed to `leave`. */
    uint32_t (*enter)(void *context, unsigned which);
    /* End it. */
    void (*leave)(void *context, unsigned which, uint32_t before);
    void *context; /* for all of them */
    /* Told of each misuse that a heap refuses, outside of every critical section and before the
     * function returns: `status` is a wpm_status other than WPM_OK, `address` what was handed in.
     * The heap is as it was. NULL: nobody is told. */
    void (*fault)(void *context, unsigned status, const void *address);
} wpm_hooks;

/* Take these hooks from now on, of all heaps; NULL: none. Before other threads and interrupt
 * handlers use a heap; `enter` and `leave` are both there, or both NULL. */
void wpm_set_hooks(const wpm_hooks *hooks);

#ifdef __cplusplus
}
#endif
#endif
