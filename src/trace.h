/* trace.h -- where objects came from and where they went: stacks of calls, by option.
 *
 * A table keeps the latest objects that were chosen, each with the stack of its allocation and,
 * when it has ended, that of its end; a report of a fault shows what is known of its slot. The
 * table is memory of the system's, apart from the heap. Nothing is kept before trace_begin, and the
 * stacks need the unwinder of the C++ runtime (libgcc_s), which is looked for then.
 */
#ifndef WPM_TRACE_H
#define WPM_TRACE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether objects are traced at all. */
extern bool trace_on __attribute__((visibility("hidden")));

/* Trace one in `every` objects from now on. Allocates: after the heap has started. */
void trace_begin(uint32_t every);

/* An object begins or ends at an address; called while trace_on. */
void trace_born(uintptr_t address);
void trace_died(uintptr_t address);

/* Write what is known of the object that is, or was, at an address to the error stream. */
void trace_report(uintptr_t address);

/* In the child of a fork. */
void trace_fork_child(void);

#endif
