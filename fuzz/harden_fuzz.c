/* harden_fuzz.c -- objects with red zones, and what a program does wrong with them.
 *
 * The first byte of the input chooses which red zones are on. Correct use must be served as in
 * heap_fuzz; each fault must be told by its own status, and leave all as it was: a byte written
 * anywhere between an object's end and its slot's, an end of another kind or size, a second end, an
 * address inside, a byte written into a dead slot. The heap lies on reserved memory, so that large
 * objects have guard pages.
 */
#include "hardresize.h"
#include "heapcheck.h"
#include "objects.h"

#define LIMIT_BYTES (16u << 20)
#define TRIES 300 /* allocations until a slot must have come again */

struct play {
    struct redzone guard;
    wpm_heap *heap;
    wpm_cache *cache;
    struct object all[OBJECTS];
    uint32_t kind[OBJECTS];
};

static const uint32_t kinds[] = {HARDEN_KIND_MALLOC, HARDEN_KIND_NEW, HARDEN_KIND_ARRAY,
                                 HARDEN_KIND_NEW + HARDEN_KIND_ALIGNED};

static uint32_t *kind_of(struct play *y, const struct object *o)
{
    return &y->kind[o - y->all];
}

static struct harden_claim claim_of(struct play *y, const struct object *o, unsigned sized)
{
    struct harden_claim claim = {*kind_of(y, o), HARDEN_ANY_BYTES};
    if (sized % 2 != 0 && y->guard.canary) claim.bytes = o->bytes;
    return claim;
}

static wpm_status end_of(struct play *y, const struct object *o, struct harden_claim claim)
{
    return harden_free(y->guard, y->heap, y->cache, (uintptr_t)o->at, claim);
}

/* What is known of a live object is what was asked for. */
static void look(struct play *y, const struct object *o)
{
    struct harden_info info = harden_describe(y->guard, y->heap, (uintptr_t)o->at);
    REQUIRE(info.slot.status == WPM_OK);
    REQUIRE(!y->guard.canary || (info.bytes == o->bytes && info.kind == *kind_of(y, o)));
    REQUIRE(info.bytes >= o->bytes && info.room <= info.slot.slot_bytes);
    object_look(o, o->bytes);
}

static void begin(struct play *y, struct object *o, struct record r, unsigned char mark)
{
    size_t bytes = object_size(r.a, r.b), align = 16;
    uint32_t kind = kinds[r.op / 16 % 4];
    struct object_resized out;
    if (r.op % 4 == 0) {
        kind = HARDEN_KIND_MALLOC;
        out = harden_calloc(y->guard, y->heap, y->cache, bytes, 1);
        REQUIRE(out.address == 0 || bytes_zero((unsigned char *)out.address, bytes));
    } else if (r.op % 4 == 1) {
        align = (size_t)16 << r.what % 12;
        out = harden_aligned(y->guard, y->heap, y->cache, align, bytes, kind);
    } else {
        out = harden_malloc(y->guard, y->heap, y->cache, bytes, kind);
    }
    REQUIRE(out.status == WPM_OK);
    if (out.address == 0) return;
    object_born(y->all, o, (void *)out.address, bytes, align, mark);
    *kind_of(y, o) = kind;
    look(y, o);
}

static void end(struct play *y, struct object *o, unsigned sized)
{
    struct harden_claim claim = claim_of(y, o, sized);
    look(y, o);
    REQUIRE(end_of(y, o, claim) == WPM_OK);
    REQUIRE(end_of(y, o, claim) != WPM_OK);
    o->at = NULL;
}

static void resize(struct play *y, struct object *o, size_t bytes, unsigned char mark)
{
    size_t kept = bytes < o->bytes ? bytes : o->bytes;
    struct object_resized out =
        harden_realloc(y->guard, y->heap, y->cache, (uintptr_t)o->at, bytes);
    if (y->guard.canary && *kind_of(y, o) != HARDEN_KIND_MALLOC) {
        REQUIRE(out.status == WPM_MISMATCH && out.address == 0);
        look(y, o);
        return;
    }
    REQUIRE(out.status == WPM_OK);
    if (out.address == 0) return look(y, o);
    if (out.address != (uintptr_t)o->at) {
        object_look(o, o->bytes);
        REQUIRE(end_of(y, o, claim_of(y, o, 0)) == WPM_OK);
    }
    o->at = (unsigned char *)out.address;
    object_look(o, kept);
    o->bytes = bytes;
    *kind_of(y, o) = HARDEN_KIND_MALLOC;
    object_apart(y->all, o);
    object_fill(o, mark);
    look(y, o);
}

/* A byte between the object's end and its room's is another: told, whichever it is. */
static void overrun(struct play *y, struct object *o, struct record r)
{
    struct harden_info info = harden_describe(y->guard, y->heap, (uintptr_t)o->at);
    if (!y->guard.canary) return;
    REQUIRE(info.bytes < info.room);
    unsigned char *byte = o->at + o->bytes + r.a % (info.room - o->bytes);
    unsigned char was = *byte;
    *byte = (unsigned char)(was ^ (1 + r.b % 255));
    REQUIRE(end_of(y, o, claim_of(y, o, 0)) == WPM_OVERRUN);
    REQUIRE(harden_describe(y->guard, y->heap, (uintptr_t)o->at).slot.status == WPM_OVERRUN);
    REQUIRE(harden_realloc(y->guard, y->heap, y->cache, (uintptr_t)o->at, r.b).status ==
            WPM_OVERRUN);
    *byte = was;
    look(y, o);
}

/* Ends that are refused: of another kind, another size, an address inside, another's. */
static void misuse(struct play *y, struct object *o, struct record r)
{
    struct harden_claim claim = claim_of(y, o, 0), sized = claim;
    uintptr_t inside = (uintptr_t)o->at + 1 + r.a % 4000;
    if (y->guard.canary) {
        claim.kind = (claim.kind + 1 + r.b % 7) % 8;
        REQUIRE(end_of(y, o, claim) == WPM_MISMATCH);
        sized.bytes = o->bytes + 1 + r.a;
        REQUIRE(end_of(y, o, sized) == WPM_MISMATCH);
    }
    if (inside < (uintptr_t)o->at + wpm_usable_size(y->heap, o->at))
        REQUIRE(harden_free(y->guard, y->heap, y->cache, inside, claim) == WPM_INTERIOR);
    REQUIRE(harden_free(y->guard, y->heap, y->cache, (uintptr_t)&claim, claim) == WPM_FOREIGN);
    look(y, o);
}

/* A plain object; *changed: it is told that its slot was written. */
static uintptr_t object_of(struct play *y, size_t bytes, bool *changed)
{
    struct object_resized out =
        harden_malloc(y->guard, y->heap, y->cache, bytes, HARDEN_KIND_MALLOC);
    REQUIRE(out.status == WPM_OK || out.status == WPM_CHANGED);
    *changed = out.status == WPM_CHANGED;
    return out.address;
}

/* A byte of a dead slot is written: whoever would get the slot is told, and nobody else. Unless the
 * slot's span ends before, and the system takes its memory back. */
static void write_after(struct play *y, struct object *o, struct record r)
{
    static uintptr_t tried[TRIES];
    const struct harden_claim plain = {HARDEN_KIND_MALLOC, HARDEN_ANY_BYTES};
    struct harden_info info = harden_describe(y->guard, y->heap, (uintptr_t)o->at);
    volatile unsigned char *byte = o->at + r.a % info.room;
    size_t bytes = o->bytes;
    uint32_t n = 0;
    bool told = false;
    if (!y->guard.reuse || info.room > MAX_SMALL_SIZE) return;
    end(y, o, r.b);
    *byte = (unsigned char)(1 + r.b % 255);
    while (n < TRIES && !told && *byte != 0) {
        uintptr_t p = object_of(y, bytes, &told);
        if (p == 0) break;
        REQUIRE(told == ((uintptr_t)byte - p < wpm_usable_size(y->heap, (void *)p)));
        if (told) *byte = 0;
        if (told) REQUIRE(wpm_cache_free(y->heap, y->cache, (void *)p) == WPM_OK);
        else tried[n++] = p;
    }
    *byte = 0;
    while (n > 0) REQUIRE(harden_free(y->guard, y->heap, y->cache, tried[--n], plain) == WPM_OK);
}

static void step(struct play *y, struct record r, unsigned char mark)
{
    struct object *o = &y->all[r.what % OBJECTS];
    unsigned op = r.op % 16;
    if (o->at == NULL) begin(y, o, r, mark);
    else if (op < 7) end(y, o, r.op / 16);
    else if (op < 10) resize(y, o, object_size(r.a, r.b), mark);
    else if (op < 12) overrun(y, o, r);
    else if (op < 14) misuse(y, o, r);
    else write_after(y, o, r);
}

static struct redzone guard_of(unsigned choice)
{
    struct redzone g = {.secret = {.factor = 0x1234567u + choice, .base = 0x123456789abcdu}};
    g.canary = choice % 8 != 0;
    g.zero = choice / 8 % 4 != 0;
    g.reuse = g.zero && choice / 8 % 4 != 1;
    g.before = g.zero && g.canary && choice / 32 % 2 != 0;
    g.fence = choice / 64 % 3;
    return g;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct play play;
    if (size < 1) return 0;
    memset(&play, 0, sizeof play);
    play.guard = guard_of(data[0]);
    play.heap = wpm_heap_create(LIMIT_BYTES);
    REQUIRE(play.heap != NULL);
    play.cache = wpm_cache_attach(play.heap);
    REQUIRE(play.cache != NULL);
    for (size_t i = 1; i + RECORD_BYTES <= size; i += RECORD_BYTES) {
        step(&play, record_at(data + i), (unsigned char)(i / RECORD_BYTES + 1));
        REQUIRE(!check_now(i) || heap_check(play.heap) == HEAP_SOUND);
    }
    for (unsigned i = 0; i < OBJECTS; i++)
        if (play.all[i].at != NULL) end(&play, &play.all[i], i);
    REQUIRE(heap_check(play.heap) == HEAP_SOUND);
    wpm_cache_detach(play.heap, play.cache);
    wpm_heap_destroy(play.heap);
    return 0;
}
