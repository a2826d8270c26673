/* Objects of no bytes: addresses of their own, which fault; ends of life; the heap full. */
#define _DEFAULT_SOURCE
#include "unit.h"
#include "voidheap.h"

#include <setjmp.h>
#include <signal.h>

enum { FEW = 1000 };

static sigjmp_buf back;

static void on_fault(int number)
{
    (void)number;
    siglongjmp(back, 1);
}

static bool faults(uintptr_t address, bool write)
{
    volatile char *p = edge_pointer(address);
    if (sigsetjmp(back, 1) != 0) return true;
    if (write) {
        *p = 1;
    } else {
        (void)*p;
    }
    return false;
}

static void test_few(void)
{
    static uintptr_t all[FEW];
    CHECK(voidheap_of(edge_address(all)) == NULL);
    for (int i = 0; i < FEW; i++) {
        all[i] = voidheap_take();
        CHECK(all[i] != 0 && all[i] % 16 == 0);
        CHECK(voidheap_of(all[i]) != NULL);
        CHECK(faults(all[i], i % 2 == 0) && faults(all[i] + 15, i % 3 == 0));
        for (int j = 0; j < i; j++) CHECK(all[i] != all[j]);
    }
    CHECK(voidheap_of(edge_address(all)) == NULL);
    for (int i = 0; i < FEW; i++) {
        CHECK_EQ(voidheap_end(all[i] + 8), WPM_INTERIOR);
        CHECK_EQ(voidheap_end(all[i]), WPM_OK);
        CHECK(voidheap_end(all[i]) != WPM_OK);
        CHECK(faults(all[i], true));
    }
}

/* As many as there is room for; then none; and after their end as many again. */
static void test_full(void)
{
    static uintptr_t all[VOID_BYTES / 16 + 1];
    for (int round = 0; round < 2; round++) {
        uint32_t n = 0;
        while (n <= VOID_BYTES / 16 && (all[n] = voidheap_take()) != 0) n++;
        CHECK(n > VOID_BYTES / 16 / 10 * 9 && n <= VOID_BYTES / 16);
        CHECK(faults(all[n - 1], true) && faults(all[n / 2], false));
        for (uint32_t i = 0; i < n; i++) CHECK_EQ(voidheap_end(all[i]), WPM_OK);
    }
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_fault};
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    test_few();
    test_full();
    return unit_report("voidheap");
}
