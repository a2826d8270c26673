/* heapguard.c -- see heapguard.h */
#include "../heapguard.h"

#include "../edge.h"
#include "../heapcheck.h"
#include "../platform.h"
#include "../report.h"

#define CALLS_PER_CHECK 64u /* of a small heap */
#define PAGES_PER_CALL 64u  /* of a large one, one call more for each so many pages */

static const char *const fault_names[] = {
    [HEAP_SIZES] = "sizes of arrays",
    [HEAP_SPAN_ZERO] = "record 0 is in use",
    [HEAP_SPAN_SHAPE] = "shape of a span",
    [HEAP_SPAN_SMALL] = "shape of a span of small slots",
    [HEAP_SPAN_LARGE] = "span of a large object",
    [HEAP_SPAN_UNUSED] = "record that is not in use",
    [HEAP_OWNERS] = "owner of a span",
    [HEAP_SLOTS_INSIDE] = "live bit beyond a span's slots",
    [HEAP_FREED_SMALL] = "freed bit of no small span",
    [HEAP_PAGES_OF_SPANS] = "page that does not name its span",
    [HEAP_SPANS_OF_PAGES] = "page that names a span which has not got it",
    [HEAP_PAGES_TAKEN] = "page that is free and a span's",
    [HEAP_PAGES_KEPT] = "page that is lost",
    [HEAP_PAGES_BEYOND] = "free page beyond the heap",
    [HEAP_PAGES_COUNTED] = "count of pages in spans",
    [HEAP_POOL_SUMMARIES] = "summary of free pages",
    [HEAP_POOL_SEARCH] = "page where searches start",
    [HEAP_POOL_RELEASED] = "released page that is not free",
    [HEAP_POOL_COUNT] = "count of free pages",
    [HEAP_RELEASED_COUNTED] = "count of released pages",
    [HEAP_IDS] = "pool of span ids",
    [HEAP_IDS_TAKEN] = "id whose record says otherwise",
    [HEAP_ENTRIES] = "entry of a cache",
    [HEAP_ENTRY_ADDRESSES] = "address in a cache's entry",
    [HEAP_WINDOWS] = "window of a cache",
    [HEAP_PLACES] = "place of a span",
    [HEAP_CACHES] = "number of a cache",
    [HEAP_SET_NEXT] = "link of a set, forward",
    [HEAP_SET_PREV] = "link of a set, backward",
    [HEAP_SET_ENDS] = "end of a set",
    [HEAP_SET_CLASSES] = "class of a set's span",
};

_Static_assert(sizeof fault_names / sizeof fault_names[0] == HEAP_SET_CLASSES + 1, "a name each");

static void stop(const struct wpm_heap *h, enum heap_fault fault)
{
    struct report line;
    report_start(&line);
    report_text(&line, "wpmalloc: heap is not sound: ");
    report_text(&line, fault_names[fault]);
    report_text(&line, ", heap at ");
    report_address(&line, edge_address(h));
    report_send(&line);
    platform_abort();
}

void heapguard_look(const struct wpm_heap *h)
{
    static _Thread_local uint32_t calls; /* since the last check */
    calls++;
    if (calls < CALLS_PER_CHECK + h->npages / PAGES_PER_CALL || !platform_one_thread()) return;
    calls = 0;
    enum heap_fault fault = heap_check(h);
    if (fault != HEAP_SOUND) stop(h, fault);
}
