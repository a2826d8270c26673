/* bare.h -- the hooks of a device: critical sections, which stand for locks there (LOCK_BY_HOOKS),
 * and who is told of misuse. */
#ifndef WPM_BARE_H
#define WPM_BARE_H

#include <stdint.h>

#define BARE_WORD 3u /* the kind of section for one word of bits (wpm_device.h) */

uint32_t bare_enter(unsigned which);
void bare_leave(unsigned which, uint32_t before);

/* The section that stands for the lock of this rank; *word is the lock's. */
void bare_lock_enter(uint32_t *word, uint32_t rank);
void bare_lock_leave(uint32_t *word, uint32_t rank);

/* A heap has refused a misuse. */
/*@ assigns \nothing; */
void bare_fault(unsigned status, const void *address);

#endif
