/* spanset_fuzz.c -- sets of spans against rows of ids. */
#include "fuzz.h"
#include "setcheck.h"
#include "spanset.h"

#include <string.h>

#define SPANS 24u
#define SETS 6u

struct row {
    uint32_t id[SPANS];
    uint32_t count;
};

static uint32_t row_find(const struct row *row, uint32_t id)
{
    uint32_t i = 0;
    while (i < row->count && row->id[i] != id) i++;
    return i;
}

static void row_remove(struct row *row, uint32_t i)
{
    row->count--;
    memmove(&row->id[i], &row->id[i + 1], (row->count - i) * sizeof row->id[0]);
}

static void step(struct wpm_heap *h, struct row *rows, struct record r)
{
    uint32_t s = 1 + r.what % (SPANS - 1), n = r.a % SETS;
    if (r.op % 4 == 0) {
        uint32_t head = rows[n].count == 0 ? NO_SPAN : rows[n].id[0];
        REQUIRE(spanset_pop(h, n) == head);
        if (head != NO_SPAN) row_remove(&rows[n], 0);
    } else if (h->span[s].place == PLACE_HAND) {
        spanset_push(h, n, s);
        rows[n].id[rows[n].count++] = s;
    } else {
        struct row *from = &rows[h->span[s].place - PLACE_SET];
        spanset_remove(h, s);
        row_remove(from, row_find(from, s));
    }
}

/* Every set is its row, and every span where its row says. */
static void compare(const struct wpm_heap *h, const struct row *rows)
{
    uint32_t filed = 0;
    REQUIRE(setcheck_next(h) && setcheck_prev(h) && setcheck_ends(h));
    for (uint32_t n = 0; n < SETS; n++) {
        uint32_t i = 0;
        for (int32_t s = h->set[n].head; s != NO_SPAN; s = h->span[s].next) {
            REQUIRE(i < rows[n].count && (uint32_t)s == rows[n].id[i]);
            REQUIRE(h->span[s].place == (int32_t)(PLACE_SET + n));
            i++;
        }
        REQUIRE(i == rows[n].count);
        filed += i;
    }
    for (uint32_t s = 1; s < SPANS; s++) filed += h->span[s].place == PLACE_HAND;
    REQUIRE(filed == SPANS - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wpm_heap heap;
    struct mspan spans[SPANS] = {{0}};
    struct span_set sets[SETS] = {{0}};
    struct row rows[SETS] = {{{0}, 0}};
    heap.span = spans;
    heap.nspans = SPANS;
    heap.set = sets;
    heap.nsets = SETS;
    for (uint32_t s = 1; s < SPANS; s++) spans[s].place = PLACE_HAND;
    for (size_t i = 0; i + RECORD_BYTES <= size; i += RECORD_BYTES) {
        step(&heap, rows, record_at(data + i));
        compare(&heap, rows);
    }
    return 0;
}
