#include "solvers/neuron/nmodl/parser.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "ngv/error.hpp"
#include "solvers/neuron/nmodl/printer.hpp"
#include "tests/unit/nmodl/files.hpp"

namespace ngv::nmodl {
namespace {

TEST(NmodlParser, APrintedTreeParsesToTheSameTree) {
    const auto files = test::mod_files();
    ASSERT_GT(files.size(), 50u);

    for (const auto& file : files) {
        auto source = Source::from_file(file);
        const auto program = parse(source);
        auto printed = Source::from_text("printed.mod", print(program));

        EXPECT_EQ(parse(printed), program) << file;
    }
}

TEST(NmodlParser, OperatorsBindAsInNeuron) {
    EXPECT_EQ(print(parse_expression("-a^2")), "(-(a ^ 2))");
    EXPECT_EQ(print(parse_expression("a^b^c")), "(a ^ (b ^ c))");
    EXPECT_EQ(print(parse_expression("a - b - c")), "((a - b) - c)");
    EXPECT_EQ(print(parse_expression("-a*b")), "((-a) * b)");
    EXPECT_EQ(print(parse_expression("a < b && c || d")), "(((a < b) && c) || d)");
    EXPECT_EQ(print(parse_expression("2 (1/mV) * v")), "(2 (1/mV) * v)");
}

struct Mistake {
    const char *text, *where, *says;
};

TEST(NmodlParser, AMistakeIsNamedWithLineColumnTextAndWhatWasExpected) {
    const Mistake mistakes[] = {
        {"NEURON { SUFFIX a }\nBREAKPOINT { x = (1 + }\n", "bad.mod:2:23", "found '}', expected an expression"},
        {"NEURON { SUFFIX a\n", "bad.mod:1:18", "found the end of the file"},
        {"NEURON { SUFFIX a }\nPARAMETER { g = }\n", "bad.mod:2:17", "expected a number as the value of g"},
        {"BREAKPOINT {\n  if x > 1 { }\n}\n", "bad.mod:2:6", "found 'x', expected '(' after IF"},
        {"COMMENT\nnever closed\n", "bad.mod:1:1", "COMMENT without ENDCOMMENT"},
        {"NEURON { SUFFIX a }\n\nKINETIC k { ~ a <-> b (1 2) }\n", "bad.mod:3:26", "expected ',' between the rates"},
        {"NEURON { SUFFIX a EXTERNAL }\n", "bad.mod:1:28", "expected a name after EXTERNAL"},
        {"FUNCTION f(x) { f = x'' }\n", "bad.mod:1:23", "second derivative"},
        {"NEURON { SUFFIX a }\nNEURO { }\n", "bad.mod:2:1", "found 'NEURO'"},
    };
    for (const auto& m : mistakes) {
        auto source = Source::from_text("bad.mod", m.text);
        try {
            parse(source);
            ADD_FAILURE() << m.text;
        } catch (const UserError& error) {
            EXPECT_EQ(error.problems()[0].where, m.where) << m.text;
            EXPECT_NE(error.problems()[0].what.find(m.says), std::string::npos) << error.what();
            EXPECT_NE(error.problems()[0].what.find("^"), std::string::npos);
        }
    }
}

TEST(NmodlParser, DeepNestingIsAnErrorAndNoCrash) {
    for (const auto& [open, n] :
         {std::pair{std::string("("), 100000}, {std::string("-"), 100000}, {std::string("a^"), 100000}}) {
        std::string text = "NEURON { SUFFIX a } BREAKPOINT { x = ";
        for (int i = 0; i < n; ++i) text += open;
        auto source = Source::from_text("deep.mod", text);

        EXPECT_THROW(parse(source), UserError);
    }
}

TEST(NmodlParser, NamesOfDefineStandForTheirNumbers) {
    auto source = Source::from_text(
        "define.mod", "DEFINE N 4\nNEURON { SUFFIX d }\nSTATE { a[N] }\nINITIAL { FROM i=0 TO N-1 { a[i] = N } }\n");

    const auto program = parse(source);

    EXPECT_EQ(program.states[0].size, 4);
    EXPECT_NE(print(program).find("a[i] = 4"), std::string::npos);
}

}  // namespace
}  // namespace ngv::nmodl
