/* spanset_test.c -- sets of spans against arrays that hold the same ids in the same order. */
#include "heapfaults.h"
#include "random.h"
#include "spanset.h"
#include "unit.h"

#include <string.h>

#define SPANS 40u
#define SETS 5u
#define STEPS 20000

static struct mspan spans[SPANS];
static struct span_set sets[SETS];
static struct wpm_heap heap;

/* What the sets should be: ids in the order of filing. */
static uint32_t model[SETS][SPANS];
static uint32_t count[SETS];

static void model_remove(uint32_t n, uint32_t i)
{
    memmove(&model[n][i], &model[n][i + 1], (count[n] - i - 1) * sizeof model[n][0]);
    count[n]--;
}

/* Each set is its model: ends, order, places. */
static void compare(void)
{
    for (uint32_t n = 0; n < SETS; n++) {
        uint32_t i = 0;
        CHECK_EQ(set_faults(&heap, n), 0);
        for (int32_t s = heap.set[n].head; s != NO_SPAN; s = heap.span[s].next)
            if (i >= count[n] || !CHECK_EQ(s, model[n][i++])) break;
        CHECK_EQ(i, count[n]);
    }
}

/* File a span in hand, take one from anywhere in its set, or take a head. */
static void step(uint64_t *random)
{
    uint32_t s = 1 + random_below(random, SPANS - 1);
    uint32_t n = random_below(random, SETS);
    if (random_below(random, 8) == 0) {
        uint32_t head = count[n] == 0 ? NO_SPAN : model[n][0];
        CHECK_EQ(spanset_pop(&heap, n), head);
        if (head != NO_SPAN) {
            CHECK_EQ(heap.span[head].place, PLACE_HAND);
            model_remove(n, 0);
        }
    } else if (heap.span[s].place == PLACE_HAND) {
        spanset_push(&heap, n, s);
        CHECK_EQ(heap.span[s].place, PLACE_SET + n);
        model[n][count[n]++] = s;
    } else {
        uint32_t from = (uint32_t)(heap.span[s].place - PLACE_SET), i = 0;
        while (model[from][i] != s) i++;
        spanset_remove(&heap, s);
        CHECK_EQ(heap.span[s].place, PLACE_HAND);
        model_remove(from, i);
    }
}

int main(void)
{
    uint64_t random = 1;
    heap.span = spans;
    heap.nspans = SPANS;
    heap.set = sets;
    heap.nsets = SETS;
    for (uint32_t s = 1; s < SPANS; s++) spans[s].place = PLACE_HAND;
    compare();
    for (int i = 0; i < STEPS; i++) {
        step(&random);
        compare();
    }
    for (uint32_t n = 0; n < SETS; n++) {
        while (count[n] > 0) {
            CHECK_EQ(spanset_pop(&heap, n), model[n][0]);
            model_remove(n, 0);
        }
        CHECK_EQ(spanset_pop(&heap, n), NO_SPAN);
        CHECK_EQ(heap.set[n].head, NO_SPAN);
        CHECK_EQ(heap.set[n].tail, NO_SPAN);
    }
    CHECK_EQ(spans[0].next, 0);
    CHECK_EQ(spans[0].prev, 0);
    return unit_report("spanset");
}
