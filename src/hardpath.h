/* hardpath.h -- the short ways of malloc and free with red zones (harden.h), inline.
 *
 * They serve objects of up to `short_most` bytes, in a slot whose object has ended or from the
 * window of the calling thread's cache, and the end of those of its own spans, when all of the red
 * zone is on. All else, and every fault, is left to the long ways: nothing has happened then.
 */
#ifndef WPM_HARDPATH_H
#define WPM_HARDPATH_H

#include "harden.h"

/* A set bit of a word: the first from bit `turn` on, or, when there is none, the lowest; 64: none.
 * */
/*@ requires turn: turn < 64;
    assigns \nothing;
    ensures none: \result >= 64 ==> \result == 64 && x == 0;
    ensures some: \result < 64 ==> Bit(x, \result) == 1;
    ensures first: \forall integer j; turn <= j < 64 ==> Bit(x, j) == 1 ==> turn <= \result <= j;
*/
static inline uint32_t harden_pick(uint64_t x, uint32_t turn)
{
    uint64_t above = bits_shift_down(x, turn);
    uint32_t i = bits_lowest(above);
    //@ assert moved: \forall integer j; turn <= j < 64 ==> Bit(above, j - turn) == Bit(x, j);
    if (i < 64) return turn + i;
    i = bits_lowest(x);
    //@ ghost alloc_lemma_some(x, i);
    return i;
}

/* An object of `bytes` bytes in the slot at `address`, which is taken, of class `k`; nobody else
 * knows of it: its last object has ended. Status WPM_CHANGED: the slot was written since. */
/*@ requires valid: HeapValid(h);
    requires guard: RedzoneValid(g);
    requires class: 1 <= k < NUM_CLASSES;
    requires held: ObjectAt(h, address, k, class_table[k].size_bytes);
    requires fits: ClassFits(k, bytes + CANARY_BYTES);
    requires all: g.short_most != 0;
    requires asked: kind < CANARY_KINDS;
    assigns edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures status: \result == WPM_OK || \result == WPM_CHANGED;
    ensures handed: \result == WPM_OK ==> Handed{Pre,Post}(g, h, address, bytes, kind);
    ensures changed: \result == WPM_CHANGED ==> Changed{Pre,Post}(g, h, address);
*/
static inline __attribute__((always_inline)) wpm_status
harden_reuse_short(struct redzone g, const struct wpm_heap *h, uintptr_t address, uint32_t k,
                   size_t bytes, uint32_t kind)
{
    (void)h;
    //@ ghost class_table_fact();
    //@ assert shapes: ShapesValid(h);
    size_t slot_bytes = class_table[k].size_bytes;
    //@ assert held: SlotHeld(h, address, slot_bytes);
    //@ assert room: Room(g, slot_bytes) == slot_bytes;
    if (!clean_all(address, slot_bytes)) return WPM_CHANGED;
    canary_put(g.secret, address, slot_bytes, bytes, kind);
    //@ assert guarded: Guarded(g, address, slot_bytes, bytes, kind);
    //@ assert kept: BytesKept{Pre,Here}(address, slot_bytes);
    return WPM_OK;
}

/* An object of `bytes` bytes from the window of cache `c`, of its free slots one from the place
 * `turn` on; address 0: the long way decides. */
/*@ requires turn: turn < 64;
    HARDENED_GIVES(g, h, c, kind)
    ensures some: \result.address != 0 ==> SlotGiven{Pre,Post}(h, \result.address, bytes);
    ensures handed: \result.address != 0 ==> \result.status == WPM_OK ==>
      Handed{Pre,Post}(g, h, \result.address, bytes, kind);
    ensures changed: \result.status == WPM_CHANGED ==> Changed{Pre,Post}(g, h, \result.address);
*/
static inline __attribute__((always_inline)) struct object_resized
harden_malloc_short(struct redzone g, struct wpm_heap *h, struct mcache *c, size_t bytes,
                    uint32_t kind, uint32_t turn)
{
    struct object_resized out = {0, WPM_OK};
    if (bytes == 0 || bytes > g.short_most) return out;
    //@ ghost class_table_fact();
    uint32_t k = sizeclass_of((uint32_t)(bytes + CANARY_BYTES));
    uint32_t i = harden_pick(c->entry[k].window, turn);
    if (i == 64) return out;
    //@ assert fits: ClassFits(k, bytes + CANARY_BYTES);
    //@ assert used: CacheUsed(h, c);
    //@ assert span: (h->cache + c->index)->entry[k].span != NO_SPAN;
    //@ assert entry: EntryValid(h, c->index, k);
    //@ assert limits: BoundsLimited(h);
    //@ assert word: 0 <= c->entry[k].word < h->map.npages * SPAN_WORDS + SPAN_WORDS;
    size_t slot_bytes = (size_t)c->entry[k].slot_bytes;
    //@ assert own: c == h->cache + c->index && 0 <= c->index < h->ncaches;
    //@ ghost const uint32_t s = (uint32_t)c->entry[k].span;
    //@ assert class: InUse(h, s) && h->span[s].span_class == k;
    //@ assert table: h->span[s].slot_bytes == class_table[k].size_bytes;
    //@ assert address: EntryAddress(h, c->index, k);
    //@ assert length: slot_bytes == class_table[k].size_bytes;
    uintptr_t address = alloc_take(h, c, k, i);
    //@ assert shapes: ShapesValid(h);
    //@ assert held: SlotHeld(h, address, slot_bytes);
    //@ assert room: Room(g, slot_bytes) == slot_bytes;
    out.address = address;
    out.status = WPM_CHANGED;
    if (!clean_all(address, slot_bytes)) return out;
    out.status = WPM_OK;
    canary_put(g.secret, address, slot_bytes, bytes, kind);
    //@ assert guarded: Guarded(g, address, slot_bytes, bytes, kind);
    //@ assert kept: BytesKept{Pre,Here}(address, slot_bytes);
    return out;
}

/* End the life of the object at `address`, of a span whose owner is *owner, as harden_retire does;
 * the class of its slot. 0: the long way decides. (A slot that a stranger has freed meanwhile has
 * no canary, or is found when it is freed again.) */
/*@ requires valid: HeapValid(h);
    requires guard: RedzoneValid(g);
    requires owner: \valid_read(owner) && *owner != OWNER_NONE;
    assigns edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures class: \result < NUM_CLASSES;
    ensures none: \result == 0 ==> BytesKept{Pre,Post}(0, 0);
    ensures live: \result != 0 ==> \exists integer s, i; SlotStarts(h, s, i, address) &&
      LiveSlot(h, s, i) && h->span[s].span_class == \result;
    ensures wiped: \result != 0 ==> Wiped{Pre,Post}(g, h, address);
    ensures others: \result != 0 ==> EndedAlone{Pre,Post}(h, address);
    ensures claimed: \result != 0 ==> \forall integer size; SlotHeld(h, address, size) ==>
      Claimed{Pre}(g, h, address, claim.bytes, claim.kind);
*/
static inline __attribute__((always_inline)) uint32_t
harden_retire_short(struct redzone g, const struct wpm_heap *h, const int32_t *owner,
                    uintptr_t address, struct harden_claim claim)
{
    //@ ghost class_table_fact();
    //@ assert shapes: ShapesValid(h);
    struct alloc_own_slot own = alloc_own_slot_at(h, owner, address);
    if (!own.found || g.short_most == 0) return 0;
    const struct mspan *span = &h->span[own.span];
    size_t slot_bytes = span->slot_bytes;
    //@ ghost const uint32_t s = (uint32_t)own.span, i = own.slot;
    //@ assert starts: SlotStarts(h, s, i, address) && LiveSlot(h, s, i);
    //@ assert length: slot_bytes == SlotBytes(h, s);
    //@ ghost alloc_lemma_inside(h, s, i);
    //@ assert only: \forall integer size; SlotHeld(h, address, size) ==> size == slot_bytes;
    //@ assert small: slot_bytes <= MAX_SMALL_SIZE && Room(g, slot_bytes) == slot_bytes;
    //@ assert room: \forall integer size; RoomHeld(g, h, address, size) ==> size == slot_bytes;
    //@ assert units: slot_bytes % MALLOC_ALIGN == 0 && MALLOC_ALIGN <= slot_bytes;
    struct canary_mark mark = canary_read(g.secret, address, slot_bytes);
    if (mark.bytes == CANARY_BROKEN || mark.kind != claim.kind) return 0;
    if (claim.bytes != HARDEN_ANY_BYTES && claim.bytes != mark.bytes) return 0;
    if (!redzone_before(g, address, slot_bytes, own.slot)) return 0;
    //@ assert whole: CanaryWhole(SECRET(g.secret), address, slot_bytes, mark.bytes, mark.kind);
    /*@ assert sized: \forall integer size; SlotHeld(h, address, size) ==>
          Sized(g, h, address, mark.bytes, mark.kind); */
    /*@ assert claimed: \forall integer size; SlotHeld(h, address, size) ==>
          Claimed(g, h, address, claim.bytes, claim.kind); */
    redzone_wipe(address, slot_bytes);
    return span->span_class;
}

#endif
