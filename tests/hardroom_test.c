/* How far one may write from an address on: every address of every kind of slot, against the size
 * that was asked for; and what an address in no object is told. */
#include "hardheap.h"
#include "hardroom.h"
#include "sizeclass.h"

/* Bytes from the object's start to the end of its slot. */
static size_t slot_of(uintptr_t address)
{
    return wpm_describe(heap, edge_pointer(address)).slot_bytes;
}

/* Both ways to ask, at each address of a slot: what is left of the object, and no more. */
static void look_at(uintptr_t object, size_t bytes)
{
    size_t slot_bytes = slot_of(object);
    for (size_t i = 0; i < slot_bytes; i += i < 600 || i + 600 > slot_bytes ? 1 : 97) {
        size_t left = i < bytes ? bytes - i : 0;
        struct harden_room room = harden_room(guard, heap, object + i);
        CHECK_EQ(room.status, WPM_OK);
        CHECK_EQ(room.start, object);
        CHECK_EQ(room.bytes, left);
        CHECK(!harden_fits(guard, heap, object + i, left + 1));
        CHECK_EQ(harden_fits(guard, heap, object + i, left), i <= bytes);
    }
}

static void test_objects(void)
{
    const size_t sizes[] = {0, 1, 7, 8, 24, 100, 1000, 4096, 30000, 32760, 40000, 300000};
    for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
        uintptr_t object = edge_address(give(sizes[n]));
        look_at(object, sizes[n]);
        CHECK_EQ(end(edge_pointer(object)), WPM_OK);
        struct harden_room room = harden_room(guard, heap, object);
        CHECK_EQ(room.bytes, 0);
        CHECK(room.status == WPM_DOUBLE_FREE || room.status == WPM_INTERIOR);
        CHECK(!harden_fits(guard, heap, object, 1));
    }
}

/* A canary that is not one: what it says is not believed. */
static void test_broken(void)
{
    const uint64_t words[] = {0, 1, UINT64_MAX};
    uintptr_t object = edge_address(give(40)), mark = object + slot_of(object) - CANARY_BYTES;
    uint64_t was = edge_word(mark);
    for (int i = 0; i < 3; i++) {
        edge_put_word(mark, words[i]);
        CHECK_EQ(harden_room(guard, heap, object).status, WPM_OVERRUN);
        CHECK(words[i] > was || !harden_fits(guard, heap, object, 1));
    }
    edge_put_word(mark, was);
    CHECK_EQ(end(edge_pointer(object)), WPM_OK);
}

/* Without canaries the room is the slot's. */
static void test_plain(void)
{
    struct redzone none = guard;
    none.canary = none.before = false;
    none.short_most = 0;
    uintptr_t object = harden_malloc(none, heap, cache, 40, HARDEN_KIND_MALLOC).address;
    CHECK(object != 0);
    CHECK_EQ(harden_room(none, heap, object + 3).status, WPM_OK);
    CHECK_EQ(harden_room(none, heap, object + 3).bytes, slot_of(object) - 3);
    CHECK_EQ(harden_free(none, heap, cache, object, plain), WPM_OK);
}

/* Addresses in no slot: outside the heap, beyond its pages, on a free page, behind all slots. */
static void test_nowhere(void)
{
    uintptr_t object = edge_address(give(300000));
    CHECK_EQ(end(edge_pointer(object)), WPM_OK);
    CHECK_EQ(harden_room(guard, heap, edge_address(&guard)).status, WPM_FOREIGN);
    CHECK(harden_fits(guard, heap, edge_address(&guard), SIZE_MAX));
    uintptr_t beyond = arenamap_address(&heap->map, heap->npages);
    CHECK_EQ(harden_room(guard, heap, beyond).status, WPM_FOREIGN);
    unsigned tails = 0;
    for (uint32_t k = 4; k < NUM_CLASSES; k++) {
        struct size_class c = class_table[k];
        uintptr_t first = edge_address(give(c.size_bytes - CANARY_BYTES));
        wpm_info info = wpm_describe(heap, edge_pointer(first));
        uintptr_t behind = first + (c.slots - info.slot) * (uintptr_t)c.size_bytes;
        if (c.slots * c.size_bytes < c.span_pages * PAGE_SIZE) {
            CHECK_EQ(harden_room(guard, heap, behind).status, WPM_INTERIOR);
            CHECK_EQ(harden_room(guard, heap, behind).bytes, 0);
            CHECK(!harden_fits(guard, heap, behind, 1));
            tails++;
        }
        CHECK_EQ(end(edge_pointer(first)), WPM_OK);
    }
    CHECK(tails > 5);
    uint32_t page = bitmap_next_set(heap->pages.free, 0, heap->npages);
    CHECK(page < heap->npages);
    CHECK_EQ(harden_room(guard, heap, arenamap_address(&heap->map, page)).status, WPM_INTERIOR);
}

int main(void)
{
    begin_heap();
    test_objects();
    test_broken();
    test_plain();
    test_nowhere();
    return unit_report("hardroom");
}
