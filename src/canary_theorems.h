/* canary_theorems.h -- what follows from the form of a canary: lemmas alone.
 *
 * Apart from canary.h, so that no other proof carries them. The theorem is Canary_Tells: a change
 * of any byte of a canary is found by the next look at it (canary_size), whatever the secret is.
 */
#ifndef WPM_CANARY_THEOREMS_H
#define WPM_CANARY_THEOREMS_H

#include "canary.h"

#include "../spec/canary_theorems.acsl"

#endif
