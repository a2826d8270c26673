/* sizeclass.h -- the size classes of small objects: 68 sizes, one span shape and one magic each.
 *
 * Sizes are Go's (8 bytes to 32 KiB, at most an eighth apart); class 0 stands for large objects.
 * Every result of malloc is 16-aligned, so classes 1 and 3 (8 and 24 bytes) are not served. A
 * request maps to its class by one load, without a branch: class_of_16[ceil(bytes / 16)]. Spans
 * are this allocator's own: about 64 KiB, at most 512 slots, a tail of at most a 64th. The tables
 * are constants that ci/gen_sizeclass.py writes; proofs know of them only ClassTableValid, which
 * class_table_fact proves of the constants; sizeclass_valid checks a table at run time.
 * sizeclass_go.h has Go's own tables.
 */
#ifndef WPM_SIZECLASS_H
#define WPM_SIZECLASS_H

#include "config.h"
#include "magicdiv.h"

#include <stdbool.h>
#include <stdint.h>

#define CLASS_MAX_PAGES 16u  /* pages of the largest span of a class */

struct size_class {
    uint32_t size_bytes; /* bytes of a slot */
    uint32_t span_pages; /* pages of a span */
    uint32_t slots;      /* slots of a span */
    uint32_t magic;      /* ceil(2^32 / size_bytes), for magicdiv.h */
};

extern const struct size_class class_table[NUM_CLASSES];
extern const uint8_t class_of_16[CLASS_UNITS]; /* class of 16 u bytes */

#include "../spec/sizeclass.acsl"

/* The tables say what ClassTableValid says: proved of their initial values, in
 * sizeclass_tables.c. */
/*@ ghost
  /@ assigns \nothing;
     ensures sizes: ClassSizes;
     ensures geometries: ClassGeometries;
     ensures lookup: ClassLookup;
  @/
  void class_table_fact(void);
*/

/* Do the tables say what ClassTableValid says? */
/*@ assigns \nothing;
    ensures checked: \result == true <==> ClassTableValid;
*/
bool sizeclass_valid(void);

/* The least class served whose slots hold `bytes` bytes (0 counts as 1), at most MAX_SMALL_SIZE. */
/*@ requires valid: ClassTableValid;
    requires small: bytes <= MAX_SMALL_SIZE;
    assigns \nothing;
    ensures served: ClassServes(\result);
    ensures holds: bytes <= class_table[\result].size_bytes;
    ensures least: \forall integer k; ClassServes(k) && bytes <= class_table[k].size_bytes ==>
      \result <= k;
*/
static inline uint32_t sizeclass_of(uint32_t bytes)
{
    /*@ assert units: bytes <= MALLOC_ALIGN * ((bytes + 15) / 16) < bytes + MALLOC_ALIGN; */
    /*@ assert fits: ClassFits(class_of_16[(bytes + 15) / 16],
                               MALLOC_ALIGN * ((bytes + 15) / 16)); */
    return class_of_16[(bytes + (MALLOC_ALIGN - 1)) / MALLOC_ALIGN];
}

/* The least class served whose slots hold `bytes` bytes and are a multiple of `align` bytes, so
 * that each slot of a span is aligned; 0 when there is none. A page is the largest useful
 * alignment. */
/*@ requires valid: ClassTableValid;
    requires small: bytes <= MAX_SMALL_SIZE;
    requires align: 1 <= align;
    assigns \nothing;
    ensures served: \result == 0 || ClassServes(\result);
    ensures fits: \result != 0 ==> bytes <= class_table[\result].size_bytes &&
      class_table[\result].size_bytes % align == 0;
    ensures least: \forall integer k; ClassServes(k) && bytes <= class_table[k].size_bytes &&
      class_table[k].size_bytes % align == 0 ==> 0 < \result <= k;
*/
uint32_t sizeclass_of_aligned(uint32_t bytes, uint32_t align);

/* What an offset in a span meets: the preconditions of magic division, and a quotient in range. */
/*@ ghost
  /@ requires geometry: ClassGeometry(size, pages, slots, magic);
     requires inside: off < pages * PAGE_SIZE;
     assigns \nothing;
     ensures reach: MagicReach(off, size);
     ensures small: off < magic;
     ensures quotient: off / size < SPAN_SLOTS;
     ensures slot: off < slots * size <==> off / size < slots;
  @/
  static inline void class_lemma_offset(uint32_t off, uint32_t size, uint32_t pages,
                                        uint32_t slots, uint32_t magic) {
    uint32_t q = off / size;
    magic_lemma_scale(size - 1, off, pages * PAGE_SIZE);
    /@ assert below: q * size <= off < q * size + size; @/
    /@ assert most: MagicLess(size, q, SPAN_SLOTS); @/
    if (q < slots) magic_lemma_scale(size, (uint64_t)q + 1, slots);
    else magic_lemma_scale(size, slots, q);
  }
*/

/* Where slot i lies: inside the span, and its offset leads back to it. */
/*@ ghost
  /@ requires geometry: ClassGeometry(size, pages, slots, magic);
     requires slot: i < slots;
     assigns \nothing;
     ensures inside: 0 <= i * size && i * size + size <= slots * size <= pages * PAGE_SIZE;
     ensures back: (i * size) / size == i && (i * size) % size == 0;
  @/
  static inline void class_lemma_slot(uint32_t i, uint32_t size, uint32_t pages,
                                      uint32_t slots, uint32_t magic) {
    magic_lemma_scale(size, (uint64_t)i + 1, slots);
    magic_lemma_multiple(i, size);
  }
*/

#endif
