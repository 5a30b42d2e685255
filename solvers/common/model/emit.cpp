#include "solvers/common/model/emit.hpp"

#include <fmt/format.h>

#include <cmath>

#include "ngv/error.hpp"

namespace ngv::model {

namespace {

/// How an operation with numbers as operands and result is written; nullptr for those with conditions.
const char* pattern(Op op) {
    switch (op) {
        case Op::neg:
            return "-{0}";
        case Op::add:
            return "{0} + {1}";
        case Op::sub:
            return "{0} - {1}";
        case Op::mul:
            return "{0} * {1}";
        case Op::div:
            return "{0} / {1}";
        case Op::exp:
            return "exp({0})";
        case Op::expm1:
            return "expm1({0})";
        case Op::log:
            return "log({0})";
        case Op::log10:
            return "log10({0})";
        case Op::sqrt:
            return "sqrt({0})";
        case Op::abs:
            return "abs({0})";
        case Op::sin:
            return "sin({0})";
        case Op::cos:
            return "cos({0})";
        case Op::tan:
            return "tan({0})";
        case Op::atan:
            return "atan({0})";
        case Op::tanh:
            return "tanh({0})";
        case Op::sinh:
            return "sinh({0})";
        case Op::cosh:
            return "cosh({0})";
        case Op::floor:
            return "floor({0})";
        case Op::factorial:
            return "factorial({0})";
        case Op::pow:
            return "pow({0}, {1})";
        case Op::min:
            return "min({0}, {1})";
        case Op::max:
            return "max({0}, {1})";
        default:
            return nullptr;
    }
}

bool is_condition(Op op) {
    switch (op) {
        case Op::less:
        case Op::less_equal:
        case Op::equal:
        case Op::logical_and:
        case Op::logical_or:
        case Op::logical_not:
            return true;
        default:
            return false;
    }
}

}  // namespace

std::string literal(double value) {
    if (std::isnan(value)) return "broadcast(__builtin_nan(\"\"))";
    if (std::isinf(value)) return value > 0 ? "broadcast(__builtin_inf())" : "broadcast(-__builtin_inf())";
    return std::floor(value) == value && std::fabs(value) < 1e6 ? fmt::format("broadcast({:.1f})", value)
                                                                : fmt::format("broadcast({:a})", value);
}

Emitter::Known& Emitter::known(Expr e) {
    const auto at = static_cast<std::size_t>(e.index);
    if (known_.size() <= at) known_.resize(graph_.size());
    return known_[at];
}

void Emitter::bind(Expr e, std::string text) {
    known(e) = {std::move(text), {}, {}};
}

void Emitter::forget(Expr e) {
    known(e).number.clear();
    known(e).mask.clear();
}

void Emitter::line(const std::string& statement) {
    text_ += "    " + statement + "\n";
    ++statements_;
}

std::string Emitter::define(const char* type, const std::string& what) {
    auto name = fmt::format("{}{}", prefix_, names_++);
    line(fmt::format("const {} {} = {};", type, name, what));
    return name;
}

// Operands first, with a stack of our own: a chain of a thousand sums must not be a thousand calls deep.
void Emitter::prepare(Expr e) {
    std::vector<std::pair<Expr, bool>> open{{e, false}};
    while (!open.empty()) {
        const auto [x, operands_done] = open.back();
        open.pop_back();
        const Op op = graph_[x].op;
        const auto& have = known(x);
        if (!have.bound.empty() || !have.number.empty() || !have.mask.empty() || op == Op::constant) continue;
        if (operands_done) {
            if (is_condition(op))
                compute_condition(x);
            else
                compute(x);
            continue;
        }
        open.push_back({x, true});
        const Node& node = graph_[x];
        for (const Expr child : {node.c, node.b, node.a})
            if (child.index >= 0) open.push_back({child, false});
    }
}

std::string Emitter::value(Expr e) {
    if (graph_.is_constant(e)) return literal(graph_[e].value);
    prepare(e);
    return compute(e);
}

std::string Emitter::condition(Expr e) {
    prepare(e);
    return compute_condition(e);
}

std::string Emitter::compute(Expr e) {
    const Node& node = graph_[e];
    if (node.op == Op::constant) return literal(node.value);
    if (!known(e).number.empty()) return known(e).number;
    std::string name;
    if (!known(e).bound.empty()) {
        name = define("V8", known(e).bound);
    } else if (is_condition(node.op)) {
        name = define("V8", fmt::format("number({})", compute_condition(e)));
    } else if (node.op == Op::select) {
        const auto condition = compute_condition(node.a), b = compute(node.b), c = compute(node.c);
        name = define("V8", fmt::format("select({}, {}, {})", condition, b, c));
    } else {
        const char* how = pattern(node.op);
        if (!how)
            throw InternalError(fmt::format("'{}' is bound before it is emitted", graph_.text(e)), __FILE__, __LINE__);
        const auto a = compute(node.a), b = arity(node.op) > 1 ? compute(node.b) : std::string{};
        name = define("V8", fmt::format(fmt::runtime(how), a, b));
    }
    return known(e).number = name;
}

std::string Emitter::compute_condition(Expr e) {
    if (!known(e).mask.empty()) return known(e).mask;
    const Node& node = graph_[e];
    std::string what;
    if (!known(e).bound.empty() || !is_condition(node.op)) {
        what = fmt::format("truth({})", compute(e));
    } else if (node.op == Op::less || node.op == Op::less_equal || node.op == Op::equal) {
        const auto a = compute(node.a), b = compute(node.b);
        what = fmt::format("{} {} {}", a, node.op == Op::less ? "<" : node.op == Op::equal ? "==" : "<=", b);
    } else if (node.op == Op::logical_not) {
        what = "!" + compute_condition(node.a);
    } else {
        const auto a = compute_condition(node.a), b = compute_condition(node.b);
        what = fmt::format("{} {} {}", a, node.op == Op::logical_and ? "&" : "|", b);
    }
    const auto name = define("M8", what);
    return known(e).mask = name;
}

// Every entry is written once, when all of its updates are known; they are applied in the order of the pivots, as
// SparseLu::factor does.
std::string emit_factor(const SparseLu& lu, const std::string& matrix, const std::vector<std::string>& entries) {
    std::vector<std::string> value(lu.size());
    std::vector<bool> finished(lu.size());
    for (std::size_t k = 0; k < lu.size(); ++k) value[k] = entries[k].empty() ? "broadcast(0.0)" : entries[k];
    std::string text;
    std::size_t names = 0;
    const auto finish = [&](std::size_t k, const std::string& what) {
        const auto name = fmt::format("f{}", names++);
        text += fmt::format("    const V8 {0} = {1};\n    store({2} + {3}, {0});\n", name, what, matrix, 8 * k);
        value[k] = name;
        finished[k] = true;
    };
    std::size_t lower = 0, upper = 0, update = 0;
    for (const auto& pivot : lu.pivots()) {
        finish(static_cast<std::size_t>(pivot.diagonal),
               "broadcast(1.0) / (" + value[static_cast<std::size_t>(pivot.diagonal)] + ")");
        for (; upper < static_cast<std::size_t>(pivot.upper); ++upper) {
            const auto k = static_cast<std::size_t>(lu.upper()[upper].index);
            if (!finished[k]) finish(k, value[k]);
        }
        for (; lower < static_cast<std::size_t>(pivot.lower); ++lower) {
            const auto k = static_cast<std::size_t>(lu.lower()[lower].index);
            finish(k, fmt::format("({}) * {}", value[k], value[static_cast<std::size_t>(pivot.diagonal)]));
        }
        for (; update < static_cast<std::size_t>(pivot.updates); ++update) {
            const auto& u = lu.updates()[update];
            auto& to = value[static_cast<std::size_t>(u.to)];
            to = fmt::format("fnma({}, {}, {})", value[static_cast<std::size_t>(u.x)],
                             value[static_cast<std::size_t>(u.y)], to);
        }
    }
    return text;
}

std::string emit_solve(const SparseLu& lu, const std::string& factors, const std::string& b) {
    const auto n = lu.rows();
    std::vector<std::string> value(n);
    for (std::size_t i = 0; i < n; ++i) value[i] = fmt::format("load({} + {})", b, 8 * i);
    std::string text;
    const auto at = [&](std::int32_t k) { return fmt::format("load({} + {})", factors, 8 * k); };
    const auto& pivots = lu.pivots();
    std::size_t lower = 0;
    for (const auto& pivot : pivots) {
        const auto row = static_cast<std::size_t>(pivot.row);
        text += fmt::format("    const V8 y{} = {};\n", row, value[row]);
        value[row] = fmt::format("y{}", row);
        for (; lower < static_cast<std::size_t>(pivot.lower); ++lower) {
            const auto& entry = lu.lower()[lower];
            auto& to = value[static_cast<std::size_t>(entry.line)];
            to = fmt::format("fnma({}, {}, {})", at(entry.index), value[row], to);
        }
    }
    for (std::size_t p = pivots.size(); p-- > 0;) {
        const auto& pivot = pivots[p];
        const auto row = static_cast<std::size_t>(pivot.row);
        auto x = value[row];
        for (auto u = p == 0 ? 0 : pivots[p - 1].upper; u < pivot.upper; ++u) {
            const auto& entry = lu.upper()[static_cast<std::size_t>(u)];
            x = fmt::format("fnma({}, x{}, {})", at(entry.index), entry.line, x);
        }
        text += fmt::format("    const V8 x{0} = ({1}) * {2};\n    store({3} + {4}, x{0});\n", row, x,
                            at(pivot.diagonal), b, 8 * row);
    }
    return text;
}

}  // namespace ngv::model
