/* harden.c -- see harden.h */
#include "harden.h"

/* The slot at `address`, 0 for none. */
/*@ requires valid: HeapValid(h);
    requires object: address != 0 ==> \exists integer k, size; ObjectAt(h, address, k, size);
    assigns \nothing;
    ensures slot: \result.address == address && \result.zero == zero;
    ensures held: address != 0 ==> SlotHeld(h, address, \result.bytes);
*/
static inline struct slot slot_of(const struct wpm_heap *h, uintptr_t address, bool zero)
{
    struct slot out = {address, 0, zero};
    //@ assert shapes: ShapesValid(h);
    if (address != 0) out.bytes = object_describe(h, address).slot_bytes;
    return out;
}

/* A small slot for `bytes` bytes; its address or 0. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires class: ClassServes(k);
    assigns HEAP_ALLOCATED(h), HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: \result == 0 ==> HeldKept{Pre,Post}(h) && NoSmallFor(h, c, k);
    ensures some: \result != 0 ==> SlotGiven{Pre,Post}(h, \result, class_table[k].size_bytes);
    ensures class: \result != 0 ==> SlotOfClass(h, \result, k);
*/
static inline uintptr_t take_small(struct wpm_heap *h, struct mcache *c, uint32_t k)
{
    bool unused = false;
    uint32_t i = bits_lowest(c->entry[k].window);
    //@ ghost alloc_lemma_some(c->entry[k].window, i);
    //@ assert used: i < 64 ==> CacheUsed(h, c);
    //@ assert own: i < 64 ==> c == h->cache + c->index;
    //@ assert span: i < 64 ==> (h->cache + c->index)->entry[k].span != NO_SPAN;
    //@ assert entry: i < 64 ==> EntryValid(h, c->index, k);
    /*@ assert word: i < 64 ==>
          0 <= c->entry[k].word < h->map.npages * SPAN_WORDS + SPAN_WORDS; */
    if (i < 64) return alloc_take(h, c, k, i);
    return alloc_small(h, c, k, &unused);
}

/* A slot for `bytes` bytes. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns HEAP_ALLOCATED(h), h->large_allocs, HEAP_CACHES(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures none: \result.address == 0 ==> HeldKept{Pre,Post}(h) && NoRoomFor(h, c, bytes);
    ensures some: \result.address != 0 ==> SlotGiven{Pre,Post}(h, \result.address, bytes);
    ensures held: \result.address != 0 ==> SlotHeld(h, \result.address, \result.bytes);
*/
static inline struct slot take(struct wpm_heap *h, struct mcache *c, size_t bytes)
{
    bool zero = false;
    if (bytes > MAX_SMALL_SIZE) {
        uintptr_t large = alloc_large_given(h, c, bytes, 1, &zero);
        return slot_of(h, large, zero);
    }
    //@ ghost class_table_fact();
    uint32_t k = sizeclass_of((uint32_t)bytes);
    //@ assert fits: ClassFits(k, bytes);
    struct slot out = {take_small(h, c, k), class_table[k].size_bytes, false};
    //@ assert shapes: ShapesValid(h);
    return out;
}

/* An object of `bytes` bytes in a slot that has been taken. */
/*@ requires valid: HeapValid(h);
    requires guard: RedzoneValid(g);
    requires slot: slot.address != 0 ==> SlotHeld(h, slot.address, slot.bytes) &&
      bytes + CanaryRoom(g) <= slot.bytes;
    assigns edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures address: \result.address == slot.address;
    ensures status: \result.status == WPM_OK || \result.status == WPM_CHANGED ||
      \result.status == WPM_CORRUPT;
    ensures none: slot.address == 0 ==> \result.status == WPM_OK;
    ensures same: slot.address == 0 || \result.status != WPM_OK ==> BytesKept{Pre,Post}(0, 0);
    ensures handed: slot.address != 0 ==> \result.status == WPM_OK ==>
      Handed{Pre,Post}(g, h, slot.address, bytes);
    ensures object: slot.address != 0 ==> \result.status == WPM_OK ==> \forall integer a;
      slot.address <= a < slot.address + bytes ==> edge_byte[a] == \old(edge_byte[a]);
    ensures changed: \result.status == WPM_CHANGED ==> Changed{Pre,Post}(h, slot.address);
*/
static inline struct object_resized start(const struct redzone *g, const struct wpm_heap *h,
                                          struct slot slot, size_t bytes)
{
    struct object_resized out = {slot.address, WPM_OK};
    (void)h;
    //@ assert shapes: ShapesValid(h);
    /*@ ghost if (slot.address != 0 && slot.zero) {
          edge_clean(slot.address, slot.bytes);
          edge_lemma_clean(slot.address, slot.bytes);
        } */
    if (slot.address != 0) out.status = redzone_begin(g, slot, bytes);
    return out;
}

struct object_resized harden_malloc(const struct redzone *g, struct wpm_heap *h, struct mcache *c,
                                    size_t bytes)
{
    return start(g, h, take(h, c, redzone_total(g, bytes)), bytes);
}

struct object_resized harden_calloc(const struct redzone *g, struct wpm_heap *h, struct mcache *c,
                                    size_t count, size_t bytes)
{
    struct object_resized none = {0, WPM_OK};
    if (bytes != 0 && count > SIZE_MAX / bytes) return none;
    struct slot slot = take(h, c, redzone_total(g, count * bytes));
    if (slot.address != 0 && !slot.zero && !redzone_watched(g, slot.bytes)) {
        redzone_wipe(slot.address, slot.bytes);
        slot.zero = true;
    }
    return start(g, h, slot, count * bytes);
}

struct object_resized harden_aligned(const struct redzone *g, struct wpm_heap *h, struct mcache *c,
                                     size_t align, size_t bytes)
{
    uintptr_t address = edge_address(object_aligned(h, c, align, redzone_total(g, bytes)));
    return start(g, h, slot_of(h, address, false), bytes);
}

wpm_info harden_describe(const struct redzone *g, const struct wpm_heap *h, uintptr_t address,
                         size_t *bytes)
{
    wpm_info info = object_describe(h, address);
    //@ assert shapes: ShapesValid(h);
    *bytes = info.slot_bytes;
    if (info.status != WPM_OK || !g->canary) return info;
    *bytes = canary_size(&g->secret, address, info.slot_bytes);
    if (*bytes == CANARY_BROKEN) info.status = WPM_OVERRUN;
    return info;
}

wpm_status harden_free(const struct redzone *g, struct wpm_heap *h, struct mcache *c,
                       uintptr_t address)
{
    size_t bytes;
    if (address == 0) return WPM_OK;
    //@ assert shapes: ShapesValid(h);
    wpm_info info = harden_describe(g, h, address, &bytes);
    if (info.status != WPM_OK) return info.status;
    if (g->zero) redzone_wipe(address, info.slot_bytes);
    return alloc_free(h, c, edge_pointer(address));
}

/* The object of `old_bytes` bytes goes on in a new one of `bytes` bytes. */
static struct object_resized move(const struct redzone *g, struct wpm_heap *h, struct mcache *c,
                                  uintptr_t address, size_t old_bytes, size_t bytes)
{
    struct object_resized out = harden_malloc(g, h, c, bytes);
    if (out.address == 0 || out.status != WPM_OK) return out;
    edge_copy(out.address, address, old_bytes < bytes ? old_bytes : bytes);
    out.status = harden_free(g, h, c, address);
    return out;
}

/* Whether an object in a slot of `slot_bytes` bytes serves for `total` bytes where it lies. */
static bool stays(size_t slot_bytes, size_t total)
{
    if (total > slot_bytes) return false;
    return slot_bytes > MAX_SMALL_SIZE ? slot_bytes - total < PAGE_SIZE : total >= slot_bytes / 2;
}

struct object_resized harden_realloc(const struct redzone *g, struct wpm_heap *h, struct mcache *c,
                                     uintptr_t address, size_t bytes)
{
    struct object_resized out = {0, WPM_OK};
    size_t old_bytes, total = redzone_total(g, bytes);
    if (address == 0) return harden_malloc(g, h, c, bytes);
    wpm_info info = harden_describe(g, h, address, &old_bytes);
    out.status = info.status;
    if (info.status != WPM_OK) return out;
    struct slot slot = {address, info.slot_bytes, false};
    if (!stays(slot.bytes, total)) {
        out = move(g, h, c, address, old_bytes, bytes);
        if (out.address != 0 || total > slot.bytes) return out;
        if (slot.bytes - total > CANARY_SLACK) return out;
    }
    redzone_resize(g, slot, old_bytes, bytes);
    out.address = address;
    return out;
}
