// cxx_abi.cc -- operators new and delete of C++, over the heap of the process.
//
// The library serves C programs too and does not bring the C++ run-time: what it needs of that,
// only when memory runs out, it names weakly. A C++ program has the run-time; so has a plug-in that
// a C program loads later, in a scope of its own, where it is looked up from the caller of new.
//
// Every form of new follows the standard: a size of 0 is an object of its own; when there is no
// memory the new-handler is called until it gives up; then bad_alloc is thrown, or null returned by
// a nothrow form. Every form of delete says of which form of new its object is, and its size if it
// has one: in the hardened presets that must be so. An alignment says nothing that the heap does
// not know.
#include <dlfcn.h>
#include <link.h>
#include <new>

extern "C" {
#include "process.h"

#include "platform.h"
#include "report.h"

extern __typeof__(dladdr1) dladdr1 __attribute__((weak));
extern __typeof__(dlsym) dlsym __attribute__((weak));
}

namespace std {
new_handler get_new_handler() noexcept __attribute__((weak));
void __throw_bad_alloc() __attribute__((weak));
}

// Catching an exception refers to these of the run-time.
__asm__(".weak __gxx_personality_v0\n"
        ".weak __cxa_begin_catch\n"
        ".weak __cxa_end_catch\n"
        ".weak _ZSt9terminatev\n");

#define EXPORT __attribute__((visibility("default")))
#define COLD __attribute__((noinline, cold))
// What the hardened presets know an object by.
enum : uint32_t { NEW = HARDEN_KIND_NEW, ARRAY = HARDEN_KIND_ARRAY, ALIGNED = HARDEN_KIND_ALIGNED };
#define ANY HARDEN_ANY_BYTES

#define HOT __attribute__((flatten)) // the fast path stands in the function itself

// A function of the run-time: `known` if it was there at the start, else as the object that holds
// `caller` sees it.
template <typename Function>
static Function *runtime(Function *known, const char *name, const void *caller)
{
    if (known != nullptr) return known;
    Dl_info info;
    void *object = nullptr;
    if (dladdr1 == nullptr || dlsym == nullptr) return nullptr;
    if (dladdr1(caller, &info, &object, RTLD_DL_LINKMAP) == 0) return nullptr;
    return reinterpret_cast<Function *>(dlsym(object, name));
}

// An object through the new-handler; null when there is no handler (any more).
static void *allocate(size_t bytes, size_t align, uint32_t kind, const void *caller)
{
    for (;;) {
        void *p = process_aligned(align, bytes, kind);
        if (p != nullptr) return p;
        auto *get = runtime(std::get_new_handler, "_ZSt15get_new_handlerv", caller);
        std::new_handler handler = get != nullptr ? get() : nullptr;
        if (handler == nullptr) return nullptr;
        handler();
    }
}

[[noreturn]] static void no_memory(const void *caller)
{
    auto *raise = runtime(std::__throw_bad_alloc, "_ZSt17__throw_bad_allocv", caller);
    if (raise != nullptr) raise();
    struct report r;
    report_start(&r);
    report_text(&r, "wpmalloc: no memory for operator new, and no C++ run-time to say so");
    report_send(&r);
    platform_abort();
    __builtin_trap();
}

COLD static void *new_long(size_t bytes, size_t align, uint32_t kind, const void *caller)
{
    void *p = allocate(bytes, align, kind, caller);
    if (p == nullptr) no_memory(caller);
    return p;
}

COLD static void *new_nothrow_long(size_t bytes, size_t align, uint32_t kind,
                                   const void *caller) noexcept
{
    try {
        return allocate(bytes, align, kind, caller);
    } catch (...) {
        return nullptr;
    }
}

// ---- new ----

EXPORT void *operator new(size_t bytes)
{
    void *p = process_malloc_short(bytes, NEW);
    return p != nullptr ? p : new_long(bytes, 1, NEW, __builtin_return_address(0));
}

EXPORT void *operator new[](size_t bytes)
{
    void *p = process_malloc_short(bytes, ARRAY);
    return p != nullptr ? p : new_long(bytes, 1, ARRAY, __builtin_return_address(0));
}

EXPORT void *operator new(size_t bytes, const std::nothrow_t &) noexcept
{
    void *p = process_malloc_short(bytes, NEW);
    return p != nullptr ? p : new_nothrow_long(bytes, 1, NEW, __builtin_return_address(0));
}

EXPORT void *operator new[](size_t bytes, const std::nothrow_t &) noexcept
{
    void *p = process_malloc_short(bytes, ARRAY);
    return p != nullptr ? p : new_nothrow_long(bytes, 1, ARRAY, __builtin_return_address(0));
}

EXPORT void *operator new(size_t bytes, std::align_val_t align)
{
    return new_long(bytes, static_cast<size_t>(align), NEW | ALIGNED,
                    __builtin_return_address(0));
}

EXPORT void *operator new[](size_t bytes, std::align_val_t align)
{
    return new_long(bytes, static_cast<size_t>(align), ARRAY | ALIGNED,
                    __builtin_return_address(0));
}

EXPORT void *operator new(size_t bytes, std::align_val_t align, const std::nothrow_t &) noexcept
{
    return new_nothrow_long(bytes, static_cast<size_t>(align), NEW | ALIGNED,
                            __builtin_return_address(0));
}

EXPORT void *operator new[](size_t bytes, std::align_val_t align, const std::nothrow_t &) noexcept
{
    return new_nothrow_long(bytes, static_cast<size_t>(align), ARRAY | ALIGNED,
                            __builtin_return_address(0));
}

// ---- delete ----

EXPORT HOT void operator delete(void *p) noexcept { process_end(p, NEW, ANY); }
EXPORT HOT void operator delete[](void *p) noexcept { process_end(p, ARRAY, ANY); }
EXPORT HOT void operator delete(void *p, size_t bytes) noexcept { process_end(p, NEW, bytes); }
EXPORT HOT void operator delete[](void *p, size_t bytes) noexcept { process_end(p, ARRAY, bytes); }

__attribute__((noinline)) static void end(void *p, uint32_t kind, size_t bytes)
{
    process_end(p, kind, bytes);
}

EXPORT void operator delete(void *p, const std::nothrow_t &) noexcept { end(p, NEW, ANY); }
EXPORT void operator delete[](void *p, const std::nothrow_t &) noexcept { end(p, ARRAY, ANY); }
EXPORT void operator delete(void *p, std::align_val_t) noexcept { end(p, NEW | ALIGNED, ANY); }
EXPORT void operator delete[](void *p, std::align_val_t) noexcept
{
    end(p, ARRAY | ALIGNED, ANY);
}
EXPORT void operator delete(void *p, size_t bytes, std::align_val_t) noexcept
{
    end(p, NEW | ALIGNED, bytes);
}
EXPORT void operator delete[](void *p, size_t bytes, std::align_val_t) noexcept
{
    end(p, ARRAY | ALIGNED, bytes);
}
EXPORT void operator delete(void *p, std::align_val_t, const std::nothrow_t &) noexcept
{
    end(p, NEW | ALIGNED, ANY);
}
EXPORT void operator delete[](void *p, std::align_val_t, const std::nothrow_t &) noexcept
{
    end(p, ARRAY | ALIGNED, ANY);
}
