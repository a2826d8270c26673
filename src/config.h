/* config.h -- the build's constants: profile, layout, and what follows from them.
 *
 * A profile fixes the geometry of a heap; the text of the modules is the same for all of them.
 * This header and platform/ are the only places with conditional compilation by profile.
 */
#ifndef WPM_CONFIG_H
#define WPM_CONFIG_H

#include <stdint.h>

#define PAGE_SHIFT 13u                    /* log2 of the page size, bytes */
#define PAGE_SIZE 8192u                   /* bytes; Go's and TCMalloc's page */
#define CHUNK_PAGES 512u                  /* pages of one page-allocator chunk (4 MiB) */
#define ARENA_PAGES 8192u                 /* pages of one arena (64 MiB) */
#if UINTPTR_MAX > 0xffffffff
#define MAX_PAGES 0x8000000u              /* 2^27 pages: 1 TiB of address space */
#else
#define MAX_PAGES 0x40000u                /* 2^18 pages: half of the address space */
#endif
#define NO_PAGE 0xffffffffu               /* not a page number */

#define SPAN_SLOTS 512u                   /* most slots of one span */
#define SPAN_WORDS 8u                     /* 64-bit words that hold one bit for each slot */
#define NUM_CLASSES 68u                   /* size classes, class 0 is "large" */
#define MAX_SMALL_SIZE 32768u             /* bytes; larger requests get a span of their own */
#define MALLOC_ALIGN 16u                  /* bytes; alignment of every malloc result */

#define ADDRESS_LIMIT 0x1000000000000u    /* 2^48: addresses of a heap lie below */

#define MAX_CACHES 1024u                  /* caches of a heap: threads beyond share one */

/* The layout of a heap's memory (arenamap.h), and the least pages a heap without a limit starts
 * with room for. */
#ifdef WPM_SPARSE
#define ARENAMAP_LAYOUT "sparse/sparsemap.h"
#define LEAST_PAGES ARENA_PAGES
#else
#define ARENAMAP_LAYOUT "linear/linearmap.h"
#define LEAST_PAGES (MAX_PAGES / 1024)
#endif

/* A statement of the checked build alone: it looks, and changes nothing. */
#ifdef WPM_CHECKED
#define CHECKED_BUILD(statement) statement
#else
#define CHECKED_BUILD(statement)
#endif

/* A claim about constants that the compiler checks, in either language. */
#ifdef __cplusplus
#define STATIC_ASSERT(claim, text) static_assert(claim, text)
#else
#define STATIC_ASSERT(claim, text) _Static_assert(claim, text)
#endif

#endif
