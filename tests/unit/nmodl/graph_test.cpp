#include "solvers/neuron/nmodl/graph.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "solvers/neuron/nmodl/kernel.hpp"
#include "solvers/neuron/nmodl/parser.hpp"

namespace ngv::nmodl {
namespace {

/// The value of a graph with leaves of given values.
double value(const Graph& g, Node root, const std::map<Node, double>& leaves) {
    std::map<Node, double> x = leaves;
    for (const auto n : g.order({root})) {
        if (x.contains(n)) continue;
        const auto& e = g.at(n);
        const auto of = [&](Node m) { return m < 0 ? 0 : x.at(m); };
        const double a = of(e.a), b = of(e.b), c = of(e.c);
        switch (e.op) {
            case Op::number:
                x[n] = e.value;
                break;
            case Op::add:
                x[n] = a + b;
                break;
            case Op::sub:
                x[n] = a - b;
                break;
            case Op::mul:
                x[n] = a * b;
                break;
            case Op::div:
                x[n] = a / b;
                break;
            case Op::neg:
                x[n] = -a;
                break;
            case Op::call:
                x[n] = evaluate(g.function(n), a, b);
                break;
            case Op::less:
                x[n] = a < b;
                break;
            case Op::less_equal:
                x[n] = a <= b;
                break;
            case Op::equal:
                x[n] = a == b;
                break;
            case Op::both:
                x[n] = a != 0 && b != 0;
                break;
            case Op::either:
                x[n] = a != 0 || b != 0;
                break;
            case Op::negate:
                x[n] = a == 0;
                break;
            case Op::select:
                x[n] = a != 0 ? b : c;
                break;
            case Op::load:
                ADD_FAILURE() << "a leaf without a value";
                break;
        }
    }
    return x.at(root);
}

/// An expression of v and x as a graph.
struct Formula {
    Graph g;
    Node v, x, root;
    Formula(const std::string& text, Arithmetic a) : g(a) {
        v = g.load({Leaf::Kind::voltage});
        x = g.load({Leaf::Kind::column, 3});
        root = build(parse_expression(text));
    }
    Node build(const Expression& e) {
        std::vector<Node> o;
        for (const auto& p : e.operands) o.push_back(build(p));
        if (e.kind == Expression::Kind::number) return g.number(std::stod(e.text));
        if (e.kind == Expression::Kind::name) return e.text == "v" ? v : x;
        if (e.kind == Expression::Kind::unary) return g.neg(o[0]);
        if (e.kind == Expression::Kind::call)
            return e.text == "exp"      ? g.exp(o[0])
                   : e.text == "select" ? g.select(o[0], o[1], o[2])
                                        : g.call(e.text, o[0], o.size() > 1 ? o[1] : -1);
        if (e.text == "+") return g.add(o[0], o[1]);
        if (e.text == "-") return g.sub(o[0], o[1]);
        if (e.text == "*") return g.mul(o[0], o[1]);
        if (e.text == "/") return g.div(o[0], o[1]);
        if (e.text == "<") return g.less(o[0], o[1]);
        return g.pow(o[0], o[1]);
    }
    double at(double voltage, double y, Node n) const { return value(g, n, {{v, voltage}, {x, y}}); }
};

const char* const formulas[] = {
    "v*v - 3*v + x",
    "(v + 40)/(1 - exp(-(v + 40)/10))",
    "x^4*(v - 50)",
    "exp((v + 35)/9) + exp((v - 20)/9)",
    "log(x + 2)*sqrt(x)",
    "tanh(v/30)*x",
    "sin(x)*cos(v/50)",
    "select(v < 3, v*x, exp(v/20))",
    "1/(x/(v*v + 1))",
    "-(-(v*2))*(-3)/4",
    "x^v",
    "fabs(v - 10)*x",
    "atan2(x, v*v + 1)",
    "v^3/(v^3 + x^3)",
    "max(v/60, x) + min(v/60, x)",
    "log10(x + 3) + expm1(v/40)",
};

TEST(NmodlGraph, SimplificationKeepsTheValue) {
    for (const auto* text : formulas) {
        const Formula fast(text, Arithmetic::fast), plain(text, Arithmetic::neuron);
        for (double v : {-71.3, -5.0, 12.7, 33.0})
            for (double x : {0.3, 1.9}) {
                if (std::string(text) == "x^v" && x > 1 && v < -50) continue;
                const double expected = plain.at(v, x, plain.root);
                EXPECT_NEAR(fast.at(v, x, fast.root), expected, 1e-13 * (1 + std::fabs(expected)))
                    << text << " at " << v << ", " << x;
            }
    }
}

TEST(NmodlGraph, DerivativesAreThoseOfDifferences) {
    for (const auto* text : formulas)
        for (const auto arithmetic : {Arithmetic::fast, Arithmetic::neuron}) {
            Formula f(text, arithmetic);
            const auto slope = f.g.derivative(f.root, f.v);
            for (double v : {-31.3, 12.7, 33.0}) {
                const double x = 0.7, h = 1e-4;
                const double difference = (f.at(v + h, x, f.root) - f.at(v - h, x, f.root)) / (2 * h);
                // second-order differences: error of h^2 times the third derivative, and round-off / h
                EXPECT_NEAR(f.at(v, x, slope), difference, 1e-6 * (1 + std::fabs(difference))) << text << " at " << v;
            }
        }
}

TEST(NmodlGraph, GatesShareOneExponential) {
    Formula f("exp(-(v + 40)/10) + exp(-(v + 35)/10)", Arithmetic::fast);
    int exponentials = 0;
    for (const auto n : f.g.order({f.root})) exponentials += f.g.at(n).op == Op::call;

    EXPECT_EQ(exponentials, 1);
}

TEST(NmodlGraph, ACacheIsItsValue) {
    Graph g(Arithmetic::fast);
    const auto known = g.load({Leaf::Kind::global, 0}), celsius = g.load({Leaf::Kind::celsius});

    EXPECT_EQ(g.select(g.negate(g.equal(known, celsius)), celsius, known), celsius);
}

TEST(NmodlEliminate, SolvesAKineticSchemeWithConservation) {
    // closed <-> open <-> blocked, rates 2, 1, 3, 0.5; the last equation says that they sum to 1
    Graph g(Arithmetic::fast);
    const double rates[3][3] = {{10 + 2, -1, 0}, {-2, 10 + 1 + 3, -0.5}, {1, 1, 1}}, right[3] = {10 * 0.6, 10 * 0.3, 1};
    std::vector<std::vector<Node>> a(3, std::vector<Node>(3));
    std::vector<Node> b(3);
    std::map<Node, double> leaves;
    for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < 3; ++j) {
            a[i][j] = rates[i][j] == 0 ? g.number(0) : g.load({Leaf::Kind::column, 10 * i + j});
            if (rates[i][j] != 0) leaves[a[i][j]] = rates[i][j];
        }
        b[i] = g.load({Leaf::Kind::global, i});
        leaves[b[i]] = right[i];
    }
    const Model model;

    const auto x = eliminate(g, a, b, model, {});

    for (int i = 0; i < 3; ++i) {
        double sum = 0;
        for (int j = 0; j < 3; ++j) sum += rates[i][j] * value(g, x[j], leaves);
        EXPECT_NEAR(sum, right[i], 1e-13) << i;
    }
}

}  // namespace
}  // namespace ngv::nmodl
