// Symbolic differentiation of a graph.
#include <cmath>
#include <stdexcept>

#include "solvers/neuron/nmodl/graph.hpp"

namespace ngv::nmodl {
namespace {

/// d f(a) / da, for functions of one number.
Node slope(Graph& g, const std::string& f, Node a, Node y) {
    const auto one = g.number(1);
    if (f == "exp") return y;
    if (f == "expm1") return g.add(y, one);
    if (f == "log") return g.div(one, a);
    if (f == "log10") return g.div(g.number(1 / std::log(10.0)), a);
    if (f == "log1p") return g.div(one, g.add(one, a));
    if (f == "sqrt") return g.div(g.number(0.5), y);
    if (f == "fabs") return g.select(g.less(a, g.number(0)), g.number(-1), one);
    if (f == "sin") return g.call("cos", a);
    if (f == "cos") return g.neg(g.call("sin", a));
    if (f == "tan") return g.add(one, g.mul(y, y));
    if (f == "asin") return g.div(one, g.call("sqrt", g.sub(one, g.mul(a, a))));
    if (f == "acos") return g.neg(g.div(one, g.call("sqrt", g.sub(one, g.mul(a, a)))));
    if (f == "atan") return g.div(one, g.add(one, g.mul(a, a)));
    if (f == "sinh") return g.call("cosh", a);
    if (f == "cosh") return g.call("sinh", a);
    if (f == "tanh") return g.sub(one, g.mul(y, y));
    return g.number(0);  // floor, ceil, trunc
}

}  // namespace

Node Graph::derivative(Node of, Node by) {
    const auto zero = number(0);
    std::unordered_map<Node, Node> d;
    for (const auto n : order({of})) {
        const auto e = at(n);
        const auto part = [&](Node m) { return d.at(m); };
        Node r = zero;
        if (n == by) {
            r = number(1);
        } else if (is_condition(n) || !depends(n, by)) {
            r = zero;
        } else {
            switch (e.op) {
                case Op::add:
                    r = add(part(e.a), part(e.b));
                    break;
                case Op::sub:
                    r = sub(part(e.a), part(e.b));
                    break;
                case Op::mul:
                    r = add(is(part(e.a), 0) ? zero : mul(part(e.a), e.b),
                            is(part(e.b), 0) ? zero : mul(e.a, part(e.b)));
                    break;
                case Op::div:
                    if (is(part(e.b), 0))
                        r = div(part(e.a), e.b);
                    else if (is(part(e.a), 0))
                        r = neg(div(mul(n, part(e.b)), e.b));
                    else
                        r = div(sub(part(e.a), mul(n, part(e.b))), e.b);
                    break;
                case Op::neg:
                    r = neg(part(e.a));
                    break;
                case Op::select:
                    r = select(e.a, part(e.b), part(e.c));
                    break;
                case Op::load: {  // a table: the slope of the interval
                    auto l = leaf(n);
                    l.part = -1 - l.part;
                    r = mul(load(l), part(e.a));
                    break;
                }
                case Op::call: {
                    const auto f = function(n);
                    const auto da = part(e.a);
                    if (is_function_table(f)) {  // linear between its points
                        const auto step = number(0.001);
                        const auto along = [&](Node moved) { return div(sub(moved, n), step); };
                        if (!is(da, 0)) r = mul(along(call(f, add(e.a, step), e.b)), da);
                        if (e.b >= 0 && !is(part(e.b), 0))
                            r = add(r, mul(along(call(f, e.a, add(e.b, step))), part(e.b)));
                    } else if (e.b < 0) {
                        if (!is(da, 0)) r = mul(slope(*this, f, e.a, n), da);
                    } else if (f == "pow") {
                        const auto db = part(e.b);
                        if (!is(da, 0)) r = mul(mul(e.b, pow(e.a, sub(e.b, number(1)))), da);
                        if (!is(db, 0)) r = add(r, mul(mul(n, call("log", e.a)), db));
                    } else if (f == "min" || f == "max") {
                        r = select(f == "min" ? less(e.b, e.a) : less(e.a, e.b), part(e.b), da);
                    } else if (f == "atan2") {
                        r = div(sub(mul(e.b, da), mul(e.a, part(e.b))), add(mul(e.a, e.a), mul(e.b, e.b)));
                    } else {  // fmod(a, b) = a - b trunc(a / b)
                        const auto times = div(sub(e.a, n), e.b);
                        r = sub(da, mul(times, part(e.b)));
                    }
                    break;
                }
                default:
                    break;
            }
        }
        d[n] = r;
    }
    return d.at(of);
}

}  // namespace ngv::nmodl
