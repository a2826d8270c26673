/* hardresize.c -- see hardresize.h */
#include "hardresize.h"

/* A new object of `bytes` bytes that begins as the one at `address` does, of `old_bytes` bytes. */
/*@ requires valid: HeapValid(h);
    requires cache: CacheGiven(h, c);
    requires guard: RedzoneValid(g);
    requires object: ObjectAt(h, address, info.slot.size_class, info.slot.slot_bytes) &&
      info.bytes <= info.slot.slot_bytes;
    assigns HEAP_REMADE(h), edge_byte[0 .. ADDRESS_LIMIT - 1],
            guardpage_mark[0 .. ADDRESS_LIMIT - 1];
    ensures valid: HeapValid(h);
    ensures cache: CacheGiven(h, c);
    ensures status: \result.status == WPM_OK || \result.status == WPM_CHANGED ||
      \result.status == WPM_CORRUPT;
    ensures base: h->map.base == \old(h->map.base);
    ensures none: \result.address == 0 ==> HeldKept{Pre,Post}(h) && BytesKept{Pre,Post}(0, 0) &&
      \result.status == WPM_OK;
    ensures changed: \result.status == WPM_CHANGED ==> Changed{Pre,Post}(g, h, \result.address);
    ensures other: \result.address != 0 ==> \result.address != address &&
      SlotGiven{Pre,Post}(h, \result.address, bytes);
    ensures guarded: \result.address != 0 ==> \result.status == WPM_OK ==>
      \exists integer slot; SlotHeld(h, \result.address, slot) && bytes <= Room(g, slot) &&
        Guarded(g, \result.address, Room(g, slot), bytes, HARDEN_KIND_MALLOC) &&
        BytesKept{Pre,Post}(\result.address, slot);
    ensures prefix: \result.address != 0 ==> \result.status == WPM_OK ==>
      BytesSame{Post,Pre}(\result.address, address, info.bytes < bytes ? info.bytes : bytes);
*/
static struct object_resized copy(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                  uintptr_t address, struct harden_info info, size_t bytes)
{
    //@ assert was: ShapesValid(h);
    //@ assert alone: BaseAlone(h);
    size_t both = info.bytes < bytes ? info.bytes : bytes;
    struct object_resized out = harden_malloc(g, h, c, bytes, HARDEN_KIND_MALLOC);
    //@ ghost Taken: ;
    //@ assert base: h->map.base == \at(h->map.base, Pre);
    if (out.address == 0) return out;
    //@ assert shapes: ShapesValid(h);
    /*@ assert apart: ObjectAt(h, address, info.slot.size_class, info.slot.slot_bytes) &&
          Disjoint(out.address, bytes, address, info.slot.slot_bytes); */
    //@ assert other: out.address != address && SlotGiven{Pre,Here}(h, out.address, bytes);
    /*@ assert clear: \forall integer slot; SlotHeld(h, out.address, slot) ==>
          Disjoint(out.address, slot, address, info.slot.slot_bytes) && bytes <= slot; */
    if (out.status != WPM_OK) return out;
    //@ assert handed: Handed{Pre,Here}(g, h, out.address, bytes, HARDEN_KIND_MALLOC);
    edge_copy(out.address, address, both);
    //@ assert copied: BytesKept{Taken,Here}(out.address, both);
    /*@ assert limit: \forall integer slot; SlotHeld(h, out.address, slot) ==>
          out.address + slot <= ADDRESS_LIMIT && bytes + CanaryRoom(g) <= Room(g, slot) &&
          Room(g, slot) <= slot; */
    //@ assert moved: BytesSame{Here,Taken}(out.address, address, both);
    //@ assert stood: BytesSame{Pre,Taken}(address, address, both);
    /*@ assert gone: \forall integer i; 0 <= i < both ==>
          edge_byte[out.address + i] == \at(edge_byte[address + i], Pre); */
    //@ assert prefix: BytesSame{Here,Pre}(out.address, address, both);
    /*@ assert kept: \forall integer slot; both <= slot ==>
          BytesKept{Pre,Taken}(out.address, slot) ==> BytesKept{Pre,Here}(out.address, slot); */
    /*@ assert guarded: \forall integer slot; SlotHeld(h, out.address, slot) ==>
          Guarded{Taken}(g, out.address, Room(g, slot), bytes, HARDEN_KIND_MALLOC) ==>
          Guarded(g, out.address, Room(g, slot), bytes, HARDEN_KIND_MALLOC); */
    /*@ assert all: \exists integer slot; SlotHeld(h, out.address, slot) &&
          bytes <= Room(g, slot) &&
          Guarded(g, out.address, Room(g, slot), bytes, HARDEN_KIND_MALLOC) &&
          BytesKept{Pre,Here}(out.address, slot); */
    return out;
}

/* Whether an object in a slot of `slot_bytes` bytes serves for `total` bytes where it lies. */
/*@ assigns \nothing;
    ensures fits: \result == true ==> total <= slot_bytes;
    ensures near: \result == true ==> slot_bytes - total < PAGE_SIZE || total >= slot_bytes / 2;
    ensures small: \result == true ==>
      slot_bytes <= MAX_SMALL_SIZE || slot_bytes - total < PAGE_SIZE;
*/
static inline bool stays(size_t slot_bytes, size_t total)
{
    if (total > slot_bytes) return false;
    return slot_bytes > MAX_SMALL_SIZE ? slot_bytes - total < PAGE_SIZE : total >= slot_bytes / 2;
}

struct object_resized harden_realloc(struct redzone g, struct wpm_heap *h, struct mcache *c,
                                     uintptr_t address, size_t bytes)
{
    struct object_resized out = {0, WPM_OK};
    size_t total = redzone_total(g, bytes);
    //@ ghost class_table_fact();
    if (address == 0) {
        out = harden_malloc(g, h, c, bytes, HARDEN_KIND_MALLOC);
        //@ assert new: ShapesValid(h);
        /*@ assert fits: out.address != 0 ==> \forall integer size;
              SlotHeld(h, out.address, size) ==> bytes <= size; */
        return out;
    }
    //@ assert shapes: ShapesValid(h);
    struct harden_info info = harden_describe(g, h, address);
    out.status = info.slot.status;
    if (out.status == WPM_OK && g.canary && info.kind != HARDEN_KIND_MALLOC)
        out.status = WPM_MISMATCH;
    if (out.status != WPM_OK) return out;
    size_t slot_bytes = info.slot.slot_bytes;
    struct slot slot = {address, info.room, false};
    //@ assert held: SlotHeld(h, address, slot_bytes) && slot.bytes == Room(g, slot_bytes);
    //@ assert sized: Sized(g, h, address, info.bytes, HARDEN_KIND_MALLOC);
    /*@ assert told: g.canary == true ==>
          EdgeWord(address + slot.bytes - CANARY_BYTES) ==
            CanaryWord(SECRET(g.secret), address,
                       CanaryMark(slot.bytes - CANARY_BYTES - info.bytes, HARDEN_KIND_MALLOC)); */
    /*@ assert slack: g.canary == true ==>
          0 <= slot.bytes - CANARY_BYTES - info.bytes <= CANARY_SLACK; */
    /*@ assert fits: total <= slot_bytes ==> total == RedzoneTotal(g, bytes) &&
          bytes + CanaryRoom(g) <= slot.bytes; */
    if (!stays(slot_bytes, total)) {
        out = copy(g, h, c, address, info, bytes);
        if (out.address != 0 || total > slot_bytes) return out;
        if (slot.bytes - bytes > CANARY_SLACK) return out;
    }
    //@ assert still: SlotHeld(h, address, slot_bytes);
    //@ assert limit: address + slot.bytes <= address + slot_bytes <= ADDRESS_LIMIT;
    //@ assert kept: BytesKept{Pre,Here}(0, 0);
    /*@ assert end: g.canary == true ==>
          EdgeWord(address + slot.bytes - CANARY_BYTES) ==
            EdgeWord{Pre}(address + slot.bytes - CANARY_BYTES); */
    /*@ assert clean: g.canary == true ==>
          Clean(address + info.bytes, address + slot.bytes - CANARY_BYTES); */
    /*@ assert word: g.canary == true ==>
          EdgeWord(address + slot.bytes - CANARY_BYTES) ==
            CanaryWord(SECRET(g.secret), address,
                       CanaryMark(slot.bytes - CANARY_BYTES - info.bytes, HARDEN_KIND_MALLOC)); */
    //@ assert guarded: Guarded(g, address, slot.bytes, info.bytes, HARDEN_KIND_MALLOC);
    redzone_resize(g, slot, info.bytes, bytes, HARDEN_KIND_MALLOC);
    /*@ assert resized: SlotHeld(h, address, slot_bytes) && bytes <= Room(g, slot_bytes) &&
          Guarded(g, address, Room(g, slot_bytes), bytes, HARDEN_KIND_MALLOC) &&
          BytesKept{Pre,Here}(address, slot_bytes); */
    out.address = address;
    return out;
}
