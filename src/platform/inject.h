/* inject.h -- making calls to the system fail, for tests.
 *
 * A test program that is linked with the allocator defines platform_inject; every call to the
 * system asks it first and reports a refusal where it answers true. No other program defines it:
 * the symbol is weak and hidden, so in the library it is a null pointer that nobody outside can
 * fill in.
 */
#ifndef WPM_PLATFORM_INJECT_H
#define WPM_PLATFORM_INJECT_H

#include <stdbool.h>
#include <stddef.h>

/* The calls that can be refused, by the function of platform.h or guardpage.h that makes them. */
enum platform_call {
    PLATFORM_RESERVE,   /* platform_reserve: the first mapping */
    PLATFORM_TRIM,      /* platform_reserve: giving back what alignment does not need */
    PLATFORM_UNRESERVE, /* platform_unreserve */
    PLATFORM_COMMIT,    /* platform_commit */
    PLATFORM_RELEASE,   /* platform_release, and the release inside platform_protect */
    PLATFORM_PROTECT,   /* platform_protect */
    PLATFORM_GUARD,     /* guardpage_raise */
    PLATFORM_UNGUARD,   /* guardpage_lower */
    PLATFORM_MARKS,     /* whether the kernel knows marks for guard pages: it does not */
    PLATFORM_CALLS
};

/* True: this call is to fail. May be called by any thread. */
extern bool platform_inject(enum platform_call call)
    __attribute__((weak, visibility("hidden")));

/* Whether a test wants this call to fail. */
static inline bool platform_refused(enum platform_call call)
{
    return platform_inject != NULL && platform_inject(call);
}

#endif
