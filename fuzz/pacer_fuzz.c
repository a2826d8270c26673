/* pacer_fuzz.c -- the pacer of a collection, assist credit and the limiter, against models in
 * floating point and sums that are kept beside them.
 *
 * Numbers have any length up to 64 bits. Where the model rounds otherwise, a millionth is allowed;
 * what a program relies on (order of trigger and goal, accounts, the bank's sum) is asked exactly.
 */
#include "fuzz.h"
#include "gc/credit.h"
#include "gc/limiter.h"
#include "gc/pacer.h"

#define MOST 18446744073709551615.0 /* UINT64_MAX */

struct state {
    struct pacer pacer;
    uint64_t floor; /* of the last commit */
    struct credit account;
    double balance; /* the account's, by sums */
    struct bank bank;
    uint64_t banked, claimed;
    struct limiter limiter;
};

/* A number of any length, from a record. */
static uint64_t number_of(struct record r)
{
    return (((uint64_t)r.a << 16 | r.b) << 32 | r.b) >> r.what % 64;
}

static double capped(double x) { return x > MOST ? MOST : x; }

static double larger(double a, double b) { return a > b ? a : b; }

static double smaller(double a, double b) { return a < b ? a : b; }

/* But for a millionth of `scale`, and rounding. */
static bool near(double is, double model, double scale)
{
    double off = is > model ? is - model : model - is;
    return off <= scale * 1e-6 + 128;
}

static double share(struct ratio r) { return (double)r.num / r.den; }

/* ---- The pacer ---- */

static double model_grown(const struct pacer *p)
{
    double marked = (double)p->marked;
    double base = capped(capped(marked + (double)p->scanned_stack) + (double)p->globals);
    if (p->percent == PACER_NO_GROWTH) return MOST;
    return larger(capped(marked + capped(base * p->percent / 100)),
                  capped((double)p->least * p->percent / 100));
}

/* Bytes that the next cycle is expected to scan. */
static double model_expected(const struct pacer *p)
{
    double heap = capped((double)p->scanned + (double)p->scanned_stack);
    return capped(heap + (double)p->globals);
}

/* Goal and trigger are those of the model, and in order. */
static void check_goal(const struct pacer *p, uint64_t floor)
{
    double grown = model_grown(p), marked = (double)p->marked, goal = (double)p->goal;
    REQUIRE(p->goal >= p->marked && p->trigger <= p->goal);
    double bound = p->limited ? (double)p->limit : larger(grown, (double)floor);
    REQUIRE(near(goal, larger(marked, bound), goal));
    if (p->limited) REQUIRE((double)p->limit <= grown);
    double way = (goal - marked) / 64, least = p->limited ? 0 : (double)floor;
    double early = larger(marked + way * 45, smaller(least, goal));
    double late = larger(early, larger(marked + way * 61, goal - (double)p->least));
    double runway = capped(3 * capped(model_expected(p) * share(p->rate)));
    REQUIRE(near((double)p->trigger, smaller(larger(goal - runway, early), late), goal));
    REQUIRE(pacer_due(p, p->trigger) && (p->trigger == 0 || !pacer_due(p, p->trigger - 1)));
}

/* The assist ratio asks for what is left in the room that is left. */
static void check_assist(const struct pacer *p, uint64_t live, uint64_t done)
{
    double expected = model_expected(p);
    REQUIRE(p->assist.den >= 1);
    if ((double)done > expected * 0.999 || live > p->goal) return;
    double left = larger(PACER_LEAST_WORK, expected - (double)done);
    double room = larger(1, (double)p->goal - (double)live), asked = share(p->assist);
    if (left / room < 4294967295.0 && left / room > 1e-6 && room > 1e3)
        REQUIRE(asked >= left / room * 0.99 && asked <= left / room * 1.01);
}

static void end_cycle(struct state *s, struct record r)
{
    uint64_t n = number_of(r);
    struct ratio busy = {r.b % 1001, 1000};
    struct pacer_cycle c = {n, n >> r.a % 8, n >> r.b % 16, r.a, r.b, busy, {r.a % 3, 3}};
    struct pacer before = s->pacer;
    s->floor = r.a % 4 ? 0 : n;
    pacer_end(&s->pacer, &c, s->floor);
    check_goal(&s->pacer, s->floor);
    REQUIRE(s->pacer.marked == c.marked && s->pacer.scanned == c.heap);
    REQUIRE(s->pacer.percent == before.percent && s->pacer.limit == before.limit);
    for (int i = 0; i < PACER_RATES; i++) REQUIRE(!ratio_below(s->pacer.rate, s->pacer.rates[i]));
    if (c.live <= before.triggered) return;
    for (int i = 0; i < PACER_RATES - 1; i++)
        REQUIRE(s->pacer.rates[i].num == before.rates[i + 1].num);
}

static void pacer_step(struct state *s, struct record r)
{
    uint64_t n = number_of(r);
    struct pacer *p = &s->pacer;
    switch (r.op % 8) {
    case 0:
        pacer_init(p, r.a % 5 ? r.b : PACER_NO_GROWTH, r.a % 3 ? UINT64_MAX : n, n >> 8);
        check_goal(p, 0);
        break;
    case 1: p->limit = n; break;
    case 2: p->stack = n; break;
    case 3: p->globals = n; break;
    case 4:
        s->floor = n;
        pacer_commit(p, n);
        check_goal(p, n);
        break;
    case 5:
        pacer_begin(p, n, n / 2);
        REQUIRE(p->triggered == n && p->goal >= p->marked);
        REQUIRE(p->limited || p->goal >= ratio_sum(n, PACER_ROOM));
        check_assist(p, n, 0);
        break;
    case 6:
        pacer_revise(p, n, n / 2, (uint64_t)r.a << r.what % 32);
        check_assist(p, n, (uint64_t)r.a << r.what % 32);
        break;
    default: end_cycle(s, r); break;
    }
}

/* ---- Credit and limiter ---- */

static void credit_step(struct state *s, struct record r)
{
    uint64_t n = number_of(r), had = s->bank.work, owed = s->account.owed;
    struct ratio assist = {r.a, 1 + r.b};
    switch (r.op % 4) {
    case 0:
        credit_charge(&s->account, n);
        s->balance = larger(-MOST, s->balance - (double)n);
        break;
    case 1:
        credit_give(&s->account, n);
        s->balance = smaller(MOST, s->balance + (double)n);
        break;
    case 2:
        bank_add(&s->bank, r.a);
        s->banked += r.a;
        break;
    default: {
        uint64_t rest = credit_claim(&s->account, &s->bank, assist);
        s->claimed += had - s->bank.work;
        if (owed == 0) REQUIRE(rest == 0 && s->bank.work == had);
        else REQUIRE(rest + (had - s->bank.work) >= CREDIT_LEAST_WORK);
        if (rest == 0) REQUIRE(s->account.owed == 0);
        else credit_done(&s->account, assist, rest);
        REQUIRE(s->account.owed <= owed);
        s->balance = (double)s->account.spare - (double)s->account.owed;
    }
    }
    REQUIRE(s->account.owed == 0 || s->account.spare == 0);
    REQUIRE(s->bank.work + s->claimed == s->banked);
    REQUIRE(near((double)s->account.spare - (double)s->account.owed, s->balance, MOST * 1e-6));
}

static void limiter_step(struct state *s, struct record r)
{
    struct limiter *l = &s->limiter, was = *l;
    uint64_t gc = r.a, program = r.b;
    if (r.op % 8 == 0) {
        limiter_resize(l, 1 + r.a);
        REQUIRE(l->on == (l->fill == l->capacity) && l->fill <= was.fill);
        return;
    }
    limiter_update(l, gc, program);
    double fill = (double)was.fill + (double)gc - (double)program;
    REQUIRE((double)l->fill == smaller((double)l->capacity, larger(0, fill)));
    REQUIRE((double)(l->overflow - was.overflow) == larger(0, fill - (double)l->capacity));
    REQUIRE(gc == program ? l->on == was.on : l->on == (l->fill == l->capacity));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct state s = {.floor = 0};
    pacer_init(&s.pacer, 100, UINT64_MAX, PACER_LEAST_GOAL);
    limiter_init(&s.limiter, 1000);
    for (size_t i = 0; i + RECORD_BYTES <= size; i += RECORD_BYTES) {
        struct record r = record_at(data + i);
        if (r.op < 128) pacer_step(&s, r);
        else if (r.op < 192) credit_step(&s, r);
        else limiter_step(&s, r);
    }
    return 0;
}
