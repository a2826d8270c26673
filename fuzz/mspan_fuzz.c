/* mspan_fuzz.c -- the bits of one span's slots against two bytes a slot.
 *
 * The first byte of the input chooses the size class. A slot is handed out, freed by its owner,
 * freed by a stranger (a bit of `freed`), freed by both; the owner merges a word, or all. Any
 * address of the span is asked for its slot.
 */
#include "fuzz.h"
#include "mheap.h"
#include "mspan.h"
#include "spancheck.h"
#include "wpmalloc.h"

#include <string.h>

#define REGION_BYTES (1u << 20)

struct model {
    uint32_t slots, used;
    uint8_t live[SPAN_SLOTS], freed[SPAN_SLOTS];
};

static _Alignas(64) uint8_t region[REGION_BYTES];

static uintptr_t slot_address(const struct wpm_heap *h, uint32_t s, uint32_t i)
{
    return arenamap_address(&h->map, h->span[s].start) + (uintptr_t)i * h->span[s].slot_bytes;
}

/* What the owner's merge of word `k` does; the lowest slot that both have freed is noted. */
static void model_merge(struct model *m, uint32_t k, uint32_t *stray)
{
    uint32_t gone = 0;
    *stray = NO_SLOT;
    for (uint32_t i = k * 64; i < k * 64 + 64 && i < m->slots; i++) {
        if (m->freed[i] && !m->live[i] && *stray == NO_SLOT) *stray = i;
        gone += m->freed[i] && m->live[i];
        if (m->freed[i]) m->live[i] = m->freed[i] = 0;
    }
    m->used = m->used > gone ? m->used - gone : 0;
}

static void merge(struct wpm_heap *h, uint32_t s, struct model *m, uint32_t k)
{
    uint32_t stray;
    h->stray = 0;
    mspan_merge_word(h, s, k);
    model_merge(m, k, &stray);
    REQUIRE(h->stray == (stray == NO_SLOT ? 0 : (int64_t)slot_address(h, s, stray)));
}

static void merge_all(struct wpm_heap *h, uint32_t s, struct model *m)
{
    uint32_t stray, any = 0;
    h->stray = 0;
    mspan_merge(h, s);
    for (uint32_t k = 0; k < SPAN_WORDS; k++) {
        model_merge(m, k, &stray);
        any |= stray != NO_SLOT;
    }
    REQUIRE((h->stray != 0) == any);
}

static void hand_out(struct wpm_heap *h, uint32_t s, struct model *m, uint32_t i)
{
    if (m->live[i] || m->freed[i]) return;
    atomic_write64(&h->live[s * SPAN_WORDS + i / 64],
                   bits_set(h->live[s * SPAN_WORDS + i / 64], i % 64));
    mspan_count_used(h, s, 1);
    m->live[i] = 1;
    m->used++;
}

static void owner_frees(struct wpm_heap *h, uint32_t s, struct model *m, uint32_t i)
{
    if (!m->live[i]) return;
    mspan_clear_slot(h, s, i);
    m->live[i] = 0;
    m->used = m->used > 1 ? m->used - 1 : 0;
}

static void stranger_frees(struct wpm_heap *h, uint32_t s, struct model *m, uint32_t i)
{
    if (!m->live[i]) return;
    (void)atomic_or64(&h->freed[s * SPAN_WORDS + i / 64], bits_one(i % 64));
    m->freed[i] = 1;
}

static void ask(const struct wpm_heap *h, uint32_t s, const struct model *m, uint32_t at)
{
    uint32_t offset = at % (h->span[s].npages * PAGE_SIZE), bytes = h->span[s].slot_bytes;
    uint32_t want = offset % bytes == 0 && offset / bytes < m->slots ? offset / bytes : NO_SLOT;
    REQUIRE(mspan_slot_at(h, s, slot_address(h, s, 0) + offset) == want);
}

static void step(struct wpm_heap *h, uint32_t s, struct model *m, struct record r)
{
    uint32_t i = r.a % m->slots;
    switch (r.op % 8) {
    case 0:
    case 1: hand_out(h, s, m, i); break;
    case 2: owner_frees(h, s, m, i); break;
    case 3:
    case 4: stranger_frees(h, s, m, i); break;
    case 5: merge(h, s, m, i / 64); break;
    case 6: ask(h, s, m, r.a * 65536u + r.b); break;
    default:
        if (r.what % 8 == 0) merge_all(h, s, m);
        ask(h, s, m, i * h->span[s].slot_bytes);
        break;
    }
}

static void compare(const struct wpm_heap *h, uint32_t s, const struct model *m)
{
    uint32_t live = 0, freed = 0;
    for (uint32_t i = 0; i < SPAN_SLOTS; i++) {
        REQUIRE(mspan_is_live(h, s, i) == m->live[i]);
        REQUIRE(bits_test(h->freed[s * SPAN_WORDS + i / 64], i % 64) == m->freed[i]);
        live += m->live[i];
        freed += m->freed[i];
    }
    for (uint32_t k = 0; k * 64 < m->slots; k++) {
        uint64_t free = mspan_free_slots(h, s, k);
        for (uint32_t j = 0; j < 64; j++)
            REQUIRE(bits_test(free, j) == (k * 64 + j < m->slots && !m->live[k * 64 + j]));
    }
    REQUIRE(mspan_is_empty(h, s) == (live == 0));
    REQUIRE(mspan_has_freed(h, s) == (freed != 0));
    REQUIRE(mspan_has_free(h, s) == (live < m->slots));
    REQUIRE(h->span[s].used == m->used);
    REQUIRE(spancheck_slots(h) && spancheck_freed(h));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct model m = {0};
    if (size < 1) return 0;
    uint32_t k = 1 + data[0] % (NUM_CLASSES - 1);
    struct wpm_heap *h = wpm_heap_init(region, sizeof region);
    REQUIRE(h != NULL);
    uint32_t s = mheap_alloc_span(h, k);
    REQUIRE(s != NO_SPAN && h->span[s].nslots == class_table[k].slots);
    m.slots = h->span[s].nslots;
    for (size_t i = 1; i + RECORD_BYTES <= size; i += RECORD_BYTES) {
        step(h, s, &m, record_at(data + i));
        compare(h, s, &m);
    }
    return 0;
}
