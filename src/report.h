/* report.h -- one line for the error stream, put together without memory of the heap.
 *
 * For messages about the heap itself: nothing here allocates, locks, or changes errno. A line that
 * grows beyond REPORT_BYTES is cut. The record is the caller's, usually on its stack.
 */
#ifndef WPM_REPORT_H
#define WPM_REPORT_H

#include <stdint.h>

#define REPORT_BYTES 240u /* longest line, the end of line apart */

struct report {
    uint32_t used;                /* bytes of text so far */
    char text[REPORT_BYTES + 1u]; /* the line; room for its end */
};

/*@ predicate ReportValid(struct report *r) =
      \valid(r) && r->used <= REPORT_BYTES;

    predicate ReportString(char *text, integer n) =
      0 <= n && \valid_read(text + (0 .. n)) && text[n] == 0 &&
      \forall integer j; 0 <= j < n ==> text[j] != 0;
*/

/* Start an empty line. */
/*@ requires writable: \valid(r);
    assigns r->used;
    ensures empty: r->used == 0;
    ensures valid: ReportValid(r);
*/
void report_start(struct report *r);

/* Append `text`, up to its terminating zero. */
/*@ requires valid: ReportValid(r);
    requires string: \exists integer n; ReportString(text, n) && \separated(r, text + (0 .. n));
    assigns *r;
    ensures valid: ReportValid(r);
    ensures appended: \forall integer j; 0 <= j < r->used - \old(r->used) ==>
      r->text[\old(r->used) + j] == text[j];
    ensures whole: r->used < REPORT_BYTES ==>
      r->used >= \old(r->used) && ReportString(text, r->used - \old(r->used));
    ensures kept: \forall integer j; 0 <= j < \old(r->used) ==> r->text[j] == \old(r->text[j]);
*/
void report_text(struct report *r, const char *text);

/* Append `number` in decimal. */
/*@ requires valid: ReportValid(r);
    assigns *r;
    ensures valid: ReportValid(r);
    ensures grows: \old(r->used) <= r->used <= \old(r->used) + 20;
    ensures kept: \forall integer j; 0 <= j < \old(r->used) ==> r->text[j] == \old(r->text[j]);
*/
void report_number(struct report *r, uint64_t number);

/* Append `address` in hexadecimal, with 0x before it. */
/*@ requires valid: ReportValid(r);
    assigns *r;
    ensures valid: ReportValid(r);
    ensures grows: \old(r->used) <= r->used <= \old(r->used) + 22;
    ensures kept: \forall integer j; 0 <= j < \old(r->used) ==> r->text[j] == \old(r->text[j]);
*/
void report_address(struct report *r, uintptr_t address);

/* End the line and write it. */
/*@ requires valid: ReportValid(r);
    assigns *r;
    ensures valid: ReportValid(r);
*/
void report_send(struct report *r);

#endif
