#include "solvers/neuron/nmodl/print_graph.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ngv::nmodl {

std::string number_text(double x) {
    if (std::isnan(x)) return "__builtin_nan(\"\")";
    if (std::isinf(x)) return x > 0 ? "__builtin_inf()" : "-__builtin_inf()";
    auto text = fmt::format("{}", x);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return x < 0 || std::signbit(x) ? "(" + text + ")" : text;
}

GraphPrinter::GraphPrinter(const Model& model, const Kernel& kernel, Width width)
    : m_(model), k_(kernel), g_(kernel.graph), width_(width), order_(kernel.graph.order(kernel.roots())) {
    classify();
    find_fused();
    print();
}

bool GraphPrinter::is_own(int column) const {
    return k_.stores.contains({Leaf::Kind::column, column}) && loaded_.contains(column);
}

std::string GraphPrinter::ion_array(const IonVariable& v) {
    static constexpr const char* names[] = {"e", "i", "in", "out"};
    return fmt::format("ion{}_{}", v.ion, names[static_cast<int>(v.part)]);
}

void GraphPrinter::classify() {
    is_shared_.assign(g_.size(), 0);
    region_.assign(g_.size(), 0);
    uses_.assign(g_.size(), 0);
    divisions_.assign(g_.size(), 0);
    for (const auto n : order_) {
        const auto& e = g_.at(n);
        const bool shared = width_ == Width::eight && g_.is_shared(n);
        int region = 0;
        if (e.op == Op::load && g_.leaf(n).kind == Leaf::Kind::column) loaded_.insert(g_.leaf(n).index);
        if (e.op == Op::load && g_.leaf(n).kind == Leaf::Kind::unknown) region = g_.leaf(n).index + 1;
        for (const auto m : {e.a, e.b, e.c}) {
            if (m < 0) continue;
            const auto i = static_cast<std::size_t>(m);
            region = std::max(region, region_[i]);
            ++uses_[i];
        }
        is_shared_[static_cast<std::size_t>(n)] = shared;
        region_[static_cast<std::size_t>(n)] = region;
        if (e.op == Op::div && !shared) ++divisions_[static_cast<std::size_t>(e.b)];
    }
    for (const auto r : k_.roots()) ++uses_[static_cast<std::size_t>(r)];
}

void GraphPrinter::print() {
    printed_.assign(g_.size(), 0);
    for (const auto n : order_) print(n);
}

void GraphPrinter::print(Node n) {
    const auto i = static_cast<std::size_t>(n);
    if (printed_[i] || g_.is_number(n) || region_[i] != 0) return;
    printed_[i] = 1;
    if (g_.at(n).op == Op::load && g_.leaf(n).kind == Leaf::Kind::solution)
        iteration(static_cast<std::size_t>(g_.leaf(n).index));
    if (can_fuse(n)) return;
    if (is_shared_[i]) {
        shared_ += "    " + line(n, true);
    } else {
        const auto text = line(n, false);  // may put a reciprocal before itself
        body_ += indent_ + text;
    }
}

void GraphPrinter::iteration(std::size_t k) {
    if (!done_.insert(k).second) return;
    const auto& it = k_.iterations[k];
    for (const auto* roots : {&it.start, &it.change})  // what it reads may be younger than its solution
        for (const auto n : g_.order(*roots)) print(n);
    const char* type = width_ == Width::eight ? "V8" : "double";
    const auto n = it.start.size();
    for (std::size_t i = 0; i < n; ++i)
        body_ += fmt::format("{}{} x{}_{} = {};\n", indent_, type, k, i, operand(it.start[i], false));
    body_ += width_ == Width::eight ? fmt::format("{}M8 going{} = row.on;\n", indent_, k)
                                    : fmt::format("{}bool going{} = true;\n", indent_, k);
    body_ += fmt::format("{}for (int pass = 0;; ++pass) {{\n", indent_);
    indent_ += "    ";
    for (const auto m : order_) {
        if (region_[static_cast<std::size_t>(m)] != static_cast<int>(k) + 1 || can_fuse(m)) continue;
        const auto text = line(m, false);
        body_ += indent_ + text;
    }
    std::string moved, size;
    for (std::size_t i = 0; i < n; ++i) {
        body_ += fmt::format("{}const {} change_{} = {};\n", indent_, type, i, operand(it.change[i], false));
        auto next = fmt::format("x{}_{} + change_{}", k, i, i);
        if (it.not_negative) next = fmt::format("f_max({}, {})", width_ == Width::eight ? "broadcast(0)" : "0.0", next);
        body_ += fmt::format("{0}x{1}_{2} = select(going{1}, {3}, x{1}_{2});\n", indent_, k, i, next);
        moved += (i ? " + " : "") + fmt::format("f_fabs(change_{})", i);
        size += fmt::format(" + f_fabs(x{}_{})", k, i);
    }
    const auto wide = [&](double x) {
        return width_ == Width::eight ? "broadcast(" + number_text(x) + ")" : number_text(x);
    };
    const auto limit = it.relative ? wide(it.tolerance) + " * (" + wide(1) + size + ")" : wide(it.tolerance);
    body_ += fmt::format("{}going{} = going{} & ({} < {});\n", indent_, k, k, limit, moved);
    body_ += fmt::format("{}if (!any(going{})) break;\n", indent_, k);
    body_ += fmt::format("{}if (pass == {}) {{\n{}    failed = true;\n{}    break;\n{}}}\n", indent_, it.limit, indent_,
                         indent_, indent_);
    indent_.resize(indent_.size() - 4);
    body_ += indent_ + "}\n";
}

bool GraphPrinter::can_fuse(Node n) const {
    return fuses_[static_cast<std::size_t>(n)];
}

/// Products that become part of the sum that alone uses them: a*b + c rounded once.
void GraphPrinter::find_fused() {
    fuses_.assign(g_.size(), 0);
    if (!g_.fast() || width_ == Width::one) return;
    const auto candidate = [&](Node n, Node sum) {
        const auto i = static_cast<std::size_t>(n);
        return g_.at(n).op == Op::mul && uses_[i] == 1 && !is_shared_[i] &&
               region_[i] == region_[static_cast<std::size_t>(sum)];
    };
    for (const auto n : order_) {
        const auto& e = g_.at(n);
        if (is_shared_[static_cast<std::size_t>(n)]) continue;
        if (e.op == Op::sub && candidate(e.b, n)) fuses_[static_cast<std::size_t>(e.b)] = 1;
        if (e.op != Op::add) continue;
        if (candidate(e.b, n))
            fuses_[static_cast<std::size_t>(e.b)] = 1;
        else if (candidate(e.a, n))
            fuses_[static_cast<std::size_t>(e.a)] = 1;
    }
}

std::string GraphPrinter::line(Node n, bool shared) {
    const char* number = shared || width_ == Width::one ? "double" : "V8";
    const char* boolean = shared || width_ == Width::one ? "bool" : "M8";
    const char* name = shared ? "u" : "n";
    return fmt::format("const {} {}{} = {};\n", g_.is_condition(n) ? boolean : number, name, n, operation(n, shared));
}

std::string GraphPrinter::operand(Node n, bool shared) {
    if (g_.is_number(n)) {
        const auto text = number_text(g_.at(n).value);
        return shared || width_ == Width::one ? text : "broadcast(" + text + ")";
    }
    if (is_shared_[static_cast<std::size_t>(n)]) {
        if (shared) return fmt::format("u{}", n);
        if (widened_.insert(n).second) shared_ += fmt::format("    const V8 w{0} = broadcast(u{0});\n", n);
        return fmt::format("w{}", n);
    }
    return fmt::format("n{}", n);
}

std::string GraphPrinter::condition(Node n, bool shared) {
    if (g_.is_number(n)) {
        const char* text = g_.at(n).value != 0 ? "true" : "false";
        return shared || width_ == Width::one ? text : fmt::format("everywhere({})", text);
    }
    if (is_shared_[static_cast<std::size_t>(n)])
        return shared ? fmt::format("u{}", n) : fmt::format("everywhere(u{})", n);
    return fmt::format("n{}", n);
}

std::string GraphPrinter::fused(Node n) {
    const auto& e = g_.at(n);
    const auto left = e.a, right = e.b;
    if (e.op == Op::add) {
        const auto product = can_fuse(left) ? left : right;
        const auto other = product == left ? right : left;
        return fmt::format("fma({}, {}, {})", operand(g_.at(product).a, false), operand(g_.at(product).b, false),
                           operand(other, false));
    }
    return fmt::format("fnma({}, {}, {})", operand(g_.at(right).a, false), operand(g_.at(right).b, false),
                       operand(left, false));
}

std::string GraphPrinter::operation(Node n, bool s) {
    const auto& e = g_.at(n);
    const auto binary = [&](const char* o) { return operand(e.a, s) + o + operand(e.b, s); };
    switch (e.op) {
        case Op::load:
            return load(n, s);
        case Op::add:
            if (!s && (can_fuse(e.a) || can_fuse(e.b))) return fused(n);
            return binary(" + ");
        case Op::sub:
            if (!s && can_fuse(e.b)) return fused(n);
            return binary(" - ");
        case Op::mul:
            return binary(" * ");
        case Op::div: {
            if (s || !g_.fast()) return binary(" / ");
            if (width_ == Width::eight && is_shared_[static_cast<std::size_t>(e.b)] && !g_.is_number(e.b)) {
                if (inverted_.insert(e.b).second)
                    shared_ += fmt::format("    const V8 i{0} = broadcast(1.0 / u{0});\n", e.b);
                return g_.is(e.a, 1) ? fmt::format("i{}", e.b) : fmt::format("{} * i{}", operand(e.a, s), e.b);
            }
            if (divisions_[static_cast<std::size_t>(e.b)] < 2) return binary(" / ");
            const int region = region_[static_cast<std::size_t>(n)];
            auto& name = reciprocals_[{e.b, region}];
            if (name.empty()) {
                name = fmt::format("r{}_{}", e.b, region);
                body_ += fmt::format("{}const {} {} = {} / {};\n", indent_, width_ == Width::eight ? "V8" : "double",
                                     name, width_ == Width::eight ? "broadcast(1)" : "1.0", operand(e.b, s));
            }
            return g_.is(e.a, 1) ? name : operand(e.a, s) + " * " + name;
        }
        case Op::neg:
            return "-" + operand(e.a, s);
        case Op::call:
            if (is_function_table(g_.function(n))) function_tables_.insert(g_.function(n));
            return fmt::format("f_{}({}{})", g_.function(n), operand(e.a, s), e.b >= 0 ? ", " + operand(e.b, s) : "");
        case Op::less:
            return binary(" < ");
        case Op::less_equal:
            return binary(" <= ");
        case Op::equal:
            return binary(" == ");
        case Op::both:
            return condition(e.a, s) + " & " + condition(e.b, s);
        case Op::either:
            return condition(e.a, s) + " | " + condition(e.b, s);
        case Op::negate:
            return "!" + condition(e.a, s);
        case Op::select: {
            if (const auto& c = g_.at(e.a); c.op == Op::less && c.a == e.c && c.b == e.b)
                return fmt::format("f_max({}, {})", operand(e.c, s), operand(e.b, s));
            const bool one = is_shared_[static_cast<std::size_t>(e.a)] && !g_.is_number(e.a);
            return fmt::format("select({}, {}, {})", one ? fmt::format("u{}", e.a) : condition(e.a, s), operand(e.b, s),
                               operand(e.c, s));
        }
        case Op::number:
            break;
    }
    return "";
}

std::string GraphPrinter::load(Node n, bool shared) {
    using K = Leaf::Kind;
    const auto& l = g_.leaf(n);
    const bool eight = width_ == Width::eight;
    switch (l.kind) {
        case K::column:
            columns_.insert(l.index);
            if (eight && is_own(l.index)) return fmt::format("row.own(c{})", l.index);
            return eight ? fmt::format("row.column(c{0}, s{0})", l.index) : fmt::format("q.column({})", l.index);
        case K::global:
            return eight ? fmt::format("run->global[{}]", l.index) : fmt::format("q.global({})", l.index);
        case K::external:
            return fmt::format("*{}run->external[{}]", eight ? "" : "q.", l.index);
        case K::ion: {
            if (!eight) return fmt::format("q.ion[{}]", l.index);
            ions_.insert(l.index);
            const auto a = ion_array(m_.ion_variables[static_cast<std::size_t>(l.index)]);
            return fmt::format("row.ion({0}, {0}_s)", a);
        }
        case K::voltage:
            uses_v_ = true;
            return eight ? "row.at_node(v)" : "q.v";
        case K::diameter:
            uses_diam_ = true;
            return eight ? "row.at_node(diam)" : "q.diam()";
        case K::area:
            uses_area_ = true;
            return eight ? "row.at_node(area)" : "q.area()";
        case K::time:
            return eight ? "run->t" : "q.t";
        case K::step:
            return eight ? "run->dt" : "q.dt";
        case K::celsius:
            return eight ? "run->celsius" : "q.run->celsius";
        case K::second_order:
            return eight ? "run->second_order" : "q.run->second_order";
        case K::pointer:
            return eight ? fmt::format("row.pointer(set->pointer + 8 * set->num_blocks * {})", l.index)
                         : fmt::format("q.pointer({})", l.index);
        case K::unknown:
        case K::solution:
            return fmt::format("x{}_{}", l.index, l.part);
        case K::argument:
            return "0";
        case K::table:
            break;
    }
    const auto& t = m_.tables[static_cast<std::size_t>(l.index)];
    const int part = l.part < 0 ? -1 - l.part : l.part;
    const char* what = l.part < 0 ? "slope" : "value";
    if (!eight)
        return fmt::format("table_{}(q.run->table + {}, {}, {}, {}, {})", what, t.offset, t.table->intervals, t.width,
                           part, operand(l.x, shared));
    auto& place = places_[{l.x, l.index}];
    if (place.empty()) {
        place = fmt::format("place{}_{}", l.index, l.x);
        body_ += fmt::format("{}const TablePlace {} = table_place(run->table + {}, {}, {}, {});\n", indent_, place,
                             t.offset, t.table->intervals, t.width, operand(l.x, false));
    }
    return fmt::format("table_{}(run->table + {}, {}, {}, {})", what, t.offset, t.width, part, place);
}

std::string GraphPrinter::value(Node n) const {
    if (g_.is_number(n))
        return width_ == Width::one ? number_text(g_.at(n).value) : "broadcast(" + number_text(g_.at(n).value) + ")";
    if (is_shared_[static_cast<std::size_t>(n)]) return fmt::format("broadcast(u{})", n);
    return fmt::format("n{}", n);
}

std::string GraphPrinter::shared_value(Node n) const {
    if (g_.is_number(n)) return number_text(g_.at(n).value);
    return is_shared_[static_cast<std::size_t>(n)] ? fmt::format("u{}", n) : "";
}

std::string GraphPrinter::addresses() const {
    std::string text;
    for (const auto c : columns_)
        text += fmt::format(
            "    double* const c{0} = set->column[{0}];\n    const std::int64_t s{0} = set->stride[{0}];\n", c);
    for (const auto i : ions_) {
        const auto& v = m_.ion_variables[static_cast<std::size_t>(i)];
        const auto a = ion_array(v);
        const auto part = a.substr(a.find('_') + 1);
        text += fmt::format(
            "    double* const {0} = set->ion[{1}].{2};\n    const std::int64_t {0}_s = set->ion[{1}].{2}_stride;\n", a,
            v.ion, part);
    }
    if (uses_v_) text += "    const double* const v = group->v;\n";
    if (uses_diam_) text += "    const double* const diam = group->diam;\n";
    if (uses_area_) text += "    const double* const area = group->area;\n";
    return text;
}

}  // namespace ngv::nmodl
