/* walk_test.c -- a walk against a list of the objects handed out: each once, in order, with its
 * size; from any place on; and wpm_walk, which stops when it is told to. */
#include "random.h"
#include "unit.h"
#include "walk.h"
#include "wpmalloc.h"

#include "heaplock.h"

#define LIMIT_BYTES (64u << 20)
#define OBJECTS 3000u
#define PLACES 2000u

static void *object[OBJECTS];

/* What a visitor has seen, and how much it wants to see. */
struct seen {
    uint64_t count, most;
    uintptr_t sum;
    size_t bytes;
};

/* What a visitor has to see. */
static struct seen all_objects(wpm_heap *h)
{
    struct seen all = {0, UINT64_MAX, 0, 0};
    for (uint32_t i = 0; i < OBJECTS; i++) {
        all.count += object[i] != NULL;
        all.sum += (uintptr_t)object[i];
        all.bytes += wpm_usable_size(h, object[i]);
    }
    return all;
}

static bool see(void *context, void *address, size_t slot_bytes)
{
    struct seen *seen = context;
    seen->count++;
    seen->sum += (uintptr_t)address;
    seen->bytes += slot_bytes;
    return seen->count < seen->most;
}

static void check_all(wpm_heap *h)
{
    struct seen all = all_objects(h), seen = {0, UINT64_MAX, 0, 0};
    wpm_walk(h, see, &seen);
    CHECK_EQ(seen.count, all.count);
    CHECK_EQ(seen.sum, all.sum);
    CHECK_EQ(seen.bytes, all.bytes);
    for (uint64_t most = 1; most <= all.count; most = most * 3 + 1) {
        struct seen some = {0, most, 0, 0};
        wpm_walk(h, see, &some);
        CHECK_EQ(some.count, most);
    }
}

/* The place of an object comes before another's. */
static bool before(const struct walk_object *a, const struct walk_object *b)
{
    return a->span < b->span || (a->span == b->span && a->slot < b->slot);
}

/* From any place the first object on or behind it: the list of all says which that is. */
static void check_places(wpm_heap *h, uint64_t *seed)
{
    static struct walk_object list[OBJECTS + 1];
    uint32_t n = 0;
    heap_lock(h);
    for (struct walk_object o = walk_next(h, 0, 0); o.address != 0 && n < OBJECTS;
         o = walk_next(h, o.span, o.slot + 1)) {
        CHECK(n == 0 || before(&list[n - 1], &o));
        list[n++] = o;
    }
    for (uint32_t k = 0; k < n; k++)
        CHECK_EQ(wpm_usable_size(h, (void *)list[k].address), list[k].slot_bytes);
    for (uint32_t k = 0; k < PLACES; k++) {
        struct walk_object from = {0, 0, (uint32_t)(random_bits(seed) % (h->nspans + 2)),
                                   (uint32_t)(random_bits(seed) % (SPAN_SLOTS + 70))};
        uint32_t i = 0;
        while (i < n && before(&list[i], &from)) i++;
        struct walk_object found = walk_next(h, from.span, from.slot);
        CHECK_EQ(found.address, i < n ? list[i].address : 0);
        if (i < n) CHECK(found.span == list[i].span && found.slot == list[i].slot);
    }
    CHECK(walk_next(h, UINT32_MAX, UINT32_MAX).address == 0);
    heap_unlock(h);
}

int main(void)
{
    uint64_t seed = 20;
    wpm_heap *h = wpm_heap_create(LIMIT_BYTES);
    wpm_cache *c = h == NULL ? NULL : wpm_cache_attach(h);
    if (!CHECK(c != NULL)) return unit_report("walk");
    check_all(h);
    check_places(h, &seed);
    for (uint32_t round = 0; round < 5; round++) {
        for (uint32_t i = 0; i < OBJECTS; i++) {
            if (object[i] == NULL && random_bits(&seed) % 3 != 0) {
                size_t bytes = random_bits(&seed) % (random_bits(&seed) % 50 == 0 ? 60000 : 700);
                object[i] = i % 2 == 0 ? wpm_cache_malloc(h, c, bytes) : wpm_malloc(h, bytes);
            } else if (random_bits(&seed) % 2 == 0) {
                CHECK_EQ(wpm_free(h, object[i]), WPM_OK); /* of either cache: also a stranger's */
                object[i] = NULL;
            }
        }
        check_all(h);
        check_places(h, &seed);
    }
    for (uint32_t i = 0; i < OBJECTS; i++) {
        CHECK_EQ(wpm_cache_free(h, c, object[i]), WPM_OK);
        object[i] = NULL;
    }
    check_all(h);
    check_places(h, &seed);
    wpm_heap_destroy(h);
    return unit_report("walk");
}
