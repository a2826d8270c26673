/* preset.h -- what this build of the library starts with: one of the presets of options.h. */
#ifndef WPM_PRESET_H
#define WPM_PRESET_H

#include "options.h"

#if defined(WPM_PARANOID)
#define PRESET PRESET_PARANOID
#elif defined(WPM_HARDENED)
#define PRESET PRESET_HARDENED
#else
#define PRESET PRESET_FAST
#endif

#endif
