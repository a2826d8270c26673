/* microheap.c -- see microheap.h */
#include "microheap.h"

#include "../counter.h"
#include "../faulttell.h"

/* ---- The lock: who takes it may rely on the invariant, who gives it back owes it ---- */

/*@ requires valid: MicroValid(h);
    assigns \nothing;
    ensures valid: MicroValid(h);
*/
static inline void micro_lock(struct wpm_heap *h) { lock_take(&h->lock, LOCK_HEAP); }

/*@ requires valid: MicroValid(h);
    assigns \nothing;
*/
static inline void micro_unlock(struct wpm_heap *h) { lock_give(&h->lock, LOCK_HEAP); }

/* ---- Bytes and granules ---- */

/* Granules of an object of `bytes` bytes. */
/*@ requires range: bytes <= MAX_PAGES * PAGE_SIZE;
    assigns \nothing;
    ensures granules: GranulesFor(bytes, \result);
    ensures range: \result <= MAX_PAGES;
*/
static uint32_t granules_for(size_t bytes)
{
    if (bytes <= PAGE_SIZE) return 1;
    return (uint32_t)((bytes - 1) / PAGE_SIZE) + 1;
}

/* Where granule p begins. */
/*@ requires valid: MicroValid(h);
    requires range: p < h->granules.count;
    assigns \nothing;
    ensures begins: GranuleBegins(h, p, \result) && \result != 0;
*/
static inline uintptr_t address_of(const struct wpm_heap *h, uint32_t p)
{
    return h->base + (uintptr_t)p * PAGE_SIZE;
}

/* What an address is: WPM_OK when an object starts there, at granule `granule`. */
struct place {
    wpm_status status;
    uint32_t granule; /* that the address lies in; 0 when in none */
};

/*@ requires valid: MicroValid(h);
    assigns \nothing;
    ensures status: \result.status == WPM_OK || \result.status == WPM_FOREIGN ||
      \result.status == WPM_INTERIOR || \result.status == WPM_DOUBLE_FREE;
    ensures object: \result.status == WPM_OK ==> Start(&h->granules, \result.granule) &&
      GranuleBegins(h, \result.granule, address);
    ensures none: \result.status != WPM_OK ==> NoObjectAt(h, address);
    ensures inside: \result.status != WPM_FOREIGN ==> \result.granule < h->granules.count &&
      h->base + \result.granule * PAGE_SIZE <= address <
        h->base + \result.granule * PAGE_SIZE + PAGE_SIZE;
    ensures foreign: \result.status == WPM_FOREIGN ==>
      address < h->base || h->base + h->granules.count * PAGE_SIZE <= address;
    ensures dead: \result.status == WPM_DOUBLE_FREE ==> Free(&h->granules, \result.granule);
*/
static struct place place_of(const struct wpm_heap *h, uintptr_t address)
{
    struct place place = {WPM_FOREIGN, 0};
    uintptr_t bytes = (uintptr_t)h->granules.count * PAGE_SIZE;
    if (address < h->base || address - h->base >= bytes) return place;
    uintptr_t offset = address - h->base;
    place.granule = (uint32_t)(offset / PAGE_SIZE);
    /*@ assert inside: place.granule < h->granules.count; */
    /*@ assert begins: \forall integer p; GranuleBegins(h, p, address) ==>
          p == place.granule && offset % PAGE_SIZE == 0; */
    if (offset % PAGE_SIZE != 0) place.status = WPM_INTERIOR;
    else if (granules_free_at(&h->granules, place.granule)) place.status = WPM_DOUBLE_FREE;
    else if (granules_starts(&h->granules, place.granule)) place.status = WPM_OK;
    else place.status = WPM_INTERIOR;
    return place;
}

/* ---- Objects, under the lock ---- */

/* An object of n granules at a multiple of `align` granules: its address, or 0. */
/*@ requires valid: MicroValid(h);
    requires range: 1 <= n <= h->granules.count && 1 <= align <= MAX_ALIGN_GRANULES;
    assigns MICRO_RECORDS(h), h->mallocs;
    ensures valid: MicroValid(h);
    ensures base: h->base == \old(h->base) && GranulesShape{Pre,Post}(&h->granules);
    ensures none: \result == 0 ==> ObjectsStay{Pre,Post}(h) &&
      (h->granules.count < n + align - 1 || NoGranules{Pre}(&h->granules, n + align - 1));
    ensures some: \result != 0 ==> GranuleBegins(h, GranuleOf(h, \result), \result) &&
      MicroGiven{Pre,Post}(&h->granules, GranuleOf(h, \result), n);
    ensures aligned: \result != 0 ==> \result % (align * PAGE_SIZE) == 0;
*/
static uintptr_t take(struct wpm_heap *h, uint32_t n, uint32_t align)
{
    if (align - 1 > h->granules.count - n) return 0;
    /*@ assert apart: \base_addr(h) != \base_addr(h->granules.pages.l1) &&
          \base_addr(h) != \base_addr(h->granules.pages.l2) &&
          \base_addr(h) != \base_addr(h->granules.pages.l3) &&
          \base_addr(h) != \base_addr(h->granules.pages.l4); */
    uint32_t before = (uint32_t)(h->base / PAGE_SIZE % align);
    uint32_t p = granules_alloc(&h->granules, n, align, before);
    /*@ assert base: h->base == \at(h->base, Pre); */
    if (p == NO_PAGE) return 0;
    /*@ assert sound: MicroValid(h); */
    /*@ assert given: MicroGiven{Pre,Here}(&h->granules, p, n); */
    h->mallocs = counter_add(h->mallocs, 1);
    /*@ assert still: MicroValid(h) && MicroGiven{Pre,Here}(&h->granules, p, n); */
    uintptr_t address = address_of(h, p);
    /*@ assert granule: GranuleOf(h, address) == p; */
    /*@ assert parts: h->base / PAGE_SIZE == h->base / PAGE_SIZE / align * align + before; */
    /*@ assert sum: before + p == (before + p) / align * align; */
    /*@ assert whole: Times(address, h->base / PAGE_SIZE / align + (before + p) / align,
          align * PAGE_SIZE); */
    /*@ assert rest: address % (align * PAGE_SIZE) == 0; */
    return address;
}

void *wpm_malloc(wpm_heap *h, size_t bytes)
{
    if (bytes > (size_t)h->granules.count * PAGE_SIZE) return NULL;
    uint32_t n = granules_for(bytes);
    micro_lock(h);
    uintptr_t address = take(h, n, 1);
    /*@ assert none: address == 0 ==> NoRoom{Pre}(h, bytes); */
    micro_unlock(h);
    return edge_pointer(address);
}

/* Granules of the alignment `align`; 0: it is not served. */
/*@ assigns \nothing;
    ensures served: AlignServed(align) <==> \result != 0;
    ensures granules: AlignServed(align) ==>
      \result == (align <= PAGE_SIZE ? 1 : align / PAGE_SIZE) && \result <= MAX_ALIGN_GRANULES;
*/
static uint32_t align_granules(size_t align)
{
    if (align == 0) return 0;
    if (align <= PAGE_SIZE) return PAGE_SIZE % align == 0;
    if (align % PAGE_SIZE != 0 || align / PAGE_SIZE > MAX_ALIGN_GRANULES) return 0;
    uint32_t granules = (uint32_t)(align / PAGE_SIZE);
    return MAX_ALIGN_GRANULES % granules == 0 ? granules : 0;
}

void *wpm_aligned(wpm_heap *h, size_t align, size_t bytes)
{
    uint32_t granules = align_granules(align);
    if (granules == 0 || bytes > (size_t)h->granules.count * PAGE_SIZE) return NULL;
    uint32_t n = granules_for(bytes);
    micro_lock(h);
    uintptr_t address = take(h, n, granules);
    /*@ assert none: address == 0 ==> NoAligned{Pre}(h, align, bytes); */
    micro_unlock(h);
    /*@ assert granule: Times(granules * PAGE_SIZE, granules * PAGE_SIZE / align, align); */
    /*@ assert times: Times(address, address / (granules * PAGE_SIZE), granules * PAGE_SIZE); */
    /*@ assert aligned: Times(address, address / (granules * PAGE_SIZE) *
          (granules * PAGE_SIZE / align), align); */
    /*@ assert rest: address != 0 ==> address % align == 0; */
    return edge_pointer(address);
}

/* ---- Any pointer ---- */

/* End the object at an address, if there is one. */
/*@ requires valid: MicroValid(h);
    assigns MICRO_RECORDS(h), h->frees;
    ensures valid: MicroValid(h);
    ensures base: h->base == \old(h->base) && GranulesShape{Pre,Post}(&h->granules);
    ensures status: \result == WPM_OK || \result == WPM_FOREIGN || \result == WPM_INTERIOR ||
      \result == WPM_DOUBLE_FREE;
    ensures ended: \result == WPM_OK ==> Ended{Pre,Post}(h, address);
    ensures granule: \result == WPM_OK ==>
      MicroEnded{Pre,Post}(&h->granules, GranuleOf(h, address));
    ensures refused: \result != WPM_OK ==> ObjectsStay{Pre,Post}(h) && NoObjectAt{Pre}(h, address);
*/
static wpm_status end_at(struct wpm_heap *h, uintptr_t address)
{
    struct place place = place_of(h, address);
    if (place.status != WPM_OK) return place.status;
    /*@ assert apart: \base_addr(h) != \base_addr(h->granules.pages.l1) &&
          \base_addr(h) != \base_addr(h->granules.pages.l2) &&
          \base_addr(h) != \base_addr(h->granules.pages.l3) &&
          \base_addr(h) != \base_addr(h->granules.pages.l4); */
    /*@ assert granule: GranuleOf(h, address) == place.granule; */
    granules_free(&h->granules, place.granule);
    /*@ assert base: h->base == \at(h->base, Pre); */
    /*@ assert sound: MicroValid(h); */
    /*@ assert ended: MicroEnded{Pre,Here}(&h->granules, place.granule); */
    h->frees = counter_add(h->frees, 1);
    /*@ assert still: MicroEnded{Pre,Here}(&h->granules, place.granule) &&
          GranuleOf(h, address) == place.granule; */
    return WPM_OK;
}

wpm_status wpm_free(wpm_heap *h, void *object)
{
    if (object == NULL) return WPM_OK;
    micro_lock(h);
    wpm_status status = end_at(h, edge_address(object));
    micro_unlock(h);
    fault_tell(status, object);
    return status;
}

size_t wpm_usable_size(wpm_heap *h, const void *object)
{
    size_t bytes = 0;
    micro_lock(h);
    struct place place = place_of(h, edge_address(object));
    if (place.status == WPM_OK) {
        uint32_t end = granules_end(&h->granules, place.granule);
        bytes = (size_t)(end - place.granule) * PAGE_SIZE;
        /*@ assert bytes: bytes == (end - place.granule) * PAGE_SIZE && bytes > 0; */
        /*@ assert object: MicroObject(h, (uintptr_t)object, place.granule, end); */
        /*@ assert granule: GranuleOf(h, (uintptr_t)object) == place.granule; */
    }
    micro_unlock(h);
    return bytes;
}

void *wpm_calloc(wpm_heap *h, size_t count, size_t bytes)
{
    if (bytes != 0 && count > SIZE_MAX / bytes) {
        /*@ assert over: SIZE_MAX < count * bytes; */
        return NULL;
    }
    /*@ assert product: count * bytes <= SIZE_MAX; */
    size_t total = count * bytes;
    void *object = wpm_malloc(h, total);
    if (object != NULL) edge_zero(edge_address(object), total);
    return object;
}

/* ---- Another size ---- */

/* What a realloc is to do: the object stays, where it may, or has to be moved. */
struct resize {
    wpm_status status; /* of the address */
    bool done;         /* the object has its new size */
    uint32_t granule;  /* with which it starts */
    uint32_t end;      /* and where it ended */
};

/*@ requires valid: MicroValid(h);
    requires range: 1 <= n <= h->granules.count;
    assigns MICRO_RECORDS(h);
    ensures valid: MicroValid(h);
    ensures refused: \result.status != WPM_OK ==> NoObjectAt{Pre}(h, address);
    ensures base: h->base == \old(h->base) && GranulesShape{Pre,Post}(&h->granules);
    ensures object: \result.status == WPM_OK ==>
      MicroObject{Pre}(h, address, \result.granule, \result.end);
    ensures same: \result.done == false ==> ObjectsStay{Pre,Post}(h);
    ensures done: \result.done == true ==> \result.status == WPM_OK &&
      MicroResized{Pre,Post}(&h->granules, \result.granule, n);
    ensures larger: \result.done == false ==> \result.status == WPM_OK ==>
      \result.end - \result.granule < n;
*/
static struct resize resize_in_place(struct wpm_heap *h, uintptr_t address, uint32_t n)
{
    struct place place = place_of(h, address);
    struct resize r = {place.status, false, place.granule, 0};
    if (place.status != WPM_OK) return r;
    r.end = granules_end(&h->granules, place.granule);
    /*@ assert apart: \base_addr(h) != \base_addr(h->granules.pages.l1) &&
          \base_addr(h) != \base_addr(h->granules.pages.l2) &&
          \base_addr(h) != \base_addr(h->granules.pages.l3) &&
          \base_addr(h) != \base_addr(h->granules.pages.l4); */
    /*@ assert object: MicroObject(h, address, place.granule, r.end); */
    r.done = granules_resize(&h->granules, place.granule, n);
    /*@ assert base: h->base == \at(h->base, Pre); */
    /*@ assert resized: r.done == true ==>
          MicroResized{Pre,Here}(&h->granules, place.granule, n); */
    return r;
}

/* A new object of n granules, which takes over the bytes of the one of granules [p, end); its
 * address, or 0, and nothing has changed. */
/*@ requires valid: MicroValid(h);
    requires object: Object(&h->granules, p, end) && end - p < n <= h->granules.count;
    assigns MICRO_RECORDS(h), h->mallocs, h->frees, edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: MicroValid(h);
    ensures base: h->base == \old(h->base) && GranulesShape{Pre,Post}(&h->granules);
    ensures none: \result == 0 ==> ObjectsStay{Pre,Post}(h) && BytesKept{Pre,Post}(0, 0);
    ensures place: \result != 0 ==> GranuleBegins(h, GranuleOf(h, \result), \result);
    ensures moved: \result != 0 ==> MicroMoved{Pre,Post}(&h->granules, p, GranuleOf(h, \result), n);
    ensures other: \result != 0 ==> GranuleOf(h, \result) != p;
    ensures prefix: \result != 0 ==>
      BytesSame{Post,Pre}(\result, h->base + p * PAGE_SIZE, (end - p) * PAGE_SIZE);
    ensures kept: \result != 0 ==> BytesKept{Pre,Post}(\result, (end - p) * PAGE_SIZE);
*/
static uintptr_t move(struct wpm_heap *h, uint32_t p, uint32_t end, uint32_t n)
{
    uintptr_t from = address_of(h, p);
    micro_lock(h);
    uintptr_t to = take(h, n, 1);
    micro_unlock(h);
    if (to == 0) return 0;
    /*@ assert stays: Object(&h->granules, p, end); */
    /*@ assert apart: GranuleOf(h, to) + n <= p || end <= GranuleOf(h, to); */
    size_t bytes = (size_t)(end - p) * PAGE_SIZE;
    edge_copy(to, from, bytes);
    /*@ assert bytes: bytes == (end - p) * PAGE_SIZE && from == h->base + p * PAGE_SIZE; */
    /*@ assert copied: BytesSame{Here,Pre}(to, from, bytes); */
    micro_lock(h);
    /*@ assert there: MicroObject(h, from, p, end) && GranuleOf(h, from) == p; */
    /*@ ghost Copied: ; */
    (void)end_at(h, from);
    /*@ assert ended: MicroEnded{Copied,Here}(&h->granules, p); */
    /*@ assert there_still: GranuleOf(h, to) == \at(GranuleOf(h, to), Copied); */
    /*@ assert new: Object(&h->granules, GranuleOf(h, to), GranuleOf(h, to) + n); */
    micro_unlock(h);
    return to;
}

/* What has become of an object that was to have another size. */
struct resized {
    void *object; /* where it is; NULL: as it was, or there was none */
    wpm_status status;
};

/*@ requires valid: MicroValid(h);
    requires object: object != 0;
    assigns MICRO_RECORDS(h), h->mallocs, h->frees, edge_byte[0 .. ADDRESS_LIMIT - 1];
    ensures valid: MicroValid(h);
    ensures none: (uintptr_t)\result.object == 0 ==> ObjectsStay{Pre,Post}(h);
    ensures refused: \result.status != WPM_OK ==> (uintptr_t)\result.object == 0 &&
      NoObjectAt{Pre}(h, object);
    ensures stays: (uintptr_t)\result.object == object ==> Resized{Pre,Post}(h, object, bytes);
    ensures moved: (uintptr_t)\result.object != 0 ==> (uintptr_t)\result.object != object ==>
      Moved{Pre,Post}(h, object, (uintptr_t)\result.object, bytes);
    ensures prefix: (uintptr_t)\result.object != 0 ==>
      \forall integer p, e; MicroObject{Pre}(h, object, p, e) ==>
      BytesSame{Post,Pre}((uintptr_t)\result.object, object,
                          (e - p) * PAGE_SIZE < bytes ? (e - p) * PAGE_SIZE : bytes);
    ensures kept: BytesKept{Pre,Post}((uintptr_t)\result.object, bytes);
*/
static struct resized resize(struct wpm_heap *h, uintptr_t object, size_t bytes)
{
    struct resized result = {NULL, WPM_OK};
    if (bytes > (size_t)h->granules.count * PAGE_SIZE) {
        micro_lock(h);
        result.status = place_of(h, object).status;
        micro_unlock(h);
        return result;
    }
    uint32_t n = granules_for(bytes);
    micro_lock(h);
    struct resize r = resize_in_place(h, object, n);
    micro_unlock(h);
    result.status = r.status;
    if (r.status != WPM_OK) return result;
    /*@ assert one: \forall integer p, e; MicroObject{Pre}(h, object, p, e) ==>
          p == r.granule && e == r.end; */
    if (r.done) {
        /*@ assert resized: Resized{Pre,Here}(h, object, bytes); */
        /*@ assert bytes: \forall integer b; BytesSame{Here,Pre}(object, object, b); */
        result.object = edge_pointer(object);
        return result;
    }
    /*@ assert same: ObjectsSame{Pre,Here}(&h->granules); */
    /*@ ghost Looked: ; */
    uintptr_t address = move(h, r.granule, r.end, n);
    /*@ assert moved_here: address != 0 ==>
          MicroMoved{Looked,Here}(&h->granules, r.granule, GranuleOf(h, address), n); */
    /*@ assert moved_granules: address != 0 ==>
          MicroMoved{Pre,Here}(&h->granules, r.granule, GranuleOf(h, address), n); */
    /*@ assert base: h->base == \at(h->base, Pre); */
    /*@ assert from: object == h->base + r.granule * PAGE_SIZE; */
    /*@ assert granule: GranuleOf{Pre}(h, object) == r.granule; */
    /*@ assert to: GranuleOf(h, address) == GranuleOf{Pre}(h, address); */
    /*@ assert begins: address != 0 ==>
          GranuleBegins{Pre}(h, GranuleOf{Pre}(h, address), address); */
    /*@ assert moved: address != 0 ==> Moved{Pre,Here}(h, object, address, bytes); */
    /*@ assert copied: address != 0 ==>
          BytesSame{Here,Pre}(address, object, (r.end - r.granule) * PAGE_SIZE); */
    /*@ assert longer: r.end - r.granule < n && (r.end - r.granule) * PAGE_SIZE < bytes; */
    /*@ assert length: \forall integer p, e; MicroObject{Pre}(h, object, p, e) ==>
          (e - p) * PAGE_SIZE == (r.end - r.granule) * PAGE_SIZE; */
    /*@ assert prefix: address != 0 ==> \forall integer p, e; MicroObject{Pre}(h, object, p, e) ==>
          BytesSame{Here,Pre}(address, object, (e - p) * PAGE_SIZE); */
    result.object = edge_pointer(address);
    return result;
}

/* Write a result to memory of the caller: the heap stays what it is. */
/*@ requires valid: MicroValid(h);
    requires out: \valid(status) && MicroApart(h, status);
    assigns *status;
    ensures valid: MicroValid(h);
    ensures set: *status == value;
    ensures stay: ObjectsStay{Pre,Post}(h);
    ensures starts: \forall integer q; 0 <= q ==>
      (Start(&h->granules, q) <==> Start{Pre}(\at(&h->granules, Pre), q));
    ensures same: h->base == \old(h->base) && GranulesShape{Pre,Post}(&h->granules) &&
      BitsSame{Pre,Post}(h->granules.starts) && BitsSame{Pre,Post}(h->granules.pages.free);
*/
static void set_status(wpm_status *status, wpm_status value) /*@ ghost (struct wpm_heap *h) */
{
    *status = value;
    /*@ assert npages: h->granules.pages.npages == \at(h->granules.pages.npages, Pre); */
    /*@ assert count: h->granules.count == \at(h->granules.count, Pre); */
    /*@ assert base: h->base == \at(h->base, Pre); */
    /*@ assert memory: GranulesMemory(&h->granules); */
    /*@ assert l1: LevelExact(h->granules.pages.free, h->granules.pages.npages,
          h->granules.pages.l1, L1_PAGES); */
    /*@ assert l2: LevelExact(h->granules.pages.free, h->granules.pages.npages,
          h->granules.pages.l2, L2_PAGES); */
    /*@ assert l3: LevelExact(h->granules.pages.free, h->granules.pages.npages,
          h->granules.pages.l3, L3_PAGES); */
    /*@ assert l4: LevelExact(h->granules.pages.free, h->granules.pages.npages,
          h->granules.pages.l4, L4_PAGES); */
    /*@ assert pool: PageallocValid(&h->granules.pages); */
}

void *wpm_realloc(wpm_heap *h, void *object, size_t bytes, wpm_status *status)
{
    struct resized result = {NULL, WPM_OK};
    if (object == NULL) result.object = wpm_malloc(h, bytes);
    else result = resize(h, edge_address(object), bytes);
    fault_tell(result.status, object);
    /*@ assert new: (uintptr_t)object == 0 ==> (uintptr_t)result.object != 0 ==>
          Given{Pre,Here}(h, (uintptr_t)result.object, bytes); */
    /*@ assert stays: (uintptr_t)object != 0 ==> (uintptr_t)result.object == (uintptr_t)object ==>
          Resized{Pre,Here}(h, (uintptr_t)object, bytes); */
    /*@ assert moved: (uintptr_t)object != 0 ==> (uintptr_t)result.object != 0 ==>
          (uintptr_t)result.object != (uintptr_t)object ==>
          Moved{Pre,Here}(h, (uintptr_t)object, (uintptr_t)result.object, bytes); */
    if (status != NULL) set_status(status, result.status) /*@ ghost (h) */;
    /*@ assert new: (uintptr_t)object == 0 ==> (uintptr_t)result.object != 0 ==>
          Given{Pre,Here}(h, (uintptr_t)result.object, bytes); */
    /*@ assert stays: (uintptr_t)object != 0 ==> (uintptr_t)result.object == (uintptr_t)object ==>
          Resized{Pre,Here}(h, (uintptr_t)object, bytes); */
    /*@ assert moved: (uintptr_t)object != 0 ==> (uintptr_t)result.object != 0 ==>
          (uintptr_t)result.object != (uintptr_t)object ==>
          Moved{Pre,Here}(h, (uintptr_t)object, (uintptr_t)result.object, bytes); */
    return result.object;
}

/* ---- What a heap holds ---- */

wpm_info wpm_describe(wpm_heap *h, const void *address)
{
    wpm_info info = {WPM_FOREIGN, 0, 0, 0, 0};
    micro_lock(h);
    struct place place = place_of(h, edge_address(address));
    info.status = place.status;
    if (place.status != WPM_FOREIGN && !granules_free_at(&h->granules, place.granule)) {
        info.slot = granules_start_below(&h->granules, place.granule);
        uint32_t end = granules_end(&h->granules, info.slot);
        info.slot_bytes = (size_t)(end - info.slot) * PAGE_SIZE;
        info.offset_bytes = edge_address(address) - address_of(h, info.slot);
    }
    micro_unlock(h);
    return info;
}

struct micro_object micro_next(wpm_heap *h, uint32_t granule)
{
    struct micro_object object = {0, 0, 0};
    micro_lock(h);
    uint32_t p = granules_next(&h->granules, granule);
    if (p < h->granules.count) {
        object.end = granules_end(&h->granules, p);
        object.address = address_of(h, p);
        object.bytes = (size_t)(object.end - p) * PAGE_SIZE;
    }
    micro_unlock(h);
    return object;
}

wpm_statistics micro_figures(wpm_heap *h)
{
    wpm_statistics s = {0};
    micro_lock(h);
    uint32_t count = h->granules.count, free_granules = h->granules.pages.free_pages;
    /*@ ghost uint32_t np = h->granules.pages.npages; */
    /*@ assert beyond: BitCount(h->granules.pages.free, count, np - count) == 0; */
    /*@ assert split: BitCount(h->granules.pages.free, 0, count + (np - count)) ==
          BitCount(h->granules.pages.free, 0, count); */
    s.region_bytes = (uint64_t)count * PAGE_SIZE;
    s.committed_bytes = s.region_bytes;
    s.free_bytes = (uint64_t)free_granules * PAGE_SIZE;
    s.span_bytes = s.region_bytes - s.free_bytes;
    s.live_bytes = s.span_bytes;
    s.live_objects = bitmap_count_range(h->granules.starts, 0, count);
    s.spans = s.live_objects;
    s.mallocs = (uint64_t)h->mallocs;
    s.frees = (uint64_t)h->frees;
    micro_unlock(h);
    return s;
}
