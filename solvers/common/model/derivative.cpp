#include "solvers/common/model/derivative.hpp"

#include <cmath>

#include "ngv/error.hpp"

namespace ngv::model {

Expr Derivative::operator()(Expr e) {
    const auto at = static_cast<std::size_t>(e.index);
    if (known_.size() <= at) known_.resize(graph_.size());
    if (known_[at].index < 0) {
        const Expr result = compute(e);
        if (known_.size() <= at) known_.resize(graph_.size());
        known_[at] = result;
    }
    return known_[at];
}

Expr Derivative::compute(Expr e) {
    Graph& g = graph_;
    const Node node = g[e];  // a copy: the graph grows below
    const Expr zero = g.constant(0), one = g.constant(1);
    if (node.op == Op::constant) return zero;
    if (node.op == Op::symbol) return e == symbol_ ? one : zero;

    const auto d = [&](Expr x) { return x.index < 0 ? zero : (*this)(x); };
    if (node.op == Op::select) return g.select(node.a, d(node.b), d(node.c));
    const Expr da = d(node.a), db = d(node.b);
    if (g.is_constant(da, 0) && g.is_constant(db, 0)) return zero;

    switch (node.op) {
        case Op::neg:
            return g.neg(da);
        case Op::exp:
            return g.mul(e, da);
        case Op::expm1:
            return g.mul(g.add(e, one), da);
        case Op::log:
            return g.div(da, node.a);
        case Op::log10:
            return g.div(g.mul(g.constant(1 / std::log(10.0)), da), node.a);
        case Op::sqrt:
            return g.div(g.mul(g.constant(0.5), da), e);
        case Op::abs:
            return g.select(g.binary(Op::less, node.a, zero), g.neg(da), da);
        case Op::sin:
            return g.mul(g.unary(Op::cos, node.a), da);
        case Op::cos:
            return g.neg(g.mul(g.unary(Op::sin, node.a), da));
        case Op::tan:
            return g.mul(g.add(one, g.mul(e, e)), da);
        case Op::atan:
            return g.div(da, g.add(one, g.mul(node.a, node.a)));
        case Op::tanh:
            return g.mul(g.sub(one, g.mul(e, e)), da);
        case Op::sinh:
            return g.mul(g.unary(Op::cosh, node.a), da);
        case Op::cosh:
            return g.mul(g.unary(Op::sinh, node.a), da);
        case Op::add:
            return g.add(da, db);
        case Op::sub:
            return g.sub(da, db);
        case Op::mul:
            return g.add(g.mul(da, node.b), g.mul(node.a, db));
        case Op::div:  // (a/b)' = (a' - (a/b) b') / b
            return g.div(g.sub(da, g.mul(e, db)), node.b);
        case Op::pow: {
            const Expr base_part =
                g.is_constant(da, 0) ? zero : g.mul(g.mul(node.b, g.pow(node.a, g.sub(node.b, one))), da);
            const Expr exponent_part = g.is_constant(db, 0) ? zero : g.mul(g.mul(e, g.log(node.a)), db);
            return g.add(base_part, exponent_part);
        }
        case Op::min:
            return g.select(g.binary(Op::less, node.b, node.a), db, da);
        case Op::max:
            return g.select(g.binary(Op::less, node.a, node.b), db, da);
        case Op::floor:
        case Op::factorial:
        case Op::logical_not:
        case Op::less:
        case Op::less_equal:
        case Op::equal:
        case Op::logical_and:
        case Op::logical_or:
            return zero;
        case Op::constant:
        case Op::symbol:
        case Op::select:
            break;
    }
    NGV_ASSERT(!"every operation has a derivative");
    return zero;
}

}  // namespace ngv::model
