#include <gtest/gtest.h>

#include <cmath>

#include "ngv/error.hpp"
#include "solvers/common/model/parser.hpp"
#include "solvers/common/model/tape.hpp"

namespace ngv::model {
namespace {

/// The value of a text in which x, y and rate are known, in every lane of a tape.
double value(const std::string& text, double x = 0, double y = 0) {
    Graph g;
    const Names names{[&](std::string_view name) -> std::optional<Expr> {
                          if (name == "x" || name == "y" || name == "rate") return g.symbol(name);
                          return {};
                      },
                      {"x", "y", "rate"},
                      {}};
    const std::vector<Expr> outputs{parse(g, text, names, "test")};
    const std::vector<Expr> inputs{g.symbol("x"), g.symbol("y"), g.symbol("rate")};
    const Tape tape(g, outputs, inputs);
    auto registers = tape.registers();
    registers[0] = Lanes::all(x);
    registers[1] = Lanes::all(y);
    tape.run(registers.data());
    const Lanes result = registers[tape.output(0)];
    for (std::size_t l = 1; l < lane_width; ++l) EXPECT_EQ(result[l], result[0]) << text;
    return result[0];
}

std::string problem(const std::string& text) {
    try {
        value(text);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

TEST(Expression, BindsPowerBeforeSignBeforeProductBeforeSum) {
    EXPECT_EQ(value("1 + 2*3"), 7);
    EXPECT_EQ(value("-2**2"), -4);
    EXPECT_EQ(value("2**3**2"), 512);
    EXPECT_EQ(value("2**-1"), 0.5);
    EXPECT_EQ(value("8/2/2"), 2);
    EXPECT_EQ(value("8 - 2 - 2"), 4);
    EXPECT_EQ(value("2*x^2 - -x", 3), 21);
    EXPECT_EQ(value("(1 + x)*(1 - x)", 3), -8);
}

TEST(Expression, ComparesAndChooses) {
    EXPECT_EQ(value("if(x < 2 and not y > 1, 10, 20)", 1, 1), 10);
    EXPECT_EQ(value("if(x <= 2 && y != 1, 10, 20)", 2, 1), 20);
    EXPECT_EQ(value("x >= y or x == 7", 1, 2), 0);
    EXPECT_EQ(value("if(!(x > 0), 1, 2)", 5), 2);
    EXPECT_EQ(value("min(x, y) + 10*max(x, y)", 3, 4), 43);
}

TEST(Expression, HasTheUsualFunctions) {
    EXPECT_DOUBLE_EQ(value("exp(x) + log(y)", 0.3, 2), std::exp(0.3) + std::log(2.0));
    EXPECT_DOUBLE_EQ(value("log10(1000*x)", 1), 3);
    EXPECT_DOUBLE_EQ(value("cosh(x)**2 - sinh(x)**2", 0.7), 1);
    EXPECT_DOUBLE_EQ(value("pow(x, 2.5)", 1.7), std::pow(1.7, 2.5));
    EXPECT_DOUBLE_EQ(value("x**4", 1.7), 1.7 * 1.7 * (1.7 * 1.7));
    EXPECT_DOUBLE_EQ(value("expm1(x)/x", 1e-12), std::expm1(1e-12) / 1e-12);
    EXPECT_DOUBLE_EQ(value("tanh(x) + atan(x) + sin(x)*tan(x) + floor(x) + abs(-x)", 0.5),
                     std::tanh(0.5) + std::atan(0.5) + std::sin(0.5) * std::tan(0.5) + 0.5);
}

TEST(Expression, ReadsNumbersInEveryNotation) {
    EXPECT_EQ(value("1e-3"), 1e-3);
    EXPECT_EQ(value(".5 + 2."), 2.5);
    EXPECT_EQ(value("1E2"), 100);
}

TEST(Expression, SaysWhereItIsWrongAndTheNearestName) {
    EXPECT_NE(problem("1 + ratee*2").find("unknown name 'ratee' at column 5"), std::string::npos)
        << problem("1 + ratee*2");
    EXPECT_NE(problem("1 + ratee*2").find("did you mean 'rate'"), std::string::npos);
    EXPECT_NE(problem("2*(x + 1").find("missing ')'"), std::string::npos);
    EXPECT_NE(problem("sqrtt(x)").find("did you mean 'sqrt'"), std::string::npos);
    EXPECT_NE(problem("exp(x, y)").find("expected 1"), std::string::npos);
    EXPECT_NE(problem("x y").find("column 3"), std::string::npos);
    EXPECT_NE(problem("x +").find("ends too early"), std::string::npos);
    EXPECT_NE(problem("").find("empty"), std::string::npos);
    EXPECT_NE(problem("x $ 2").find("unexpected '$'"), std::string::npos);
}

TEST(Expression, StoresCommonPartsOnce) {
    Graph g;
    const Expr x = g.symbol("x");

    const Expr a = g.mul(g.add(x, g.constant(1)), g.exp(x));
    const auto size = g.size();
    const Expr b = g.mul(g.exp(x), g.add(g.constant(1), x));

    EXPECT_EQ(a, b);
    EXPECT_EQ(g.size(), size);
}

TEST(Expression, ReusesRegistersInALongTape) {
    Graph g;
    Expr e = g.symbol("x");
    for (int i = 0; i < 1000; ++i) e = g.sin(g.add(e, g.mul(e, e)));
    const std::vector<Expr> outputs{e}, inputs{g.symbol("x")};

    const Tape tape(g, outputs, inputs);

    EXPECT_EQ(tape.size(), 3000u);
    EXPECT_LT(tape.num_registers(), 6u);
    double expected = 0.3;
    for (int i = 0; i < 1000; ++i) expected = std::sin(expected + expected * expected);
    auto registers = tape.registers();
    registers[0] = Lanes::all(0.3);
    tape.run(registers.data());
    EXPECT_NEAR(registers[tape.output(0)][5], expected, 1e-11);  // an ulp a step, 1000 steps, doubled by x*x at most
}

}  // namespace
}  // namespace ngv::model
