// Which names a block mentions, through all that it calls and solves.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "solvers/neuron/nmodl/model.hpp"

namespace ngv::nmodl {

/// Collects names in a block and in all blocks that it calls or solves: every one, or what may get a new value.
class Mentions {
  public:
    enum class What { all, written };
    Mentions(const Model& m, std::set<std::string>& names, What what = What::all)
        : m_(m), names_(names), all_(what == What::all) {}
    void block(const Block& b) {
        for (const auto& s : b) std::visit([&](const auto& is) { (*this)(is); }, s.is);
    }
    void expression(const Expression& e) {
        const bool named = e.kind == Expression::Kind::name || e.kind == Expression::Kind::element ||
                           e.kind == Expression::Kind::prime;
        if (named && all_) names_.insert(e.text);
        if (e.kind == Expression::Kind::call) routine(e.text);
        if (e.text == "state_discontinuity" && !e.operands.empty()) names_.insert(e.operands[0].text);
        for (const auto& o : e.operands) expression(o);
    }
    void operator()(const Assign& s) { names_.insert(s.target.text), expression(s.target), expression(s.value); }
    void operator()(const Evaluate& s) { expression(s.call); }
    void operator()(const If& s) { expression(s.condition), block(s.yes), block(s.no); }
    void operator()(const While& s) { expression(s.condition), block(s.body); }
    void operator()(const From& s) { expression(s.first), expression(s.last), expression(s.step), block(s.body); }
    void operator()(const Solve& s) { routine(s.block); }
    void operator()(const Reaction& s) { terms(s.left), terms(s.right), expression(s.forward), expression(s.backward); }
    void operator()(const Conserve& s) { terms(s.sum), expression(s.total); }
    void operator()(const Compartment& s) { expression(s.volume); }
    void operator()(const Diffusion& s) { expression(s.coefficient); }
    void operator()(const Equation& s) { unknowns(s.left), unknowns(s.right); }
    void operator()(const Watch& s) {
        for (const auto& c : s.cases) expression(c.condition), expression(c.flag);
    }
    void operator()(const ForNetcons& s) { block(s.body); }
    void operator()(const NetInitial& s) { block(s.body); }
    void operator()(const Table& s) {
        for (const auto& n : s.names) names_.insert(n);
    }
    void operator()(const Local&) {}
    void operator()(const Conductance&) {}
    void operator()(const Return&) {}
    void operator()(const Verbatim& s);

  private:
    void routine(const std::string& name) {
        const auto* r = m_.routine(name);
        if (r && seen_.insert(name).second) block(r->body);
    }
    void terms(const std::vector<Term>& list) {
        for (const auto& t : list) unknowns(t.species);
    }
    /// Any name in a reaction or an equation may be a state that it changes.
    void unknowns(const Expression& e) {
        const bool before = std::exchange(all_, true);
        expression(e);
        all_ = before;
    }
    const Model& m_;
    std::set<std::string>& names_;
    bool all_;
    std::set<std::string> seen_;
};

/// Names that a block and all that it calls mention.
std::set<std::string> names_in(const Model& model, const Block& block, Mentions::What what = Mentions::What::all);

}  // namespace ngv::nmodl
