// A fixed input for a C++ compiler: the standard library's large headers and their templates.
#include <algorithm>
#include <deque>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

template <int N>
struct level {
    using row = std::tuple<int, double, level<N - 1> *>;
    using value = std::variant<int, std::string, std::vector<row>>;
    std::map<std::string, value> values;
    std::unordered_map<int, std::shared_ptr<level<N - 1>>> below;

    int count() const
    {
        int sum = static_cast<int>(values.size());
        for (const auto &[key, child] : below) {
            sum += child->count() + key;
        }
        return sum;
    }

    std::string text() const
    {
        std::ostringstream out;
        for (const auto &[name, v] : values) {
            out << name << '=' << std::visit([](const auto &x) { return sizeof x; }, v) << ';';
        }
        return out.str();
    }
};

template <>
struct level<0> {
    int count() const { return 1; }
    std::string text() const { return "."; }
};

template <int N>
int total()
{
    level<N> top;
    top.values["a"] = N;
    std::set<std::string> seen;
    std::deque<int> queue(N + 3);
    std::iota(queue.begin(), queue.end(), N);
    std::sort(queue.begin(), queue.end(), [](int a, int b) { return a * N % 7 < b * N % 7; });
    seen.insert(top.text());
    std::function<int(int)> f = [&](int x) { return x + static_cast<int>(seen.size()) + queue[0]; };
    return f(top.count()) + total<N - 1>();
}

template <>
int total<0>()
{
    return 0;
}

int main(int argc, char **argv)
{
    std::string word = "abc";
    std::vector<std::string> words{word, word + "d"};
    std::string text = argc > 1 ? argv[1] : "abc123";
    auto found = static_cast<int>(std::count(words.begin(), words.end(), text));
    std::cout << found + total<6>() << '\n';
    return 0;
}
