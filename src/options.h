/* options.h -- what can be chosen when a program starts: `name:value` items, separated by commas.
 *
 * A value is a number. An item that is not understood (an unknown name, a value that is no number
 * or too large) changes nothing, and the first of them is reported by its place in the text.
 */
#ifndef WPM_OPTIONS_H
#define WPM_OPTIONS_H

#include <stdint.h>

/* The options; each with its values and what it does. */
enum option {
    OPTION_PRESET,     /* 0 fast, 1 hardened, 2 paranoid: sets those up to zerosize */
    OPTION_CANARY,     /* 1: a canary behind each object */
    OPTION_ZERO,       /* 1: the bytes of a freed object become zero */
    OPTION_REUSE,      /* 1: memory that was written after its object's end is found when reused */
    OPTION_UNDERRUN,   /* 1: the bytes before an object are looked at; needs canary and zero */
    OPTION_QUARANTINE, /* 1: slots wait before they are handed out again; needs the three above */
    OPTION_MISMATCH,   /* 1: free of what new gave, or of another size, is found; needs canary */
    OPTION_BOUNDS,     /* copies past an object's end are found: 1 where they write, 2 and read */
    OPTION_GUARD,      /* large objects end at a guard page: 1 if the system grants it, 2 always */
    OPTION_RANDOM,     /* 1: chance decides where the heap lies, and which free slot comes next */
    OPTION_ZEROSIZE,   /* 1: a touch of an object of no bytes faults */
    OPTION_COMMIT,     /* 1: memory can be used from the start; nothing is made usable later */
    OPTION_TRACE,      /* stacks of calls are kept of one in so many objects; 0: of none */
    OPTION_PRINT,      /* 1: show the options at the start of the process */
    OPTION_COUNT
};

#define PRESET_FAST 0u
#define PRESET_HARDENED 1u
#define PRESET_PARANOID 2u

#define OPTION_MOST 1000000u /* value of any option; a number that grows beyond is none */
#define OPTION_NAME_BYTES 12u /* of a name, at most, with its zero */

/* An option as text. */
struct option_text {
    char name[OPTION_NAME_BYTES];
    uint32_t most; /* largest value */
};
extern const struct option_text option_text[OPTION_COUNT];

/* The value of each option. */
struct options {
    uint32_t value[OPTION_COUNT];
};

/* An item that was not understood: its place in the text; none when `bytes` is 0. */
struct option_error {
    uint32_t start;
    uint32_t bytes;
};

#define OPTIONS_LONGEST 4096u /* bytes of a text that are read */

#include "../spec/options.acsl"

/* The options that a preset means; those behind OPTION_ZEROSIZE stay. */
/*@ requires valid: OptionsValid(o);
    requires preset: preset <= PRESET_PARANOID;
    assigns o->value[OPTION_PRESET .. OPTION_ZEROSIZE];
    ensures valid: OptionsValid(o);
    ensures preset: o->value[OPTION_PRESET] == preset;
    ensures fast: preset == PRESET_FAST ==>
      \forall integer i; OPTION_CANARY <= i <= OPTION_ZEROSIZE ==> o->value[i] == 0;
    ensures hard: preset != PRESET_FAST ==>
      \forall integer i; OPTION_CANARY <= i <= OPTION_ZEROSIZE ==> i != OPTION_BOUNDS ==>
        i != OPTION_GUARD ==> o->value[i] == 1;
    ensures bounds: o->value[OPTION_BOUNDS] == preset && o->value[OPTION_GUARD] == preset;
*/
void options_preset(struct options *o, uint32_t preset);

/* Change what the items of `text`, which ends with a zero, say; the first that says nothing. */
/*@ requires valid: OptionsValid(o);
    requires string: \exists integer n; 0 <= n && \valid_read(text + (0 .. n)) && text[n] == 0 &&
      \separated(o, text + (0 .. n));
    assigns *o;
    ensures valid: OptionsValid(o);
    ensures empty: text[0] == 0 ==> OptionsSame{Pre,Post}(o) && \result.bytes == 0;
    ensures place: \result.start + \result.bytes <= OPTIONS_LONGEST;
    ensures item: \result.bytes > 0 ==> OptionItem(text, \result.start, \result.bytes);
    ensures unknown: \result.bytes > 0 ==>
      \exists integer n; OptionUnknown(text + \result.start, \result.bytes, n);
*/
struct option_error options_read(struct options *o, const char *text);

#endif
