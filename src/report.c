/* report.c -- see report.h */
#include "report.h"

#include "platform.h"

#define DIGITS_MOST 20u /* of a 64-bit number, in decimal */

/* Append one character; a full line stays as it is. */
/*@ requires valid: ReportValid(r);
    assigns r->used, r->text[r->used];
    ensures valid: ReportValid(r);
    ensures fits: \old(r->used) < REPORT_BYTES ==>
      r->used == \old(r->used) + 1 && r->text[\old(r->used)] == c;
    ensures full: \old(r->used) == REPORT_BYTES ==>
      r->used == REPORT_BYTES && r->text[REPORT_BYTES] == \old(r->text[REPORT_BYTES]);
*/
static void put(struct report *r, char c)
{
    if (r->used < REPORT_BYTES) {
        r->text[r->used] = c;
        r->used += 1;
    }
}

void report_start(struct report *r) { r->used = 0; }

void report_text(struct report *r, const char *text)
{
    /*@ loop invariant range: 0 <= i <= REPORT_BYTES - \at(r->used, Pre);
        loop invariant used: r->used == \at(r->used, Pre) + i;
        loop invariant inside: \forall integer j; 0 <= j < i ==> text[j] != 0;
        loop invariant appended: \forall integer j; 0 <= j < i ==>
          r->text[\at(r->used, Pre) + j] == text[j];
        loop invariant kept: \forall integer j; 0 <= j < \at(r->used, Pre) ==>
          r->text[j] == \at(r->text[j], Pre);
        loop assigns i, r->used, r->text[0 .. REPORT_BYTES];
        loop variant REPORT_BYTES - r->used;
    */
    for (uint32_t i = 0; r->used < REPORT_BYTES && text[i] != 0; i++) put(r, text[i]);
}

/* Append `number` in base `base`, 10 or 16. */
/*@ requires valid: ReportValid(r);
    requires base: base == 10 || base == 16;
    assigns *r;
    ensures valid: ReportValid(r);
    ensures grows: \old(r->used) <= r->used <= \old(r->used) + DIGITS_MOST;
    ensures kept: \forall integer j; 0 <= j < \old(r->used) ==> r->text[j] == \old(r->text[j]);
*/
static void put_number(struct report *r, uint64_t number, uint32_t base)
{
    char digits[DIGITS_MOST];
    uint32_t first = DIGITS_MOST; /* digits[first ..] are written, the last of the number last */
    /*@ loop invariant range: 1 <= first <= DIGITS_MOST;
        loop assigns first, number, digits[0 .. DIGITS_MOST - 1];
        loop variant first;
    */
    do {
        first -= 1;
        uint32_t digit = (uint32_t)(number % base);
        digits[first] = (char)(digit < 10 ? '0' + digit : 'a' + (digit - 10));
        number /= base;
    } while (number > 0 && first > 0);
    /*@ loop invariant range: first <= i <= DIGITS_MOST;
        loop invariant valid: ReportValid(r);
        loop invariant used: \at(r->used, Pre) <= r->used <= \at(r->used, Pre) + i - first;
        loop invariant kept: \forall integer j; 0 <= j < \at(r->used, Pre) ==>
          r->text[j] == \at(r->text[j], Pre);
        loop assigns i, r->used, r->text[0 .. REPORT_BYTES];
        loop variant DIGITS_MOST - i;
    */
    for (uint32_t i = first; i < DIGITS_MOST; i++) put(r, digits[i]);
}

void report_number(struct report *r, uint64_t number) { put_number(r, number, 10); }

void report_address(struct report *r, uintptr_t address)
{
    put(r, '0');
    put(r, 'x');
    put_number(r, address, 16);
}

void report_send(struct report *r)
{
    r->text[r->used] = '\n';
    platform_write_error(r->text, r->used + 1);
    r->used = 0;
}
