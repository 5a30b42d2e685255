// Errors never come from the C++ compiler: files of the tree whose tokens are changed are refused, or what is made of them compiles.
// NGV_LONG=1 takes twenty times as many.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "ngv/error.hpp"
#include "solvers/common/native/compiler.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "solvers/neuron/nmodl/lexer.hpp"
#include "tests/unit/nmodl/files.hpp"

namespace ngv::nmodl {
namespace {

namespace fs = std::filesystem;

/// Swaps names, operators and numbers of a file, drops, doubles and moves tokens: most of it still parses.
class TokenMutator {
  public:
    explicit TokenMutator(std::uint32_t seed) : random_(seed) {}
    std::size_t pick(std::size_t n) { return n == 0 ? 0 : random_() % n; }

    std::string change(const std::string& text) {
        auto source = Source::from_text("file.mod", text);
        const auto tokens = tokenize(source);
        std::vector<std::pair<std::size_t, std::size_t>> places;
        std::vector<std::string> words;
        for (const auto& t : tokens) {
            if (t.at.file != 0 || t.end_offset <= t.at.offset || t.kind == Token::Kind::verbatim) continue;
            places.emplace_back(t.at.offset, t.end_offset);
            words.push_back(text.substr(places.back().first, places.back().second - places.back().first));
        }
        static const char* const others[] = {"+",
                                             "-",
                                             "*",
                                             "/",
                                             "^",
                                             "<",
                                             "&&",
                                             "0",
                                             "1e-3",
                                             "2",
                                             "t",
                                             "dt",
                                             "celsius",
                                             "area",
                                             "v",
                                             "exp(v)",
                                             "10",
                                             "diam",
                                             "flag",
                                             "else",
                                             "scop_random()",
                                             "net_send(1, 2)",
                                             "m[1]",
                                             "!"};
        for (std::size_t n = 1 + pick(3); n-- > 0;) {
            const auto i = pick(words.size());
            switch (pick(6)) {
                case 0:
                    words[i] = others[pick(std::size(others))];
                    break;
                case 1:
                    words[i].clear();
                    break;
                case 2:
                    words[i] += " " + words[i];
                    break;
                case 3:
                    std::swap(words[i], words[pick(words.size())]);
                    break;
                default:
                    words[i] = words[pick(words.size())];
                    break;
            }
        }
        std::string result;
        std::size_t behind = 0;
        for (std::size_t i = 0; i < words.size(); ++i) {
            result += text.substr(behind, places[i].first - behind) + words[i];
            behind = places[i].second;
        }
        return result + text.substr(behind);
    }

  private:
    std::mt19937 random_;
};

TEST(NmodlCompile, WhatIsTranslatedFromChangedTokensCompiles) {
    std::vector<std::string> texts;
    for (const auto& f : test::mod_files())
        if (const auto text = read_text(f); text.find("INCLUDE") == std::string::npos) texts.push_back(text);
    const int wanted = std::getenv("NGV_LONG") ? 600 : 24;
    TokenMutator mutator(std::getenv("NGV_SEED") ? static_cast<std::uint32_t>(std::atoi(std::getenv("NGV_SEED"))) : 7u);
    const fs::path folder = fs::temp_directory_path() / fmt::format("nmodl-compile-{}", getpid());
    fs::create_directories(folder);
    std::string all =
        "#include \"solvers/neuron/nmodl/runtime/runtime.hpp\"\n#include \"solvers/neuron/nmodl/runtime/random.hpp\"\n"
        "#include \"solvers/neuron/nmodl/runtime/function_table.hpp\"\n";
    std::vector<std::string> taken;
    int refused = 0;
    while (static_cast<int>(taken.size()) < wanted && refused < 100 * wanted) {
        const auto text = mutator.change(texts[mutator.pick(texts.size())]);
        Options options;
        if (taken.size() % 2 == 1) options.arithmetic = Arithmetic::neuron;
        try {
            auto made = translate_text("mutated.mod", text, options).text;
            made = made.substr(made.find("\nnamespace {"));
            all += fmt::format("\nnamespace mutated_{} {{{}}}\n", taken.size(), made);
            taken.push_back(text);
        } catch (const UserError&) {
            ++refused;
        }
    }
    std::ofstream(folder / "all.cpp") << all;

    native::Task task{{"-std=c++20", "-fsyntax-only", "-w", "-fmax-errors=5", "-march=x86-64-v3", "-I" NGV_SOURCE_DIR,
                       (folder / "all.cpp").string()},
                      folder / "log"};
    std::vector<native::Task> tasks{task};
    native::run(tasks, 1);

    EXPECT_EQ(tasks[0].exit_status, 0) << read_text(folder / "log");
    EXPECT_GT(refused, wanted / 4);
    if (tasks[0].exit_status == 0)
        fs::remove_all(folder);
    else
        for (std::size_t i = 0; i < taken.size(); ++i)
            std::ofstream(folder / fmt::format("mutated_{}.mod", i)) << taken[i];
}

}  // namespace
}  // namespace ngv::nmodl
