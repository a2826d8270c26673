/* sizeclass_go.h -- Go's size classes and request paths, as the reference profile.
 *
 * The same 68 sizes as sizeclass.h, with Go's spans (the fewest pages that leave at most an
 * eighth), Go's two lookup tables (steps of 8 bytes up to 1024, of 128 above) and Go's choice for
 * a request: nothing, a piece of a tiny block, a slot, a slot with a header, or whole pages.
 * Objects with pointers ("scan") and without ("noscan") have span classes of their own. Pure
 * functions over constants; figures from Go 1.24 (runtime/malloc.go, msize.go), 64-bit. The tables
 * are written by ci/gen_sizeclass.py; go_table_fact proves GoTableValid of them.
 */
#ifndef WPM_SIZECLASS_GO_H
#define WPM_SIZECLASS_GO_H

#include "config.h"
#include "sizeclass.h"

#include <stdbool.h>
#include <stdint.h>

#define GO_UNITS_8 129u        /* entries of go_class_of_8: 0, 8, .. 1024 bytes */
#define GO_UNITS_128 249u      /* entries of go_class_of_128: 1024, 1152, .. 32768 bytes */
#define GO_MAX_SLOTS 1024u     /* slots of a span, at most */
#define GO_HEADER_BYTES 8u     /* before an object with pointers, if it has a header */
#define GO_HEADER_ABOVE 512u   /* bytes; larger objects with pointers have a header */
#define GO_MAX_SMALL 32760u    /* bytes; larger requests get whole pages */
#define GO_TINY_SIZE 16u       /* bytes of a tiny block; smaller noscan requests share one */
#define GO_TINY_CLASS 2u       /* the class of tiny blocks */

struct go_class {
    uint32_t size_bytes; /* bytes of a slot */
    uint32_t pages;      /* pages of a span */
    uint32_t slots;      /* slots of a span */
    uint32_t magic;      /* ceil(2^32 / size_bytes) */
};

/* How Go serves a request. */
enum go_path {
    GO_ZERO,              /* 0 bytes: one address for all */
    GO_TINY,              /* a piece of a shared 16-byte block */
    GO_SMALL_NOSCAN,      /* a slot */
    GO_SMALL_SCAN,        /* a slot; pointer bits stand at the end of the span */
    GO_SMALL_HEADER,      /* a slot; the type stands in its first 8 bytes */
    GO_LARGE              /* whole pages */
};

struct go_request {
    enum go_path path;
    uint32_t size_class;   /* 0: none, or large */
    uint32_t span_class;   /* 2 size_class + noscan */
    uint64_t slot_bytes;   /* bytes of the slot or of the pages; 0: none */
    /* of them, bytes the program may use; of a tiny block, what it asked for */
    uint64_t usable_bytes;
    uint64_t pages;        /* of a large object; 0 otherwise */
};

extern const struct go_class go_class_table[NUM_CLASSES];
extern const uint8_t go_class_of_8[GO_UNITS_8];     /* class of 8 u bytes */
extern const uint8_t go_class_of_128[GO_UNITS_128]; /* class of 1024 + 128 u bytes */

#include "../spec/sizeclass_go.acsl"

/* The tables say what GoTableValid says: proved of their initial values. */
/*@ ghost
  /@ assigns \nothing;
     ensures sizes: GoSizes;
     ensures geometries: GoGeometries;
     ensures lookup_8: GoLookup8;
     ensures lookup_128: GoLookup128;
  @/
  void go_table_fact(void);
*/

/* The least class whose slots hold `bytes` bytes, at most MAX_SMALL_SIZE; 0 for 0 bytes. */
/*@ requires small: bytes <= MAX_SMALL_SIZE;
    assigns \nothing;
    ensures range: \result < NUM_CLASSES;
    ensures holds: bytes <= go_class_table[\result].size_bytes;
    ensures least: \forall integer k; 0 <= k < NUM_CLASSES &&
      bytes <= go_class_table[k].size_bytes ==> \result <= k;
*/
uint32_t sizeclass_go_of(uint32_t bytes);

/* How Go would serve a request of `bytes` bytes. */
/*@ requires address: bytes <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures zero: \result.path == GO_ZERO <==> bytes == 0;
    ensures tiny: \result.path == GO_TINY <==> 0 < bytes < GO_TINY_SIZE && noscan == true;
    ensures large: \result.path == GO_LARGE <==> bytes > GO_MAX_SMALL;
    ensures scan: \result.path == GO_SMALL_SCAN || \result.path == GO_SMALL_HEADER ==>
      noscan == false;
    ensures header: \result.path == GO_SMALL_HEADER <==>
      GO_HEADER_ABOVE < bytes <= GO_MAX_SMALL && noscan == false;
    ensures noscan: \result.path == GO_SMALL_NOSCAN ==> noscan == true;
    ensures nothing: bytes == 0 ==> \result.slot_bytes == 0 && \result.size_class == 0;
    ensures span_class: bytes > 0 ==>
      \result.span_class == 2 * \result.size_class + (noscan == true ? 1 : 0);
    ensures holds: bytes <= \result.usable_bytes <= \result.slot_bytes;
    ensures tiny_class: \result.path == GO_TINY ==>
      \result.size_class == GO_TINY_CLASS && \result.slot_bytes == GO_TINY_SIZE;
    ensures small_class: \result.path != GO_ZERO && \result.path != GO_LARGE ==>
      1 <= \result.size_class < NUM_CLASSES && \result.pages == 0 &&
      \result.slot_bytes == go_class_table[\result.size_class].size_bytes;
    ensures usable: GO_TINY_SIZE <= bytes <= GO_MAX_SMALL ==>
      \result.usable_bytes == \result.slot_bytes - GoHeader(bytes, noscan);
    ensures least: bytes <= GO_MAX_SMALL && \result.path != GO_TINY ==>
      \forall integer k; 0 <= k < NUM_CLASSES &&
        bytes + GoHeader(bytes, noscan) <= go_class_table[k].size_bytes ==>
        \result.size_class <= k;
    ensures large_pages: bytes > GO_MAX_SMALL ==> \result.size_class == 0 &&
      \result.pages == GoPages(bytes) && \result.slot_bytes == PAGE_SIZE * GoPages(bytes) &&
      \result.usable_bytes == \result.slot_bytes;
*/
struct go_request sizeclass_go_request(uint64_t bytes, bool noscan);

/* Bytes a request of `bytes` bytes really gets: what a growing buffer should ask for. */
/*@ requires address: bytes <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures holds: bytes <= \result;
    ensures small: bytes <= GO_MAX_SMALL ==> \exists integer k; 0 <= k < NUM_CLASSES &&
      \result == go_class_table[k].size_bytes - GoHeader(bytes, noscan) &&
      \forall integer j; 0 <= j < k ==>
        go_class_table[j].size_bytes < bytes + GoHeader(bytes, noscan);
    ensures large: bytes > GO_MAX_SMALL ==> \result == PAGE_SIZE * GoPages(bytes);
*/
uint64_t sizeclass_go_roundup(uint64_t bytes, bool noscan);

#endif
