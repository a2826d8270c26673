/* watch.h -- what tools that watch a program's memory are told of a heap: the watched build.
 *
 * AddressSanitizer, MemorySanitizer, ThreadSanitizer, LeakSanitizer and Valgrind's memcheck know
 * libc's malloc by themselves; of a heap of ours they know what these functions tell them. All that
 * depends on a tool is here and in watch.c. Which tool it is, the compiler says (-fsanitize=); with
 * none, Valgrind's requests are compiled in, which do nothing outside of it. In all other builds
 * the two functions that the core calls are empty, and nobody calls the others.
 *
 * The watched build (make WATCHED=1) has its own wpm_ functions, over the same core: watched/api.c.
 */
#ifndef WPM_PLATFORM_WATCH_H
#define WPM_PLATFORM_WATCH_H

#include "../config.h"

#include <stddef.h>
#include <stdint.h>

struct wpm_heap;

/* Bytes before a heap's first page that no array lies in, so that who writes there is told. */
#define WATCH_BEFORE 64u

/* A function whose own accesses to memory no tool looks at. */
#ifdef __clang__
#define UNWATCHED __attribute__((noinline, no_sanitize("address", "memory", "thread")))
#else
#define UNWATCHED __attribute__((noinline, no_sanitize("address", "thread")))
#endif

/* An object of `bytes` bytes, of no value yet. */
void watch_begin(uintptr_t address, size_t bytes);

/* Its end, told before its slot is free. */
void watch_end(uintptr_t address, size_t bytes);

/* The words of memory that nobody may touch, by address: to the prover an array of its own. */
/*@ ghost extern uint64_t watch_word[ADDRESS_LIMIT]; */

/* Such a word, read and written without a word of the tool. */
/*@ assigns \nothing;
    ensures word: \result == watch_word[address];
*/
uint64_t watch_load(uintptr_t address);
/*@ assigns watch_word[address];
    ensures word: watch_word[address] == value;
*/
void watch_store(uintptr_t address, uint64_t value);

/* A tool has reported a fault at `address`, in memory of the heap: tell on stderr what is there. */
void watch_tell(const struct wpm_heap *h, uintptr_t address);

#ifdef WPM_WATCHED

/* More memory for the objects of a heap, in which none lies yet: nobody may touch it. Also, objects
 * in it may hold a program's only pointer to memory of another allocator. */
void watch_pages(const struct wpm_heap *h, uintptr_t address, size_t bytes);

/* None of it is the heap's any more: any access. */
void watch_heap_gone(const struct wpm_heap *h);

#else

/*@ assigns \nothing; */
static inline void watch_pages(const struct wpm_heap *h, uintptr_t address, size_t bytes)
{
    (void)h, (void)address, (void)bytes;
}

/*@ assigns \nothing; */
static inline void watch_heap_gone(const struct wpm_heap *h) { (void)h; }

#endif

#endif
