// cxx_plugin.cc -- a C++ object that a C program loads; see plugin_test.c
#include <memory>
#include <new>
#include <string>
#include <vector>

static int handled;

// 0, or the number of the first thing that went wrong.
extern "C" int cxx_plugin_run(void)
{
    volatile size_t huge = ~static_cast<size_t>(0) / 4;
    try {
        void *p = ::operator new(huge);
        ::operator delete(p);
        return 1;
    } catch (const std::bad_alloc &) {
    }
    if (::operator new(huge, std::nothrow) != nullptr) return 2;
    std::set_new_handler([] {
        handled++;
        std::set_new_handler(nullptr);
    });
    if (::operator new(huge, std::nothrow) != nullptr || handled != 1) return 3;
    std::vector<std::string> words;
    for (int i = 0; i < 1000; i++) words.push_back(std::string(static_cast<size_t>(i), 'x'));
    for (size_t i = 0; i < 1000; i++)
        if (words[i].size() != i) return 4;
    return 0;
}
