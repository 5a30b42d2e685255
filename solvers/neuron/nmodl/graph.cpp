#include "solvers/neuron/nmodl/graph.hpp"

#include <bit>
#include <cmath>
#include <stdexcept>

namespace ngv::nmodl {

double evaluate(const std::string& f, double a, double b) {
    if (f == "exp") return a < -700 ? 0 : std::exp(a > 700 ? 700 : a);
    if (f == "log") return std::log(a);
    if (f == "log10") return std::log10(a);
    if (f == "sqrt") return std::sqrt(a);
    if (f == "fabs" || f == "abs") return std::fabs(a);
    if (f == "sin") return std::sin(a);
    if (f == "cos") return std::cos(a);
    if (f == "tan") return std::tan(a);
    if (f == "asin") return std::asin(a);
    if (f == "acos") return std::acos(a);
    if (f == "atan") return std::atan(a);
    if (f == "sinh") return std::sinh(a);
    if (f == "cosh") return std::cosh(a);
    if (f == "tanh") return std::tanh(a);
    if (f == "floor") return std::floor(a);
    if (f == "ceil") return std::ceil(a);
    if (f == "trunc") return std::trunc(a);
    if (f == "expm1") return std::expm1(a);
    if (f == "log1p") return std::log1p(a);
    if (f == "pow") return std::pow(a, b);
    if (f == "fmod") return std::fmod(a, b);
    if (f == "atan2") return std::atan2(a, b);
    if (f == "min") return b < a ? b : a;
    if (f == "max") return a < b ? b : a;
    throw std::logic_error("no function " + f);
}

std::size_t Graph::Hash::operator()(const Key& k) const {
    std::size_t h = static_cast<std::size_t>(k.op);
    for (std::uint64_t x : {static_cast<std::uint64_t>(k.a), static_cast<std::uint64_t>(k.b),
                            static_cast<std::uint64_t>(k.c), k.value, static_cast<std::uint64_t>(k.extra)})
        h = (h ^ x) * 0x9e3779b97f4a7c15ull + (h >> 29);
    return h;
}

Node Graph::make(Expr e) {
    const Key key{e.op, e.a, e.b, e.c, std::bit_cast<std::uint64_t>(e.value), e.extra};
    const auto [it, fresh] = known_.try_emplace(key, static_cast<Node>(nodes_.size()));
    if (fresh) {
        nodes_.push_back(e);
        bool shared = true;
        if (e.op == Op::load) {
            using K = Leaf::Kind;
            const auto kind = leaves_[static_cast<std::size_t>(e.extra)].kind;
            shared = kind == K::global || kind == K::external || kind == K::time || kind == K::step ||
                     kind == K::celsius || kind == K::second_order;
        }
        for (const auto n : {e.a, e.b, e.c}) shared = shared && (n < 0 || is_shared(n));
        shared_.push_back(shared);
    }
    return it->second;
}

Node Graph::number(double value) {
    Expr e;
    e.value = value;
    return make(e);
}

Node Graph::load(const Leaf& leaf) {
    const auto [it, fresh] = known_leaves_.try_emplace(leaf, static_cast<int>(leaves_.size()));
    if (fresh) leaves_.push_back(leaf);
    Expr e;
    e.op = Op::load;
    e.a = leaf.x;
    e.extra = it->second;
    return make(e);
}

Node Graph::add(Node a, Node b) {
    a = as_number(a), b = as_number(b);
    if (is_number(a) && is_number(b)) return number(at(a).value + at(b).value);
    if (is(a, 0)) return b;
    if (is(b, 0)) return a;
    if (fast()) {
        if (at(b).op == Op::neg) return sub(a, at(b).a);
        if (at(a).op == Op::neg) return sub(b, at(a).a);
        if (is_number(a)) std::swap(a, b);
        // (x + 1) + 2 and (x - 1) + 2
        if (is_number(b) && at(a).op == Op::add && is_number(at(a).b))
            return add(at(a).a, number(at(at(a).b).value + at(b).value));
        if (a > b && !is_number(b)) std::swap(a, b);
    }
    return make({Op::add, a, b, -1, 0, 0});
}

Node Graph::sub(Node a, Node b) {
    a = as_number(a), b = as_number(b);
    if (is_number(a) && is_number(b)) return number(at(a).value - at(b).value);
    if (is(b, 0)) return a;
    if (fast()) {
        if (is(a, 0)) return neg(b);
        if (a == b) return number(0);
        if (is_number(b)) return add(a, number(-at(b).value));
        if (at(b).op == Op::neg) return add(a, at(b).a);
    }
    return make({Op::sub, a, b, -1, 0, 0});
}

Node Graph::mul(Node a, Node b) {
    a = as_number(a), b = as_number(b);
    if (is_number(a) && is_number(b)) return number(at(a).value * at(b).value);
    if (is(a, 1)) return b;
    if (is(b, 1)) return a;
    if (fast()) {
        if (is(a, 0) || is(b, 0)) return number(0);
        if (is_number(b)) std::swap(a, b);
        if (is(a, -1)) return neg(b);
        if (at(b).op == Op::neg) return is_number(a) ? mul(number(-at(a).value), at(b).a) : neg(mul(a, at(b).a));
        if (at(a).op == Op::neg && !(is_shared(a) && !is_shared(b))) return neg(mul(at(a).a, b));
        if (is_number(a) && at(b).op == Op::mul && is_number(at(b).a))
            return mul(number(at(a).value * at(at(b).a).value), at(b).b);
        if (is_number(a) && at(b).op == Op::div && is_number(at(b).a))
            return div(number(at(a).value * at(at(b).a).value), at(b).b);
        // 10 (1 - 0.05 x): 10 - 0.5 x
        if (is_number(a) && at(b).op == Op::sub && is_number(at(b).a)) {
            const auto product = at(at(b).b);
            if (product.op == Op::mul && is_number(product.a))
                return sub(number(at(a).value * at(at(b).a).value),
                           mul(number(at(a).value * at(product.a).value), product.b));
        }
        // x * (1/y) is one division when it stands alone
        if (at(b).op == Op::div && is(at(b).a, 1) && is_number(a)) return div(a, at(b).b);
        if (is_shared(b) && !is_shared(a)) std::swap(a, b);
        // factors that all instances share are multiplied before the loop
        if (is_shared(a) && !is_shared(b) && at(b).op == Op::mul && is_shared(at(b).a))
            return mul(mul(a, at(b).a), at(b).b);
        if (a > b && is_shared(a) == is_shared(b)) std::swap(a, b);
    }
    return make({Op::mul, a, b, -1, 0, 0});
}

Node Graph::div(Node a, Node b) {
    a = as_number(a), b = as_number(b);
    if (is_number(a) && is_number(b)) return number(at(a).value / at(b).value);
    if (is(b, 1)) return a;
    if (fast()) {
        if (is(a, 0)) return a;
        if (is_number(b) && std::isfinite(1 / at(b).value) && at(b).value != 0) return mul(number(1 / at(b).value), a);
        if (at(b).op == Op::neg) return neg(div(a, at(b).a));
        if (at(a).op == Op::neg) return neg(div(at(a).a, b));
        if (at(b).op == Op::div) return div(mul(a, at(b).b), at(b).a);  // a / (c / d)
        if (at(b).op == Op::mul && is_number(at(b).a)) return div(mul(number(1 / at(at(b).a).value), a), at(b).b);
        if (a == b) return number(1);
    }
    return make({Op::div, a, b, -1, 0, 0});
}

Node Graph::neg(Node a) {
    a = as_number(a);
    if (is_number(a)) return number(-at(a).value);
    if (at(a).op == Op::neg) return at(a).a;
    if (fast()) {
        if (at(a).op == Op::sub) return sub(at(a).b, at(a).a);
        if (at(a).op == Op::div) {  // -x / (e - 1): x / (1 - e)
            const auto e = at(a), below = at(e.b);
            if (below.op == Op::sub) return div(e.a, sub(below.b, below.a));
            if (below.op == Op::add && is_number(below.b)) return div(e.a, sub(number(-at(below.b).value), below.a));
        }
        if (at(a).op == Op::mul && is_number(at(a).a)) return mul(number(-at(at(a).a).value), at(a).b);
        if (at(a).op == Op::mul && is_shared(at(a).a) && !is_shared(at(a).b)) return mul(neg(at(a).a), at(a).b);
        if (at(a).op == Op::div && is_number(at(a).a)) return div(number(-at(at(a).a).value), at(a).b);
    }
    return make({Op::neg, a, -1, -1, 0, 0});
}

Node Graph::power(Node a, int n) {
    if (n == 1) return a;
    const auto half = power(a, n / 2);
    const auto even = mul(half, half);
    return n % 2 ? mul(even, a) : even;
}

Node Graph::pow(Node a, Node b) {
    if (fast() && is_number(b)) {
        const double n = at(b).value;
        if (n == 0) return number(1);
        if (n == 0.5) return call("sqrt", a);
        if (n == std::floor(n) && std::fabs(n) <= 16) {
            const auto p = power(a, static_cast<int>(std::fabs(n)));
            return n > 0 ? p : div(number(1), p);
        }
    }
    if (fast() && is_number(a) && at(a).value > 0 && !is_number(b)) return exp(mul(b, number(std::log(at(a).value))));
    return call("pow", a, b);
}

Node Graph::exp(Node a) {
    a = as_number(a);
    // exp(k v + c): the shift becomes a factor, so that gates that differ only by it share one exponential.
    if (fast() && at(a).op == Op::add && is_number(at(a).b)) {
        const auto x = at(a).a;
        const double shift = at(at(a).b).value;
        const auto is_v = [&](Node n) { return at(n).op == Op::load && leaf(n).kind == Leaf::Kind::voltage; };
        double k = 0;
        if (is_v(x)) k = 1;
        if (at(x).op == Op::neg && is_v(at(x).a)) k = -1;
        if (at(x).op == Op::mul && is_number(at(x).a) && is_v(at(x).b)) k = at(at(x).a).value;
        if (k != 0 && std::fabs(k) <= 1.01 && std::fabs(shift) <= 100)
            return mul(number(std::exp(shift)), call("exp", x));
    }
    if (fast() && at(a).op == Op::mul && is_number(at(a).a) && at(at(a).b).op == Op::add && is_number(at(at(a).b).b)) {
        const double k = at(at(a).a).value;  // exp(k (v + c))
        const auto inner = at(at(a).b);
        if (at(inner.a).op == Op::load && leaf(inner.a).kind == Leaf::Kind::voltage)
            return exp(add(mul(number(k), inner.a), number(k * at(inner.b).value)));
    }
    return call("exp", a);
}

Node Graph::call(const std::string& f, Node a, Node b) {
    a = as_number(a);
    if (b >= 0) b = as_number(b);
    const auto name = f == "abs" ? "fabs" : f;
    if (!is_function_table(name) && is_number(a) && (b < 0 || is_number(b)))
        return number(evaluate(name, at(a).value, b < 0 ? 0 : at(b).value));
    std::size_t i = 0;
    while (i < functions_.size() && functions_[i] != name) ++i;
    if (i == functions_.size()) functions_.push_back(name);
    return make({Op::call, a, b, -1, 0, static_cast<int>(i)});
}

Node Graph::less(Node a, Node b) {
    a = as_number(a), b = as_number(b);
    if (is_number(a) && is_number(b)) return number(at(a).value < at(b).value);
    if (fast() && at(a).op == Op::call && function(a) == "fabs" && is_number(b)) {  // |2 x| < 1: |x| < 1/2
        const auto x = at(at(a).a);
        if (x.op == Op::mul && is_number(x.a) && at(x.a).value != 0)
            return less(call("fabs", x.b), number(at(b).value / std::fabs(at(x.a).value)));
    }
    return make({Op::less, a, b, -1, 0, 0});
}
Node Graph::less_equal(Node a, Node b) {
    a = as_number(a), b = as_number(b);
    if (is_number(a) && is_number(b)) return number(at(a).value <= at(b).value);
    return make({Op::less_equal, a, b, -1, 0, 0});
}
Node Graph::equal(Node a, Node b) {
    a = as_number(a), b = as_number(b);
    if (is_number(a) && is_number(b)) return number(at(a).value == at(b).value);
    if (a == b) return number(1);
    if (a > b) std::swap(a, b);
    return make({Op::equal, a, b, -1, 0, 0});
}
Node Graph::truth(Node a) {
    if (is_condition(a)) return a;
    if (is_number(a)) return number(at(a).value != 0);
    return negate(equal(a, number(0)));
}
Node Graph::as_number(Node a) {
    return is_condition(a) ? make({Op::select, a, number(1), number(0), 0, 0}) : a;
}
Node Graph::both(Node a, Node b) {
    a = truth(a), b = truth(b);
    if (is(a, 0) || is(b, 0)) return number(0);
    if (is_number(a)) return b;
    if (is_number(b) || a == b) return a;
    return make({Op::both, a, b, -1, 0, 0});
}
Node Graph::either(Node a, Node b) {
    a = truth(a), b = truth(b);
    if (is(a, 1) || is(b, 1)) return number(1);
    if (is_number(a)) return b;
    if (is_number(b) || a == b) return a;
    return make({Op::either, a, b, -1, 0, 0});
}
Node Graph::negate(Node a) {
    a = truth(a);
    if (is_number(a)) return number(at(a).value == 0);
    if (at(a).op == Op::negate) return at(a).a;
    return make({Op::negate, a, -1, -1, 0, 0});
}

Node Graph::select(Node condition, Node a, Node b) {
    condition = truth(condition);
    if (is_number(condition)) return at(condition).value != 0 ? a : b;
    if (a == b) return a;
    if (is_condition(a) || is_condition(b)) a = as_number(a), b = as_number(b);
    if (at(condition).op == Op::negate) return select(at(condition).a, b, a);
    // a cache: if (x == y) x else y is y whatever x is
    if (at(condition).op == Op::equal) {
        const auto& e = at(condition);
        if ((e.a == a && e.b == b) || (e.a == b && e.b == a)) return b;
    }
    return make({Op::select, condition, a, b, 0, 0});
}

bool Graph::depends(Node n, Node on) {
    if (n == on) return true;
    if (n < on && at(n).op != Op::load) return false;  // operands are older than what is made of them
    const auto& e = at(n);
    if (e.a < 0) return false;
    if (auto it = dependences_.find({n, on}); it != dependences_.end()) return it->second;
    const bool result = depends(e.a, on) || (e.b >= 0 && depends(e.b, on)) || (e.c >= 0 && depends(e.c, on));
    dependences_[{n, on}] = result;
    return result;
}

Node Graph::rebuild(const Expr& e, Node a, Node b, Node c) {
    switch (e.op) {
        case Op::number:
            return number(e.value);
        case Op::load: {
            auto l = leaves_[static_cast<std::size_t>(e.extra)];
            l.x = a;
            return load(l);
        }
        case Op::add:
            return add(a, b);
        case Op::sub:
            return sub(a, b);
        case Op::mul:
            return mul(a, b);
        case Op::div:
            return div(a, b);
        case Op::neg:
            return neg(a);
        case Op::call:
            return call(std::string(functions_[static_cast<std::size_t>(e.extra)]), a, b);
        case Op::less:
            return less(a, b);
        case Op::less_equal:
            return less_equal(a, b);
        case Op::equal:
            return equal(a, b);
        case Op::both:
            return both(a, b);
        case Op::either:
            return either(a, b);
        case Op::negate:
            return negate(a);
        case Op::select:
            return select(a, b, c);
    }
    return -1;
}

Node Graph::import(const Graph& from, Node n) {
    std::unordered_map<Node, Node> done;
    for (const auto m : from.order({n})) {
        const auto& e = from.at(m);
        const auto of = [&](Node x) { return x < 0 ? x : done.at(x); };
        if (e.op == Op::load) {
            auto leaf = from.leaf(m);
            leaf.x = of(leaf.x);
            done[m] = load(leaf);
        } else if (e.op == Op::call) {
            done[m] = call(from.function(m), of(e.a), of(e.b));
        } else {
            done[m] = rebuild(e, of(e.a), of(e.b), of(e.c));
        }
    }
    return done.at(n);
}

Node Graph::substitute(Node in, const std::map<Node, Node>& what) {
    std::unordered_map<Node, Node> done(what.begin(), what.end());
    for (const auto n : order({in})) {
        if (done.contains(n)) continue;
        const auto e = at(n);
        const auto of = [&](Node m) { return m < 0 ? m : done.at(m); };
        const auto a = of(e.a), b = of(e.b), c = of(e.c);
        done[n] = a == e.a && b == e.b && c == e.c ? n : rebuild(e, a, b, c);
    }
    return done.at(in);
}

std::vector<Node> Graph::order(const std::vector<Node>& roots) const {
    std::vector<char> seen(nodes_.size(), 0);
    std::vector<Node> stack, result;
    for (const auto r : roots)
        if (r >= 0) stack.push_back(r);
    while (!stack.empty()) {
        const auto n = stack.back();
        stack.pop_back();
        if (seen[static_cast<std::size_t>(n)]) continue;
        seen[static_cast<std::size_t>(n)] = 1;
        const auto& e = at(n);
        for (const auto m : {e.a, e.b, e.c})
            if (m >= 0) stack.push_back(m);
    }
    for (std::size_t n = 0; n < seen.size(); ++n)  // operands are older than what is made of them
        if (seen[n]) result.push_back(static_cast<Node>(n));
    return result;
}

}  // namespace ngv::nmodl
