/* hardened.h -- the libc names' way to the heap in the hardened presets (harden.h).
 *
 * As the functions of process.h: NULL and ENOMEM when there is no memory; a fault ends the process.
 */
#ifndef WPM_HARDENED_H
#define WPM_HARDENED_H

#include "hardroom.h"

/* Whether the environment or the program says something of options. */
bool hardened_has_options(void);

/* Read the options, and make the secret: once, before the heap is made. */
void hardened_start(void);

/* After the heap has started, and all that a program is linked with: what may allocate. */
void hardened_constructed(void);

/* Take address space of a random size while the heap is made, so that it lies at a random distance
 * from the libraries; 0: none is wanted, or the system refuses, or address space is limited. Then
 * give it back. */
uintptr_t hardened_step_aside(void);
void hardened_step_back(uintptr_t aside);

void *hardened_malloc(size_t bytes);
void *hardened_calloc(size_t count, size_t bytes);
void *hardened_realloc(void *object, size_t bytes);
void hardened_free(void *object);
size_t hardened_usable_size(void *object);

/* An object of a kind by the short way; NULL: the long one decides. */
void *hardened_malloc_short(size_t bytes, uint32_t kind);

/* NULL when there is no memory; errno stays. */
void *hardened_aligned(size_t align, size_t bytes, uint32_t kind);

/* As hardened_free, of an object of which more is known. */
void hardened_end(void *object, struct harden_claim claim);

/* The room at an address (hardroom.h). */
struct harden_room hardened_room(const void *address);

/* What the options want: the red zones of the process, what of copies is looked at
 * (OPTION_BOUNDS), and what is left to chance (OPTION_RANDOM). */
struct hardened {
    struct redzone guard;
    uint32_t copies;
    uint64_t turn_step; /* of the order in which slots are handed out; 0: from the lowest on */
    size_t distance;    /* of the heap from what is mapped beside it; 0: as the system has it */
};
extern struct hardened hardened __attribute__((visibility("hidden")));

/* A copy is about to write `bytes` bytes at `to`, and to read as many at `from`, NULL for none:
 * when an object is too short, or dead, the process ends. */
void hardened_copy(const void *to, const void *from, size_t bytes);

/* How the object at the start of a slot is: WPM_OK, what is wrong with its red zone, or
 * WPM_DOUBLE_FREE when it has ended and its slot waits. */
wpm_status hardened_status(const void *object);

/* Whether a live object with a whole red zone is at `address`; the bytes that it was asked for. */
bool hardened_asked(uintptr_t address, size_t *bytes);

/* The heap that an address belongs to, for a report: that of objects of no bytes, or the other. */
struct wpm_heap *hardened_heap_of(const void *object);

/* The calling thread's end, before its cache goes back. */
void hardened_thread_end(void);

/* Around fork. */
void hardened_fork_prepare(void);
void hardened_fork_parent(void);
void hardened_fork_child(void);

#endif
