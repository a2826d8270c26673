/* caches_fuzz.c -- one heap, several threads, the schedule taken from the input.
 *
 * A thread is its cache: what a thread does between two others' steps is a call here, made through
 * that thread's cache, and the input says whose turn it is. So a run is exact and can be repeated;
 * what threads may do inside each other's calls is the matter of tests/interleave. Threads come
 * and go, free what others have allocated, leave objects behind, and free twice. A second free is
 * refused, but for one case: a stranger has freed the slot, and its owner, who frees it again, has
 * not merged the word since. That one is found by the merge, before the slot is handed out again
 * (mspan.h), and must be found by the end. The proved checker looks at the heap between the calls.
 */
#include "heapcheck.h"
#include "objects.h"
#include "wpmalloc.h"

#define THREADS 4u
#define REGION_BYTES (5u * 512u * PAGE_SIZE) /* enough for THREADS caches */

struct play {
    wpm_heap *heap;
    wpm_cache *cache[THREADS]; /* NULL: the thread is not there; [0]: it has no cache of its own */
    struct object all[OBJECTS];
    bool late; /* a second free was not refused */
};

static unsigned char region[REGION_BYTES];

static void *thread_malloc(struct play *y, unsigned thread, size_t bytes)
{
    if (y->cache[thread] == NULL) return wpm_malloc(y->heap, bytes);
    return wpm_cache_malloc(y->heap, y->cache[thread], bytes);
}

static wpm_status thread_free(struct play *y, unsigned thread, void *object)
{
    if (y->cache[thread] == NULL) return wpm_free(y->heap, object);
    return wpm_cache_free(y->heap, y->cache[thread], object);
}

/* Thread 0 never has a cache; the others come and go. */
static void turn(struct play *y, unsigned thread)
{
    if (thread == 0) return;
    if (y->cache[thread] == NULL) {
        y->cache[thread] = wpm_cache_attach(y->heap);
        REQUIRE(y->cache[thread] != NULL);
        for (unsigned i = 1; i < THREADS; i++)
            REQUIRE(i == thread || y->cache[i] == NULL || y->cache[i] != y->cache[thread]);
    } else {
        wpm_cache_detach(y->heap, y->cache[thread]);
        y->cache[thread] = NULL;
    }
}

static void begin(struct play *y, unsigned thread, struct object *o, size_t bytes,
                  unsigned char mark)
{
    void *p = thread_malloc(y, thread, bytes);
    if (p == NULL) return;
    REQUIRE(wpm_usable_size(y->heap, p) >= bytes);
    object_born(y->all, o, p, bytes, 16, mark);
}

/* Whether the thread has the span of the object, and frees into it without looking further. */
static bool owns(const struct play *y, unsigned thread, const void *object)
{
    const struct wpm_heap *h = y->heap;
    uint32_t s = h->page_span[arenamap_page(&h->map, (uintptr_t)object)];
    return y->cache[thread] != NULL && h->span[s].owner == y->cache[thread]->owner;
}

static void end(struct play *y, unsigned thread, struct object *o, unsigned other)
{
    object_look(o, o->bytes);
    bool remote = !owns(y, thread, o->at);
    REQUIRE(thread_free(y, thread, o->at) == WPM_OK);
    REQUIRE(wpm_usable_size(y->heap, o->at) == 0);
    bool may_pass = remote && owns(y, other, o->at);
    bool passed = thread_free(y, other, o->at) == WPM_OK;
    REQUIRE(!passed || may_pass);
    y->late |= passed;
    o->at = NULL;
}

/* A row of like objects fills spans, and frees of every second one leave holes. */
static void row(struct play *y, unsigned thread, struct record r, unsigned char mark)
{
    size_t bytes = object_size(r.a, r.b);
    unsigned n = 1 + r.a / 8 % 64, stride = 1 + r.op / 64;
    for (unsigned i = 0; i < n; i++) {
        struct object *o = &y->all[(r.what + i * stride) % OBJECTS];
        if (o->at == NULL) begin(y, thread, o, bytes, mark);
        else end(y, thread, o, (thread + i) % THREADS);
    }
}

static void step(struct play *y, struct record r, unsigned char mark)
{
    unsigned thread = r.op / 8 % THREADS, other = r.op / 32 % THREADS;
    struct object *o = &y->all[r.what % OBJECTS];
    unsigned char *inside = o->at != NULL && o->bytes > 1 ? o->at + 1 : region;
    switch (r.op % 8) {
    case 0: turn(y, thread); break;
    case 1:
    case 2: row(y, thread, r, mark); break;
    case 3: REQUIRE(thread_free(y, thread, inside) != WPM_OK); break;
    default:
        if (o->at == NULL) begin(y, thread, o, object_size(r.a, r.b), mark);
        else end(y, thread, o, other);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct play play;
    wpm_statistics s;
    memset(&play, 0, sizeof play);
    play.heap = wpm_heap_init(region, sizeof region);
    REQUIRE(play.heap != NULL);
    for (size_t i = 0; i + RECORD_BYTES <= size; i += RECORD_BYTES) {
        step(&play, record_at(data + i), (unsigned char)(i / RECORD_BYTES + 1));
        REQUIRE(!check_now(i) || heap_check(play.heap) == HEAP_SOUND);
    }
    for (unsigned i = 0; i < OBJECTS; i++)
        if (play.all[i].at != NULL) end(&play, i % THREADS, &play.all[i], 0);
    for (unsigned i = 1; i < THREADS; i++)
        if (play.cache[i] != NULL) turn(&play, i);
    REQUIRE(heap_check(play.heap) == HEAP_SOUND);
    wpm_stats(play.heap, &s);
    REQUIRE(s.live_objects == 0);
    REQUIRE((play.heap->stray != 0) == play.late);
    return 0;
}
