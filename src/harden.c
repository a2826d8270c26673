/* harden.c -- see harden.h */
#include "harden.h"

/* A heap's arrays are no longer than the limits of a build: what is assigned lies in HEAP_REMADE.
 * */
/*@ ghost
  /@ requires valid: HeapValid(h);
     assigns \nothing;
     ensures limits: BoundsLimited(h);
     ensures levels:
       LevelEntries(h->pages.npages, L1_PAGES) <= LevelEntries(MAX_PAGES, L1_PAGES) &&
       LevelEntries(h->pages.npages, L2_PAGES) <= LevelEntries(MAX_PAGES, L2_PAGES) &&
       LevelEntries(h->pages.npages, L3_PAGES) <= LevelEntries(MAX_PAGES, L3_PAGES) &&
       LevelEntries(h->pages.npages, L4_PAGES) <= LevelEntries(MAX_PAGES, L4_PAGES);
  @/
  static inline void harden_lemma_bounds(const struct wpm_heap *h) {}
*/

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

/* A slot for `bytes` bytes. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    assigns HEAP_REMADE(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures base: h->map.base == \old(h->map.base);
    ensures none: \result.address == 0 ==> HeldKept{Pre,Post}(h) && NoRoomFor(h, c, bytes);
    ensures some: \result.address != 0 ==> SlotGiven{Pre,Post}(h, \result.address, bytes);
    ensures held: \result.address != 0 ==> SlotHeld(h, \result.address, \result.bytes);
*/
static inline struct slot take(struct wpm_heap *h, struct mcache *c, size_t bytes)
{
    bool zero = false, dirty = true;
    //@ ghost harden_lemma_bounds(h);
    //@ assert alone: BaseAlone(h);
    if (bytes > MAX_SMALL_SIZE) {
        uintptr_t large = alloc_large_given(h, c, bytes, 1, &zero);
        //@ assert base: h->map.base == \at(h->map.base, Pre);
        return slot_of(h, large, zero);
    }
    //@ ghost class_table_fact();
    uint32_t k = sizeclass_of((uint32_t)bytes);
    //@ assert fits: ClassFits(k, bytes);
    uintptr_t small = alloc_small(h, c, k, &dirty);
    //@ assert base: h->map.base == \at(h->map.base, Pre);
    struct slot out = {small, class_table[k].size_bytes, false};
    //@ assert shapes: ShapesValid(h);
    return out;
}

/* The slot at `address`, whose guard page is refused, is free again: there is no object. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires slot: SlotHeld(h, address, slot_bytes);
    assigns HEAP_REMADE(h);
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures base: h->map.base == \old(h->map.base);
    ensures ended: SlotEnded{Pre,Post}(h, address);
    ensures none: \result.address == 0 && \result.status == WPM_OK;
*/
static struct object_resized give_back(struct wpm_heap *h, struct mcache *c, uintptr_t address)
    /*@ ghost (size_t slot_bytes) */
{
    struct object_resized none = {0, WPM_OK};
    //@ ghost class_table_fact();
    //@ ghost harden_lemma_bounds(h);
    //@ assert alone: BaseAlone(h);
    //@ assert shapes: ShapesValid(h);
    //@ assert object: \exists integer k; ObjectAt(h, address, k, slot_bytes);
    //@ assert frees: !NoSlotOf(h, address) && !NoSlotStarts(h, address) && !NotHeld(h, address);
    (void)alloc_free(h, c, edge_pointer(address));
    return none;
}

/* An object of `bytes` bytes in the room of a slot that has been taken. */
/*@ requires valid: HeapValid(h);
    requires guard: RedzoneValid(g);
    requires kind: kind < CANARY_KINDS;
    requires slot: slot.address != 0 ==> SlotHeld(h, slot.address, slot.bytes) &&
      bytes + CanaryRoom(g) <= Room(g, slot.bytes);
    assigns edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures address: \result.address == slot.address;
    ensures status: \result.status == WPM_OK || \result.status == WPM_CHANGED ||
      \result.status == WPM_CORRUPT;
    ensures none: slot.address == 0 ==> \result.status == WPM_OK;
    ensures same: slot.address == 0 || \result.status != WPM_OK ==> BytesKept{Pre,Post}(0, 0);
    ensures kept: slot.address != 0 ==>
      BytesKept{Pre,Post}(slot.address, Room(g, slot.bytes));
    ensures guarded: slot.address != 0 ==> \result.status == WPM_OK ==>
      Guarded(g, slot.address, Room(g, slot.bytes), bytes, kind);
    ensures object: slot.address != 0 ==> \result.status == WPM_OK ==> \forall integer a;
      slot.address <= a < slot.address + bytes ==> edge_byte[a] == \old(edge_byte[a]);
    ensures changed: \result.status == WPM_CHANGED ==>
      !Clean{Pre}(slot.address, slot.address + Room(g, slot.bytes));
    ensures fresh: slot.address != 0 ==> slot.zero == true ==>
      Clean{Pre}(slot.address, slot.address + Room(g, slot.bytes));
    ensures watched: slot.address != 0 ==> \result.status == WPM_OK ==>
      Watched(g, Room(g, slot.bytes)) ==>
      Clean{Pre}(slot.address, slot.address + Room(g, slot.bytes));
*/
static inline struct object_resized start(struct redzone g, const struct wpm_heap *h,
                                          struct slot slot, size_t bytes, uint32_t kind)
{
    struct object_resized out = {slot.address, WPM_OK};
    (void)h;
    //@ ghost class_table_fact();
    //@ assert shapes: ShapesValid(h);
    struct slot room = {slot.address, redzone_room(g, slot.bytes), slot.zero};
    //@ assert units: slot.address != 0 ==> room.bytes % MALLOC_ALIGN == 0;
    /*@ ghost if (room.address != 0 && room.zero) {
          edge_clean(room.address, room.bytes);
          edge_lemma_clean(room.address, room.bytes);
        } */
    if (room.address != 0) out.status = redzone_begin(g, room, bytes, kind);
    return out;
}

struct object_resized harden_malloc(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                    size_t bytes, uint32_t kind)
{
    //@ ghost class_table_fact();
    struct slot slot = take(h, c, redzone_total(g, bytes));
    //@ assert shapes: ShapesValid(h);
    if (slot.address != 0 && !redzone_fence(g, slot.address, slot.bytes))
        return give_back(h, c, slot.address) /*@ ghost (slot.bytes) */;
    /*@ assert total: slot.address != 0 ==> \forall integer size;
          SlotHeld(h, slot.address, size) ==> RedzoneTotal(g, bytes) <= size; */
    //@ assert room: slot.address != 0 ==> RoomFor(g, h, slot.address, bytes);
    struct object_resized out = start(g, h, slot, bytes, kind);
    //@ assert held: out.address != 0 ==> SlotHeld(h, out.address, slot.bytes);
    //@ assert fenced: out.address != 0 ==> Fenced(g, out.address, slot.bytes);
    //@ assert kept: out.address != 0 ==> BytesKept{Pre,Here}(out.address, slot.bytes);
    //@ assert marks: out.address != 0 ==> MarksKept{Pre,Here}(out.address, slot.bytes);
    /*@ assert watched: out.address != 0 ==> out.status == WPM_OK ==>
          Watched(g, Room(g, slot.bytes)) ==>
          Clean{Pre}(out.address, out.address + Room(g, slot.bytes)); */
    return out;
}

struct object_resized harden_calloc(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                    size_t count, size_t bytes)
{
    struct object_resized none = {0, WPM_OK};
    //@ ghost class_table_fact();
    if (bytes != 0 && count > SIZE_MAX / bytes) return none;
    struct slot slot = take(h, c, redzone_total(g, count * bytes));
    //@ assert shapes: ShapesValid(h);
    if (slot.address != 0 && !redzone_fence(g, slot.address, slot.bytes))
        return give_back(h, c, slot.address) /*@ ghost (slot.bytes) */;
    size_t room = redzone_room(g, slot.bytes);
    //@ assert units: slot.address != 0 ==> room % MALLOC_ALIGN == 0;
    if (slot.address != 0 && !slot.zero && !redzone_watched(g, room)) {
        redzone_wipe(slot.address, room);
        slot.zero = true;
    }
    //@ assert begun: slot.address != 0 ==> BytesKept{Pre,Here}(slot.address, slot.bytes);
    /*@ assert unwritten: slot.address != 0 ==> Watched(g, room) ==> \forall integer a;
          slot.address <= a < slot.address + room ==> edge_byte[a] == \at(edge_byte[a], Pre); */
    //@ ghost Begun: ;
    struct object_resized out = start(g, h, slot, count * bytes, HARDEN_KIND_MALLOC);
    /*@ assert clean: out.address != 0 ==> out.status == WPM_OK ==>
          Clean{Begun}(out.address, out.address + Room(g, slot.bytes)); */
    /*@ assert zero: out.address != 0 ==> out.status == WPM_OK ==> \forall integer a;
          out.address <= a < out.address + count * bytes ==> edge_byte[a] == 0; */
    //@ assert held: out.address != 0 ==> SlotHeld(h, out.address, slot.bytes);
    //@ assert fenced: out.address != 0 ==> Fenced(g, out.address, slot.bytes);
    //@ assert kept: out.address != 0 ==> BytesKept{Pre,Here}(out.address, slot.bytes);
    //@ assert marks: out.address != 0 ==> MarksKept{Pre,Here}(out.address, slot.bytes);
    /*@ assert watched: out.address != 0 ==> out.status == WPM_OK ==>
          Watched(g, Room(g, slot.bytes)) ==>
          Clean{Pre}(out.address, out.address + Room(g, slot.bytes)); */
    return out;
}

struct object_resized harden_aligned(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                     size_t align, size_t bytes, uint32_t kind)
{
    //@ ghost class_table_fact();
    //@ ghost harden_lemma_bounds(h);
    uintptr_t address = edge_address(object_aligned(h, c, align, redzone_total(g, bytes)));
    //@ assert shapes: ShapesValid(h);
    struct slot slot = slot_of(h, address, false);
    if (address != 0 && !redzone_fence(g, address, slot.bytes))
        return give_back(h, c, address) /*@ ghost (slot.bytes) */;
    struct object_resized out = start(g, h, slot, bytes, kind);
    //@ assert held: out.address != 0 ==> SlotHeld(h, out.address, slot.bytes);
    //@ assert fenced: out.address != 0 ==> Fenced(g, out.address, slot.bytes);
    //@ assert kept: out.address != 0 ==> BytesKept{Pre,Here}(out.address, slot.bytes);
    //@ assert marks: out.address != 0 ==> MarksKept{Pre,Here}(out.address, slot.bytes);
    /*@ assert watched: out.address != 0 ==> out.status == WPM_OK ==>
          Watched(g, Room(g, slot.bytes)) ==>
          Clean{Pre}(out.address, out.address + Room(g, slot.bytes)); */
    return out;
}

struct harden_info harden_describe(struct redzone g, const struct wpm_heap *h,
                                   uintptr_t address)
{
    struct harden_info out = {object_describe(h, address), 0, 0, HARDEN_KIND_MALLOC};
    //@ ghost class_table_fact();
    //@ assert shapes: ShapesValid(h);
    out.room = redzone_room(g, out.slot.slot_bytes);
    out.bytes = out.room;
    //@ assert slot: out.slot.status == WPM_OK ==> SlotHeld(h, address, out.slot.slot_bytes);
    //@ assert room: out.slot.status == WPM_OK ==> RoomHeld(g, h, address, out.room);
    if (out.slot.status != WPM_OK || !g.canary) return out;
    struct canary_mark mark = canary_read(g.secret, address, out.room);
    out.bytes = mark.bytes;
    out.kind = mark.kind;
    //@ assert held: RoomHeld(g, h, address, out.room);
    if (out.bytes == CANARY_BROKEN) {
        out.slot.status = WPM_OVERRUN;
        //@ assert overrun: Overrun(g, h, address);
        return out;
    }
    /*@ assert whole: CanaryWhole(SECRET(g.secret), address, out.room, mark.bytes, mark.kind); */
    //@ assert sized: Sized(g, h, address, mark.bytes, mark.kind);
    if (!redzone_before(g, address, out.room, out.slot.slot)) out.slot.status = WPM_UNDERRUN;
    return out;
}

struct harden_info harden_retire(struct redzone g, const struct wpm_heap *h, uintptr_t address,
                                 struct harden_claim claim)
{
    //@ ghost class_table_fact();
    //@ assert shapes: ShapesValid(h);
    struct harden_info info = harden_describe(g, h, address);
    if (info.slot.status != WPM_OK) return info;
    if (g.canary) {
        if (info.kind != claim.kind) info.slot.status = WPM_MISMATCH;
        if (claim.bytes != HARDEN_ANY_BYTES && claim.bytes != info.bytes)
            info.slot.status = WPM_MISMATCH;
        if (info.slot.status != WPM_OK) return info;
    }
    if (g.zero) redzone_wipe(address, info.room);
    return info;
}

wpm_status harden_release(struct redzone g, struct wpm_heap *h, struct mcache *c,
                          uintptr_t address)
{
    //@ ghost class_table_fact();
    //@ assert shapes: ShapesValid(h);
    wpm_info slot = object_describe(h, address);
    if (slot.status != WPM_OK) return slot.status;
    //@ assert object: ObjectAt(h, address, slot.size_class, slot.slot_bytes);
    //@ assert frees: !NoSlotOf(h, address) && !NoSlotStarts(h, address) && !NotHeld(h, address);
    //@ assert held: SlotHeld(h, address, slot.slot_bytes);
    //@ assert only: \forall integer n; SlotHeld(h, address, n) ==> n == slot.slot_bytes;
    if (!redzone_open(g, address, slot.slot_bytes)) return WPM_OK;
    //@ assert marks: MarksKept{Pre,Here}(address, slot.slot_bytes);
    /*@ assert lowered: Lowered(address + Room(g, slot.slot_bytes),
                                slot.slot_bytes - Room(g, slot.slot_bytes)); */
    return alloc_free(h, c, edge_pointer(address));
}

wpm_status harden_free(struct redzone g, struct wpm_heap *h, struct mcache *c,
                       uintptr_t address, struct harden_claim claim)
{
    if (address == 0) return WPM_OK;
    struct harden_info info = harden_retire(g, h, address, claim);
    if (info.slot.status != WPM_OK) return info.slot.status;
    //@ assert shapes: ShapesValid(h);
    //@ assert object: ObjectAt(h, address, info.slot.size_class, info.slot.slot_bytes);
    //@ assert frees: !NoSlotOf(h, address) && !NoSlotStarts(h, address) && !NotHeld(h, address);
    return harden_release(g, h, c, address);
}
