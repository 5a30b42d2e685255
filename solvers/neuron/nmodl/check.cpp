#include "solvers/neuron/nmodl/check.hpp"

#include <algorithm>
#include <set>

#include "ngv/error.hpp"

namespace ngv::nmodl {
namespace {

using Kind = Expression::Kind;

class Checker {
  public:
    explicit Checker(const Model& m) : m_(m) {}

    void run() {
        const auto& p = m_.program;
        if (p.initial) body(*p.initial, {});
        if (p.breakpoint) body(*p.breakpoint, {});
        if (p.constructor) body(*p.constructor, {});
        if (p.destructor) body(*p.destructor, {});
        for (const auto& h : p.hooks) body(h.body, {});
        for (const auto& r : p.routines) {
            std::set<std::string> names{r.name};
            for (const auto& a : r.arguments) names.insert(a.name);
            if (r.kind == Routine::Kind::kinetic) names.insert({"f_flux", "b_flux"});
            body(r.body, std::move(names));
        }
        if (p.net_receive) {
            std::set<std::string> names{"flag"};
            for (const auto& a : p.net_receive->arguments) names.insert(a.name);
            body(p.net_receive->body, std::move(names));
        }
        if (!problems_.empty()) throw UserError(std::move(problems_));
    }
    std::set<std::string> called;

  private:
    void problem(Position at, const std::string& what, const std::string& fix = "") {
        if (problems_.size() < 20) problems_.push_back({m_.source.where(at), what + "\n" + m_.source.excerpt(at), fix});
    }

    void body(const Block& block, std::set<std::string> names) {
        scopes_.push_back(std::move(names));
        for (const auto& s : block) {
            at_ = s.at;
            std::visit([&](const auto& is) { statement(is); }, s.is);
        }
        scopes_.pop_back();
    }

    bool local(const std::string& name) const {
        return std::any_of(scopes_.begin(), scopes_.end(), [&](const auto& s) { return s.contains(name); });
    }

    bool mentions_local(const Expression& e) const {
        if ((e.kind == Kind::name || e.kind == Kind::element) && local(e.text)) return true;
        return std::any_of(e.operands.begin(), e.operands.end(), [&](const auto& o) { return mentions_local(o); });
    }

    void name(const Expression& e) {
        if (local(e.text) || m_.names.contains(e.text)) return;
        problem(e.at, "'" + e.text + "' is not declared" + did_you_mean(m_, e.text),
                "declare it in PARAMETER, ASSIGNED, STATE or LOCAL");
    }

    void expression(const Expression& e) {
        switch (e.kind) {
            case Kind::name:
                return name(e);
            case Kind::element:
                name(e);
                if (const auto* v = m_.find(e.text); v && !local(e.text) && v->size == 0 && v->place != Place::pointer)
                    problem(e.at, "'" + e.text + "' is not an array", "remove the index");
                break;
            case Kind::call:
                return call(e);
            case Kind::string:
                return problem(e.at, "a string in an expression", "strings are arguments of printf only");
            default:
                break;
        }
        for (const auto& o : e.operands) expression(o);
    }

    void call(const Expression& e) {
        const bool prints = e.text == "printf" || e.text == "fprintf";
        const auto* r = m_.routine(e.text);
        if (!r) called.insert(e.text);
        if (r || !(prints || is_runtime_call(e.text))) {
            const int builtin = std::max(builtin_arguments(e.text), scop_arguments(e.text));
            const auto n = static_cast<int>(e.operands.size());
            if (r && (r->kind == Routine::Kind::derivative || r->kind == Routine::Kind::kinetic))
                problem(e.at, "'" + e.text + "' is a block of equations and cannot be called", "write SOLVE " + e.text);
            else if (r && !has_verbatim(*r) && n != static_cast<int>(r->arguments.size()))
                problem(e.at, wrong_number(e.text, static_cast<int>(r->arguments.size()), n));
            else if (!r && builtin >= 0 && n != builtin)
                problem(e.at, wrong_number(e.text, builtin, n));
            else if (!r && builtin < 0)
                problem(e.at,
                        "'" + e.text + "' is no function of this file and none of NMODL" + nearest_function(e.text),
                        "known: exp log fabs pow sqrt sin cos ... and net_send, random_uniform, ...");
        }
        for (const auto& o : e.operands)
            if (o.kind != Kind::string) expression(o);
    }

    static std::string wrong_number(const std::string& name, int takes, int found) {
        return "'" + name + "' takes " + std::to_string(takes) + (takes == 1 ? " argument" : " arguments") +
               ", found " + std::to_string(found);
    }
    std::string nearest_function(const std::string& name) const {
        std::vector<std::string> known{
            "exp",           "log",          "log10",  "fabs",        "pow",     "sqrt",     "sin",
            "cos",           "tan",          "tanh",   "floor",       "ceil",    "fmod",     "net_send",
            "net_event",     "net_move",     "printf", "scop_random", "exprand", "normrand", "random_uniform",
            "random_negexp", "random_normal"};
        for (const auto& [other, routine] : m_.routines) known.push_back(other);
        const auto best = nearest_name(name, known);
        return best.empty() ? "" : ", did you mean '" + best + "'?";
    }

    static bool has_verbatim(const Routine& r) {
        return std::any_of(r.body.begin(), r.body.end(),
                           [](const auto& s) { return std::holds_alternative<Verbatim>(s.is); });
    }

    void statement(const Assign& s) {
        expression(s.value);
        const auto& target = s.target.kind == Kind::prime ? s.target.operands[0] : s.target;
        expression(target);
        const auto* v = local(target.text) ? nullptr : m_.find(target.text);
        if (!v) return;
        if (v->place == Place::external)
            problem(s.target.at, "'" + target.text + "' is EXTERNAL and cannot be assigned here",
                    "what belongs to another mechanism is read only: assign it in that mechanism's file");
        if (v->place == Place::constant || v->place == Place::time || v->place == Place::step ||
            v->place == Place::celsius || v->place == Place::diameter || v->place == Place::area)
            problem(s.target.at, "'" + target.text + "' cannot be assigned: it is given by the simulator or a constant",
                    "use a LOCAL of another name");
        if (s.target.kind == Kind::prime && v->role != Role::state)
            problem(s.target.at, "'" + target.text + "'' is a derivative of what is no STATE",
                    "declare " + target.text + " in STATE");
    }
    void statement(const Evaluate& s) { call(s.call); }
    void statement(const If& s) {
        expression(s.condition);
        body(s.yes, {});
        body(s.no, {});
    }
    void statement(const While& s) {
        expression(s.condition);
        body(s.body, {});
    }
    void statement(const From& s) {
        expression(s.first);
        expression(s.last);
        expression(s.step);
        body(s.body, {s.name});
    }
    void statement(const Local& s) {
        for (const auto& n : s.names)
            if (!scopes_.back().insert(n.name).second)
                problem(at_, "LOCAL " + n.name + " is declared a second time in this block", "keep one of them");
    }
    void statement(const Solve& s) {
        static const std::set<std::string> methods{"",          "cnexp",   "euler",       "derivimplicit",
                                                   "sparse",    "runge",   "after_cvode", "cvode_t",
                                                   "cvode_t_v", "cvode_v", "newton",      "simeq"};
        if (!m_.routine(s.block))
            problem(at_, "SOLVE " + s.block + ": there is no block of this name" + did_you_mean(m_, s.block));
        if (!methods.contains(s.method))
            problem(at_, "unknown method '" + s.method + "'", "known: cnexp, derivimplicit, sparse, euler, runge");
    }
    void statement(const Table& s) {
        for (const auto* list : {&s.names, &s.depends})
            for (const auto& n : *list)
                if (!m_.names.contains(n)) problem(at_, "'" + n + "' in TABLE is not declared" + did_you_mean(m_, n));
    }
    void terms(const std::vector<Term>& list) {
        for (const auto& t : list) expression(t.species);
    }
    void statement(const Reaction& s) {
        terms(s.left);
        terms(s.right);
        expression(s.forward);
        if (s.kind == Reaction::Kind::both) expression(s.backward);
    }
    void statement(const Conserve& s) {
        terms(s.sum);
        expression(s.total);
    }
    void species(const std::string& index, const Expression& value, const std::vector<std::string>& list) {
        scopes_.push_back({index});
        expression(value);
        scopes_.pop_back();
        for (const auto& n : list)
            if (!m_.names.contains(n)) problem(at_, "'" + n + "' is not declared" + did_you_mean(m_, n));
    }
    void statement(const Compartment& s) { species(s.index, s.volume, s.species); }
    void statement(const Diffusion& s) { species(s.index, s.coefficient, s.species); }
    void statement(const Equation& s) {
        expression(s.left);
        expression(s.right);
    }
    void statement(const Watch& s) {
        for (const auto& c : s.cases) {
            if (mentions_local(c.condition))
                problem(c.condition.at, "a condition of WATCH that depends on a LOCAL or an argument",
                        "it is looked at later: copy the value to an ASSIGNED variable");
            expression(c.condition);
            expression(c.flag);
        }
    }
    void statement(const ForNetcons& s) {
        std::set<std::string> names;
        for (const auto& a : s.arguments) names.insert(a.name);
        body(s.body, std::move(names));
    }
    void statement(const NetInitial& s) { body(s.body, {}); }
    void statement(const Conductance&) {}
    void statement(const Return&) {}
    void statement(const Verbatim&) {}

    const Model& m_;
    std::vector<std::set<std::string>> scopes_;
    std::vector<Problem> problems_;
    Position at_;
};

}  // namespace

bool is_runtime_call(const std::string& name) {
    static const std::set<std::string> names{
        "net_send",      "net_event",     "net_move",       "at_time",       "state_discontinuity", "printf",
        "random_setseq", "random_setids", "random_uniform", "random_negexp", "random_normal",       "random_ipick",
        "random_dpick",  "nrn_pointing",  "vector_size",    "vector_at",     "vector_given"};
    return names.contains(name);
}

std::string did_you_mean(const Model& model, const std::string& name) {
    std::vector<std::string> known;
    for (const auto& [other, index] : model.names) known.push_back(other);
    for (const auto& [other, routine] : model.routines) known.push_back(other);
    const auto best = nearest_name(name, known);
    return best.empty() ? "" : ", did you mean '" + best + "'?";
}

std::set<std::string> check_names(const Model& model) {
    Checker checker(model);
    checker.run();
    return std::move(checker.called);
}

}  // namespace ngv::nmodl
