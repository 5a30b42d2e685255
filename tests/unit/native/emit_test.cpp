// Emitted code gives the bits of the interpreted tape, for every operation; and emitted factors those of SparseLu.
#include "solvers/common/model/emit.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "solvers/common/model/parser.hpp"
#include "solvers/common/model/tape.hpp"
#include "solvers/common/native/build.hpp"

namespace {

using namespace ngv::model;

const std::vector<std::string> formulas{"x*y - x/y + exp(-x)",
                                        "expm1(x)/x",
                                        "log(abs(x)) + log10(abs(y))",
                                        "sqrt(abs(x*y))",
                                        "sin(x)*cos(y) + tan(x)",
                                        "atan(x) - tanh(y)",
                                        "sinh(x) + cosh(y)",
                                        "floor(x) + factorial(floor(abs(y)))",
                                        "abs(x)**y",
                                        "min(x, y) + max(x, y)",
                                        "if(x < y, x, y)",
                                        "if(x <= 1 and not (y == 2), 3, 4)",
                                        "(x < y) + 2*(x == y or y <= 0)",
                                        "not x",
                                        "if(x, x*y, -1)",
                                        "exp(x*y) + exp(-x)",
                                        "1e-7/x"};

struct Xy {
    Graph graph;
    Expr x = graph.symbol("x"), y = graph.symbol("y");
    std::vector<Expr> outputs;
    Xy() {
        const Names names{.find = [this](std::string_view name) -> std::optional<Expr> {
            if (name == "x") return x;
            if (name == "y") return y;
            return std::nullopt;
        }};
        for (const auto& formula : formulas) outputs.push_back(parse(graph, formula, names, "test"));
    }
};

bool same_bits(double a, double b) {
    return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof a) == 0;
}

TEST(Emit, EveryOperationHasTheBitsOfTheTape) {
    Xy model;
    const Tape tape(model.graph, model.outputs, std::vector<Expr>{model.x, model.y});
    Emitter out(model.graph);
    out.bind(model.x, "load(in)");
    out.bind(model.y, "load(in + 8)");
    for (std::size_t i = 0; i < model.outputs.size(); ++i)
        out.line(fmt::format("store(to + {}, {});", 8 * i, out.value(model.outputs[i])));
    const auto library = ngv::native::build(
        {.name = "formulas",
         .sources = {{"formulas.cpp",
                      "#include \"solvers/common/native/vector_math.hpp\"\nusing namespace ngv::simd;\n"
                      "extern \"C\" void evaluate(const double* in, double* to) {\n" +
                          out.text() + "}\n"}}});
    const auto evaluate = library.function<void(const double*, double*)>("evaluate");

    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> draw(-4, 4);
    for (int round = 0; round < 50; ++round) {
        auto registers = tape.registers();
        std::vector<Lanes> in(2), to(formulas.size());
        for (std::size_t l = 0; l < lane_width; ++l) {
            in[0][l] = round == 0 ? 0 : draw(random);
            in[1][l] = l % 2 ? in[0][l] : std::floor(draw(random));
        }
        registers[0] = in[0];
        registers[1] = in[1];
        tape.run(registers.data());
        evaluate(&in[0][0], &to[0][0]);
        for (std::size_t i = 0; i < formulas.size(); ++i)
            for (std::size_t l = 0; l < lane_width; ++l)
                EXPECT_TRUE(same_bits(to[i][l], registers[tape.output(i)][l]))
                    << formulas[i] << " at x = " << in[0][l] << ", y = " << in[1][l] << ": " << to[i][l] << " and "
                    << registers[tape.output(i)][l];
    }
}

TEST(Emit, CommonPartsAreWrittenOnce) {
    Graph g;
    const Expr x = g.symbol("x"), e = g.exp(x);
    Emitter out(g);
    out.bind(x, "load(in)");

    const auto a = out.value(g.add(e, x)), b = out.value(g.mul(e, x)), again = out.value(e);

    EXPECT_EQ(out.num_statements(), 4u);  // x, exp, sum, product
    EXPECT_NE(a, b);
    EXPECT_EQ(again, "v1");
}

TEST(Emit, ABoundNameCanChangeItsMeaning) {
    Graph g;
    const Expr x = g.symbol("x");
    Emitter out(g);
    out.bind(x, "load(x)");
    const auto before = out.value(x);
    out.line("store(x, " + before + " + broadcast(1));");
    out.forget(x);
    EXPECT_NE(out.value(x), before);
}

TEST(Emit, FactorsAndSolutionHaveTheBitsOfSparseLu) {
    const std::size_t n = 12;
    std::vector<std::pair<std::size_t, std::size_t>> pattern;
    std::mt19937_64 random(5);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (i == j || random() % 5 == 0) pattern.emplace_back(i, j);
    const SparseLu lu(n, pattern);
    std::vector<std::string> entries(lu.size());
    for (const auto& [i, j] : pattern) entries[lu.at(i, j)] = fmt::format("load(in + {})", 8 * lu.at(i, j));
    const auto library =
        ngv::native::build({.name = "lu",
                            .sources = {{"lu.cpp",
                                         "#include \"solvers/common/native/simd.hpp\"\nusing namespace ngv::simd;\n"
                                         "extern \"C\" void factor(const double* in, double* matrix) {\n" +
                                             emit_factor(lu, "matrix", entries) +
                                             "}\nextern \"C\" void solve(const double* matrix, double* b) {\n" +
                                             emit_solve(lu, "matrix", "b") + "}\n"}}});

    std::uniform_real_distribution<double> draw(-1, 1);
    std::vector<Lanes> matrix(lu.size(), Lanes::all(0)), b(n);
    for (const auto& [i, j] : pattern)
        for (std::size_t l = 0; l < lane_width; ++l) matrix[lu.at(i, j)][l] = draw(random) + (i == j ? 4 : 0);
    for (auto& x : b)
        for (std::size_t l = 0; l < lane_width; ++l) x[l] = draw(random);
    auto factors = matrix, x = b, emitted_factors = matrix, emitted_x = b;
    lu.factor(factors.data());
    lu.solve(factors.data(), x.data());
    library.function<void(const double*, double*)>("factor")(&matrix[0][0], &emitted_factors[0][0]);
    library.function<void(const double*, double*)>("solve")(&emitted_factors[0][0], &emitted_x[0][0]);

    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t l = 0; l < lane_width; ++l) {
            EXPECT_TRUE(same_bits(emitted_x[i][l], x[i][l]));
            double residual = -b[i][l];
            for (const auto& [row, column] : pattern)
                if (row == i) residual += matrix[lu.at(row, column)][l] * x[column][l];
            EXPECT_NEAR(residual, 0, 1e-14);
        }
}

}  // namespace
