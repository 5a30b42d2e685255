// The compiler survives any text: the tree's own files with bytes, lines and words changed are translated or refused with a
// UserError. (The libFuzzer target nmodl-fuzz does the same without end.)
#include <gtest/gtest.h>

#include <random>

#include "ngv/error.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tests/unit/nmodl/files.hpp"

namespace ngv::nmodl {
namespace {

class Mutator {
  public:
    explicit Mutator(std::uint32_t seed) : random_(seed) {}
    std::size_t pick(std::size_t n) { return n == 0 ? 0 : random_() % n; }

    std::string change(std::string text, const std::string& other) {
        static const char* const words[] = {"{",     "}",       "(",          ")",     "[",     "]",        "'",
                                            "~",     "<->",     "<<",         "=",     "^",     "VERBATIM", "SOLVE",
                                            "FROM",  "if",      "LOCAL",      "TABLE", "1e999", "-",        "\"",
                                            "STATE", "KINETIC", "BREAKPOINT", "\xff",  "a[99]", ",",        "SUFFIX x"};
        for (std::size_t n = 1 + pick(4); n-- > 0;) {
            const auto at = pick(text.size() + 1);
            switch (pick(5)) {
                case 0:
                    text.insert(at, words[pick(std::size(words))]);
                    break;
                case 1:
                    text.erase(at, 1 + pick(12));
                    break;
                case 2:
                    text.insert(at, other, pick(other.size()), pick(200));
                    break;
                case 3:
                    if (at < text.size()) text[at] = static_cast<char>(pick(256));
                    break;
                default:
                    text.resize(at);
                    break;
            }
        }
        return text;
    }

  private:
    std::mt19937 random_;
};

TEST(NmodlMutations, EveryTextIsTranslatedOrRefused) {
    std::vector<std::string> texts;
    for (const auto& f : test::mod_files()) texts.push_back(read_text(f));
    Mutator mutator(20240607);
    int translated = 0, refused = 0;
    for (int i = 0; i < 1500; ++i) {
        const auto text = mutator.change(texts[mutator.pick(texts.size())], texts[mutator.pick(texts.size())]);
        try {
            translate_text("mutated.mod", text, {});
            ++translated;
        } catch (const UserError&) {
            ++refused;
        } catch (const std::exception& error) {
            ADD_FAILURE() << error.what() << "\n" << text;
        }
    }
    EXPECT_GT(translated, 80);
    EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace ngv::nmodl
