/* config.h -- the build's constants: profile, layout, and what follows from them.
 *
 * A profile fixes the geometry of a heap; the text of the modules is the same for all of them.
 * This header and platform/ are the only places with conditional compilation by profile.
 *
 * hosted  a process: heaps of up to 1 TiB, Go's 68 size classes, a cache for each thread
 * small   a device (WPM_PROFILE_SMALL): regions of tens of kilobytes to many megabytes, 32 bits
 */
#ifndef WPM_CONFIG_H
#define WPM_CONFIG_H

#include <stdint.h>

#if defined(WPM_PROFILE_SMALL) || defined(WPM_PROFILE_MICRO)
#ifdef WPM_PROFILE_MICRO
#define PAGE_SHIFT 6u                     /* log2 of the page size, bytes */
#define PAGE_SIZE 64u                     /* bytes: a granule (micro/granules.h) */
#else
#define PAGE_SHIFT 12u                    /* log2 of the page size, bytes */
#define PAGE_SIZE 4096u                   /* bytes */
#endif
#define CHUNK_PAGES 64u                   /* pages of one page-allocator chunk (256 KiB) */
#define CHUNK_WORDS 1                     /* words of one bit for each of them */
#define CHUNK_LAST 0                      /* the last of these words */
#define L1_PAGES 64u                      /* a chunk; each level above it: 16 times as many */
#define L2_PAGES 1024u
#define L3_PAGES 16384u
#define L4_PAGES 262144u
#define ARENA_PAGES 1024u                 /* pages of one arena (4 MiB) */
#define MAX_PAGES 0x40000u                /* 2^18 pages: 1 GiB of address space */
#define SPAN_SLOTS 256u                   /* most slots of one span */
#define SPAN_WORDS 4u                     /* 64-bit words that hold one bit for each slot */
#define NUM_CLASSES 36u                   /* size classes, class 0 is "large" */
#define MAX_SMALL_SIZE 2048u              /* bytes; larger requests get a span of their own */
#define CLASS_UNITS 129u                  /* entries of class_of_16 */
#define MAX_CACHES 8u                     /* caches of a heap: threads beyond share one */
#else
#define PAGE_SHIFT 13u                    /* log2 of the page size, bytes */
#define PAGE_SIZE 8192u                   /* bytes; Go's and TCMalloc's page */
#define CHUNK_PAGES 512u                  /* pages of one page-allocator chunk (4 MiB) */
#define CHUNK_WORDS 8                     /* words of one bit for each of them */
#define CHUNK_LAST 7                      /* the last of these words */
#define L1_PAGES 512u                     /* a chunk; each level above it: 16 times as many */
#define L2_PAGES 8192u
#define L3_PAGES 131072u
#define L4_PAGES 2097152u
#define ARENA_PAGES 8192u                 /* pages of one arena (64 MiB) */
#if UINTPTR_MAX > 0xffffffff
#define MAX_PAGES 0x8000000u              /* 2^27 pages: 1 TiB of address space */
#else
#define MAX_PAGES 0x40000u                /* 2^18 pages: half of the address space */
#endif
#define SPAN_SLOTS 512u                   /* most slots of one span */
#define SPAN_WORDS 8u                     /* 64-bit words that hold one bit for each slot */
#define NUM_CLASSES 68u                   /* size classes, class 0 is "large" */
#define MAX_SMALL_SIZE 32768u             /* bytes; larger requests get a span of their own */
#define CLASS_UNITS 2049u                 /* entries of class_of_16 */
#define MAX_CACHES 1024u                  /* caches of a heap: threads beyond share one */
#endif

#define NO_PAGE 0xffffffffu               /* not a page number */
#define MALLOC_ALIGN 16u                  /* bytes; alignment of every malloc result */
#if (defined(WPM_PROFILE_SMALL) || defined(WPM_PROFILE_MICRO)) && UINTPTR_MAX == 0xffffffff
#define ADDRESS_LIMIT 0xffffffffu         /* the end of a heap is an address, too */
#define FOREIGN_DISTANCE(map) ((map)->npages * PAGE_SIZE + 1)
#else
#define ADDRESS_LIMIT 0x1000000000000u    /* 2^48: addresses of a heap lie below */
#define FOREIGN_DISTANCE(map) (2 * ADDRESS_LIMIT) /* bytes; more than a heap is long */
#endif

/* The layout of a heap's memory (arenamap.h), and the least pages a heap without a limit starts
 * with room for. */
#ifdef WPM_SPARSE
#define ARENAMAP_LAYOUT "sparse/sparsemap.h"
#define LEAST_PAGES ARENA_PAGES
#else
#define ARENAMAP_LAYOUT "linear/linearmap.h"
#define LEAST_PAGES (MAX_PAGES / 1024)
#endif

/* Whether the device's critical sections stand for locks (wpm_device.h): there is no system. */
#ifdef WPM_BARE
#define LOCK_BY_HOOKS 1
#else
#define LOCK_BY_HOOKS 0
#endif

/* A statement of the checked build alone: it looks, and changes nothing. */
#ifdef WPM_CHECKED
#define CHECKED_BUILD(statement) statement
#else
#define CHECKED_BUILD(statement)
#endif

/* A claim about constants that the compiler checks, in either language; C99 has no words for it. */
#if defined(__cplusplus)
#define STATIC_ASSERT(claim, text) static_assert(claim, text)
#elif __STDC_VERSION__ >= 201112L
#define STATIC_ASSERT(claim, text) _Static_assert(claim, text)
#else
#define STATIC_ASSERT(claim, text) extern const char static_assertion[(claim) ? 1 : -1]
#endif

#endif
