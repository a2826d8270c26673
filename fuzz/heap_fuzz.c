/* heap_fuzz.c -- sequences of calls on one heap, against a list of what is live.
 *
 * The first byte of the input chooses the heap: in a region of the caller, of three sizes and at
 * odd addresses, or on reserved memory (on a device, which has none, in a fourth, tiny region).
 * Regions run out of memory; on reserved memory, a call makes one of the next calls to the system
 * fail. Results are compared with the list, patterns of all objects are looked at when they end,
 * and the heap's records are checked between the calls (check_now) by the proved checker
 * (heapcheck.h).
 */
#include "heapcheck.h"
#include "objects.h"
#include "platform/inject.h"
#include "wpmalloc.h"

#define REGION_BYTES (2u << 20)
#define LIMIT_BYTES (8u << 20)

struct play {
    wpm_heap *heap;
    unsigned char *start; /* of the caller's region; NULL: the heap's own memory */
    size_t bytes;
    struct object all[OBJECTS];
    uint64_t born, dead; /* what the statistics must say */
};

static unsigned char region[REGION_BYTES + 64];
static unsigned refuse_in; /* the call to the system that fails, counted from now; 0: none */

bool platform_inject(enum platform_call call)
{
    (void)call;
    return refuse_in > 0 && --refuse_in == 0;
}

static void born(struct play *y, struct object *o, void *p, size_t bytes, size_t align,
                 unsigned char mark)
{
    if (p == NULL) return;
    y->born++;
    if (y->start != NULL)
        REQUIRE((uintptr_t)p - (uintptr_t)y->start + bytes <= y->bytes);
    REQUIRE(wpm_usable_size(y->heap, p) >= bytes);
    object_born(y->all, o, p, bytes, align, mark);
}

static void begin(struct play *y, struct object *o, struct record r, unsigned char mark)
{
    size_t bytes = object_size(r.a, r.b);
    size_t align = r.op % 8 == 1 ? (size_t)16 << r.what % 12 : 16;
    unsigned char *p;
    if (r.op % 8 == 0) {
        p = wpm_calloc(y->heap, bytes, 1);
        REQUIRE(p == NULL || bytes_zero(p, bytes));
    } else if (r.op % 8 == 1) {
        p = wpm_aligned(y->heap, align, bytes);
    } else {
        p = wpm_malloc(y->heap, bytes);
    }
    born(y, o, p, bytes, align, mark);
}

static void end(struct play *y, struct object *o)
{
    object_look(o, o->bytes);
    REQUIRE(wpm_free(y->heap, o->at) == WPM_OK);
    REQUIRE(wpm_free(y->heap, o->at) != WPM_OK);
    REQUIRE(wpm_usable_size(y->heap, o->at) == 0);
    y->dead++;
    o->at = NULL;
}

static void resize(struct play *y, struct object *o, size_t bytes, unsigned char mark)
{
    wpm_status status = WPM_CORRUPT;
    void *p = wpm_realloc(y->heap, o->at, bytes, &status);
    REQUIRE(status == WPM_OK);
    if (p == NULL) {
        object_look(o, o->bytes);
        return;
    }
    if (p != o->at) {
        REQUIRE(wpm_free(y->heap, o->at) != WPM_OK);
        y->born++;
        y->dead++;
    }
    size_t kept = bytes < o->bytes ? bytes : o->bytes;
    o->at = p;
    object_look(o, kept);
    o->bytes = bytes;
    object_apart(y->all, o);
    REQUIRE(wpm_usable_size(y->heap, p) >= bytes);
    object_fill(o, mark);
}

/* Addresses that are no object: each is refused, and nothing changes. */
static void misuse(struct play *y, const struct object *o, struct record r)
{
    size_t usable = wpm_usable_size(y->heap, o->at), distance = 1 + r.a * 7u;
    wpm_status status = WPM_OK;
    if (distance < usable) REQUIRE(wpm_free(y->heap, o->at + distance) == WPM_INTERIOR);
    REQUIRE(wpm_free(y->heap, &distance) == WPM_FOREIGN);
    REQUIRE(wpm_free(y->heap, (void *)(uintptr_t)r.b) != WPM_OK || r.b == 0);
    REQUIRE(wpm_free(y->heap, (void *)(UINTPTR_MAX - r.b)) == WPM_FOREIGN);
    REQUIRE(wpm_realloc(y->heap, &distance, r.b, &status) == NULL && status == WPM_FOREIGN);
    REQUIRE(wpm_malloc(y->heap, SIZE_MAX - r.b) == NULL);
    REQUIRE(wpm_calloc(y->heap, SIZE_MAX / 2, 3 + r.b) == NULL);
    REQUIRE(wpm_aligned(y->heap, 3 * (1 + (size_t)r.b), 1) == NULL);
    object_look(o, o->bytes);
}

struct tally {
    const struct object *all;
    unsigned count;
};

static bool visit(void *context, void *object, size_t slot_bytes)
{
    struct tally *t = context;
    const struct object *o = t->all;
    while (o < t->all + OBJECTS && o->at != object) o++;
    REQUIRE(o < t->all + OBJECTS && o->bytes <= slot_bytes);
    t->count++;
    return true;
}

/* The heap's figures, and what a walk visits. */
static void figures(struct play *y)
{
    struct tally t = {y->all, 0};
    wpm_statistics s;
    wpm_stats(y->heap, &s);
    REQUIRE(s.live_objects == objects_live(y->all));
    REQUIRE(s.mallocs == y->born && s.frees == y->dead);
    REQUIRE(s.span_bytes + s.free_bytes == s.committed_bytes);
    REQUIRE(s.committed_bytes <= s.region_bytes && s.live_bytes <= s.span_bytes);
    wpm_walk(y->heap, visit, &t);
    REQUIRE(t.count == s.live_objects);
}

static void step(struct play *y, struct record r, unsigned char mark)
{
    struct object *o = &y->all[r.what % OBJECTS];
    unsigned op = r.op % 16;
    if (op == 15) {
        figures(y);
    } else if (op == 14) {
        if (y->start == NULL) refuse_in = 1 + r.a % 8;
    } else if (o->at == NULL) {
        begin(y, o, r, mark);
    } else if (op < 9) {
        end(y, o);
    } else if (op < 12) {
        resize(y, o, object_size(r.a, r.b), mark);
    } else {
        misuse(y, o, r);
    }
}

/* The heap that the first byte of an input wants. */
static wpm_heap *heap_of(struct play *y, unsigned choice)
{
    static const size_t sizes[4] = {160u << 10, 500u << 10, REGION_BYTES, 24u << 10};
    if (choice % 4 == 3 && !LOCK_BY_HOOKS) return wpm_heap_create(LIMIT_BYTES);
    y->start = region + choice / 4 % 64;
    y->bytes = sizes[choice % 4];
    return wpm_heap_init(y->start, y->bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct play play;
    if (size < 1) return 0;
    memset(&play, 0, sizeof play);
    refuse_in = 0;
    play.heap = heap_of(&play, data[0]);
    REQUIRE(play.heap != NULL);
    for (size_t i = 1; i + RECORD_BYTES <= size; i += RECORD_BYTES) {
        step(&play, record_at(data + i), (unsigned char)(i / RECORD_BYTES + 1));
        REQUIRE(!check_now(i) || heap_check(play.heap) == HEAP_SOUND);
    }
    figures(&play);
    for (unsigned i = 0; i < OBJECTS; i++)
        if (play.all[i].at != NULL) end(&play, &play.all[i]);
    figures(&play);
    REQUIRE(heap_check(play.heap) == HEAP_SOUND);
    refuse_in = 0;
    wpm_heap_destroy(play.heap);
    return 0;
}
