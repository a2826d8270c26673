/* space_test.c -- adversaries of the bound of spec/fragmentation.md.
 *
 * They play on the heap of the small profile, and on its page allocator alone, whose pages are
 * granules then (the micro profile): in a store that is as large as the bound for what they may do,
 * where nothing may be refused, and in some that are too small. A table tells how near they come.
 */
#include "player.h"

#include "bound.h"
#include "heap.h"
#include "random.h"
#include "wpmalloc.h"

#include <string.h>

#define MOST_ROUNDS 12
#define MOST_PAGES 16384u /* more than any of the bounds below */

static struct player player;

/* Rounds of an adversary of first fit. */
struct rounds {
    uint32_t count, pages[MOST_ROUNDS], gap[MOST_ROUNDS];
};

static void show(const char *name, const struct player *p)
{
    uint64_t unit = p->heap != NULL ? PAGE_SIZE : 1;
    double live = (double)p->most, bound = (double)player_bound(p);
    printf("  %-34s live %7" PRIu64 "  longest %6" PRIu64, name, p->most, p->largest);
    printf("  reached %6.2f  bound %6.2f  %3.0f %%\n", (double)(p->reach * unit) / live,
           bound * (double)unit / live, 100.0 * (double)p->reach / bound);
}

static void play_rounds(struct player *p, const struct rounds *r)
{
    for (uint32_t i = 0; i < r->count; i++) play_round(p, r->pages[i], r->gap[i]);
}

/* Lengths 1, 2, 4, ...: each gap is one page too short for the next. */
static struct rounds doubling(uint32_t longest)
{
    struct rounds r = {0, {0}, {0}};
    for (uint32_t s = 1; s <= longest && r.count < MOST_ROUNDS; s *= 2) {
        r.pages[r.count] = s;
        r.gap[r.count++] = s;
    }
    return r;
}

/* The start of a game: what the store is, how much may live, what else is there before. */
struct game {
    bool heap;
    uint64_t limit;
    uint32_t longest; /* pages */
    bool classes;     /* each class keeps what it can before */
};

static void begin(const struct game *g, uint64_t store)
{
    if (g->heap) player_heap(&player, store, g->limit);
    else player_granules(&player, store, g->limit);
    if (!g->classes) return;
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        if (least_request(k) != 0) play_empty(&player, k);
    }
}

static uint64_t bound_of(const struct game *g)
{
    if (!g->heap) return bound_of_first_fit(g->limit, g->longest);
    return bound_of_heap(g->limit, (uint64_t)g->longest * PAGE_SIZE).pages;
}

/* A game again: in a store as large as the bound says nothing is refused; where less is there than
 * it has reached, a refusal is looked at by player_take. (It has none to show where what classes
 * keep without an object makes way for it.) */
static void again(const char *name, const struct game *g, const struct rounds *r)
{
    begin(g, bound_of(g));
    play_rounds(&player, r);
    REQUIRE(player.refused == 0);
    show(name, &player);
    uint64_t reach = player.reach, refused = 0;
    for (uint64_t less = 1; less < reach && less <= 1024; less *= 4) {
        begin(g, reach - less);
        play_rounds(&player, r);
        refused += player.refused;
    }
    REQUIRE(refused != 0 || g->classes);
}

static void mutate(struct rounds *r, uint32_t longest, uint64_t *random)
{
    uint32_t i = random_below(random, MOST_ROUNDS);
    uint32_t kind = random_below(random, 4);
    if (i >= r->count && r->count < MOST_ROUNDS) i = r->count++;
    if (i >= r->count) i = r->count - 1;
    if (kind == 0 && r->count > 1) {
        r->count--;
        memmove(&r->pages[i], &r->pages[i + 1], (r->count - i) * sizeof r->pages[0]);
        memmove(&r->gap[i], &r->gap[i + 1], (r->count - i) * sizeof r->gap[0]);
    } else if (kind == 1 && i > 0) {
        r->gap[i] = r->pages[i] + random_below(random, r->pages[i] + 1);
    } else {
        r->pages[i] = 1 + random_below(random, longest);
        r->gap[i] = r->pages[i];
    }
    if (r->gap[i] == 0) r->pages[i] = r->gap[i] = 1;
}

/* Hill climbing from some rounds on: what reaches no less is kept. */
static struct rounds climb(const struct game *g, struct rounds best, uint32_t tries,
                           uint64_t *random)
{
    uint64_t most = 0, store = bound_of(g);
    for (uint32_t n = 0; n < tries; n++) {
        struct rounds r = best;
        for (uint32_t m = n == 0 ? 0 : 1 + random_below(random, 3); m > 0; m--)
            mutate(&r, g->longest, random);
        begin(g, store);
        play_rounds(&player, &r);
        REQUIRE(player.refused == 0);
        if (player.reach < most) continue;
        most = player.reach;
        best = r;
    }
    return best;
}

/* Single requests and ends at random, of all sizes, with the bound looked at after each. */
static void wander(uint64_t limit, uint64_t largest, uint32_t steps, uint64_t *random)
{
    player_heap(&player, bound_of_heap(limit, largest).pages, limit);
    for (uint32_t n = 0; n < steps; n++) {
        uint64_t bytes = 1 + random_below(random, 1u << random_below(random, 17));
        if (bytes > largest) bytes = largest;
        bool full = n / 500 % 2 == 1 ? random_below(random, 8) != 0 : random_below(random, 3) == 0;
        if (full && player.count > 0) player_give(&player, random_below(random, player.count));
        else (void)player_take(&player, bytes);
    }
    REQUIRE(player.refused == 0);
    show("at random", &player);
}

/* Each class up to `k` is made to keep all the spans that it can, without a slot that lives. In a
 * store as large as the bound: of spans of one page it is exact. */
static void keep_empty(uint64_t limit, uint32_t k)
{
    struct space_bound bound = bound_of_heap(limit, least_request(k));
    player_heap(&player, bound.pages, limit);
    for (uint32_t m = 1; m <= k; m++) {
        if (least_request(m) != 0) play_empty(&player, m);
    }
    REQUIRE(player.refused == 0 && player.live == 0);
    /* What the bound says that spans can come to is what they have come to. */
    if (player.most == limit) REQUIRE((uint64_t)player.heap->span_pages == bound.span_pages);
    /* And all of it makes way for an object as long as the store. */
    void *all = wpm_malloc(player.heap, bound.pages * PAGE_SIZE);
    REQUIRE(all != NULL && wpm_free(player.heap, all) == WPM_OK);
}

static void test_classes(uint64_t limit)
{
    player_heap(&player, bound_of_heap(limit, MAX_SMALL_SIZE).pages, limit);
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        if (least_request(k) != 0) play_pinned(&player, k);
    }
    REQUIRE(player.refused == 0);
    show("one slot of each span, all classes", &player);
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        if (least_request(k) == 0) continue;
        player_heap(&player, MOST_PAGES, limit);
        for (uint32_t n = 0; n < 4; n++) play_pinned(&player, k);
        REQUIRE(player.refused == 0);
    }
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        if (least_request(k) != 0) keep_empty(limit, k);
    }
    show("no slot of any span, all classes", &player);
}

static void test_first_fit(bool heap, uint64_t limit, uint32_t longest, bool classes,
                           uint32_t tries, uint64_t *random)
{
    struct game g = {heap, limit, longest, classes};
    begin(&g, MOST_PAGES);
    struct rounds r = doubling(longest);
    again("doubling", &g, &r);
    r = climb(&g, r, tries, random);
    again(classes ? "hill climbing after all classes" : "hill climbing", &g, &r);
}

/* Each line `live largest pages records` of the calculator: the same pages, and a region of that
 * many bytes has so many at the worst alignment. */
static void test_points(void)
{
    uint64_t live, largest, pages, records, points = 0;
    while (scanf("%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &live, &largest, &pages,
                 &records) == 4) {
        REQUIRE(bound_of_heap(live, largest).pages == pages);
        size_t bytes = records + pages * PAGE_SIZE;
        char *region = aligned_alloc(PAGE_SIZE, bytes / PAGE_SIZE * PAGE_SIZE + 3 * PAGE_SIZE);
        REQUIRE(region != NULL);
        for (uint32_t off = 0; off < PAGE_SIZE; off += 61) {
            struct wpm_heap *h = wpm_heap_init(region + off, bytes);
            REQUIRE(h != NULL && h->grow_limit >= pages);
        }
        free(region);
        points++;
    }
    printf("  %" PRIu64 " points of the calculator\n", points);
    REQUIRE(points >= 10);
}

int main(int argc, char **argv)
{
    uint64_t random = 1977;
    if (argc > 1 && strcmp(argv[1], "points") == 0) {
        test_points();
        return 0;
    }
    printf("space: regions as multiples of what lived at most\n");
    test_classes(32768);
    wander(65536, 65536, 60000, &random);
    printf(" large objects\n");
    test_first_fit(true, 262144, 16, false, 2000, &random);
    test_first_fit(true, 65536, 8, true, 200, &random);
    printf(" granules (by the page allocator alone)\n");
    test_first_fit(false, 32, 4, false, 20000, &random);
    test_first_fit(false, 256, 16, false, 10000, &random);
    test_first_fit(false, 2048, 16, false, 1000, &random);
    test_first_fit(false, 1024, 256, false, 1500, &random);
    printf("space: all within the bound\n");
    return 0;
}
