/* bound.c -- see bound.h */
#include "bound.h"

#include "player.h"
#include "sizeclass.h"

#define SCALE ((uint64_t)1 << 30) /* of the weights: fixed point, rounded up */
#define SINGLE 64u                /* sizes up to this are a group each */
#define CUT 16u                   /* the theorem may begin anew behind a group up to this size */
#define GROUPS 512u

/* Sizes in groups, low[i] .. high[i], and their weights: sum[e][i] is W(i .. e) of the cut `e`. */
static struct {
    uint64_t size[2]; /* what the tables are of: the longest size, and whether it is a list */
    uint32_t count, ends;
    uint64_t low[GROUPS], high[GROUPS];
    uint32_t end[CUT + 1];
    uint64_t sum[CUT + 1][GROUPS];
} table;

static uint64_t divide_up(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

/* W(i .. last) for each i: section 2. All sizes are multiples of `unit`. */
static void weigh(uint32_t last, uint64_t unit, uint64_t sum[GROUPS])
{
    uint64_t weight[GROUPS] = {0}, total = 0;
    for (uint32_t i = last + 1; i-- > 0;) {
        uint64_t low = table.low[i], have = 0;
        for (uint32_t j = i + 1; j <= last; j++)
            have += weight[j] * low / (low + table.high[j] - unit);
        if (have < SCALE) weight[i] = divide_up((SCALE - have) * (low + table.high[i] - unit), low);
        total += weight[i];
        sum[i] = total;
    }
}

static void weigh_cuts(uint64_t unit)
{
    table.ends = 0;
    for (uint32_t i = 0; i < table.count; i++) {
        if (table.high[i] > CUT && i + 1 != table.count) continue;
        REQUIRE(table.ends <= CUT);
        table.end[table.ends] = i;
        weigh(i, unit, table.sum[table.ends++]);
    }
}

/* Tables for all sizes up to `longest`. */
static void group_all(uint64_t longest)
{
    if (table.size[0] == longest && table.size[1] == 0) return;
    table.size[0] = longest, table.size[1] = 0;
    table.count = 0;
    for (uint64_t low = 1; low <= longest;) {
        uint64_t high = low <= SINGLE ? low : low + low / 32 - 1;
        if (high > longest) high = longest;
        REQUIRE(table.count < GROUPS);
        table.low[table.count] = low;
        table.high[table.count++] = high;
        low = high + 1;
    }
    weigh_cuts(1);
}

/* Tables for the sizes of spans whose bits `set` has. */
static void group_set(uint64_t set)
{
    uint64_t unit = 0;
    if (table.size[0] == set && table.size[1] == 1) return;
    table.size[0] = set, table.size[1] = 1;
    table.count = 0;
    for (uint64_t size = 1; size <= CLASS_MAX_PAGES; size++) {
        if ((set >> size & 1) == 0) continue;
        table.low[table.count] = table.high[table.count] = size;
        table.count++;
        for (uint64_t a = size; a != 0;) {
            uint64_t rest = unit % a;
            unit = a, a = rest;
        }
    }
    weigh_cuts(unit);
}

/* What is live at most, in blocks of a size and more. */
struct most {
    uint64_t span[CLASS_MAX_PAGES + 1]; /* pages in spans of so many pages */
    uint64_t live, first, last;         /* large objects: bytes, least and most pages of one */
};

static uint64_t large_most(const struct most *m, uint64_t pages)
{
    uint64_t start = pages < m->first ? m->first : pages, best = 0;
    for (uint64_t p = start; p <= start + 1 && p <= m->last; p++) {
        uint64_t least = (p - 1) * PAGE_SIZE + MALLOC_ALIGN;
        if (least <= MAX_SMALL_SIZE) least = MAX_SMALL_SIZE + MALLOC_ALIGN;
        uint64_t n = m->live * p / least;
        if (n > best) best = n;
    }
    return best;
}

static uint64_t most_from(const struct most *m, uint64_t pages)
{
    uint64_t sum = 0;
    for (uint64_t p = pages; p <= CLASS_MAX_PAGES; p++) sum += m->span[p];
    return sum + large_most(m, pages);
}

/* The theorem of section 2 over the tables, cut where that is best. */
static uint64_t first_fit(const struct most *m)
{
    uint64_t best[CUT + 1];
    for (uint32_t e = 0; e < table.ends; e++) {
        best[e] = UINT64_MAX;
        for (uint32_t from = 0; from <= e; from++) {
            uint32_t i = from == 0 ? 0 : table.end[from - 1] + 1;
            uint64_t before = from == 0 ? 0 : best[from - 1];
            uint64_t sum = table.sum[e][i];
            if (SPACE_SEED == 2) sum = SCALE + (sum - SCALE) / 3; /* a theorem that is too good */
            uint64_t pages = before + most_from(m, table.low[i]) * sum / SCALE;
            if (pages < best[e]) best[e] = pages;
        }
    }
    return table.ends == 0 ? 0 : best[table.ends - 1];
}

uint64_t least_request(uint32_t k)
{
    static uint32_t unit[NUM_CLASSES];
    if (unit[2] == 0) {
        for (uint32_t u = CLASS_UNITS - 1; u > 0; u--) unit[class_of_16[u]] = u;
    }
    return (uint64_t)unit[k] * MALLOC_ALIGN;
}

struct space_bound bound_of_heap(uint64_t live, uint64_t largest)
{
    struct most m = {{0}, live, divide_up(MAX_SMALL_SIZE + MALLOC_ALIGN, PAGE_SIZE), 0};
    uint64_t set = 0, longest = 0;
    largest = divide_up(largest, MALLOC_ALIGN) * MALLOC_ALIGN;
    if (largest > live / MALLOC_ALIGN * MALLOC_ALIGN) largest = live / MALLOC_ALIGN * MALLOC_ALIGN;
    for (uint32_t k = 1; k < NUM_CLASSES; k++) {
        uint64_t least = least_request(k), pages = class_table[k].span_pages;
        if (least == 0 || least > largest) continue;
        uint64_t most = divide_up(live / least, class_table[k].slots) * pages;
        if (SPACE_SEED == 1) most = m.span[pages] < most ? most - m.span[pages] : 0; /* shared */
        m.span[pages] += most;
        set |= (uint64_t)1 << pages;
        if (pages > longest) longest = pages;
    }
    if (largest > MAX_SMALL_SIZE) {
        m.last = divide_up(largest, PAGE_SIZE);
        for (uint64_t p = m.first; p <= m.last && p <= longest; p++) set |= (uint64_t)1 << p;
    }
    if (longest < m.last) group_all(m.last);
    else group_set(set);
    return (struct space_bound){most_from(&m, 1), first_fit(&m)};
}

uint64_t bound_of_first_fit(uint64_t live, uint64_t longest)
{
    group_all(longest);
    uint64_t sum = table.sum[table.ends - 1][0];
    if (SPACE_SEED == 2) sum = SCALE + (sum - SCALE) / 3;
    return live * sum / SCALE;
}
