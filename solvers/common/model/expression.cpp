#include "solvers/common/model/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>

#include "ngv/error.hpp"

namespace ngv::model {

int arity(Op op) {
    if (op <= Op::symbol) return 0;
    if (op <= Op::logical_not) return 1;
    return op == Op::select ? 3 : 2;
}

double factorial(double n) {
    n = std::nearbyint(n);
    if (!(n >= 0)) return std::nan("");
    double product = 1;
    for (double k = 2; k <= std::min(n, 171.0); ++k) product *= k;
    return product;
}

double apply(Op op, double a, double b, double c) {
    switch (op) {
        case Op::neg:
            return -a;
        case Op::exp:
            return std::exp(a);
        case Op::expm1:
            return std::expm1(a);
        case Op::log:
            return std::log(a);
        case Op::log10:
            return std::log10(a);
        case Op::sqrt:
            return std::sqrt(a);
        case Op::abs:
            return std::fabs(a);
        case Op::sin:
            return std::sin(a);
        case Op::cos:
            return std::cos(a);
        case Op::tan:
            return std::tan(a);
        case Op::atan:
            return std::atan(a);
        case Op::tanh:
            return std::tanh(a);
        case Op::sinh:
            return std::sinh(a);
        case Op::cosh:
            return std::cosh(a);
        case Op::factorial:
            return factorial(a);
        case Op::floor:
            return std::floor(a);
        case Op::logical_not:
            return a == 0 ? 1 : 0;
        case Op::add:
            return a + b;
        case Op::sub:
            return a - b;
        case Op::mul:
            return a * b;
        case Op::div:
            return a / b;
        case Op::pow:
            return std::pow(a, b);
        case Op::min:
            return b < a ? b : a;
        case Op::max:
            return a < b ? b : a;
        case Op::less:
            return a < b ? 1 : 0;
        case Op::less_equal:
            return a <= b ? 1 : 0;
        case Op::equal:
            return a == b ? 1 : 0;
        case Op::logical_and:
            return a != 0 && b != 0 ? 1 : 0;
        case Op::logical_or:
            return a != 0 || b != 0 ? 1 : 0;
        case Op::select:
            return a != 0 ? b : c;
        case Op::constant:
        case Op::symbol:
            break;
    }
    NGV_ASSERT(!"an operation without operands is not applied");
    return 0;
}

std::size_t Graph::Hash::operator()(const Key& key) const {
    std::uint64_t h = static_cast<std::uint64_t>(key.op) + 1;
    for (const std::uint64_t part : {static_cast<std::uint64_t>(key.a), static_cast<std::uint64_t>(key.b),
                                     static_cast<std::uint64_t>(key.c), key.bits}) {
        h = (h ^ part) * 0x9e3779b97f4a7c15ULL;
        h ^= h >> 29;
    }
    return h;
}

Expr Graph::intern(const Node& node) {
    const Key key{node.op, node.a.index, node.b.index, node.c.index, std::bit_cast<std::uint64_t>(node.value)};
    const auto [it, is_new] = known_.try_emplace(key, static_cast<std::int32_t>(nodes_.size()));
    if (is_new) nodes_.push_back(node);
    return {it->second};
}

Expr Graph::constant(double value) {
    return intern({Op::constant, {}, {}, {}, value});
}

Expr Graph::symbol(std::string_view name) {
    const auto [it, is_new] = symbols_.try_emplace(std::string(name), static_cast<std::int32_t>(nodes_.size()));
    if (is_new) {
        names_.emplace(it->second, it->first);
        nodes_.push_back({Op::symbol, {}, {}, {}, 0});
    }
    return {it->second};
}

const std::string& Graph::name(Expr symbol) const {
    return names_.at(symbol.index);
}

Expr Graph::unary(Op op, Expr a) {
    if (is_constant(a)) return constant(apply(op, (*this)[a].value));
    if (op == Op::neg && (*this)[a].op == Op::neg) return (*this)[a].a;
    return intern({op, a, {}, {}, 0});
}

Expr Graph::binary(Op op, Expr a, Expr b) {
    if (is_constant(a) && is_constant(b)) return constant(apply(op, (*this)[a].value, (*this)[b].value));
    switch (op) {
        case Op::add:
            if (is_constant(a, 0)) return b;
            if (is_constant(b, 0)) return a;
            if ((*this)[b].op == Op::neg) return binary(Op::sub, a, (*this)[b].a);
            if ((*this)[a].op == Op::neg) return binary(Op::sub, b, (*this)[a].a);
            break;
        case Op::sub:
            if (is_constant(b, 0)) return a;
            if (is_constant(a, 0)) return neg(b);
            if (a == b) return constant(0);
            if ((*this)[b].op == Op::neg) return binary(Op::add, a, (*this)[b].a);
            break;
        case Op::mul:
            if (is_constant(a, 0) || is_constant(b, 0)) return constant(0);
            if (is_constant(a, 1)) return b;
            if (is_constant(b, 1)) return a;
            if (is_constant(a, -1)) return neg(b);
            if (is_constant(b, -1)) return neg(a);
            break;
        case Op::div:
            if (is_constant(a, 0)) return a;
            if (is_constant(b, 1)) return a;
            if (is_constant(b, -1)) return neg(a);
            break;
        case Op::pow:
            if (is_constant(b, 0)) return constant(1);
            if (is_constant(b, 1)) return a;
            if (is_constant(b, 2)) return mul(a, a);
            if (is_constant(b, 3)) return mul(mul(a, a), a);
            if (is_constant(b, 4)) return mul(mul(a, a), mul(a, a));
            if (is_constant(b, 0.5)) return sqrt(a);
            if (is_constant(b, -1)) return div(constant(1), a);
            if (is_constant(b, -0.5)) return div(constant(1), sqrt(a));
            break;
        default:
            break;
    }
    const bool commutes = op == Op::add || op == Op::mul || op == Op::equal;
    if (commutes && b.index < a.index) std::swap(a, b);
    return intern({op, a, b, {}, 0});
}

Expr Graph::select(Expr condition, Expr if_true, Expr if_false) {
    if (is_constant(condition)) return (*this)[condition].value != 0 ? if_true : if_false;
    if (if_true == if_false) return if_true;
    return intern({Op::select, condition, if_true, if_false, 0});
}

std::vector<Expr> Graph::symbols_of(Expr e) const {
    std::vector<bool> seen(nodes_.size());
    std::vector<Expr> open{e}, found;
    while (!open.empty()) {
        const Expr x = open.back();
        open.pop_back();
        if (x.index < 0 || seen[static_cast<std::size_t>(x.index)]) continue;
        seen[static_cast<std::size_t>(x.index)] = true;
        const Node& node = (*this)[x];
        if (node.op == Op::symbol) found.push_back(x);
        for (const Expr child : {node.a, node.b, node.c}) open.push_back(child);
    }
    std::sort(found.begin(), found.end(), [](Expr x, Expr y) { return x.index < y.index; });
    return found;
}

std::string Graph::text(Expr e) const {
    static constexpr const char* names[] = {"",      "",          "-",   "exp", "expm1", "log",  "log10", "sqrt",
                                            "abs",   "sin",       "cos", "tan", "atan",  "tanh", "sinh",  "cosh",
                                            "floor", "factorial", "not", "+",   "-",     "*",    "/",     "^",
                                            "min",   "max",       "<",   "<=",  "==",    "and",  "or",    "if"};
    const Node& node = (*this)[e];
    const auto* name_of_op = names[static_cast<std::size_t>(node.op)];
    if (node.op == Op::constant) return fmt::format("{}", node.value);
    if (node.op == Op::symbol) return name(e);
    if (arity(node.op) == 1)
        return node.op == Op::neg ? fmt::format("(-{})", text(node.a))
                                  : fmt::format("{}({})", name_of_op, text(node.a));
    if (arity(node.op) == 3) return fmt::format("if({}, {}, {})", text(node.a), text(node.b), text(node.c));
    if (node.op == Op::min || node.op == Op::max)
        return fmt::format("{}({}, {})", name_of_op, text(node.a), text(node.b));
    return fmt::format("({} {} {})", text(node.a), name_of_op, text(node.b));
}

}  // namespace ngv::model
