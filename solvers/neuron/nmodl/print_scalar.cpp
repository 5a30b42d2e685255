#include "solvers/neuron/nmodl/print_scalar.hpp"

#include <fmt/format.h>

#include "solvers/neuron/nmodl/check.hpp"
#include "solvers/neuron/nmodl/print_graph.hpp"

namespace ngv::nmodl {

using Kind = Expression::Kind;

std::string literal(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out += std::string("\\") + c;
        else if (u < 32 || u > 126)
            out += fmt::format("\\{:03o}", u);
        else
            out += c;
    }
    return out + "\"";
}

std::string no_points(const std::string& table) {
    return "FUNCTION_TABLE " + table.substr(6) + " has no points: give " + table +
           " in conditions.mechanisms of the simulation or in tables of the cell model";
}

const ScalarPrinter::Name* ScalarPrinter::find(const std::string& name) const {
    for (auto s = scopes_.rbegin(); s != scopes_.rend(); ++s)
        if (auto it = s->find(name); it != s->end()) return &it->second;
    return nullptr;
}

std::string ScalarPrinter::place(const Expression& e) {
    const bool element = e.kind == Kind::element;
    const auto index = [&](int size) {
        return fmt::format("q.index({}, {}, {})", expression(e.operands[0]), size, literal(e.text));
    };
    if (const auto* n = find(e.text)) {
        if (element != (n->size > 0))
            m_.fail(e.at, "'" + e.text + (element ? "' is not an array" : "' is an array"),
                    element ? "remove the index" : "name one of its elements");
        return element ? fmt::format("{}[{}]", n->text, index(n->size)) : n->text;
    }
    const auto* v = m_.find(e.text);
    if (!v) m_.fail(e.at, "'" + e.text + "' is not declared" + did_you_mean(m_, e.text));
    const auto number = element ? fmt::format("{} + {}", v->index, index(v->length())) : std::to_string(v->index);
    switch (v->place) {
        case Place::column:
            return "q.column(" + number + ")";
        case Place::global:
            return "q.global(" + number + ")";
        case Place::external:
            return fmt::format("*q.run->external[{}]", v->index);
        case Place::ion: {  // a current that is written but not read is this mechanism's own
            const auto& iv = m_.ion_variables[static_cast<std::size_t>(v->index)];
            if (iv.part == IonPart::i && !iv.read) return fmt::format("q.column({})", iv.column);
            return fmt::format("q.ion[{}]", v->index);
        }
        case Place::voltage:
            return "q.v";
        case Place::time:
            return "q.t";
        case Place::step:
            return "q.dt";
        case Place::celsius:
            return "q.run->celsius";
        case Place::diameter:
            return "q.diam()";
        case Place::area:
            return "q.area()";
        case Place::pointer:
            return fmt::format("q.pointer({})", v->index);
        case Place::constant:
            if (m_.legacy_global >= 0 && v->value != v->legacy)
                return fmt::format("(q.global({}) == 0 ? {} : {})", m_.legacy_global, number_text(v->value),
                                   number_text(v->legacy));
            return number_text(v->value);
        default:
            m_.fail(e.at, "'" + e.text + "' is a random stream or object, not a number",
                    "use random_uniform(" + e.text + ") and the like");
    }
}

std::string ScalarPrinter::expression(const Expression& e) {
    switch (e.kind) {
        case Kind::number:
            return number_text(std::strtod(e.text.c_str(), nullptr));
        case Kind::name:
        case Kind::element:
            return place(e);
        case Kind::unary:
            return e.text == "-" ? "(-" + expression(e.operands[0]) + ")"
                                 : "double(" + expression(e.operands[0]) + " == 0)";
        case Kind::binary:
            break;
        case Kind::call:
            return call(e);
        default:
            m_.fail(e.at, "a derivative or string in an expression");
    }
    const auto a = expression(e.operands[0]), b = expression(e.operands[1]);
    const auto& o = e.text;
    if (o == "^") return "f_pow(" + a + ", " + b + ")";
    if (o == "%") return "f_fmod(" + a + ", " + b + ")";
    if (o == "&&" || o == "||") return "double(" + a + " != 0 " + o + " " + b + " != 0)";
    if (o == "+" || o == "-" || o == "*" || o == "/") return "(" + a + " " + o + " " + b + ")";
    return "double(" + a + " " + o + " " + b + ")";
}

std::string ScalarPrinter::call(const Expression& e) {
    if (const auto* r = m_.routine(e.text)) {
        if (r->kind == Routine::Kind::function_table || e.operands.size() == r->arguments.size()) {
            auto text = "f_" + e.text + "(q";
            for (const auto& a : e.operands) text += ", " + expression(a);
            return text + ")";
        }
        m_.fail(e.at, fmt::format("'{}' takes {} arguments, found {}", e.text, r->arguments.size(), e.operands.size()));
    }
    if (is_runtime_call(e.text)) return runtime_call(e);
    std::string text;
    for (const auto& a : e.operands) text += (text.empty() ? "" : ", ") + expression(a);
    if (scop_arguments(e.text) >= 0)
        return e.text + (neuron_ ? "(NeuronDraws{}" : fmt::format("(OwnDraws{{q, q.random({})}}", m_.scop_stream)) +
               (text.empty() ? ")" : ", " + text + ")");
    return "f_" + (e.text == "abs" ? "fabs" : e.text) + "(" + text + ")";
}

std::string ScalarPrinter::stream(const Expression& e, const char* what) {
    const auto* v = e.operands.empty() || e.operands[0].kind != Kind::name ? nullptr : m_.find(e.operands[0].text);
    if (!v || v->place != Place::random)
        m_.fail(e.at, e.text + " needs a random stream first",
                "declare RANDOM name in NEURON and write " + std::string(what));
    return fmt::format("q.random({})", v->index);
}

std::string ScalarPrinter::runtime_call(const Expression& e) {
    const auto need = [&](std::size_t n) {
        if (e.operands.size() != n)
            m_.fail(e.at, fmt::format("'{}' takes {} arguments, found {}", e.text, n, e.operands.size()));
    };
    const auto arg = [&](std::size_t i) { return expression(e.operands[i]); };
    if (e.text == "net_send") return need(2), "(q.net_send(" + arg(0) + ", " + arg(1) + "), 0.0)";
    if (e.text == "net_event") return need(1), "(q.net_event(" + arg(0) + "), 0.0)";
    if (e.text == "net_move") return need(1), "(q.net_move(" + arg(0) + "), 0.0)";
    if (e.text == "at_time") return need(1), "q.at_time(" + arg(0) + ")";
    if (e.text == "state_discontinuity") {
        need(2);
        const auto target = place(e.operands[0]);
        return fmt::format("({0} = q.discontinuities ? {1} : {0})", target, arg(1));
    }
    if (e.text == "printf") return print(e);
    if (e.text == "vector_size" || e.text == "vector_at" || e.text == "vector_given") {
        const auto* v = e.operands.empty() || e.operands[0].kind != Kind::name ? nullptr : m_.find(e.operands[0].text);
        if (!v || v->place != Place::object)
            m_.fail(e.at, e.text + " needs a Vector", "declare BBCOREPOINTER name in NEURON");
        if (e.text == "vector_given") return need(1), fmt::format("double(q.vector({}) != nullptr)", v->index);
        if (e.text == "vector_size") return need(1), fmt::format("q.vector_size({})", v->index);
        return need(2), fmt::format("q.vector_at({}, {})", v->index, arg(1));
    }
    if (e.text == "nrn_pointing") {
        need(1);
        const auto* v = m_.find(e.operands[0].text);
        if (!v || v->place != Place::pointer) m_.fail(e.at, "nrn_pointing asks about a POINTER");
        return fmt::format("double(q.set->pointer[q.place({})] != nullptr)", v->index);
    }
    if (e.text == "random_uniform") {
        const auto s = stream(e, "random_uniform(name)");
        if (e.operands.size() == 3)
            return fmt::format("({1} + ({2} - {1}) * random_uniform(q, {0}))", s, arg(1), arg(2));
        return need(1), "random_uniform(q, " + s + ")";
    }
    if (e.text == "random_negexp") {
        const auto s = stream(e, "random_negexp(name)");
        if (e.operands.size() == 2) return fmt::format("({} * random_negexp(q, {}))", arg(1), s);
        return need(1), "random_negexp(q, " + s + ")";
    }
    if (e.text == "random_normal") {
        const auto s = stream(e, "random_normal(name)");
        if (e.operands.size() == 3) return fmt::format("({} + {} * random_normal(q, {}))", arg(1), arg(2), s);
        return need(1), "random_normal(q, " + s + ")";
    }
    if (e.text == "random_ipick" || e.text == "random_dpick") {
        const auto s = stream(e, "random_ipick(name)");
        return need(1),
               e.text == "random_dpick" ? "random_uniform(q, " + s + ")" : "double(random_ipick(q, " + s + "))";
    }
    if (e.text == "random_setseq")
        return need(2), "random_setseq(" + stream(e, "random_setseq(name, n)") + ", " + arg(1) + ")";
    if (e.text == "random_setids") {
        need(4);
        return "random_setids(" + stream(e, "random_setids(name, a, b, c)") + ", " + arg(1) + ", " + arg(2) + ", " +
               arg(3) + ")";
    }
    m_.fail(e.at, "'" + e.text + "' is no function");
}

std::string ScalarPrinter::print(const Expression& e) {
    if (e.operands.empty() || e.operands[0].kind != Kind::string)
        m_.fail(e.at, "printf without a format", "write printf(\"%g\\n\", x)");
    std::string format;  // escapes of the file are those of C
    for (std::size_t i = 0; i < e.operands[0].text.size(); ++i) {
        const auto& t = e.operands[0].text;
        if (t[i] != '\\' || i + 1 == t.size())
            format += t[i];
        else {
            const char c = t[++i];
            format += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        }
    }
    std::string values;
    for (std::size_t i = 1; i < e.operands.size(); ++i) {
        if (e.operands[i].kind == Kind::string)
            m_.fail(e.operands[i].at, "printf of a string", "write it into the format");
        values += (i > 1 ? ", " : "") + expression(e.operands[i]);
    }
    return "(q.print(" + literal(format) + ", {" + values + "}), 0.0)";
}

std::string ScalarPrinter::local(const std::vector<LocalName>& names) {
    std::string text;
    for (const auto& n : names) {
        scopes_.back()[n.name] = {"l_" + n.name, n.size};
        text += pad() + "[[maybe_unused]] double l_" + n.name +
                (n.size > 0 ? fmt::format("[{}] = {{}};\n", n.size) : " = 0;\n");
    }
    return text;
}

std::string ScalarPrinter::watch(const Watch& s) {
    std::string text;
    for (const auto& c : s.cases) {
        const auto& k = c.condition;
        const auto a = expression(k.operands[0]), b = expression(k.operands[1]);
        watch_conditions.push_back(k.text == ">" ? a + " - " + b : b + " - " + a);
        text += fmt::format("{}q.watch({}, {});\n", pad(), num_watches++, expression(c.flag));
    }
    return text;
}

std::string ScalarPrinter::for_netcons(const ForNetcons& s) {
    auto text = pad() + "{\n" + pad() + "double* const* netcon = nullptr;\n";
    text += pad() + "const std::int64_t count = q.netcons(&netcon);\n";
    text += pad() + "for (std::int64_t k = 0; k < count; ++k) {\n";
    scopes_.emplace_back();
    for (std::size_t i = 0; i < s.arguments.size(); ++i)
        scopes_.back()[s.arguments[i].name] = {fmt::format("netcon[k][{}]", i), 0};
    text += block(s.body);
    scopes_.pop_back();
    return text + pad() + "}\n" + pad() + "}\n";
}

std::string ScalarPrinter::block(const Block& b) {
    scopes_.emplace_back();
    ++depth_;
    std::string text;
    for (const auto& s : b) text += statement(s);
    --depth_;
    scopes_.pop_back();
    return text;
}

std::string ScalarPrinter::statement(const Statement& s) {
    if (const auto* a = std::get_if<Assign>(&s.is)) {
        if (a->target.kind == Kind::prime) {
            if (!derivative)
                m_.fail(s.at, "a derivative outside of a DERIVATIVE block", "solve it with SOLVE ... METHOD cnexp");
            return pad() + derivative(*a) + "\n";
        }
        if (place(a->target).starts_with("double("))
            m_.fail(s.at, "'" + a->target.text + "' counts the rounds of FROM and cannot be assigned",
                    "use WHILE, or a LOCAL of another name");
        return pad() + place(a->target) + " = " + expression(a->value) + ";\n";
    }
    if (const auto* c = std::get_if<If>(&s.is)) {
        auto text = pad() + "if (" + expression(c->condition) + " != 0) {\n" + block(c->yes) + pad() + "}";
        if (!c->no.empty()) text += " else {\n" + block(c->no) + pad() + "}";
        return text + "\n";
    }
    if (const auto* w = std::get_if<While>(&s.is))
        return pad() + "while (" + expression(w->condition) + " != 0) {\n" + block(w->body) + pad() + "}\n";
    if (const auto* f = std::get_if<From>(&s.is)) {
        auto text = fmt::format(
            "{0}for (int i_{1} = static_cast<int>({2}); i_{1} <= static_cast<int>({3}); i_{1} += f_step({4})) {{\n",
            pad(), f->name, expression(f->first), expression(f->last), expression(f->step));
        scopes_.emplace_back();
        scopes_.back()[f->name] = {fmt::format("double(i_{})", f->name), 0};
        text += block(f->body);
        scopes_.pop_back();
        return text + pad() + "}\n";
    }
    if (const auto* l = std::get_if<Local>(&s.is)) return local(l->names);
    if (const auto* e = std::get_if<Evaluate>(&s.is)) return pad() + "static_cast<void>(" + call(e->call) + ");\n";
    if (const auto* v = std::get_if<Solve>(&s.is)) return solve ? pad() + solve(*v, s.at) + "\n" : "";
    if (const auto* w = std::get_if<Watch>(&s.is)) return watch(*w);
    if (const auto* f = std::get_if<ForNetcons>(&s.is)) return for_netcons(*f);
    if (const auto* e = std::get_if<Equation>(&s.is)) {
        if (!equation) m_.fail(s.at, "an equation outside of LINEAR and NONLINEAR");
        return pad() + equation(*e) + "\n";
    }
    if (std::holds_alternative<NetInitial>(s.is) || std::holds_alternative<Conductance>(s.is) ||
        std::holds_alternative<Table>(s.is))
        return "";
    if (std::holds_alternative<Return>(s.is)) return pad() + (in_routine_ ? "return result_;\n" : "return;\n");
    if (const auto* v = std::get_if<Verbatim>(&s.is); v && allow_verbatim) return verbatim(v->text);
    if (std::holds_alternative<Verbatim>(s.is)) m_.fail(s.at, "C code in VERBATIM that has no meaning here");
    m_.fail(s.at, "a statement of KINETIC where one instance is computed",
            "it belongs into a KINETIC block without WHILE, printf and random numbers");
}

/// C as it stands, with the names that NEURON's translator gives to variables.
std::string ScalarPrinter::verbatim(const std::string& c) const {
    std::string before, after;
    const auto define = [&](const std::string& n, const std::string& text) {
        before += "#define " + n + " " + text + "\n";
        after += "#undef " + n + "\n";
    };
    for (const auto& v : m_.variables) {
        if (v.place == Place::constant) define(v.name, number_text(v.value));
        if (v.place == Place::column)
            define(v.name, v.size > 0 ? fmt::format("(&q.column({}))", v.index) : fmt::format("q.column({})", v.index));
        if (v.place == Place::global)
            define(v.name, v.size > 0 ? fmt::format("(&q.global({}))", v.index) : fmt::format("q.global({})", v.index));
        if (v.place == Place::ion) define(v.name, fmt::format("q.ion[{}]", v.index));
        if (v.place == Place::voltage) define("v", "q.v");
        if (v.place == Place::time) define("t", "q.t");
        if (v.place == Place::step) define("dt", "q.dt");
    }
    for (const auto& scope : scopes_)
        for (const auto& [n, place] : scope) define("_l" + n, place.text);
    return before + "{" + c + "}\n" + after;
}

std::string ScalarPrinter::prototype(const Routine& r, const std::string& suffix) {
    auto text = "[[maybe_unused]] static double f_" + r.name + suffix + "([[maybe_unused]] Instance& q";
    for (const auto& a : r.arguments) text += ", [[maybe_unused]] double l_" + a.name;
    return text + ")";
}

std::string ScalarPrinter::routine(const Routine& r) {
    const TableUse* use = nullptr;
    for (const auto& t : m_.tables)
        if (t.routine == &r) use = &t;
    scopes_.emplace_back();
    for (const auto& a : r.arguments) scopes_.back()[a.name] = {"l_" + a.name, 0};
    scopes_.back()[r.name] = {"result_", 0};
    auto text = prototype(r, use ? "_computed" : "") + " {\n    double result_ = 0;\n    {\n";
    depth_ = 0;
    in_routine_ = true;
    text += block(r.body) + "    }\n    return result_;\n}\n";
    in_routine_ = false;
    depth_ = 1;
    scopes_.pop_back();
    if (!use) return text;
    const auto& x = "l_" + r.arguments[0].name;
    text += prototype(r) + " {\n    if (q.global(" + std::to_string(m_.table_global) + ") == 0) return f_" + r.name +
            "_computed(q, " + x + ");\n";
    const auto read = [&](int part) {
        return fmt::format("table_value(q.run->table + {}, {}, {}, {}, {})", use->offset, use->table->intervals,
                           use->width, part, x);
    };
    int part = 0;
    for (const auto o : use->outputs) {
        const auto& v = m_.variables[static_cast<std::size_t>(o)];
        for (int i = 0; i < v.length(); ++i)
            text += fmt::format("    q.{}({}) = {};\n", v.place == Place::column ? "column" : "global", v.index + i,
                                read(part++));
    }
    return text + "    return " + (use->outputs.empty() ? read(0) : "0") + ";\n}\n";
}

}  // namespace ngv::nmodl
