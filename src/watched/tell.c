/* tell.c -- the line on an address of a heap at which a tool has found a fault.
 *
 * The tool says where in the program it was; here is where it was in the heap: the object that the
 * address belongs to, or is nearest to, its size and state, and its slot, class and span.
 */
#include "asked.h"
#include "dead.h"

#include "../arenamap.h"
#include "../atomic.h"
#include "../edge.h"
#include "../heap.h"
#include "../objects.h"
#include "../report.h"

static void tell_bytes(struct report *r, size_t bytes)
{
    report_number(r, bytes);
    report_text(r, bytes == 1 ? " byte" : " bytes");
}

/* The object in the slot of which `info` speaks, that begins at `slot`. */
static void tell_object(struct report *r, const struct wpm_heap *h, uintptr_t slot, size_t asked)
{
    bool live = object_describe(h, slot).status == WPM_OK;
    if (asked == ASKED_UNKNOWN) {
        report_text(r, live ? "an object of unknown size" : "a slot that never held an object");
        return;
    }
    report_text(r, live ? "an object of " : "a freed object of ");
    tell_bytes(r, asked);
}

/* `span` may be NO_SPAN: the slot's span is gone. */
static void tell_slot(struct report *r, const struct wpm_heap *h, wpm_info info, uint32_t span)
{
    report_text(r, info.size_class != 0 ? " (size class " : " (a large object, class ");
    report_number(r, info.size_class);
    if (span != NO_SPAN) {
        report_text(r, ", slot ");
        report_number(r, info.slot);
    }
    report_text(r, span != NO_SPAN ? " of " : ", a slot of ");
    report_number(r, info.slot_bytes);
    report_text(r, " bytes, span ");
    if (span != NO_SPAN) report_number(r, span);
    else report_text(r, "given back");
    report_text(r, ", heap at ");
    report_address(r, edge_address(h));
    report_text(r, ")");
}

/* What begins at `next`, if that is a live object: a fault before it is one of its as well. */
static void tell_next(struct report *r, const struct wpm_heap *h, uintptr_t address,
                      uintptr_t next)
{
    wpm_info info = object_describe(h, next);
    if (info.status != WPM_OK || next - address > MARGIN_MOST) return;
    report_text(r, "; ");
    tell_bytes(r, next - address);
    report_text(r, " before ");
    tell_object(r, h, next, asked_bytes(next, info.slot_bytes));
}

static void tell_place(struct report *r, const struct wpm_heap *h, uintptr_t address, wpm_info info)
{
    uintptr_t slot = address - info.offset_bytes;
    uint32_t span = atomic_read32_acquire(&h->page_span[arenamap_page(&h->map, address)]);
    size_t asked = asked_bytes(slot, info.slot_bytes);
    if (asked != ASKED_UNKNOWN && info.offset_bytes >= asked) {
        tell_bytes(r, info.offset_bytes - asked);
        report_text(r, " beyond the end of ");
        tell_object(r, h, slot, asked);
        tell_slot(r, h, info, span);
        tell_next(r, h, address, slot + info.slot_bytes);
        return;
    }
    tell_bytes(r, info.offset_bytes);
    report_text(r, " into ");
    tell_object(r, h, slot, asked);
    tell_slot(r, h, info, span);
    if (asked == ASKED_UNKNOWN) tell_next(r, h, address, slot + info.slot_bytes);
}

/* In no span: the place of an object whose span is gone, or of none. */
static void tell_gone(struct report *r, const struct wpm_heap *h, uintptr_t address)
{
    struct dead_object dead;
    if (!dead_find(address, &dead)) {
        report_text(r, "in no object");
        tell_next(r, h, address, (address / PAGE_SIZE + 1) * PAGE_SIZE);
        return;
    }
    tell_bytes(r, address - dead.address);
    report_text(r, " into a freed object of ");
    tell_bytes(r, dead.bytes);
    wpm_info info = {WPM_FOREIGN, dead.size_class, 0, dead.slot_bytes, 0};
    tell_slot(r, h, info, NO_SPAN);
}

void watch_tell(const struct wpm_heap *h, uintptr_t address)
{
    struct report r;
    wpm_info info = object_describe(h, address);
    report_start(&r);
    report_text(&r, "wpmalloc: ");
    report_address(&r, address);
    report_text(&r, ": ");
    if (info.slot_bytes != 0) tell_place(&r, h, address, info);
    else tell_gone(&r, h, address);
    report_send(&r);
}
