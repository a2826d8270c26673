#include "json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

static const char *const kind_names[] = {"null", "bool", "number", "string", "array", "object"};

struct json {
    enum kind kind;
    bool truth;         /* JSON_BOOL */
    char *text;         /* JSON_NUMBER, JSON_STRING: its characters */
    size_t count, room; /* JSON_ARRAY, JSON_OBJECT: items in use, and in memory */
    struct json *items;
    char **keys;        /* JSON_OBJECT: keys[i] names items[i] */
};

struct reader {
    const char *path, *start, *at;
};

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "json: %s: %s\n", what, detail);
    exit(2);
}

static void fail_at(const struct reader *r, const char *what)
{
    unsigned line = 1;
    for (const char *p = r->start; p < r->at; p++) line += *p == '\n';
    fprintf(stderr, "json: %s:%u: %s\n", r->path, line, what);
    exit(2);
}

static void *grow(void *old, size_t bytes)
{
    void *p = realloc(old, bytes);
    if (!p) fail("out of memory", "realloc");
    return p;
}

static void skip_space(struct reader *r)
{
    while (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r') r->at++;
}

static void expect(struct reader *r, char c)
{
    char what[] = "'?' expected";
    what[1] = c;
    skip_space(r);
    if (*r->at != c) fail_at(r, what);
    r->at++;
}

/* \u escapes of ASCII only: the tables have no others. */
static char read_unicode(struct reader *r)
{
    char digits[5] = {0};
    char *end;
    strncat(digits, r->at, 4);
    unsigned long code = strtoul(digits, &end, 16);
    if (end != digits + 4 || code == 0 || code > 127) fail_at(r, "\\u escape outside ASCII");
    r->at += 4;
    return (char)code;
}

static char read_escape(struct reader *r)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char c = *r->at++;
    if (c == 'u') return read_unicode(r);
    const char *p = c ? strchr(names, c) : NULL;
    if (!p) fail_at(r, "unknown escape");
    return values[p - names];
}

static char *read_text(struct reader *r)
{
    expect(r, '"');
    const char *end = r->at;
    while (*end && *end != '"') end += end[0] == '\\' && end[1] ? 2 : 1;
    if (!*end) fail_at(r, "string without end");
    char *text = grow(NULL, (size_t)(end - r->at) + 1), *out = text;
    while (r->at < end) {
        char c = *r->at++;
        *out++ = c == '\\' ? read_escape(r) : c;
    }
    *out = 0;
    r->at = end + 1;
    return text;
}

static struct json *add_item(struct json *v, char *key)
{
    if (v->count == v->room) {
        v->room = v->room ? 2 * v->room : 8;
        v->items = grow(v->items, v->room * sizeof *v->items);
        v->keys = grow(v->keys, v->room * sizeof *v->keys);
    }
    v->keys[v->count] = key;
    memset(&v->items[v->count], 0, sizeof *v->items);
    return &v->items[v->count++];
}

static void read_value(struct reader *r, struct json *v);

static void read_items(struct reader *r, struct json *v, char close)
{
    r->at++;
    skip_space(r);
    if (*r->at == close) {
        r->at++;
        return;
    }
    for (;;) {
        char *key = NULL;
        if (v->kind == JSON_OBJECT) {
            key = read_text(r);
            expect(r, ':');
        }
        read_value(r, add_item(v, key));
        skip_space(r);
        if (*r->at != ',') break;
        r->at++;
    }
    expect(r, close);
}

static bool take_word(struct reader *r, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(r->at, word, n) != 0) return false;
    r->at += n;
    return true;
}

static void read_number(struct reader *r, struct json *v)
{
    size_t n = strspn(r->at, "+-0123456789.eE");
    if (n == 0) fail_at(r, "value expected");
    v->kind = JSON_NUMBER;
    v->text = grow(NULL, n + 1);
    memcpy(v->text, r->at, n);
    v->text[n] = 0;
    r->at += n;
}

static void read_value(struct reader *r, struct json *v)
{
    skip_space(r);
    if (*r->at == '{' || *r->at == '[') {
        v->kind = *r->at == '{' ? JSON_OBJECT : JSON_ARRAY;
        read_items(r, v, *r->at == '{' ? '}' : ']');
    } else if (*r->at == '"') {
        v->kind = JSON_STRING;
        v->text = read_text(r);
    } else if (take_word(r, "true")) {
        v->kind = JSON_BOOL;
        v->truth = true;
    } else if (take_word(r, "false")) {
        v->kind = JSON_BOOL;
    } else if (take_word(r, "null")) {
        v->kind = JSON_NULL;
    } else {
        read_number(r, v);
    }
}

static char *load(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) fail(path, strerror(errno));
    char *text = NULL;
    size_t used = 0, got;
    do {
        text = grow(text, used + 65536 + 1);
        got = fread(text + used, 1, 65536, f);
        used += got;
    } while (got);
    if (ferror(f)) fail(path, "cannot be read");
    fclose(f);
    text[used] = 0;
    return text;
}

json *json_read(const char *path)
{
    char *text = load(path);
    struct reader r = {path, text, text};
    json *v = grow(NULL, sizeof *v);
    memset(v, 0, sizeof *v);
    read_value(&r, v);
    skip_space(&r);
    if (*r.at) fail_at(&r, "text after the value");
    free(text);
    return v;
}

static void drop_inside(struct json *v)
{
    for (size_t i = 0; i < v->count; i++) {
        drop_inside(&v->items[i]);
        free(v->keys[i]);
    }
    free(v->items);
    free(v->keys);
    free(v->text);
}

void json_drop(json *tree)
{
    if (!tree) return;
    drop_inside(tree);
    free(tree);
}

static void need(const json *v, enum kind kind)
{
    if (!v) fail("no value where this is wanted", kind_names[kind]);
    if (v->kind == kind) return;
    fprintf(stderr, "json: %s wanted, %s found\n", kind_names[kind], kind_names[v->kind]);
    exit(2);
}

const json *json_find(const json *object, const char *key)
{
    need(object, JSON_OBJECT);
    for (size_t i = 0; i < object->count; i++)
        if (strcmp(object->keys[i], key) == 0) return &object->items[i];
    return NULL;
}

const json *json_get(const json *object, const char *key)
{
    const json *v = json_find(object, key);
    if (!v) fail("no member of that name", key);
    return v;
}

size_t json_len(const json *value)
{
    if (value && value->kind == JSON_OBJECT) return value->count;
    need(value, JSON_ARRAY);
    return value->count;
}

const json *json_at(const json *value, size_t index)
{
    if (index >= json_len(value)) fail("index beyond the end", "json_at");
    return &value->items[index];
}

const char *json_key(const json *object, size_t index)
{
    need(object, JSON_OBJECT);
    if (index >= object->count) fail("index beyond the end", "json_key");
    return object->keys[index];
}

bool json_is_null(const json *value) { return value && value->kind == JSON_NULL; }
bool json_is_string(const json *value) { return value && value->kind == JSON_STRING; }
bool json_is_array(const json *value) { return value && value->kind == JSON_ARRAY; }

bool json_bool(const json *value)
{
    need(value, JSON_BOOL);
    return value->truth;
}

const char *json_string(const json *value)
{
    need(value, JSON_STRING);
    return value->text;
}

static const char *digits_of(const json *value)
{
    if (!json_is_string(value)) need(value, JSON_NUMBER);
    return value->text;
}

/* Decimal, or hexadecimal after 0x; never octal. */
static int base_of(const char *text)
{
    if (*text == '-') text++;
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
}

uint64_t json_uint(const json *value)
{
    const char *text = digits_of(value);
    char *end;
    errno = 0;
    uint64_t n = strtoull(text, &end, base_of(text));
    if (*text == '-' || end == text || *end || errno) fail("not an unsigned integer", text);
    return n;
}

int64_t json_int(const json *value)
{
    const char *text = digits_of(value);
    char *end;
    errno = 0;
    int64_t n = strtoll(text, &end, base_of(text));
    if (end == text || *end || errno) fail("not an integer", text);
    return n;
}

double json_double(const json *value)
{
    const char *text = digits_of(value);
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end) fail("not a number", text);
    return x;
}
