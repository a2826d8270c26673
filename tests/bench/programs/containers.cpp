/* containers.cpp -- what C++ programs do all day: nodes of maps, strings and growing vectors.
 *
 * Counts words of a synthetic text in ordered and hashed maps, keeps shared records of them, and
 * sorts; new and delete of nodes of 24 to 120 bytes, sized and not, and arrays that double.
 * Arguments: words of the text.
 */
#include "bench.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

struct record {
    std::string word;
    std::vector<std::uint32_t> places;
    virtual ~record() = default;
};

struct long_record : record {
    std::string reversed;
};

/* Words of 3 to 30 letters, the short ones frequent. */
std::string draw_word(rng *random)
{
    std::uint32_t rank = rng_below(random, 1 + rng_below(random, 60000));
    rng letters = rng_seed(rank + 1);
    std::size_t length = 3 + rank % 28;
    std::string word;
    for (std::size_t i = 0; i < length; i++) {
        word += static_cast<char>('a' + rng_below(&letters, 26));
    }
    return word;
}

std::shared_ptr<record> record_new(const std::string &word)
{
    if (word.size() < 20) {
        auto r = std::make_shared<record>();
        r->word = word;
        return r;
    }
    std::shared_ptr<long_record> r(new long_record);
    r->word = word;
    r->reversed.assign(word.rbegin(), word.rend());
    return r;
}

std::uint64_t count_words(long words, rng *random)
{
    std::map<std::string, std::uint32_t> ordered;
    std::unordered_map<std::string, std::shared_ptr<record>> records;
    for (long i = 0; i < words; i++) {
        std::string word = draw_word(random);
        std::shared_ptr<record> &r = records[word];
        if (!r) {
            r = record_new(word);
        }
        r->places.push_back(static_cast<std::uint32_t>(i));
        if (++ordered[word] % 16 == 0) {
            ordered.erase(word);
            records.erase(word);
        }
    }
    std::vector<std::pair<std::uint32_t, std::string>> ranking;
    for (const auto &entry : ordered) {
        ranking.emplace_back(entry.second, entry.first);
    }
    std::sort(ranking.begin(), ranking.end());
    std::uint64_t sum = ranking.size();
    for (const auto &entry : ranking) {
        sum = sum * 31 + entry.first + static_cast<unsigned char>(entry.second[0]);
    }
    for (const auto &entry : ordered) {
        sum += records.at(entry.first)->places.back();
    }
    return sum;
}

}  // namespace

int main(int argc, char **argv)
{
    long words = argument(argc, argv, 1, 200000);
    rng random = rng_seed(5);
    std::uint64_t sum = 0;
    for (int text = 0; text < 3; text++) {
        sum = sum * 17 + count_words(words, &random);
    }
    std::printf("containers: %ld words, sum %016" PRIx64 "\n", words, sum);
    return 0;
}
