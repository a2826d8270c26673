/* deepbind.c -- libraries that are to find their own symbols first must still find this malloc.
 *
 * RTLD_DEEPBIND makes a library that is loaded look into what it depends on, libc among it, before
 * it looks into the program and what is preloaded: it would free by libc's free what it has from
 * the program's malloc, as PHP's modules do. So the flag is taken out. The call goes on as a jump,
 * because the loader searches by who has called it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

#define EXPORT __attribute__((visibility("default")))
#if defined(__has_attribute)
#if __has_attribute(musttail)
#define AS_A_JUMP __attribute__((musttail))
#endif
#endif
#ifndef AS_A_JUMP
#define AS_A_JUMP
#endif

typedef void *loader(const char *file, int mode);

static loader *next_loader(void)
{
    static loader *next;
    loader *known = __atomic_load_n(&next, __ATOMIC_RELAXED);
    if (known != NULL) return known;
    known = (loader *)dlsym(RTLD_NEXT, "dlopen");
    __atomic_store_n(&next, known, __ATOMIC_RELAXED);
    return known;
}

EXPORT void *dlopen(const char *file, int mode)
{
    loader *next = next_loader();
    if (next == NULL) return NULL;
    if (mode / RTLD_DEEPBIND % 2 != 0) mode -= RTLD_DEEPBIND;
    AS_A_JUMP return next(file, mode);
}
