/* pacer_test.c -- the pacer against the workloads of tests/data/pacer.json, and on any input.
 *
 * A workload is a program in a few figures a cycle: how fast it allocates and how fast a collection
 * scans, how its heap grows, how much of it holds pointers. The model that runs it is the table's
 * ("model"), with floating point; the pacer under test answers in fractions. Each check of the
 * table looks at the newest cycle, and the whole trace lies beside that of the table's own model.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/gc/pacer.h"
#include "../json.h"
#include "../random.h"
#include "../unit.h"

#define MOST_CYCLES 200
#define PERIOD_NS 500000.0  /* between two revisions */
#define FIRST_HEAP 262144.0 /* bytes marked by the first cycle */
#define SHARE 0.25          /* of the time, the background's */
#define TRACE_ERROR 1e-4    /* of a figure, beside the table's trace */
#define TRACE_BYTE 1.0      /* and what rounding to bytes may add */

/* What a cycle came to. */
struct outcome {
    double live, trigger, peak, goal, utilization;
};

/* A workload at work. */
struct workload {
    struct pacer pacer;
    uint64_t memory_limit;
    double globals, cores, heap_scan, black; /* black: bytes allocated during the last mark */
    struct outcome cycles[MOST_CYCLES];
    size_t count;
};

/* ---- The model ---- */

static uint64_t whole(double x) { return x < 0 ? 0 : (uint64_t)x; }

/* Take up to `*left` of the work. */
static double work_off(double *left, double *work)
{
    double n = *left < *work ? *left : *work;
    *left -= n;
    *work -= n;
    return n;
}

/* One period of a cycle; false when all is scanned. */
struct marking {
    double globals_left, stack_left, heap_left; /* bytes to scan */
    double globals, stack, heap;                /* bytes scanned */
    double live, assist_ns, ns, allocated;
};

static void run_period(struct workload *w, struct marking *m, double alloc, double scan,
                       double frac)
{
    double per_period = 1024 * PERIOD_NS / 1e6 * w->cores;
    double owed = (double)w->pacer.assist.num / w->pacer.assist.den * alloc;
    double u = owed / (owed + scan);
    if (u < SHARE) u = SHARE;
    double scanned = floor(scan * per_period * u), allocated = floor(alloc * per_period * (1 - u));
    double left = scanned, elapsed = PERIOD_NS;
    m->globals += work_off(&m->globals_left, &left);
    m->stack += work_off(&m->stack_left, &left);
    m->heap += work_off(&m->heap_left, &left);
    if (left > 0) {
        elapsed = floor(elapsed * (scanned - left) / scanned);
        allocated = floor(allocated * (scanned - left) / scanned);
    }
    m->live += allocated;
    m->allocated += allocated;
    w->heap_scan += floor(allocated * frac);
    m->assist_ns += floor(elapsed * w->cores * (u - SHARE));
    m->ns += elapsed;
    CHECK(w->heap_scan >= 0);
    pacer_revise(&w->pacer, whole(m->live), whole(w->heap_scan),
                 whole(m->globals + m->stack + m->heap));
}

/* A share of 0 .. 1 as a fraction. */
static struct ratio share(double x) { return (struct ratio){(uint32_t)(x * 1e6), 1000000}; }

static void end_cycle(struct workload *w, const struct marking *m, double marked,
                      double utilization)
{
    struct pacer_cycle end = {whole(m->live), whole(marked), whole(m->heap), whole(m->stack),
                              whole(m->globals), share(utilization), {0, 1}};
    pacer_end(&w->pacer, &end, 0);
    w->pacer.limit = w->memory_limit == UINT64_MAX
        ? UINT64_MAX : pacer_limit(w->memory_limit, 0, 0, w->pacer.marked);
    pacer_commit(&w->pacer, 0);
    w->heap_scan = m->heap;
    w->black = m->allocated;
}

/* One cycle: figures as the table's columns have them. */
static void run_cycle(struct workload *w, const json *row)
{
    double alloc = json_double(json_at(row, 0)), scan = json_double(json_at(row, 1));
    double growth = json_double(json_at(row, 2)), frac = json_double(json_at(row, 3));
    struct pacer *p = &w->pacer;
    double marked = w->count == 0 ? FIRST_HEAP : trunc(((double)p->marked - w->black) * growth);
    struct marking m = {w->globals, json_double(json_at(row, 4)), trunc(marked * frac), 0, 0, 0,
                        0, 0, 0, 0};
    uint64_t start = p->trigger > p->marked ? p->trigger : p->marked;
    p->stack = whole(m.stack_left);
    p->globals = whole(w->globals);
    m.live = (double)start;
    w->heap_scan += floor((m.live - (double)p->marked) * frac);
    pacer_begin(p, start, whole(w->heap_scan));
    CHECK(pacer_due(p, start) || p->trigger > start);
    struct outcome now = {(double)p->marked, m.live, 0, 0, 0};
    while (m.globals_left + m.stack_left + m.heap_left > 0) run_period(w, &m, alloc, scan, frac);
    now.peak = m.live;
    now.goal = (double)p->goal;
    now.utilization = m.assist_ns / (m.ns * w->cores) + SHARE;
    CHECK(now.utilization >= 0 && now.utilization <= 1);
    w->cycles[w->count++] = now;
    end_cycle(w, &m, marked + m.allocated, now.utilization);
}

/* ---- The table's checks ---- */

static bool compare(double left, const char *op, double right)
{
    if (strcmp(op, "<") == 0) return left < right;
    if (strcmp(op, "<=") == 0) return left <= right;
    if (strcmp(op, ">") == 0) return left > right;
    if (strcmp(op, ">=") == 0) return left >= right;
    if (strcmp(op, "==") == 0) return left == right;
    return left != right;
}

/* One comparison or a chain of them in n: `25<=n<50`. */
static bool holds_chain(const char *text, size_t length, double n)
{
    double left = 0;
    bool first = true, ok = true;
    char op[3] = "";
    for (size_t at = 0; at < length;) {
        char *end = NULL;
        double value = n;
        if (text[at] == 'n') at++;
        else {
            value = strtod(text + at, &end);
            if (end == text + at) {
                fprintf(stderr, "pacer_test: cannot read %s\n", text);
                exit(2);
            }
            at = (size_t)(end - text);
        }
        if (!first) ok = ok && compare(left, op, value);
        first = false;
        left = value;
        size_t n_op = at < length ? strcspn(text + at, "n0123456789") : 0;
        snprintf(op, sizeof op, "%.*s", (int)n_op, text + at);
        at += n_op;
    }
    return ok;
}

/* `a and b or c and d`, of chains. */
static bool holds(const char *text, double n)
{
    bool any = false, all = true;
    while (*text) {
        const char *end = strchr(text, ' ');
        size_t length = end ? (size_t)(end - text) : strlen(text);
        all = all && holds_chain(text, length, n);
        text += length;
        if (strncmp(text, " and ", 5) == 0) text += 5;
        else if (strncmp(text, " or ", 4) == 0) {
            any = any || all;
            all = true;
            text += 4;
        }
    }
    return any || all;
}

static double metric(const struct outcome *c, const char *name)
{
    if (strcmp(name, "gc_utilization") == 0) return c->utilization;
    if (strcmp(name, "goal_ratio") == 0) return c->peak / c->goal;
    if (strcmp(name, "trigger_ratio") == 0) return (c->trigger - c->live) / (c->goal - c->live);
    if (strcmp(name, "runway") == 0) return c->goal - c->trigger;
    fprintf(stderr, "pacer_test: unknown metric %s\n", name);
    exit(2);
}

/* What a value shall be near to: a number, or that of another cycle. */
static double near_to(const struct workload *w, const json *near, const char *name)
{
    unsigned n = 0;
    if (!json_is_string(near)) return json_double(near);
    if (strcmp(json_string(near), "previous cycle") == 0)
        return metric(&w->cycles[w->count - 2], name);
    if (sscanf(json_string(near), "cycle %u", &n) == 1) return metric(&w->cycles[n - 1], name);
    fprintf(stderr, "pacer_test: cannot read %s\n", json_string(near));
    exit(2);
}

static uint32_t run_checks(const struct workload *w, const json *checks, const char *scenario)
{
    uint32_t done = 0;
    for (size_t i = 0; i < json_len(checks); i++) {
        const json *c = json_at(checks, i), *near = json_find(c, "near");
        const json *min = json_find(c, "min"), *max = json_find(c, "max");
        const char *name = json_string(json_get(c, "metric"));
        if (!holds(json_string(json_get(c, "when")), (double)w->count)) continue;
        double is = metric(&w->cycles[w->count - 1], name);
        bool ok = true;
        if (near) ok = fabs(is - near_to(w, near, name)) <= json_double(json_get(c, "eps"));
        if (min) ok = ok && is >= json_double(min);
        if (max) ok = ok && is <= json_double(max);
        if (!CHECK(ok))
            fprintf(stderr, "  %s, cycle %zu: %s is %.6f\n", scenario, w->count, name, is);
        done++;
    }
    return done;
}

/* Is a figure the table's, but for TRACE_ERROR and `slack`? */
static bool beside(double is, double table, double slack)
{
    return fabs(is - table) <= TRACE_ERROR * table + slack;
}

static void check_trace(const struct workload *w, const json *trace, const char *scenario)
{
    CHECK_EQ(json_len(trace), w->count);
    for (size_t i = 0; i < w->count; i++) {
        const struct outcome *c = &w->cycles[i];
        const json *row = json_at(trace, i);
        const double is[] = {c->live, c->trigger, c->peak, c->goal, c->utilization};
        for (size_t k = 0; k < sizeof is / sizeof is[0]; k++)
            if (!CHECK(beside(is[k], json_double(json_at(row, k)), k < 4 ? TRACE_BYTE : 0)))
                fprintf(stderr, "  %s, cycle %zu, column %zu: %.6f, the table has %.6f\n", scenario,
                        i + 1, k, is[k], json_double(json_at(row, k)));
    }
}

static uint32_t run_scenario(const json *s)
{
    static struct workload w;
    const json *cycles = json_get(s, "cycles"), *limit = json_get(s, "memory_limit");
    int64_t percent = json_int(json_get(s, "gc_percent"));
    uint32_t checks = 0;
    w = (struct workload){.globals = json_double(json_get(s, "globals_bytes")),
                          .cores = json_double(json_get(s, "cores"))};
    w.memory_limit = json_is_null(limit) ? UINT64_MAX : json_uint(limit);
    pacer_init(&w.pacer, percent < 0 ? PACER_NO_GROWTH : (uint32_t)percent,
               w.memory_limit == UINT64_MAX ? UINT64_MAX : pacer_limit(w.memory_limit, 0, 0, 0),
               PACER_LEAST_GOAL);
    for (size_t i = 0; i < json_len(cycles) && i < MOST_CYCLES; i++) {
        run_cycle(&w, json_at(cycles, i));
        checks += run_checks(&w, json_get(s, "checks"), json_string(json_get(s, "name")));
    }
    CHECK_EQ(w.count, json_len(cycles));
    check_trace(&w, json_get(s, "reference"), json_string(json_get(s, "name")));
    return checks;
}

/* ---- Any input ---- */

static struct ratio any_share(uint64_t *seed)
{
    uint32_t den = 1 + (uint32_t)(random_word(seed) % UINT32_MAX);
    return (struct ratio){(uint32_t)(random_word(seed) % ((uint64_t)den + 1)), den};
}

/* What always holds of goal and trigger, after steps with numbers of any size. */
static void check_any(void)
{
    uint64_t seed = 7;
    for (int i = 0; i < 20000; i++) {
        struct pacer p;
        pacer_init(&p, random_below(&seed, 4) ? (uint32_t)random_length(&seed) : PACER_NO_GROWTH,
                   random_length(&seed), random_length(&seed));
        for (int k = 0; k < 6; k++) {
            uint64_t live = random_length(&seed);
            p.stack = random_length(&seed);
            p.globals = random_length(&seed);
            pacer_begin(&p, live, random_length(&seed));
            CHECK(p.assist.den >= 1 && p.triggered == live);
            pacer_revise(&p, random_length(&seed), random_length(&seed), random_length(&seed));
            CHECK(p.assist.den >= 1 && p.goal >= p.marked);
            struct pacer_cycle c = {random_length(&seed), random_length(&seed),
                                    random_length(&seed), random_length(&seed),
                                    random_length(&seed), any_share(&seed), any_share(&seed)};
            pacer_end(&p, &c, random_length(&seed));
            CHECK(p.marked == c.marked && p.goal >= p.marked && p.trigger <= p.goal);
            CHECK_EQ(pacer_due(&p, p.trigger), true);
            CHECK(p.trigger == 0 || !pacer_due(&p, p.trigger - 1));
        }
    }
}

/* What a limit leaves to the heap. */
static void check_limit(void)
{
    CHECK_EQ(pacer_limit(100u << 20, 0, 0, 0), (100u << 20) - (100u << 20) / 100 * 3);
    CHECK_EQ(pacer_limit(10u << 20, 1u << 20, 1u << 20, 0), 7u << 20);
    CHECK_EQ(pacer_limit(10u << 20, 1u << 20, 1u << 20, 8u << 20), 8u << 20);
    CHECK_EQ(pacer_limit(1, 2, 3, 4), 4);
    CHECK_EQ(pacer_limit(UINT64_MAX, 0, UINT64_MAX, 0), 0);
}

int main(void)
{
    json *root = json_read("tests/data/pacer.json");
    const json *scenarios = json_get(root, "scenarios");
    uint32_t checks = 0;
    for (size_t i = 0; i < json_len(scenarios); i++) checks += run_scenario(json_at(scenarios, i));
    CHECK(checks > 400);
    json_drop(root);
    check_any();
    check_limit();
    return unit_report("gc/pacer");
}
