/* options.c -- see options.h */
#include "options.h"

#include <stdbool.h>

#define NO_VALUE 0xffffffffu

const struct option_text option_text[OPTION_COUNT] = {
    {"preset", PRESET_PARANOID}, {"canary", 1},   {"zero", 1},   {"reuse", 1}, {"underrun", 1},
    {"quarantine", 1},           {"mismatch", 1}, {"bounds", 2}, {"guard", 2}, {"random", 1},
    {"zerosize", 1},             {"commit", 1},   {"trace", OPTION_MOST}, {"print", 1},
};

/*@ ghost
  /@ assigns \nothing;
     ensures table: OptionTable;
  @/
  static void options_lemma_table(void) { }
*/

/* More digits do not make a number smaller. */
/*@ ghost
  /@ requires range: m <= n;
     assigns \nothing;
     ensures grows: Digits(text, n) ==> 0 <= Decimal(text, m) <= Decimal(text, n);
  @/
  static void options_lemma_grows(const char *text, uint32_t m, uint32_t n) {
    uint32_t k = 0;
    /@ loop invariant range: 0 <= k <= n;
       loop invariant least: Digits(text, k) ==> 0 <= Decimal(text, k);
       loop invariant grows: Digits(text, k) ==> m <= k ==> Decimal(text, m) <= Decimal(text, k);
       loop invariant some: Digits(text, k) ==> m <= k ==> 0 <= Decimal(text, m);
       loop assigns k;
       loop variant n - k;
    @/
    while (k < n) k++;
  }
*/

void options_preset(struct options *o, uint32_t preset)
{
    //@ ghost options_lemma_table();
    uint32_t on = preset != PRESET_FAST;
    o->value[OPTION_PRESET] = preset;
    o->value[OPTION_CANARY] = on;
    o->value[OPTION_ZERO] = on;
    o->value[OPTION_REUSE] = on;
    o->value[OPTION_UNDERRUN] = on;
    o->value[OPTION_QUARANTINE] = on;
    o->value[OPTION_MISMATCH] = on;
    o->value[OPTION_BOUNDS] = preset;
    o->value[OPTION_GUARD] = preset;
    o->value[OPTION_RANDOM] = on;
    o->value[OPTION_ZEROSIZE] = on;
}

/* Whether the `bytes` bytes at `text` are the name of option `i`. */
/*@ requires option: i < OPTION_COUNT;
    requires text: bytes == 0 || \valid_read(text + (0 .. bytes - 1));
    assigns \nothing;
    ensures named: \result == true <==> OptionNamed(i, text, bytes);
*/
static bool is_name(uint32_t i, const char *text, uint32_t bytes)
{
    //@ ghost options_lemma_table();
    const char *name = option_text[i].name;
    if (bytes >= OPTION_NAME_BYTES) return false;
    /*@ loop invariant range: 0 <= j <= bytes;
        loop invariant same: \forall integer k; 0 <= k < j ==> name[k] == text[k];
        loop assigns j;
        loop variant bytes - j;
    */
    for (uint32_t j = 0; j < bytes; j++)
        if (name[j] != text[j]) return false;
    return name[bytes] == 0;
}

/* The option that the `bytes` bytes at `text` name; OPTION_COUNT: none. */
/*@ requires text: bytes == 0 || \valid_read(text + (0 .. bytes - 1));
    assigns \nothing;
    ensures range: \result <= OPTION_COUNT;
    ensures named: \result < OPTION_COUNT ==> OptionNamed(\result, text, bytes);
    ensures none: \result == OPTION_COUNT ==> \forall integer i; 0 <= i < OPTION_COUNT ==>
      !OptionNamed(i, text, bytes);
*/
static uint32_t find(const char *text, uint32_t bytes)
{
    uint32_t i = 0;
    /*@ loop invariant range: 0 <= i <= OPTION_COUNT;
        loop invariant others: \forall integer k; 0 <= k < i ==> !OptionNamed(k, text, bytes);
        loop assigns i;
        loop variant OPTION_COUNT - i;
    */
    while (i < OPTION_COUNT && !is_name(i, text, bytes)) i++;
    return i;
}

/* The number that the `bytes` bytes at `text` are; NO_VALUE: none. */
/*@ requires text: bytes == 0 || \valid_read(text + (0 .. bytes - 1));
    assigns \nothing;
    ensures number: \result != NO_VALUE ==> bytes > 0 && Digits(text, bytes) &&
      \result == Decimal(text, bytes);
    ensures none: \result == NO_VALUE ==> bytes == 0 || !Digits(text, bytes) ||
      OPTION_MOST < Decimal(text, bytes);
*/
static uint32_t number(const char *text, uint32_t bytes)
{
    uint32_t value = 0;
    /*@ loop invariant range: 0 <= j <= bytes;
        loop invariant digits: Digits(text, j);
        loop invariant value: value == Decimal(text, j);
        loop invariant small: value <= 10 * OPTION_MOST + 9;
        loop assigns j, value;
        loop variant bytes - j;
    */
    for (uint32_t j = 0; j < bytes; j++) {
        //@ ghost options_lemma_grows(text, j, bytes);
        if (text[j] < '0' || text[j] > '9' || value > OPTION_MOST) return NO_VALUE;
        value = value * 10 + (uint32_t)(text[j] - '0');
    }
    return bytes > 0 ? value : NO_VALUE;
}

/* Where the first `mark` stands in the text from `at` to `end`, or `end`. */
/*@ requires text: at <= end && (at == end || \valid_read(text + (at .. end - 1)));
    assigns \nothing;
    ensures range: at <= \result <= end;
    ensures before: \forall integer j; at <= j < \result ==> text[j] != mark;
    ensures found: \result < end ==> text[\result] == mark;
*/
static uint32_t reach(const char *text, uint32_t at, uint32_t end, char mark)
{
    /*@ loop invariant range: \at(at, Pre) <= at <= end;
        loop invariant before: \forall integer j; \at(at, Pre) <= j < at ==> text[j] != mark;
        loop assigns at;
        loop variant end - at;
    */
    while (at < end && text[at] != mark) at++;
    return at;
}

/* Do what one item says; false: it says nothing. */
/*@ requires valid: OptionsValid(o);
    requires text: bytes > 0 && \valid_read(item + (0 .. bytes - 1)) &&
      \separated(o, item + (0 .. bytes - 1));
    assigns *o;
    ensures valid: OptionsValid(o);
    ensures refused: \result == false ==> OptionsSame{Pre,Post}(o);
    ensures done: \result == true ==> \exists integer i, n;
      0 <= i < OPTION_COUNT && 0 <= n < bytes - 1 && item[n] == ':' &&
      OptionNamed{Pre}(i, item, n) && Digits{Pre}(item + n + 1, bytes - n - 1) &&
      o->value[i] == Decimal{Pre}(item + n + 1, bytes - n - 1) &&
      (i != OPTION_PRESET ==> OptionsBut{Pre,Post}(o, i));
    ensures unknown: \result == false ==> \exists integer n; OptionUnknown(item, bytes, n);
*/
static bool apply(struct options *o, const char *item, uint32_t bytes)
{
    //@ ghost options_lemma_table();
    uint32_t colon = reach(item, 0, bytes, ':');
    //@ assert none: colon == bytes ==> OptionUnknown(item, bytes, colon);
    if (colon == bytes) return false;
    uint32_t i = find(item, colon);
    //@ assert unnamed: i == OPTION_COUNT ==> OptionUnknown(item, bytes, colon);
    if (i == OPTION_COUNT) return false;
    uint32_t value = number(item + colon + 1, bytes - colon - 1);
    //@ assert large: value > option_text[i].most ==> OptionUnknown(item, bytes, colon);
    if (value > option_text[i].most) return false;
    if (i == OPTION_PRESET)
        options_preset(o, value);
    else
        o->value[i] = value;
    return true;
}

/* Bytes of the text before its zero, OPTIONS_LONGEST at most. */
/*@ requires string: \exists integer n; 0 <= n && \valid_read(text + (0 .. n)) && text[n] == 0;
    assigns \nothing;
    ensures range: 0 <= \result <= OPTIONS_LONGEST;
    ensures inside: \forall integer j; 0 <= j < \result ==> text[j] != 0;
    ensures end: \result < OPTIONS_LONGEST ==> text[\result] == 0;
*/
static uint32_t length(const char *text)
{
    uint32_t n = 0;
    /*@ loop invariant range: 0 <= n <= OPTIONS_LONGEST;
        loop invariant inside: \forall integer j; 0 <= j < n ==> text[j] != 0;
        loop assigns n;
        loop variant OPTIONS_LONGEST - n;
    */
    while (n < OPTIONS_LONGEST && text[n] != 0) n++;
    return n;
}

struct option_error options_read(struct options *o, const char *text)
{
    struct option_error error = {0, 0};
    uint32_t at = 0, last = length(text);
    //@ assert text: last == 0 || \valid_read(text + (0 .. last - 1));
    //@ assert apart: last == 0 || \separated(o, text + (0 .. last - 1));
    /*@ loop invariant range: 0 <= at <= last + 1;
        loop invariant valid: OptionsValid(o);
        loop invariant empty: last == 0 ==> at == 0 && OptionsSame{Pre,Here}(o);
        loop invariant error: error.start + error.bytes <= last;
        loop invariant item: error.bytes > 0 ==> OptionItem(text, error.start, error.bytes);
        loop invariant unknown: error.bytes > 0 ==>
          \exists integer n; OptionUnknown(text + error.start, error.bytes, n);
        loop invariant from: at == 0 || at == last + 1 || text[at - 1] == ',';
        loop invariant none: last == 0 ==> error.bytes == 0;
        loop assigns at, error, *o;
        loop variant last + 1 - at;
    */
    while (at < last) {
        uint32_t end = reach(text, at, last, ',');
        if (end > at && !apply(o, text + at, end - at) && error.bytes == 0) {
            error.start = at;
            error.bytes = end - at;
        }
        at = end + 1;
    }
    return error;
}
