#include "solvers/neuron/nmodl/printer.hpp"

#include <fmt/format.h>

#include <iterator>

namespace ngv::nmodl {
namespace {

using Kind = Expression::Kind;

std::string with_unit(const std::string& text, const std::string& unit) {
    return unit.empty() ? text : text + " (" + unit + ")";
}

std::string join(const std::vector<std::string>& names, const char* by = ", ") {
    return fmt::format("{}", fmt::join(names, by));
}

std::string join(const std::vector<Argument>& list) {
    std::string text;
    for (const auto& a : list) text += (text.empty() ? "" : ", ") + with_unit(a.name, a.unit);
    return text;
}

std::string join(const std::vector<LocalName>& list) {
    std::string text;
    for (const auto& n : list) {
        text += (text.empty() ? "" : ", ") + n.name;
        if (n.size > 0) text += fmt::format("[{}]", n.size);
    }
    return text;
}

std::string sum(const std::vector<Term>& terms) {
    std::string text;
    for (const auto& t : terms) {
        text += t.factor < 0 ? (text.empty() ? "-" : " - ") : (text.empty() ? "" : " + ");
        const double size = t.factor < 0 ? -t.factor : t.factor;
        if (size != 1) text += fmt::format("{} ", size);
        const bool simple = t.species.kind == Kind::name || t.species.kind == Kind::element;
        text += simple ? print(t.species) : "(" + print(t.species) + ")";
    }
    return text;
}

class Statements {
  public:
    explicit Statements(int depth) : indent_(static_cast<std::size_t>(depth) * 4, ' '), depth_(depth) {}
    std::string operator()(const Assign& s) const { return line(print(s.target) + " = " + print(s.value)); }
    std::string operator()(const Evaluate& s) const { return line(print(s.call)); }
    std::string operator()(const If& s) const {
        auto text = line("if (" + print(s.condition) + ") {") + print(s.yes, depth_ + 1) + indent_ + "}";
        if (!s.no.empty()) text += " else {\n" + print(s.no, depth_ + 1) + indent_ + "}";
        return text + "\n";
    }
    std::string operator()(const While& s) const { return body("while (" + print(s.condition) + ")", s.body); }
    std::string operator()(const From& s) const {
        return body("FROM " + s.name + " = " + print(s.first) + " TO " + print(s.last) + " BY " + print(s.step),
                    s.body);
    }
    std::string operator()(const Local& s) const { return line("LOCAL " + join(s.names)); }
    std::string operator()(const Solve& s) const {
        auto text = "SOLVE " + s.block;
        if (s.steady_state)
            text += " STEADYSTATE " + s.method;
        else if (!s.method.empty())
            text += " METHOD " + s.method;
        return line(text);
    }
    std::string operator()(const Table& s) const {
        auto text = "TABLE " + join(s.names);
        if (!s.depends.empty()) text += " DEPEND " + join(s.depends);
        return line(text + " FROM " + print(s.from) + " TO " + print(s.to) + fmt::format(" WITH {}", s.intervals));
    }
    std::string operator()(const Reaction& s) const {
        if (s.kind == Reaction::Kind::source) return line("~ " + sum(s.left) + " << (" + print(s.forward) + ")");
        if (s.kind == Reaction::Kind::sink) return line("~ " + sum(s.left) + " -> (" + print(s.forward) + ")");
        return line("~ " + sum(s.left) + " <-> " + sum(s.right) + " (" + print(s.forward) + ", " + print(s.backward) +
                    ")");
    }
    std::string operator()(const Conserve& s) const { return line("CONSERVE " + sum(s.sum) + " = " + print(s.total)); }
    std::string operator()(const Compartment& s) const {
        return line("COMPARTMENT " + (s.index.empty() ? "" : s.index + ", ") + print(s.volume) + " {" +
                    join(s.species, " ") + "}");
    }
    std::string operator()(const Diffusion& s) const {
        return line("LONGITUDINAL_DIFFUSION " + (s.index.empty() ? "" : s.index + ", ") + print(s.coefficient) + " {" +
                    join(s.species, " ") + "}");
    }
    std::string operator()(const Equation& s) const { return line("~ " + print(s.left) + " = " + print(s.right)); }
    std::string operator()(const Watch& s) const {
        std::string text;
        for (const auto& c : s.cases)
            text += (text.empty() ? "WATCH (" : ", (") + print(c.condition) + ") (" + print(c.flag) + ")";
        return line(text);
    }
    std::string operator()(const ForNetcons& s) const {
        return body("FOR_NETCONS (" + join(s.arguments) + ")", s.body);
    }
    std::string operator()(const NetInitial& s) const { return body("INITIAL", s.body); }
    std::string operator()(const Conductance& s) const {
        return line("CONDUCTANCE " + s.name + (s.ion.empty() ? "" : " USEION " + s.ion));
    }
    std::string operator()(const Return&) const { return indent_ + "VERBATIM\nreturn;\nENDVERBATIM\n"; }
    std::string operator()(const Verbatim& s) const { return indent_ + "VERBATIM" + s.text + "ENDVERBATIM\n"; }

  private:
    std::string line(const std::string& text) const { return indent_ + text + "\n"; }
    std::string body(const std::string& head, const Block& b) const {
        return line(head + " {") + print(b, depth_ + 1) + line("}");
    }
    std::string indent_;
    int depth_;
};

std::string declarations(const char* name, const std::vector<Declaration>& list) {
    if (list.empty()) return "";
    auto text = std::string(name) + " {\n";
    for (const auto& d : list) {
        text += "    " + d.name;
        if (d.size > 0) text += fmt::format("[{}]", d.size);
        if (d.value) text += fmt::format(" = {}", *d.value);
        if (!d.unit.empty()) text += " (" + d.unit + ")";
        if (d.low) text += fmt::format(" <{}", *d.low) + (d.high ? fmt::format(", {}>", *d.high) : ">");
        text += "\n";
    }
    return text + "}\n";
}

std::string names(const char* word, const std::vector<Named>& list) {
    std::vector<std::string> plain;
    for (const auto& n : list) plain.push_back(n.name);
    return list.empty() ? "" : "    " + std::string(word) + " " + join(plain) + "\n";
}

std::string neuron(const NeuronBlock& n) {
    std::string text = "NEURON {\n";
    if (n.kind == NeuronBlock::Kind::density || n.kind == NeuronBlock::Kind::functions)
        text += "    SUFFIX " + n.name + "\n";
    if (n.kind == NeuronBlock::Kind::point_process) text += "    POINT_PROCESS " + n.name + "\n";
    if (n.kind == NeuronBlock::Kind::artificial_cell) text += "    ARTIFICIAL_CELL " + n.name + "\n";
    for (const auto& ion : n.ions) {
        text += "    USEION " + ion.name;
        if (!ion.read.empty()) text += " READ " + join(ion.read);
        if (!ion.write.empty()) text += " WRITE " + join(ion.write);
        if (ion.valence) text += fmt::format(" VALENCE {}", *ion.valence);
        text += "\n";
    }
    text += names("NONSPECIFIC_CURRENT", n.nonspecific) + names("ELECTRODE_CURRENT", n.electrode) +
            names("RANGE", n.range) + names("GLOBAL", n.global) + names("EXTERNAL", n.external) +
            names("POINTER", n.pointer) + names("BBCOREPOINTER", n.bbcore_pointer) + names("RANDOM", n.random);
    if (n.thread_safe) text += "    THREADSAFE\n";
    return text + "}\n";
}

std::string units(const std::vector<UnitLine>& list) {
    if (list.empty()) return "";
    std::string text = "UNITS {\n";
    for (const auto& u : list) {
        if (u.is_unit)
            text += "    (" + u.name + ") = (" + u.from + ")\n";
        else
            text += "    " + u.name + " = " + (u.value ? fmt::format("{}", *u.value) : "(" + u.from + ")") + " (" +
                    u.unit + ")\n";
    }
    return text + "}\n";
}

std::string block(const std::string& head, const std::optional<Block>& body) {
    return body ? head + " {\n" + print(*body) + "}\n" : "";
}

std::string routine(const Routine& r) {
    static constexpr const char* words[] = {"FUNCTION", "PROCEDURE", "DERIVATIVE", "KINETIC",
                                            "LINEAR",   "NONLINEAR", "DISCRETE",   "FUNCTION_TABLE"};
    auto text = std::string(words[static_cast<int>(r.kind)]) + " " + r.name;
    const bool has_arguments = r.kind == Routine::Kind::function || r.kind == Routine::Kind::procedure ||
                               r.kind == Routine::Kind::function_table || !r.arguments.empty();
    if (has_arguments) text += "(" + join(r.arguments) + ")";
    if (!r.unit.empty()) text += " (" + r.unit + ")";
    if (r.kind == Routine::Kind::function_table) return text + "\n";
    if (!r.solve_for.empty()) text += " SOLVEFOR " + join(r.solve_for);
    return text + " {\n" + print(r.body) + "}\n";
}

std::string hook(const Hook& h) {
    static constexpr const char* words[] = {"BEFORE INITIAL", "AFTER INITIAL", "BEFORE BREAKPOINT",
                                            "AFTER SOLVE",    "BEFORE STEP",   "AFTER STEP"};
    return block(words[static_cast<int>(h.when)], h.body);
}

}  // namespace

std::string print(const Expression& e) {
    switch (e.kind) {
        case Kind::number:
            return with_unit(e.text, e.unit);
        case Kind::string:
            return "\"" + e.text + "\"";
        case Kind::name:
            return e.text;
        case Kind::element:
            return e.text + "[" + print(e.operands[0]) + "]";
        case Kind::prime:
            return e.operands[0].kind == Kind::element ? e.text + "'[" + print(e.operands[0].operands[0]) + "]"
                                                       : e.text + "'";
        case Kind::unary:
            return "(" + e.text + print(e.operands[0]) + ")";
        case Kind::binary:
            return "(" + print(e.operands[0]) + " " + e.text + " " + print(e.operands[1]) + ")";
        case Kind::call:
            break;
    }
    std::string text;
    for (const auto& a : e.operands) text += (text.empty() ? "" : ", ") + print(a);
    return e.text + "(" + text + ")";
}

std::string print(const Block& block, int depth) {
    std::string text;
    for (const auto& s : block) text += std::visit(Statements(depth), s.is);
    return text;
}

std::string print(const Program& p) {
    std::string text;
    if (!p.title.empty()) text += "TITLE" + p.title + "\n";
    text += neuron(p.neuron) + units(p.units);
    text += declarations("PARAMETER", p.parameters) + declarations("CONSTANT", p.constants) +
            declarations("ASSIGNED", p.assigned) + declarations("STATE", p.states);
    if (!p.locals.empty()) text += "LOCAL " + join(p.locals) + "\n";
    for (const auto& v : p.verbatim) text += std::visit(Statements(0), v.is);
    text += block("INITIAL", p.initial) + block("BREAKPOINT", p.breakpoint) + block("CONSTRUCTOR", p.constructor) +
            block("DESTRUCTOR", p.destructor);
    if (p.net_receive)
        text += "NET_RECEIVE (" + join(p.net_receive->arguments) + ") {\n" + print(p.net_receive->body) + "}\n";
    for (const auto& r : p.routines) text += routine(r);
    for (const auto& h : p.hooks) text += hook(h);
    return text;
}

}  // namespace ngv::nmodl
