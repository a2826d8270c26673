// cxx_test.cc -- every form of operator new and delete, and what they do when memory runs out.
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "unit.h"

static const size_t huge = SIZE_MAX / 4;

struct alignas(256) Wide {
    char bytes[300];
};

static int living;
struct Counted {
    std::string text;
    Counted() : text(100, 'c') { living++; }
    ~Counted() { living--; }
};

struct Stubborn {
    Stubborn() { throw 7; } // the object's memory must be given back by the matching delete
};

static void use(void *p, size_t bytes, size_t align)
{
    CHECK(p != nullptr);
    CHECK_EQ(reinterpret_cast<uintptr_t>(p) % align, 0);
    CHECK(malloc_usable_size(p) >= bytes);
    memset(p, 0x77, bytes);
}

static void test_forms(size_t n)
{
    const std::nothrow_t &nothrow = std::nothrow;
    const auto a64 = std::align_val_t{64};
    const auto a8k = std::align_val_t{8192};
    void *p;
    use(p = ::operator new(n), n, 16);
    ::operator delete(p);
    use(p = ::operator new(n), n, 16);
    ::operator delete(p, n);
    use(p = ::operator new[](n), n, 16);
    ::operator delete[](p);
    use(p = ::operator new[](n), n, 16);
    ::operator delete[](p, n);
    use(p = ::operator new(n, nothrow), n, 16);
    ::operator delete(p, nothrow);
    use(p = ::operator new[](n, nothrow), n, 16);
    ::operator delete[](p, nothrow);
    use(p = ::operator new(n, a64), n, 64);
    ::operator delete(p, a64);
    use(p = ::operator new(n, a8k), n, 8192);
    ::operator delete(p, n, a8k);
    use(p = ::operator new[](n, a64), n, 64);
    ::operator delete[](p, a64);
    use(p = ::operator new[](n, a8k), n, 8192);
    ::operator delete[](p, n, a8k);
    use(p = ::operator new(n, a64, nothrow), n, 64);
    ::operator delete(p, a64, nothrow);
    use(p = ::operator new[](n, a8k, nothrow), n, 8192);
    ::operator delete[](p, a8k, nothrow);
}

// One heap: free takes what new gave, and the reverse, where nobody asks for the kinds to match.
static void test_mixed(size_t n)
{
    void *p;
    use(p = ::operator new(n), n, 16);
    free(p);
    use(p = malloc(n), n, 16);
    ::operator delete(p);
}

static void test_nothing()
{
    void *p = ::operator new(0), *q = ::operator new[](0);
    CHECK(p != nullptr && q != nullptr && p != q);
    ::operator delete(p);
    ::operator delete[](q);
    errno = 4711;
    ::operator delete(nullptr);
    ::operator delete[](nullptr);
    ::operator delete(nullptr, 10);
    ::operator delete(nullptr, std::align_val_t{64});
    ::operator delete(nullptr, std::nothrow);
    CHECK_EQ(errno, 4711);
}

template <typename Call> static bool throws_bad_alloc(Call call)
{
    try {
        call();
    } catch (const std::bad_alloc &) {
        return true;
    }
    return false;
}

static int calls;
static void give_up()
{
    if (++calls == 3) std::set_new_handler(nullptr);
}
static void throw_out()
{
    calls++;
    throw std::bad_alloc();
}

static void test_no_memory()
{
    volatile size_t n = huge;
    const auto a64 = std::align_val_t{64};
    CHECK(throws_bad_alloc([&] { ::operator delete(::operator new(n)); }));
    CHECK(throws_bad_alloc([&] { ::operator delete[](::operator new[](n)); }));
    CHECK(throws_bad_alloc([&] { ::operator delete(::operator new(n, a64), a64); }));
    CHECK(throws_bad_alloc([&] { ::operator delete[](::operator new[](n, a64), a64); }));
    CHECK(throws_bad_alloc([&] { std::vector<char> v(n); }));
    CHECK(::operator new(n, std::nothrow) == nullptr);
    CHECK(::operator new[](n, std::nothrow) == nullptr);
    CHECK(::operator new(n, a64, std::nothrow) == nullptr);
    CHECK(::operator new[](n, a64, std::nothrow) == nullptr);

    calls = 0;
    std::set_new_handler(give_up);
    CHECK(throws_bad_alloc([&] { ::operator delete(::operator new(n)); }));
    CHECK_EQ(calls, 3);
    calls = 0;
    std::set_new_handler(give_up);
    CHECK(::operator new(n, std::nothrow) == nullptr);
    CHECK_EQ(calls, 3);
    calls = 0;
    std::set_new_handler(throw_out); // a nothrow form swallows what the handler throws
    CHECK(::operator new(n, std::nothrow) == nullptr);
    CHECK(::operator new[](n, a64, std::nothrow) == nullptr);
    CHECK_EQ(calls, 2);
    CHECK(throws_bad_alloc([&] { ::operator delete(::operator new(n)); }));
    std::set_new_handler(nullptr);
}

static void test_objects()
{
    Wide *wide = new Wide[3];
    CHECK_EQ(reinterpret_cast<uintptr_t>(wide) % 256, 0);
    delete[] wide;
    Counted *many = new Counted[1000];
    CHECK_EQ(living, 1000);
    delete[] many;
    delete new Counted;
    CHECK_EQ(living, 0);
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 10000; i++) {
        try {
            delete new Stubborn;
        } catch (int) {
        }
    }
    CHECK(mallinfo2().uordblks < before + 10000);
}

// Thread storage with a destructor that allocates, run while the thread ends.
struct Farewell {
    std::string *text = new std::string(500, 'f');
    ~Farewell()
    {
        delete text;
        delete[] new char[1000];
    }
};
static thread_local Farewell farewell;

static void test_threads()
{
    for (int round = 0; round < 20; round++) {
        std::vector<std::thread> all;
        for (int i = 0; i < 8; i++)
            all.emplace_back([] {
                if (farewell.text->size() != 500) abort();
                for (int k = 0; k < 300; k++) delete new Counted;
            });
        for (auto &t : all) t.join();
    }
    CHECK(farewell.text->size() == 500);
}

static std::string at_start(2000, 's'); // made before main, destroyed after it

int main(int count, char **)
{
    for (size_t n : {1, 16, 17, 100, 1000, 32768, 32769, 1000000}) {
        test_forms(n);
        if (count > 1) test_mixed(n);
    }
    test_nothing();
    test_no_memory();
    test_objects();
    living = 0;
    CHECK_EQ(at_start.size(), 2000);
    test_threads();
    return unit_report("cxx");
}
