/* collector.c -- see collector.h
 *
 * A cycle: marking begins with the roots as they are; what the program overwrites in an object is
 * reached before it is gone, and what it allocates is marked, so that all that lived at the
 * beginning and all that is new is marked when nothing waits any more. Then the sweep ends what is
 * not. Marks are made zero when the next cycle begins.
 */
#include "collector.h"

#include "../../src/create.h"
#include "../../src/platform.h"
#include "../../src/gc/credit.h"
#include "marker.h"
#include "../../src/gc/pacer.h"
#include "../../src/gc/sweep.h"

#define MOST_TYPES 4096u
#define MOST_TYPE_BITS 65536u
#define MOST_ROOTS 1024u
#define MOST_GRAY 65536u
#define DEFAULT_LIMIT ((size_t)1 << 30)
#define SWEEP_BYTES 4096u /* of allocation, for a span swept */

enum phase { IDLE, MARKING, SWEEPING };

struct root {
    void *const *first;
    size_t words;
};

/* One of the two heaps, and how far its sweep has come. */
struct side {
    struct wpm_heap *heap;
    struct mcache *cache;
    uint32_t next;
};

struct wpm_gc {
    struct marker marker;
    struct side scan;
    struct side flat;
    enum phase phase;
    struct found pass; /* marked objects from here on are looked into again */
    struct pacer pacer;
    struct credit credit;
    struct bank bank;
    uint64_t live;      /* bytes of slots */
    uint64_t scannable; /* of these, in the heap of objects with pointers */
    uint64_t work;      /* bytes looked into in this cycle */
    wpm_gc_statistics figures;
    uint64_t bytes; /* of the reservation that all this lies in */
    uint32_t nroots;
    struct type type[MOST_TYPES];
    uint64_t pointers[MOST_TYPE_BITS / 64 + 1];
    struct root root[MOST_ROOTS];
    struct gray_object gray[MOST_GRAY];
};

/* ---- Making and ending ---- */

/* Zero memory of the system; 0 when it refuses. */
static uintptr_t take_memory(uint64_t bytes)
{
    uintptr_t memory = platform_reserve(0, bytes, platform_page_bytes());
    if (memory == 0 || platform_commit(memory, bytes)) return memory;
    (void)platform_unreserve(memory, bytes);
    return 0;
}

/* Whole pages of the system. */
static uint64_t in_pages(uint64_t bytes)
{
    uint64_t page = platform_page_bytes();
    return (bytes + page - 1) / page * page;
}

static uint64_t mark_bytes(const struct wpm_heap *h)
{
    return in_pages(((uint64_t)h->grow_limit + 1) * SPAN_WORDS * sizeof(uint64_t));
}

static bool side_begin(struct side *s, struct marks *m, size_t limit)
{
    s->heap = wpm_heap_create(limit);
    if (s->heap == NULL) return false;
    s->cache = wpm_cache_attach(s->heap);
    m->heap = s->heap;
    m->bit = (uint64_t *)take_memory(mark_bytes(s->heap));
    return s->cache != NULL && m->bit != NULL;
}

static void side_end(struct side *s, struct marks *m)
{
    if (s->heap == NULL) return;
    if (m->bit != NULL) (void)platform_unreserve((uintptr_t)m->bit, mark_bytes(s->heap));
    wpm_heap_destroy(s->heap);
}

wpm_gc *wpm_gc_create(const wpm_gc_options *o)
{
    size_t limit = o->limit_bytes == 0 ? DEFAULT_LIMIT : o->limit_bytes;
    uint64_t bytes = in_pages(sizeof(struct wpm_gc));
    struct wpm_gc *gc = (struct wpm_gc *)take_memory(bytes);
    if (gc == NULL) return NULL;
    gc->bytes = bytes;
    if (!side_begin(&gc->scan, &gc->marker.scan, limit) ||
        !side_begin(&gc->flat, &gc->marker.flat, limit)) {
        wpm_gc_destroy(gc);
        return NULL;
    }
    gc->marker.gray.object = gc->gray;
    gc->marker.gray.limit = o->waiting == 0 || o->waiting > MOST_GRAY ? MOST_GRAY : o->waiting;
    gc->marker.types = (struct types){gc->type, gc->pointers, 1, 0};
    pacer_init(&gc->pacer, o->percent == 0 ? 100 : o->percent, UINT64_MAX,
               o->least_bytes == 0 ? PACER_LEAST_GOAL : o->least_bytes);
    return gc;
}

void wpm_gc_destroy(wpm_gc *gc)
{
    if (gc == NULL) return;
    side_end(&gc->scan, &gc->marker.scan);
    side_end(&gc->flat, &gc->marker.flat);
    (void)platform_unreserve((uintptr_t)gc, gc->bytes);
}

/* ---- Types and roots ---- */

wpm_gc_type wpm_gc_add_type(wpm_gc *gc, const uint64_t *pointers, uint32_t words)
{
    struct types *t = &gc->marker.types;
    if (words == 0 || t->count == MOST_TYPES || words > MOST_TYPE_BITS - t->bits)
        return WPM_GC_NO_TYPE;
    for (uint32_t k = 0; k < words; k++)
        if (bitmap_test(pointers, k)) bitmap_set(gc->pointers, t->bits + k);
    gc->type[t->count] = (struct type){t->bits, words};
    t->bits += words;
    return t->count++;
}

bool wpm_gc_add_root(wpm_gc *gc, void *const *first, size_t words)
{
    if (gc->nroots == MOST_ROOTS) return false;
    gc->root[gc->nroots++] = (struct root){first, words};
    for (size_t k = 0; gc->phase == MARKING && k < words; k++)
        marker_reach(&gc->marker, edge_address(first[k]));
    return true;
}

bool wpm_gc_remove_root(wpm_gc *gc, void *const *first)
{
    for (uint32_t k = 0; k < gc->nroots; k++)
        if (gc->root[k].first == first) {
            gc->root[k] = gc->root[--gc->nroots];
            return true;
        }
    return false;
}

/* ---- A cycle ---- */

/* Bytes of all slots that are marked and held. */
static uint64_t marked_bytes(struct marks m)
{
    uint64_t bytes = 0;
    for (uint32_t s = 1; s < m.heap->nspans; s++) {
        uint64_t slots = 0;
        for (size_t w = (size_t)s * SPAN_WORDS; w < ((size_t)s + 1) * SPAN_WORDS; w++) {
            uint64_t held = bits_andnot(m.heap->live[w], m.heap->freed[w]);
            slots += bits_count(bits_and(held, m.bit[w]));
        }
        if (slots != 0) bytes += slots * find_bytes(m.heap, s);
    }
    return bytes;
}

static uint64_t root_bytes(const struct wpm_gc *gc)
{
    uint64_t bytes = 0;
    for (uint32_t k = 0; k < gc->nroots; k++) bytes += gc->root[k].words * sizeof(void *);
    return bytes;
}

static void begin_cycle(struct wpm_gc *gc)
{
    struct marks scan = gc->marker.scan, flat = gc->marker.flat;
    edge_zero((uintptr_t)scan.bit, (size_t)scan.heap->nspans * SPAN_WORDS * sizeof(uint64_t));
    edge_zero((uintptr_t)flat.bit, (size_t)flat.heap->nspans * SPAN_WORDS * sizeof(uint64_t));
    gc->phase = MARKING;
    gc->pass = (struct found){UINT32_MAX, 0};
    gc->work = root_bytes(gc);
    gc->bank.work = 0;
    gc->pacer.globals = gc->work;
    for (uint32_t r = 0; r < gc->nroots; r++)
        for (size_t k = 0; k < gc->root[r].words; k++)
            marker_reach(&gc->marker, edge_address(gc->root[r].first[k]));
    pacer_begin(&gc->pacer, gc->live, gc->scannable);
}

/* Nothing waits: the sweep begins. */
static void end_marking(struct wpm_gc *gc)
{
    uint64_t scan = marked_bytes(gc->marker.scan);
    uint64_t marked = scan + marked_bytes(gc->marker.flat);
    uint64_t heap = ratio_less(gc->work, gc->pacer.globals);
    struct pacer_cycle end = {gc->live, marked, heap, 0, gc->pacer.globals, {1, 4}, {0, 1}};
    pacer_end(&gc->pacer, &end, 0);
    gc->figures.marked_bytes = marked;
    gc->figures.cycles++;
    gc->live = marked;
    gc->scannable = scan;
    gc->credit = (struct credit){0, 0};
    gc->phase = SWEEPING;
    gc->scan.next = gc->flat.next = 1;
}

/* When marked objects did not fit on the stack: the next one in the heap waits again. False when
 * there is none, and none was left out since. */
static bool wake(struct wpm_gc *gc)
{
    struct marker *m = &gc->marker;
    while (m->gray.depth == 0) {
        if (gc->pass.span >= gc->scan.heap->nspans) {
            if (!m->gray.full) return false;
            m->gray.full = false;
            gc->pass = (struct found){1, 0};
        }
        gc->pass = marker_again(m, gc->pass);
    }
    return true;
}

/* Look into objects until `bytes` bytes are done, or nothing waits any more. Bytes done. */
static uint64_t mark_some(struct wpm_gc *gc, uint64_t bytes)
{
    uint64_t done = 0;
    while (done < bytes) {
        uint64_t n = marker_step(&gc->marker);
        gc->work += n;
        done += n;
        if (n == 0 && !wake(gc)) {
            end_marking(gc);
            break;
        }
    }
    gc->figures.scanned_bytes += done;
    return done;
}

/* Sweep `n` spans. */
static void sweep_some(struct wpm_gc *gc, uint64_t n)
{
    struct side *side[] = {&gc->scan, &gc->flat};
    const uint64_t *bits[] = {gc->marker.scan.bit, gc->marker.flat.bit};
    for (int k = 0; k < 2; k++)
        for (struct side *s = side[k]; n > 0 && s->next < s->heap->nspans; n--)
            gc->figures.ended_objects += sweep_span(s->heap, s->cache, bits[k], s->next++);
    if (n == 0) return;
    gc->phase = IDLE;
    pacer_commit(&gc->pacer, 0);
}

bool wpm_gc_step(wpm_gc *gc, size_t bytes)
{
    if (gc->phase == MARKING) bank_add(&gc->bank, mark_some(gc, bytes));
    else if (gc->phase == SWEEPING) sweep_some(gc, 1 + bytes / SWEEP_BYTES);
    return gc->phase != IDLE;
}

void wpm_gc_begin(wpm_gc *gc)
{
    if (gc->phase == IDLE) begin_cycle(gc);
}

void wpm_gc_collect(wpm_gc *gc)
{
    while (wpm_gc_step(gc, SIZE_MAX)) {}
    begin_cycle(gc);
    while (wpm_gc_step(gc, SIZE_MAX)) {}
}

/* ---- Objects ---- */

/* What an allocation of `bytes` owes: marking while that is going on, then sweeping. */
static void pay(struct wpm_gc *gc, uint64_t bytes)
{
    if (pacer_due(&gc->pacer, gc->live) && gc->phase == IDLE) begin_cycle(gc);
    if (gc->phase == SWEEPING) sweep_some(gc, 1 + bytes / SWEEP_BYTES);
    if (gc->phase != MARKING) return;
    credit_charge(&gc->credit, bytes);
    if (gc->credit.owed == 0) return;
    pacer_revise(&gc->pacer, gc->live, gc->scannable, gc->work);
    uint64_t own = credit_claim(&gc->credit, &gc->bank, gc->pacer.assist);
    if (own != 0) credit_done(&gc->credit, gc->pacer.assist, mark_some(gc, own));
}

/* An object of `bytes` bytes, header and all; its address or 0. What is new is marked. */
static uintptr_t take(struct wpm_gc *gc, struct side *s, struct marks m, size_t bytes)
{
    uintptr_t address = edge_address(object_calloc(s->heap, s->cache, 1, bytes));
    if (address == 0) return 0;
    struct found at = find_slot(s->heap, address);
    uint64_t slot = find_bytes(s->heap, at.span);
    gc->live += slot;
    if (s == &gc->scan) gc->scannable += slot;
    if (gc->phase != IDLE) (void)marks_set(m, at.span, at.slot);
    return address;
}

static void *take_typed(struct wpm_gc *gc, size_t bytes, wpm_gc_type type)
{
    if (type == WPM_GC_FLAT) return edge_pointer(take(gc, &gc->flat, gc->marker.flat, bytes));
    uintptr_t address = take(gc, &gc->scan, gc->marker.scan, bytes + HEADER_BYTES);
    if (address == 0) return NULL;
    edge_put_word(address, type);
    edge_put_word(address + EDGE_WORD_BYTES, bytes);
    return edge_pointer(address + HEADER_BYTES);
}

void *wpm_gc_alloc(wpm_gc *gc, size_t bytes, wpm_gc_type type)
{
    if (type >= gc->marker.types.count || bytes > SIZE_MAX / 2) return NULL;
    if (bytes == 0) bytes = 1;
    pay(gc, bytes);
    void *object = take_typed(gc, bytes, type);
    if (object != NULL) return object;
    wpm_gc_collect(gc);
    return take_typed(gc, bytes, type);
}

void wpm_gc_write(wpm_gc *gc, void **word, void *value)
{
    if (gc->phase == MARKING) marker_reach(&gc->marker, edge_address(*word));
    *word = value;
}

/* An object has ended that counted: not one that the sweep had still to end. */
static void forget(struct wpm_gc *gc, struct side *s, struct marks m, struct found at)
{
    uint64_t slot = find_bytes(s->heap, at.span);
    bool counted = gc->phase != SWEEPING || marks_test(m, at.span, at.slot);
    marks_clear(m, at.span, at.slot);
    if (!counted) return;
    gc->live = ratio_less(gc->live, slot);
    if (s == &gc->scan) gc->scannable = ratio_less(gc->scannable, slot);
    if (gc->phase == MARKING) credit_give(&gc->credit, slot);
}

wpm_status wpm_gc_free(wpm_gc *gc, void *object)
{
    uintptr_t address = edge_address(object);
    struct side *s = &gc->scan;
    struct marks m = gc->marker.scan;
    struct found at = find_slot(s->heap, address);
    if (at.span != NO_SPAN) {
        if (address != find_start(s->heap, at) + HEADER_BYTES) return WPM_INTERIOR;
        address -= HEADER_BYTES;
    } else {
        s = &gc->flat;
        m = gc->marker.flat;
        at = find_slot(s->heap, address);
    }
    if (at.span != NO_SPAN && find_held(s->heap, at) && address == find_start(s->heap, at))
        forget(gc, s, m, at);
    return alloc_free(s->heap, s->cache, edge_pointer(address));
}

void wpm_gc_stats(const wpm_gc *gc, wpm_gc_statistics *out)
{
    *out = gc->figures;
    out->live_bytes = gc->live;
    out->goal_bytes = gc->pacer.goal;
}
