/* faulttell.h -- who is told of a misuse that a heap has refused: on a device, the user's hook. */
#ifndef WPM_FAULTTELL_H
#define WPM_FAULTTELL_H

#include "config.h"
#include "platform/bare.h"

/* A call ends with `status`, a wpm_status; 0, WPM_OK, is told to nobody. */
/*@ assigns \nothing; */
static inline void fault_tell(unsigned status, const void *address)
{
    if (LOCK_BY_HOOKS && status != 0) bare_fault(status, address);
}

#endif
