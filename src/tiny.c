#include "tiny.h"

/* The least multiple of `align` that is not below `offset`. */
/*@ requires offset: offset <= TINY_BLOCK;
    requires align: TinyAlign(align);
    assigns \nothing;
    ensures up: \result == TinyUp(offset, align);
    ensures least: offset <= \result < offset + align;
    ensures multiple: \result % align == 0;
*/
static uint32_t round_up(uint32_t offset, uint32_t align)
{
    return (offset + align - 1) / align * align;
}

struct tiny_piece tiny_place(struct tiny t, uint32_t size, uint32_t align)
{
    uint32_t offset = round_up(t.offset, align);
    struct tiny_piece p = {false, offset, false, {true, offset + size}};
    if (t.have && offset + size <= TINY_BLOCK) return p;
    p.fresh = true;
    p.offset = 0;
    p.kept = !t.have || size < t.offset;
    p.after.offset = p.kept ? size : t.offset;
    return p;
}
