/* platform.h -- the contract between the allocator and the system below it.
 *
 * One implementation a folder entry: platform/posix.c (mmap family), platform/bare.c (a fixed
 * region, no system). Nothing above this header calls the system. Every call may fail, and says so
 * in its result; a failed call has changed nothing. Memory that was reserved is inaccessible until
 * it is committed; committed memory that was never written, or was released since, reads as zero.
 */
#ifndef WPM_PLATFORM_H
#define WPM_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reserve `bytes` of address space aligned to `align` (a power of two, at least a page of the
 * system), near `hint` if it is not 0. Returns the address, 0 when the system refuses. No memory is
 * committed: under strict overcommit accounting a reservation costs nothing. */
/*@ assigns \nothing;
    ensures aligned: align != 0 ==> \result % align == 0;
*/
uintptr_t platform_reserve(uintptr_t hint, size_t bytes, size_t align);

/* Give a whole reservation back. */
/*@ assigns \nothing; */
bool platform_unreserve(uintptr_t address, size_t bytes);

/* Make [address, address + bytes) of a reservation readable and writable, zero-filled. */
/*@ assigns \nothing; */
bool platform_commit(uintptr_t address, size_t bytes);

/* Give the memory behind a committed range back; it stays committed and reads as zero. */
/*@ assigns \nothing; */
bool platform_release(uintptr_t address, size_t bytes);

/* Make a range inaccessible. */
/*@ assigns \nothing; */
bool platform_protect(uintptr_t address, size_t bytes);

/* Page size of the system in bytes, a power of two. */
/*@ assigns \nothing;
    ensures unit: 512 <= \result <= 0x100000;
*/
size_t platform_page_bytes(void);

/* Wait while *word is `value`; may return early. */
/*@ assigns \nothing; */
void platform_lock_wait(uint32_t *word, uint32_t value);

/* Wake one thread that waits on `word`. */
/*@ assigns \nothing; */
void platform_lock_wake(uint32_t *word);

/* Whether the process has one thread; false when that is not known. */
/*@ assigns \nothing; */
bool platform_one_thread(void);

/* Write `count` bytes of `text` to the error stream, without allocation. */
/*@ assigns \nothing; */
void platform_write_error(const char *text, size_t count);

/* End the process abnormally; does not return. */
/*@ terminates \false;
    assigns \nothing;
    ensures never: \false;
*/
void platform_abort(void);

#endif
