#include "sizeclass_go.h"

uint32_t sizeclass_go_of(uint32_t bytes)
{
    /*@ ghost go_table_fact(); */
    if (bytes <= 1024 - 8) {
        /*@ assert fits_8: GoFits(go_class_of_8[(bytes + 7) / 8], 8 * ((bytes + 7) / 8)); */
        return go_class_of_8[(bytes + 7) / 8];
    }
    uint32_t unit = (bytes - (1024 - 127)) / 128; /* bytes above 1024, in units, rounded up */
    /*@ assert fits_128: GoFits(go_class_of_128[unit], 1024 + 128 * unit); */
    return go_class_of_128[unit];
}

/* Bytes of the header of a small object. */
/*@ assigns \nothing;
    ensures header: \result == GoHeader(bytes, noscan);
*/
static uint32_t header_bytes(uint64_t bytes, bool noscan)
{
    return bytes <= GO_HEADER_ABOVE || noscan ? 0 : GO_HEADER_BYTES;
}

/* Whole pages that hold `bytes` bytes. */
/*@ requires address: bytes <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures pages: \result == GoPages(bytes);
    ensures holds: bytes <= PAGE_SIZE * \result <= bytes + PAGE_SIZE;
*/
static uint64_t whole_pages(uint64_t bytes)
{
    return (bytes + (PAGE_SIZE - 1)) / PAGE_SIZE;
}

/* A small request that is neither empty nor tiny. */
/*@ requires small: 0 < bytes <= GO_MAX_SMALL;
    assigns \nothing;
    ensures path: \result.path == (noscan == true ? GO_SMALL_NOSCAN :
      bytes > GO_HEADER_ABOVE ? GO_SMALL_HEADER : GO_SMALL_SCAN);
    ensures class: 1 <= \result.size_class < NUM_CLASSES;
    ensures span_class: \result.span_class == 2 * \result.size_class + (noscan == true ? 1 : 0);
    ensures slot: \result.slot_bytes == go_class_table[\result.size_class].size_bytes;
    ensures usable: \result.usable_bytes == \result.slot_bytes - GoHeader(bytes, noscan);
    ensures holds: bytes <= \result.usable_bytes;
    ensures no_pages: \result.pages == 0;
    ensures least: \forall integer k; 0 <= k < NUM_CLASSES &&
      bytes + GoHeader(bytes, noscan) <= go_class_table[k].size_bytes ==> \result.size_class <= k;
*/
static struct go_request small_request(uint32_t bytes, bool noscan)
{
    struct go_request r;
    uint32_t header = header_bytes(bytes, noscan);
    /*@ ghost go_table_fact(); */
    r.path = noscan ? GO_SMALL_NOSCAN : header ? GO_SMALL_HEADER : GO_SMALL_SCAN;
    r.size_class = sizeclass_go_of(bytes + header);
    r.span_class = 2 * r.size_class + (noscan ? 1u : 0u);
    r.slot_bytes = go_class_table[r.size_class].size_bytes;
    r.usable_bytes = r.slot_bytes - header;
    r.pages = 0;
    return r;
}

/* A request of whole pages. */
/*@ requires address: bytes <= ADDRESS_LIMIT;
    assigns \nothing;
    ensures path: \result.path == GO_LARGE && \result.size_class == 0;
    ensures span_class: \result.span_class == (noscan == true ? 1 : 0);
    ensures pages: \result.pages == GoPages(bytes);
    ensures bytes: \result.slot_bytes == PAGE_SIZE * GoPages(bytes);
    ensures usable: \result.usable_bytes == \result.slot_bytes;
    ensures holds: bytes <= \result.usable_bytes;
*/
static struct go_request large_request(uint64_t bytes, bool noscan)
{
    struct go_request r;
    r.path = GO_LARGE;
    r.size_class = 0;
    r.span_class = noscan ? 1u : 0u;
    r.pages = whole_pages(bytes);
    r.slot_bytes = r.pages * PAGE_SIZE;
    r.usable_bytes = r.slot_bytes;
    return r;
}

struct go_request sizeclass_go_request(uint64_t bytes, bool noscan)
{
    /*@ ghost go_table_fact(); */
    if (bytes == 0) {
        struct go_request none = {GO_ZERO, 0, 0, 0, 0, 0};
        return none;
    }
    if (bytes < GO_TINY_SIZE && noscan) {
        struct go_request tiny = {GO_TINY, GO_TINY_CLASS, 2 * GO_TINY_CLASS + 1,
                                  GO_TINY_SIZE, bytes, 0};
        return tiny;
    }
    if (bytes > GO_MAX_SMALL) return large_request(bytes, noscan);
    return small_request((uint32_t)bytes, noscan);
}

uint64_t sizeclass_go_roundup(uint64_t bytes, bool noscan)
{
    if (bytes > GO_MAX_SMALL) return whole_pages(bytes) * PAGE_SIZE;
    uint32_t header = header_bytes(bytes, noscan);
    uint32_t k = sizeclass_go_of((uint32_t)bytes + header);
    return go_class_table[k].size_bytes - header;
}
