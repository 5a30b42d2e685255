#include "solvers/common/model/derivative.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>

#include "solvers/common/model/parser.hpp"
#include "solvers/metabolism/model/ode_system.hpp"

namespace ngv::model {
namespace {

using Complex = std::complex<double>;

/// The value of an expression at a complex x: for derivatives by a complex step, exact to round-off.
Complex evaluate(const Graph& g, Expr e, Complex x) {
    const Node& n = g[e];
    const auto at = [&](Expr child) { return evaluate(g, child, x); };
    switch (n.op) {
        case Op::constant:
            return n.value;
        case Op::symbol:
            return x;
        case Op::neg:
            return -at(n.a);
        case Op::exp:
            return std::exp(at(n.a));
        case Op::expm1:
            return std::exp(at(n.a)) - 1.0;
        case Op::log:
            return std::log(at(n.a));
        case Op::log10:
            return std::log(at(n.a)) / std::log(10.0);
        case Op::sinh:
            return std::sinh(at(n.a));
        case Op::cosh:
            return std::cosh(at(n.a));
        case Op::factorial:
            return factorial(at(n.a).real());
        case Op::sqrt:
            return std::sqrt(at(n.a));
        case Op::abs:
            return at(n.a).real() < 0 ? -at(n.a) : at(n.a);
        case Op::sin:
            return std::sin(at(n.a));
        case Op::cos:
            return std::cos(at(n.a));
        case Op::tan:
            return std::tan(at(n.a));
        case Op::atan:
            return std::atan(at(n.a));
        case Op::tanh:
            return std::tanh(at(n.a));
        case Op::floor:
            return std::floor(at(n.a).real());
        case Op::logical_not:
            return at(n.a).real() == 0 ? 1.0 : 0.0;
        case Op::add:
            return at(n.a) + at(n.b);
        case Op::sub:
            return at(n.a) - at(n.b);
        case Op::mul:
            return at(n.a) * at(n.b);
        case Op::div:
            return at(n.a) / at(n.b);
        case Op::pow:
            return std::pow(at(n.a), at(n.b));
        case Op::min:
            return at(n.b).real() < at(n.a).real() ? at(n.b) : at(n.a);
        case Op::max:
            return at(n.a).real() < at(n.b).real() ? at(n.b) : at(n.a);
        case Op::less:
            return at(n.a).real() < at(n.b).real() ? 1.0 : 0.0;
        case Op::less_equal:
            return at(n.a).real() <= at(n.b).real() ? 1.0 : 0.0;
        case Op::equal:
            return at(n.a).real() == at(n.b).real() ? 1.0 : 0.0;
        case Op::logical_and:
            return at(n.a).real() != 0 && at(n.b).real() != 0 ? 1.0 : 0.0;
        case Op::logical_or:
            return at(n.a).real() != 0 || at(n.b).real() != 0 ? 1.0 : 0.0;
        case Op::select:
            return at(n.a).real() != 0 ? at(n.b) : at(n.c);
    }
    return 0;
}

class DerivativeOf : public testing::TestWithParam<const char*> {};

TEST_P(DerivativeOf, EqualsTheComplexStep) {
    Graph g;
    const Expr x = g.symbol("x");
    const Names names{[&](std::string_view name) { return name == "x" ? std::optional(x) : std::nullopt; }, {}, {}};
    const Expr f = parse(g, GetParam(), names, "test");
    const Expr df = derivative(g, f, x);

    for (const double at : {0.3, 0.9, 1.7}) {
        const double h = 1e-30;
        const double expected = evaluate(g, f, {at, h}).imag() / h;
        EXPECT_NEAR(evaluate(g, df, at).real(), expected, 1e-13 * std::max(1.0, std::fabs(expected))) << at;
    }
}

INSTANTIATE_TEST_SUITE_P(Functions, DerivativeOf,
                         testing::Values("x*x*exp(-x)", "x/(x + 0.5)", "1/(1 + (x/0.7)**4)", "x**1.3 + 2**x + x**x",
                                         "log(x)*sqrt(x) - tanh(x)", "sin(x)*cos(x)/tan(x) + atan(x)",
                                         "if(x < 1, x**2, 3*x)", "min(x, 1)*max(x, 0.5) + abs(x - 1.2)",
                                         "expm1(0.1*x)/x", "(8.6/(3 + x) - 1)**(-1/2.73)", "sinh(x)*cosh(x)",
                                         "x*log10(x)", "x/2*(-0.92 + sqrt(0.92**2 + 4*0.92*(2.212/x - 1)))"));

TEST(Derivative, OfTheWholeModelEqualsDifferences) {
    const auto model = metabolism::ModelFile::shipped_or_file("jolivet2015");
    const metabolism::OdeSystem system(model,
                                       {.variant = "free", .inputs = {{"ge", {"1e-3*(1 + exp(-t/2.5))", "test"}}}});
    const auto& tape = system.derivatives();
    const std::size_t n = system.size(), time = n + system.inputs().size();
    auto registers = tape.registers();
    const auto set_start = [&] {
        for (std::size_t i = 0; i < n; ++i) registers[i] = Lanes::all(system.integrated()[i].start);
        for (std::size_t i = 0; i < system.inputs().size(); ++i)
            registers[n + i] = Lanes::all(system.inputs()[i].start);
        registers[time] = Lanes::all(1.0);
    };
    set_start();
    tape.run(registers.data());
    std::vector<std::vector<double>> exact(n, std::vector<double>(n + 1));
    for (std::size_t k = 0; k < system.pattern().size(); ++k)
        exact[system.pattern()[k].first][system.pattern()[k].second] = registers[tape.output(n + k)][0];
    for (std::size_t k = 0; k < system.time_rows().size(); ++k)
        exact[system.time_rows()[k]][n] = registers[tape.output(n + system.pattern().size() + k)][0];

    // Central differences of fourth order in lanes 0-3; their error is that of cancellation among terms of up to 1e4.
    for (std::size_t j = 0; j <= n; ++j) {
        set_start();
        Lanes& x = registers[j == n ? time : j];
        const double h = 1e-5 * (x[0] == 0 ? 1 : std::fabs(x[0]));
        const double offsets[] = {-2, -1, 1, 2};
        for (std::size_t l = 0; l < 4; ++l) x[l] += offsets[l] * h;
        tape.run(registers.data());
        for (std::size_t i = 0; i < n; ++i) {
            const Lanes& f = registers[tape.output(i)];
            const double difference = (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
            EXPECT_NEAR(exact[i][j], difference, 1e-6 * std::fabs(difference) + 1e-11 / h)
                << system.integrated()[i].name << " by " << (j == n ? "t" : system.integrated()[j].name);
        }
    }
}

}  // namespace
}  // namespace ngv::model
