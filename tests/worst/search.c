/* search.c -- hill climbing over sequences. */
#include "search.h"

#include "seeds.h"

#include <stdio.h>
#include <string.h>

#define BEST 12u          /* kept for each kind of call */
#define REPORTS 8u        /* lines that tell how far it is */
#define MOST_CHANGES 5u   /* in one step */
#define CALL_COST 300u    /* instructions, about, for what is around a call */

struct scored {
    uint32_t most;
    struct sequence s;
};

static struct scored best[CALLS][BEST];
static uint32_t state;
static uint64_t spent; /* instructions, and CALL_COST for each call */

static uint32_t random_bits(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static uint32_t below(uint32_t n)
{
    return (uint32_t)((uint64_t)random_bits() * n >> 32);
}

/* ---- What is kept ---- */

/* In place of the poorest of its kind; of an equal one now and then, so that it does not stand
 * still where many are equal. */
static void keep(enum call kind, uint32_t most, const struct sequence *s)
{
    unsigned poorest = 0;
    for (unsigned i = 0; i < BEST; i++) {
        struct scored *b = &best[kind][i];
        if (b->most == most && b->s.records > 0) {
            if (b->s.records >= s->records && below(2) == 0) b->s = *s;
            if (below(4) != 0) return;
        }
        if (b->most < best[kind][poorest].most) poorest = i;
    }
    struct scored *b = &best[kind][poorest];
    if (b->most > most || most == 0) return;
    b->most = most;
    b->s = *s;
}

static void try(const struct sequence *s, size_t region_bytes)
{
    struct costs c = sequence_play(s, region_bytes);
    spent += c.instructions + (c.calls + 1) * (uint64_t)CALL_COST;
    for (unsigned k = 0; k < CALLS; k++) keep((enum call)k, c.most[k], s);
}

static const struct scored *worst_of(enum call kind)
{
    unsigned w = 0;
    for (unsigned i = 1; i < BEST; i++)
        if (best[kind][i].most > best[kind][w].most) w = i;
    return &best[kind][w];
}

/* ---- Changes ---- */

static void random_record(uint8_t r[RECORD_BYTES])
{
    for (unsigned i = 0; i < RECORD_BYTES; i++) r[i] = (uint8_t)below(256);
}

static void insert(struct sequence *s, unsigned at, const uint8_t r[RECORD_BYTES])
{
    if (s->records == MOST_RECORDS) return;
    memmove(s->byte[at + 1], s->byte[at], (s->records - at) * RECORD_BYTES);
    memcpy(s->byte[at], r, RECORD_BYTES);
    s->records++;
}

static void take_out(struct sequence *s, unsigned at)
{
    s->records--;
    memmove(s->byte[at], s->byte[at + 1], (s->records - at) * RECORD_BYTES);
}

/* The end of another behind a beginning of this one. */
static void cross(struct sequence *s, const struct sequence *other)
{
    if (s->records == 0 || other->records == 0) return;
    unsigned keep_records = below(s->records) + 1, from = below(other->records);
    unsigned more = other->records - from;
    if (more > MOST_RECORDS - keep_records) more = MOST_RECORDS - keep_records;
    memcpy(s->byte[keep_records], other->byte[from], more * RECORD_BYTES);
    s->records = keep_records + more;
}

static void change(struct sequence *s, const struct sequence *other)
{
    uint8_t r[RECORD_BYTES];
    unsigned what = below(16), at = s->records > 0 ? below(s->records) : 0;
    random_record(r);
    if (s->records == 0 || what < 4) {
        insert(s, s->records > 0 ? below(s->records + 1) : 0, r);
    } else if (what < 7) {
        take_out(s, at);
    } else if (what < 9) {
        memcpy(s->byte[at], r, RECORD_BYTES);
    } else if (what < 12) {
        s->byte[at][below(RECORD_BYTES)] = r[0];
    } else if (what < 14) {
        s->byte[at][1 + below(RECORD_BYTES - 1)] += (uint8_t)(below(2) == 0 ? 1 : 255);
    } else if (what < 15) {
        memcpy(r, s->byte[at], RECORD_BYTES);
        insert(s, below(s->records + 1), r);
    } else {
        cross(s, other);
    }
}

/* Without the records that it does not need. */
static struct sequence shortest(const struct scored *w, enum call kind, size_t region_bytes)
{
    struct sequence s = w->s;
    for (unsigned i = s.records; i-- > 0;) {
        struct sequence t = s;
        take_out(&t, i);
        if (sequence_play(&t, region_bytes).most[kind] == w->most) s = t;
    }
    return s;
}

/* ---- The search ---- */

static void report(uint64_t budget)
{
    printf("# %3lu %%:", (unsigned long)(spent * 100 / budget));
    for (unsigned k = 0; k < CALLS; k++)
        printf(" %s %lu", call_names[k], (unsigned long)worst_of((enum call)k)->most);
    printf("\n");
}

static void begin(size_t region_bytes, uint32_t seed, bool from_nothing)
{
    struct sequence s = {0};
    memset(best, 0, sizeof best);
    state = seed * 2654435761u | 1u;
    spent = 0;
    for (unsigned i = 0; !from_nothing && i < SEEDS; i++) try(&seeds[i], region_bytes);
    for (unsigned i = 0; i < 64; i++) {
        if (i % 4 == 0) s.records = 0;
        for (unsigned k = 0; k < 4; k++) change(&s, &s);
        try(&s, region_bytes);
    }
}

void search_run(size_t region_bytes, uint32_t seed, uint32_t millions, bool from_nothing)
{
    uint64_t budget = millions * (uint64_t)1000000;
    begin(region_bytes, seed, from_nothing);
    if (worst_of(CALL_MALLOC)->most == 0) return; /* the region is too short */
    for (uint32_t step = 0, reported = 0; spent < budget; step++) {
        enum call kind = (enum call)(step % CALLS);
        if (worst_of(kind)->most == 0) continue;
        struct sequence s = best[kind][below(BEST)].s;
        if (below(3) == 0) s = worst_of(kind)->s;
        const struct sequence *other = &best[below(CALLS)][below(BEST)].s;
        for (unsigned n = below(MOST_CHANGES) + 1; n > 0; n--) change(&s, other);
        try(&s, region_bytes);
        if (spent * REPORTS / budget <= reported) continue;
        reported = (uint32_t)(spent * REPORTS / budget);
        report(budget);
    }
    for (unsigned k = 0; k < CALLS; k++) {
        const struct scored *w = worst_of((enum call)k);
        if (w->most == 0) continue;
        struct sequence s = shortest(w, (enum call)k, region_bytes);
        printf("worst %s %lu ", call_names[k], (unsigned long)w->most);
        search_print(&s);
    }
}

void search_print(const struct sequence *s)
{
    for (unsigned i = 0; i < s->records; i++) {
        for (unsigned k = 0; k < RECORD_BYTES; k++) printf("%02x", s->byte[i][k]);
    }
    printf("\n");
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool search_parse(const char *text, struct sequence *s)
{
    unsigned n = 0;
    for (; digit(text[0]) >= 0 && digit(text[1]) >= 0; text += 2, n++) {
        if (n == MOST_RECORDS * RECORD_BYTES) return false;
        uint8_t *byte = &s->byte[n / RECORD_BYTES][n % RECORD_BYTES];
        *byte = (uint8_t)(digit(text[0]) * 16 + digit(text[1]));
    }
    s->records = n / RECORD_BYTES;
    return n % RECORD_BYTES == 0;
}
