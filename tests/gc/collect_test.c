/* collect_test.c -- a collected heap against a model collector, which knows every object and link.
 *
 * Each object carries its number; the model keeps its links and walks them from the roots. After a
 * whole collection exactly those are left that the model reaches, and at any time each of them is
 * whole: its number and its links are what was written.
 */
#include "collector.h"

#include <string.h>

#include "../random.h"
#include "../unit.h"

#define MOST 20000u /* objects of the model */
#define ROOTS 64u
#define LINKS 9u     /* of an ordinary object, at most */
#define LONG 20000u  /* of a long one: looked into in pieces */

struct object {
    void **words; /* NULL: there is none; word 0 is the number */
    uint32_t links;
    uint32_t stride; /* words from one link to the next */
    bool seen;
};

struct model {
    wpm_gc *gc;
    wpm_gc_type type[LINKS + 1];  /* by number of links; 0 is flat */
    wpm_gc_type long_type, pairs; /* links but for the first word; every second word one */
    struct object object[MOST];
    void *root[ROOTS];
    uint32_t count; /* objects that the model has not seen die */
    uint64_t made, freed, seed;
};

static struct model m;
static uint32_t stack[MOST];

static uint32_t number(void *const *words) { return (uint32_t)(uintptr_t)words[0]; }

/* Link k of an object, from 1 on. */
static void **link_of(const struct object *o, uint32_t k)
{
    return &o->words[1 + (k - 1) * o->stride];
}

static uint32_t owner[ROOTS]; /* which object a root points into; MOST: none */

/* ---- Reaching ---- */

static void see(uint32_t n, uint32_t *depth)
{
    if (n == MOST || m.object[n].seen) return;
    m.object[n].seen = true;
    stack[(*depth)++] = n;
}

/* Mark in the model what the roots reach; how many that is. Checks each object on the way. */
static uint32_t walk_model(void)
{
    uint32_t depth = 0, seen = 0;
    for (uint32_t n = 0; n < MOST; n++) m.object[n].seen = false;
    for (uint32_t r = 0; r < ROOTS; r++) see(owner[r], &depth);
    while (depth > 0) {
        uint32_t n = stack[--depth];
        struct object *o = &m.object[n];
        seen++;
        if (!CHECK(o->words != NULL && number(o->words) == n)) continue;
        for (uint32_t k = 1; k <= o->links; k++)
            if (*link_of(o, k) != NULL) see(number(*link_of(o, k)), &depth);
    }
    return seen;
}

/* Forget what is dead in the model. */
static void bury(void)
{
    for (uint32_t n = 0; n < MOST; n++)
        if (!m.object[n].seen && m.object[n].words != NULL) m.object[n].words = NULL;
}

/* A whole collection leaves exactly what the model reaches. */
static void check_collection(void)
{
    wpm_gc_statistics before, after;
    uint32_t seen = walk_model();
    wpm_gc_stats(m.gc, &before);
    wpm_gc_collect(m.gc);
    wpm_gc_stats(m.gc, &after);
    CHECK_EQ(m.made - m.freed - after.ended_objects, seen);
    CHECK(after.cycles > before.cycles && after.marked_bytes == after.live_bytes);
    CHECK_EQ(walk_model(), seen);
    bury();
}

/* ---- Steps of a program ---- */

static uint32_t free_number(void)
{
    uint32_t n = random_below(&m.seed, MOST);
    for (uint32_t k = 0; k < MOST; k++, n = (n + 1) % MOST)
        if (m.object[n].words == NULL) return n;
    return MOST;
}

static void put_root(uint32_t r, uint32_t n)
{
    owner[r] = n;
    m.root[r] = n == MOST ? NULL : m.object[n].words;
}

/* An object that a walk from a root comes to, one with links if `parent`; MOST. */
static uint32_t some_object(bool parent)
{
    uint32_t n = owner[random_below(&m.seed, ROOTS)], at = n;
    for (uint32_t k = random_below(&m.seed, 40); at != MOST && k > 0; k--) {
        struct object *o = &m.object[at];
        if (o->links == 0) break;
        void **next = *link_of(o, 1 + random_below(&m.seed, o->links));
        if (next == NULL) break;
        at = number(next);
        if (!parent || m.object[at].links > 0) n = at;
    }
    return parent && n != MOST && m.object[n].links == 0 ? MOST : n;
}

/* A link of an object, an empty one if a few looks find it. */
static void **some_link(uint32_t n)
{
    struct object *o = &m.object[n];
    void **link = NULL;
    for (uint32_t k = 0; k < 8 && (link == NULL || *link != NULL); k++)
        link = link_of(o, 1 + random_below(&m.seed, o->links));
    return link;
}

static void make(void)
{
    uint32_t n = free_number();
    if (n == MOST) {
        (void)walk_model();
        bury(); /* numbers of the dead serve again; their objects may still be there */
        return;
    }
    bool is_long = random_below(&m.seed, 2000) == 0, pairs = random_below(&m.seed, 4) == 0;
    uint32_t links = is_long ? LONG : random_below(&m.seed, LINKS + 1);
    if (links > 0 && random_below(&m.seed, 3) == 0) links = 0;
    uint32_t stride = pairs && links > 0 ? 2 : 1, count = 1 + links * stride;
    size_t bytes = count * sizeof(void *) + (is_long ? 0 : random_below(&m.seed, 8));
    wpm_gc_type type = links == 0 ? WPM_GC_FLAT : pairs ? m.pairs : m.type[links % (LINKS + 1)];
    if (is_long && links > 0 && !pairs) type = m.long_type;
    void **words = wpm_gc_alloc(m.gc, bytes, type);
    if (!CHECK(words != NULL && (uintptr_t)words % 16 == 0)) return;
    for (uint32_t k = 0; k < count; k++) CHECK(words[k] == NULL);
    words[0] = (void *)(uintptr_t)n;
    m.object[n] = (struct object){words, links, stride, false};
    for (uint32_t k = 2; stride == 2 && k < count; k += 2) /* numbers that look like pointers */
        words[k] = m.object[random_below(&m.seed, MOST)].words;
    m.made++;
    uint32_t to = some_object(true);
    if (to != MOST && random_below(&m.seed, 64) != 0) {
        wpm_gc_write(m.gc, some_link(to), words);
        return;
    }
    uint32_t r = random_below(&m.seed, ROOTS);
    if (links == 0 && owner[r] != MOST) return; /* nobody's: garbage at once */
    put_root(r, n);
    if (links > 0 && random_below(&m.seed, 2)) /* a root may point into its object */
        m.root[r] = (char *)words + random_below(&m.seed, (uint32_t)bytes);
}

static void link_two(void)
{
    uint32_t from = some_object(true), to = some_object(false);
    if (from == MOST) return;
    uint32_t k = 1 + random_below(&m.seed, m.object[from].links);
    wpm_gc_write(m.gc, link_of(&m.object[from], k), to == MOST ? NULL : m.object[to].words);
}

/* A link goes from its object to a root: what it leads to hangs there alone from then on. */
static void move_link(void)
{
    uint32_t from = some_object(true);
    if (from == MOST) return;
    void **link = link_of(&m.object[from], 1 + random_below(&m.seed, m.object[from].links));
    if (*link == NULL) return;
    put_root(random_below(&m.seed, ROOTS), number(*link));
    wpm_gc_write(m.gc, link, NULL);
}

/* An object that nothing knows but the program is freed by it, or has been ended by then. */
static void free_one(void)
{
    uint32_t n = free_number();
    if (n == MOST) return;
    void **words = wpm_gc_alloc(m.gc, 8 + random_below(&m.seed, 3000), WPM_GC_FLAT);
    if (!CHECK(words != NULL)) return;
    m.made++;
    if (random_below(&m.seed, 2)) wpm_gc_step(m.gc, 1 + random_below(&m.seed, 100000));
    CHECK_EQ(wpm_gc_free(m.gc, (char *)words + 1), WPM_INTERIOR);
    wpm_status status = wpm_gc_free(m.gc, words);
    wpm_gc_statistics s;
    wpm_gc_stats(m.gc, &s);
    CHECK(status == WPM_OK || status == WPM_DOUBLE_FREE || status == WPM_FOREIGN);
    if (status == WPM_OK) m.freed++;
}

/* The program works on between small steps of a collection. */
static void work_beside(void)
{
    wpm_gc_begin(m.gc);
    for (uint32_t k = random_below(&m.seed, 40); k > 0; k--) {
        wpm_gc_step(m.gc, 1 + random_below(&m.seed, 2000));
        move_link();
        if (random_below(&m.seed, 2)) link_two();
        if (random_below(&m.seed, 4) == 0) free_one();
    }
}

static void step(void)
{
    switch (random_below(&m.seed, 16)) {
    case 0: case 1: case 2: case 3: case 4: case 5: case 6: make(); break;
    case 7: case 8: case 9: make(); break;
    case 10:
        if (random_below(&m.seed, 4) == 0) link_two();
        break;
    case 11:
        if (random_below(&m.seed, 8) == 0) move_link();
        break;
    case 12: case 13: wpm_gc_step(m.gc, 1 + random_below(&m.seed, 2000)); break;
    case 14: free_one(); break;
    default:
        if (random_below(&m.seed, 64) == 0) work_beside();
        break;
    }
}

static void check_types(void)
{
    uint64_t bits = 1;
    CHECK_EQ(wpm_gc_add_type(m.gc, &bits, 0), WPM_GC_NO_TYPE);
    CHECK_EQ(wpm_gc_add_type(m.gc, &bits, UINT32_MAX), WPM_GC_NO_TYPE);
    CHECK(wpm_gc_alloc(m.gc, 8, 4000) == NULL);
    CHECK(wpm_gc_alloc(m.gc, SIZE_MAX, WPM_GC_FLAT) == NULL);
    CHECK(!wpm_gc_remove_root(m.gc, &m.root[1]));
    CHECK_EQ(wpm_gc_free(m.gc, &m), WPM_FOREIGN);
    CHECK_EQ(wpm_gc_free(m.gc, NULL), WPM_OK);
}

static void run(uint64_t seed, wpm_gc_options options, uint32_t steps)
{
    memset(&m, 0, sizeof m);
    m.seed = seed;
    m.gc = wpm_gc_create(&options);
    if (!CHECK(m.gc != NULL)) return;
    static uint64_t all[LONG / 64 + 2];
    memset(all, 0xff, sizeof all);
    all[0] = ~(uint64_t)1;
    for (uint32_t k = 1; k <= LINKS; k++) m.type[k] = wpm_gc_add_type(m.gc, all, k + 1);
    m.long_type = wpm_gc_add_type(m.gc, all, LONG + 1);
    m.pairs = wpm_gc_add_type(m.gc, &(uint64_t){2}, 2);
    for (uint32_t r = 0; r < ROOTS; r++) owner[r] = MOST;
    CHECK(wpm_gc_add_root(m.gc, m.root, ROOTS));
    check_types();
    for (uint32_t i = 0; i < steps; i++) {
        step();
        if (i % 20000 == 19999) check_collection();
    }
    check_collection();
    CHECK(wpm_gc_remove_root(m.gc, m.root));
    wpm_gc_collect(m.gc);
    wpm_gc_statistics s;
    wpm_gc_stats(m.gc, &s);
    CHECK(s.live_bytes == 0 && s.ended_objects == m.made - m.freed);
    wpm_gc_destroy(m.gc);
}

int main(void)
{
    run(1, (wpm_gc_options){0}, 60000);
    run(2, (wpm_gc_options){.least_bytes = 1 << 16}, 200000);
    run(3, (wpm_gc_options){.least_bytes = 1 << 18, .percent = 400, .waiting = 4}, 200000);
    run(4, (wpm_gc_options){.least_bytes = 1 << 14, .percent = 20}, 200000);
    return unit_report("gc/collect");
}
