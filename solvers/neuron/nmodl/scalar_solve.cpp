#include "solvers/neuron/nmodl/scalar_solve.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "solvers/neuron/nmodl/kernels.hpp"
#include "solvers/neuron/nmodl/mentions.hpp"
#include "solvers/neuron/nmodl/print_graph.hpp"

namespace ngv::nmodl {

using Kind = Expression::Kind;

std::string ScalarSolve::call(const Solve& s, Position at) {
    const auto* r = m_.routine(s.block);
    if (!r) m_.fail(at, "SOLVE " + s.block + ": there is no block of this name");
    if (r->kind == Routine::Kind::procedure || r->kind == Routine::Kind::discrete)
        return "static_cast<void>(f_" + r->name + "(q));";
    const auto key = s.block + "_" + s.method + (s.steady_state ? "_steady" : "");
    auto& name = known_[key];
    if (name.empty()) {
        name = "solve_" + key;
        const auto text = function(s, at);
        prototypes_ += "[[maybe_unused]] static void " + name + "(Instance& q);\n";
        bodies_ += "[[maybe_unused]] static void " + name + "(Instance& q) {\n" + text + "}\n";
    }
    return name + "(q);";
}

std::string ScalarSolve::function(const Solve& s, Position at) {
    const auto* r = m_.routine(s.block);
    if (r->kind == Routine::Kind::linear) return linear(*r, at);
    if (r->kind == Routine::Kind::nonlinear) return nonlinear(*r, at);
    Solve method = s;
    if (s.steady_state && s.method != "sparse" && s.method != "derivimplicit")
        m_.fail(at, "STEADYSTATE by " + s.method, "write STEADYSTATE sparse or STEADYSTATE derivimplicit");
    std::string text;
    bool iterates = false;
    try {
        text = from_graph(method, at, false, iterates);
        if (!m_.tables.empty())
            text = fmt::format("    if (q.global({}) != 0) {{\n{}    }} else {{\n{}    }}\n", m_.table_global,
                               from_graph(method, at, true, iterates), text);
    } catch (const NotStraight& e) {
        if (r->kind == Routine::Kind::kinetic)
            m_.fail(e.at, "a KINETIC block cannot have " + e.reason,
                    "move it into a PROCEDURE that is called before SOLVE");
        text = from_statements(*r, method, at);
        iterates = true;
    }
    if (!s.steady_state) return text;
    // As NEURON does: implicit steps so long that only the balance is left.
    return fmt::format(
        "    const double dt = q.dt;\n    q.dt = 1e9;\n    for (int round = 0; round < {}; ++round) {{\n{}    }}\n    "
        "q.dt = dt;\n",
        iterates ? 7 : 1, text);
}

std::string ScalarSolve::from_graph(const Solve& s, Position at, bool tables, bool& iterates) {
    Kernel k(arithmetic_);
    Executor x(m_, k.graph, tables);
    if (s.steady_state) x.set({Leaf::Kind::second_order}, k.graph.number(0));
    solve(x, k, s, at);
    for (const auto& [slot, n] : x.values()) {
        const bool kept =
            slot.kind == Leaf::Kind::column || slot.kind == Leaf::Kind::global || slot.kind == Leaf::Kind::ion;
        if (kept && n != k.graph.load(slot)) k.stores[slot] = n;
    }
    iterates = iterates || !k.iterations.empty();
    const GraphPrinter p(m_, k, Width::one);
    std::string text = p.can_fail() ? "        bool failed = false;\n" : "";
    for (const auto& t : p.function_tables())
        text += fmt::format("        if ({}.empty()) q.fail({});\n", t, literal(no_points(t)));
    text += p.body();
    for (const auto& [slot, n] : k.stores) {
        const char* form = slot.kind == Leaf::Kind::column   ? "q.column({})"
                           : slot.kind == Leaf::Kind::global ? "q.global({})"
                                                             : "q.ion[{}]";
        text += "        " + fmt::format(fmt::runtime(form), slot.index) + " = " + p.value(n) + ";\n";
    }
    if (p.can_fail())
        text += "        if (failed) q.fail(" + literal("SOLVE " + s.block + " did not converge") + ");\n";
    return text;
}

std::vector<std::string> ScalarSolve::unknowns(const Routine& r, bool derivatives, Position at) {
    std::set<std::string> found;
    const std::function<void(const Block&)> primes = [&](const Block& b) {
        for (const auto& s : b) {
            if (const auto* a = std::get_if<Assign>(&s.is); a && a->target.kind == Kind::prime)
                found.insert(a->target.text);
            if (const auto* c = std::get_if<If>(&s.is)) primes(c->yes), primes(c->no);
            if (const auto* f = std::get_if<From>(&s.is)) primes(f->body);
            if (const auto* w = std::get_if<While>(&s.is)) primes(w->body);
        }
    };
    if (derivatives)
        primes(r.body);
    else if (!r.solve_for.empty())
        found.insert(r.solve_for.begin(), r.solve_for.end());
    else {
        Block equations;
        for (const auto& s : r.body)
            if (std::holds_alternative<Equation>(s.is)) equations.push_back(s);
        for (const auto& n : names_in(m_, equations))
            if (const auto* v = m_.find(n); v && v->role == Role::state) found.insert(n);
    }
    std::vector<std::string> list;
    for (const auto& d : m_.program.states)
        if (found.contains(d.name)) list.push_back(d.name);
    if (list.empty()) m_.fail(at, "SOLVE " + r.name + ": no STATE is determined by this block");
    return list;
}

/// Pointers to all elements of the unknowns: "double* const x[] = {&q.column(3), ...};"
static std::string pointers(const Model& m, const std::vector<std::string>& names, std::map<std::string, int>& first,
                            int& n) {
    std::string text;
    n = 0;
    for (const auto& name : names) {
        const auto& v = *m.find(name);
        first[name] = n;
        for (int i = 0; i < v.length(); ++i, ++n)
            text += (n ? ", " : "") + (v.place == Place::ion ? fmt::format("&q.ion[{}]", v.index)
                                                             : fmt::format("&q.column({})", v.index + i));
    }
    return "    double* const x[] = {" + text + "};\n";
}

/// x' = a x + b, from the text of the equation: a and b.
static std::pair<std::string, std::string> linear_text(ScalarPrinter& p, const Expression& e, const std::string& x,
                                                       const Model& m) {
    const auto mentions = [&](const auto& self, const Expression& n) -> bool {
        if ((n.kind == Kind::name || n.kind == Kind::element) && p.place(n) == x) return true;
        return std::any_of(n.operands.begin(), n.operands.end(), [&](const auto& o) { return self(self, o); });
    };
    if ((e.kind == Kind::name || e.kind == Kind::element) && p.place(e) == x) return {"1.0", "0.0"};
    if (!mentions(mentions, e)) return {"0.0", p.expression(e)};
    if (e.kind == Kind::unary && e.text == "-") {
        const auto [a, b] = linear_text(p, e.operands[0], x, m);
        return {"(-" + a + ")", "(-" + b + ")"};
    }
    if (e.kind == Kind::binary && (e.text == "+" || e.text == "-")) {
        const auto [a, b] = linear_text(p, e.operands[0], x, m);
        const auto [c, d] = linear_text(p, e.operands[1], x, m);
        return {"(" + a + e.text + c + ")", "(" + b + e.text + d + ")"};
    }
    if (e.kind == Kind::binary && e.text == "*") {
        const bool left = mentions(mentions, e.operands[0]);
        if (left != mentions(mentions, e.operands[1])) {
            const auto [a, b] = linear_text(p, e.operands[left ? 0 : 1], x, m);
            const auto k = p.expression(e.operands[left ? 1 : 0]);
            return {"(" + a + " * " + k + ")", "(" + b + " * " + k + ")"};
        }
    }
    if (e.kind == Kind::binary && e.text == "/" && !mentions(mentions, e.operands[1])) {
        const auto [a, b] = linear_text(p, e.operands[0], x, m);
        const auto k = p.expression(e.operands[1]);
        return {"(" + a + " / " + k + ")", "(" + b + " / " + k + ")"};
    }
    m.fail(e.at, "this equation is not linear in its state, so that cnexp cannot solve it", "use METHOD derivimplicit");
}

std::string ScalarSolve::cnexp_line(ScalarPrinter& p, const Assign& a) {
    const auto x = p.place(a.target.operands[0]);
    const auto [k, b] = linear_text(p, a.value, x, m_);
    return fmt::format(
        "{{ const double a_ = {}, b_ = {}; {} += a_ == 0 ? q.dt * b_ : (1.0 - f_exp(q.dt * a_)) * (-b_ / a_ - {}); }}",
        k, b, x, x);
}

std::string ScalarSolve::from_statements(const Routine& r, const Solve& s, Position at) {
    ScalarPrinter p(m_, arithmetic_);
    p.solve = [&](const Solve&, Position where) -> std::string {
        m_.fail(where, "SOLVE inside of a block that is solved");
    };
    if (s.method == "cnexp") {
        p.derivative = [&](const Assign& a) { return cnexp_line(p, a); };
        return p.block(r.body);
    }
    std::map<std::string, int> first;
    int n = 0;
    auto text = pointers(m_, unknowns(r, true, at), first, n);
    p.derivative = [&](const Assign& a) {
        const auto& target = a.target.operands[0];
        const auto index =
            target.kind == Kind::element ? " + static_cast<int>(" + p.expression(target.operands[0]) + ")" : "";
        return fmt::format("f[{}{}] = {};", first[a.target.text], index, p.expression(a.value));
    };
    text += fmt::format(
        "    const auto rates = [&](double* f) {{\n        for (int i = 0; i < {}; ++i) f[i] = 0;\n{}    }};\n", n,
        p.block(r.body));
    const auto failed = literal("SOLVE " + r.name + " did not converge");
    if (s.method == "euler") return text + fmt::format("    euler_step<{}>(x, q.dt, rates);\n", n);
    if (s.method == "runge") return text + fmt::format("    runge_step<{}>(x, q.dt, rates);\n", n);
    return text + fmt::format("    implicit_step<{}>(q, x, q.dt, rates, {});\n", n, failed);
}

std::string ScalarSolve::linear(const Routine& r, Position at) {
    std::map<std::string, int> first;
    int n = 0;
    auto text = pointers(m_, unknowns(r, false, at), first, n);
    Kernel k(arithmetic_);
    auto& g = k.graph;
    Executor x(m_, g, false);
    std::vector<Node> u;
    for (const auto& name : unknowns(r, false, at)) {
        const auto& v = *m_.find(name);
        for (int i = 0; i < v.length(); ++i) {
            u.push_back(g.load({Leaf::Kind::unknown, 0, static_cast<int>(u.size())}));
            x.set(x.slot(v, i), u.back());
        }
    }
    std::vector<Node> equations;
    x.special = [&](const Statement& s) {
        const auto* e = std::get_if<Equation>(&s.is);
        if (e) equations.push_back(g.sub(x.evaluate(e->left), x.evaluate(e->right)));
        return e != nullptr;
    };
    try {
        x.run(r.body);
    } catch (const NotStraight& e) {
        m_.fail(e.at, "a LINEAR block cannot have " + e.reason, "move it into a PROCEDURE that is called before SOLVE");
    }
    if (static_cast<int>(equations.size()) != n)
        m_.fail(at, fmt::format("LINEAR {} has {} equations for {} states", r.name, equations.size(), n));
    std::map<Node, Node> zero;
    for (const auto v : u) zero[v] = g.number(0);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            const auto slope = g.derivative(equations[static_cast<std::size_t>(i)], u[static_cast<std::size_t>(j)]);
            for (const auto v : u)
                if (g.depends(slope, v))
                    m_.fail(at, "LINEAR " + r.name + " is not linear in its states", "make it a NONLINEAR block");
            k.stores[{Leaf::Kind::argument, -1, i * n + j}] = slope;
        }
        k.stores[{Leaf::Kind::argument, -2, i}] = g.neg(g.substitute(equations[static_cast<std::size_t>(i)], zero));
    }
    const GraphPrinter p(m_, k, Width::one);
    text += fmt::format("    double a[{}], b[{}];\n", n * n, n) + p.body();
    for (const auto& [slot, node] : k.stores)
        text += fmt::format("    {}[{}] = {};\n", slot.index == -1 ? "a" : "b", slot.part, p.value(node));
    text += fmt::format("    if (!solve_dense({}, a, b)) q.fail({});\n", n,
                        literal("LINEAR " + r.name + " has no unique solution"));
    return text + fmt::format("    for (int i = 0; i < {}; ++i) *x[i] = b[i];\n", n);
}

std::string ScalarSolve::nonlinear(const Routine& r, Position at) {
    std::map<std::string, int> first;
    int n = 0;
    auto text = pointers(m_, unknowns(r, false, at), first, n);
    ScalarPrinter p(m_, arithmetic_);
    int row = 0;
    p.equation = [&](const Equation& e) {
        return fmt::format("f[{}] = {} - {};", row++, p.expression(e.left), p.expression(e.right));
    };
    text += "    const auto equations = [&](double* f) {\n" + p.block(r.body) + "    };\n";
    if (row != n) m_.fail(at, fmt::format("NONLINEAR {} has {} equations for {} states", r.name, row, n));
    return text + fmt::format("    newton<{}>(q, x, equations, {});\n", n,
                              literal("NONLINEAR " + r.name + " did not converge"));
}

}  // namespace ngv::nmodl
