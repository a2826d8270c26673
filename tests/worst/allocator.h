/* allocator.h -- one allocator as the programs of tests/worst see it.
 *
 * Each program is linked with one of the *_side.c files, which defines `allocator`. The functions
 * do nothing but pass the call on, so that a measured call costs what the allocator's own does and
 * a jump. NULL functions: the allocator has none.
 */
#ifndef WPM_WORST_ALLOCATOR_H
#define WPM_WORST_ALLOCATOR_H

#include <stddef.h>
#include <stdint.h>

struct allocator {
    const char *name;
    void *(*begin)(void *region, size_t bytes); /* a heap; NULL: the region is too small */
    void *(*take)(void *heap, size_t bytes);
    void (*give)(void *heap, void *object);
    void *(*resize)(void *heap, void *object, size_t bytes);
    void *(*take_aligned)(void *heap, size_t align, size_t bytes);
    uint32_t (*live)(void *heap); /* objects that live, by the heap's own count */
};

extern const struct allocator allocator;

#endif
