#include "sizeclass.h"

STATIC_ASSERT(CLASS_UNITS == MAX_SMALL_SIZE / MALLOC_ALIGN + 1, "an entry for each request");

/* Is a span's shape right? Any values. That quotients stay below SPAN_SLOTS and that magic division
 * is exact for every offset follows from what is tested. */
/*@ assigns \nothing;
    ensures checked: \result == true <==> ClassGeometry(size, pages, slots, magic);
*/
static bool geometry_valid(uint32_t size, uint32_t pages, uint32_t slots, uint32_t magic)
{
    if (size < 16 || size > MAX_SMALL_SIZE) return false;
    if (pages < 1 || pages > CLASS_MAX_PAGES || slots < 1 || slots > SPAN_SLOTS) return false;
    uint64_t bytes = (uint64_t)pages * PAGE_SIZE;
    uint64_t cut = (uint64_t)slots * size;
    if (cut > bytes || bytes >= cut + size) return false;
    /*@ ghost magic_lemma_scale(size, slots, SPAN_SLOTS); */
    /*@ ghost magic_lemma_scale((uint32_t)bytes, size - 1, MAX_SMALL_SIZE - 1); */
    uint64_t product = magic_product(magic, size);
    /*@ ghost magic_lemma_scale(magic, size, MAX_SMALL_SIZE); */
    return product >= MAGIC_ONE && product <= MAGIC_ONE + (size - 1);
}

/* Do the sizes grow, end right, and align? */
/*@ assigns \nothing;
    ensures checked: \result == true <==> ClassSizes;
*/
static bool sizes_valid(void)
{
    /*@ loop invariant range: 1 <= k <= NUM_CLASSES;
        loop invariant grow: \forall integer i, j; 0 <= i < j < k ==>
          class_table[i].size_bytes < class_table[j].size_bytes;
        loop invariant align: \forall integer i; i < k && ClassServes(i) ==>
          class_table[i].size_bytes % MALLOC_ALIGN == 0;
        loop assigns k;
        loop variant NUM_CLASSES - k;
    */
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        if (class_table[k].size_bytes <= class_table[k - 1].size_bytes) return false;
        if (k != 1 && k != 3 && class_table[k].size_bytes % MALLOC_ALIGN != 0) return false;
    }
    return class_table[2].size_bytes == MALLOC_ALIGN &&
           class_table[NUM_CLASSES - 1].size_bytes == MAX_SMALL_SIZE;
}

/* Has every class a span of the right shape? */
/*@ assigns \nothing;
    ensures checked: \result == true <==> ClassGeometries;
*/
static bool geometries_valid(void)
{
    /*@ loop invariant range: 2 <= k <= NUM_CLASSES;
        loop invariant shapes: \forall integer i; 2 <= i < k ==>
          ClassGeometry(class_table[i].size_bytes, class_table[i].span_pages,
                        class_table[i].slots, class_table[i].magic);
        loop assigns k;
        loop variant NUM_CLASSES - k;
    */
    for (uint32_t k = 2; k < NUM_CLASSES; k++)
        if (!geometry_valid(class_table[k].size_bytes, class_table[k].span_pages,
                            class_table[k].slots, class_table[k].magic)) return false;
    return true;
}

/* Is k the least class served that holds `bytes` bytes? */
/*@ assigns \nothing;
    ensures checked: \result == true <==> ClassFits(k, bytes);
*/
static bool class_fits(uint32_t k, uint32_t bytes)
{
    if (k != 2 && (k < 4 || k >= NUM_CLASSES)) return false;
    if (class_table[k].size_bytes < bytes) return false;
    return k == 2 || class_table[k == 4 ? 2 : k - 1].size_bytes < bytes;
}

/* Does every entry of class_of_16 fit? */
/*@ assigns \nothing;
    ensures checked: \result == true <==> ClassLookup;
*/
static bool lookup_valid(void)
{
    /*@ loop invariant range: 0 <= u <= CLASS_UNITS;
        loop invariant fits: \forall integer v; 0 <= v < u ==>
          ClassFits(class_of_16[v], MALLOC_ALIGN * v);
        loop assigns u;
        loop variant CLASS_UNITS - u;
    */
    for (uint32_t u = 0; u < CLASS_UNITS; u++)
        if (!class_fits(class_of_16[u], MALLOC_ALIGN * u)) return false;
    return true;
}

bool sizeclass_valid(void)
{
    return sizes_valid() && geometries_valid() && lookup_valid();
}

uint32_t sizeclass_of_aligned(uint32_t bytes, uint32_t align)
{
    uint32_t first = sizeclass_of(bytes);
    /*@ loop invariant range: first <= k <= NUM_CLASSES;
        loop invariant none: \forall integer i; first <= i < k && ClassServes(i) ==>
          class_table[i].size_bytes % align != 0;
        loop assigns k;
        loop variant NUM_CLASSES - k;
    */
    for (uint32_t k = first; k < NUM_CLASSES; k++)
        if (k != 3 && class_table[k].size_bytes % align == 0) return k;
    return 0;
}
