#include "solvers/common/sbml/formulas.hpp"

#include <fmt/format.h>
#include <sbml/SBMLTypes.h>

#include <cmath>
#include <limits>

#include "ngv/error.hpp"

namespace ngv::sbml {

using model::Expr;

namespace {

double plain_stoichiometry(const SpeciesReference& reference) {
    const double n = reference.getStoichiometry();
    return std::isnan(n) ? 1 : n;
}

bool has_volume(const Compartment* c) {
    return c && (!c->isSetSpatialDimensions() || c->getSpatialDimensionsAsDouble() != 0);
}

}  // namespace

std::vector<const SpeciesReference*> references(const Reaction& reaction) {
    std::vector<const SpeciesReference*> all;
    for (unsigned i = 0; i < reaction.getNumReactants(); ++i) all.push_back(reaction.getReactant(i));
    for (unsigned i = 0; i < reaction.getNumProducts(); ++i) all.push_back(reaction.getProduct(i));
    return all;
}

Formulas::Formulas(const Model& model, std::string file, Solver solver, Values fixed)
    : sbml_(model),
      file_(std::move(file)),
      fixed_(std::move(fixed)),
      reader_(*graph_, model,
              {.symbol = [this](const std::string& id) { return value(id); },
               .rate_of = std::move(solver.rate_of),
               .delayed = std::move(solver.delayed),
               .time = graph_->symbol(time_name)}) {
    for (unsigned r = 0; r < model.getNumReactions(); ++r)
        for (const auto* reference : references(*model.getReaction(r)))
            if (!reference->getId().empty()) reference_[reference->getId()] = reference;
}

std::string Formulas::where(const std::string& what) const {
    return fmt::format("{}: {}", file_, what);
}

void Formulas::refuse(const std::string& what, const std::string& why, const std::string& fix) const {
    throw UserError({where(what), why, fix});
}

std::vector<std::string> Formulas::variables() const {
    std::vector<std::string> ids;
    for (unsigned i = 0; i < sbml_.getNumCompartments(); ++i) ids.push_back(sbml_.getCompartment(i)->getId());
    for (unsigned i = 0; i < sbml_.getNumSpecies(); ++i) ids.push_back(sbml_.getSpecies(i)->getId());
    for (unsigned i = 0; i < sbml_.getNumParameters(); ++i) ids.push_back(sbml_.getParameter(i)->getId());
    for (unsigned r = 0; r < sbml_.getNumReactions(); ++r)
        for (const auto* reference : references(*sbml_.getReaction(r)))
            if (!reference->getId().empty()) ids.push_back(reference->getId());
    return ids;
}

const Rule* Formulas::assignment(const std::string& id) const {
    const Rule* rule = sbml_.getAssignmentRule(id);
    return rule && rule->getMath() ? rule : nullptr;
}

const Rule* Formulas::rate_rule(const std::string& id) const {
    const Rule* rule = sbml_.getRateRule(id);
    return rule && rule->getMath() ? rule : nullptr;
}

// A species that formulas see as a concentration.
bool Formulas::is_concentration(const Species& s) const {
    return !s.getHasOnlySubstanceUnits() && has_volume(sbml_.getCompartment(s.getCompartment()));
}

bool Formulas::is_held_as_amount(const std::string& id) const {
    const Species* s = sbml_.getSpecies(id);
    if (!s || !is_concentration(*s) || assignment(id)) return false;
    return !rate_rule(id) || !assignment(s->getCompartment());
}

Expr Formulas::read(const ASTNode& math, const std::string& what) {
    return reader_.read(math, where(what));
}

Expr Formulas::held(const std::string& id) {
    if (const auto it = fixed_.find(id); it != fixed_.end()) return graph().constant(it->second);
    return graph().symbol(id);
}

Expr Formulas::value(const std::string& id) {
    if (const auto it = known_.find(id); it != known_.end()) return it->second;
    if (!open_.insert(id).second) refuse(id, "depends on itself", "assignment rules must not form a circle");
    const Expr e = make(id);
    open_.erase(id);
    known_.emplace(id, e);
    return e;
}

Expr Formulas::make(const std::string& id) {
    if (const Rule* rule = assignment(id)) return read(*rule->getMath(), "assignment rule of " + id);
    if (const Reaction* reaction = sbml_.getReaction(id)) return rate(*reaction);
    if (is_held_as_amount(id)) return graph().div(held(id), volume(*sbml_.getSpecies(id)));
    if (sbml_.getCompartment(id) || sbml_.getSpecies(id) || sbml_.getParameter(id) || reference_.contains(id))
        return held(id);
    refuse(id, "is not defined", did_you_mean(id, variables()));
}

Expr Formulas::volume(const Species& s) {
    return value(s.getCompartment());
}

Expr Formulas::amount(const Species& s) {
    const Expr v = value(s.getId());
    if (!is_concentration(s)) return v;
    return is_held_as_amount(s.getId()) ? held(s.getId()) : graph().mul(v, volume(s));
}

Expr Formulas::concentration(const Species& s) {
    const Expr v = value(s.getId());
    return is_concentration(s) || !has_volume(sbml_.getCompartment(s.getCompartment())) ? v : graph().div(v, volume(s));
}

Expr Formulas::rate(const Reaction& reaction) {
    const KineticLaw* law = reaction.getKineticLaw();
    if (!law || !law->getMath())
        refuse("reaction " + reaction.getId(), "has no kinetic law", "a reaction without one has no speed");
    std::map<std::string, Expr> local;
    for (unsigned i = 0; i < law->getNumParameters(); ++i)
        local[law->getParameter(i)->getId()] = graph().constant(law->getParameter(i)->getValue());
    for (unsigned i = 0; i < law->getNumLocalParameters(); ++i)
        local[law->getLocalParameter(i)->getId()] = graph().constant(law->getLocalParameter(i)->getValue());
    return reader_.read(*law->getMath(), where("kinetic law of " + reaction.getId()), local);
}

Expr Formulas::stoichiometry(const SpeciesReference& reference) {
    if (reference.isSetStoichiometryMath() && reference.getStoichiometryMath()->getMath())
        return read(*reference.getStoichiometryMath()->getMath(), "stoichiometry of " + reference.getSpecies());
    if (!reference.getId().empty()) return value(reference.getId());
    return graph().constant(plain_stoichiometry(reference));
}

double Formulas::start(Expr e, double time, const Values& instead) {
    Values values;
    for (const Expr s : graph().symbols_of(e)) {
        const auto& name = graph().name(s);
        const auto given = instead.find(name);
        values[name] = given != instead.end() ? given->second : name == time_name ? time : held_start(name);
    }
    // Operands have lower indices than what is made of them.
    std::vector<double> all(static_cast<std::size_t>(e.index) + 1);
    for (std::size_t k = 0; k < all.size(); ++k) {
        const Expr at{static_cast<std::int32_t>(k)};
        const auto& node = graph()[at];
        const auto of = [&](Expr x) { return x.index < 0 ? 0 : all[static_cast<std::size_t>(x.index)]; };
        if (node.op == model::Op::constant) {
            all[k] = node.value;
        } else if (node.op == model::Op::symbol) {
            const auto it = values.find(graph().name(at));
            if (it != values.end()) all[k] = it->second;
        } else {
            all[k] = model::apply(node.op, of(node.a), of(node.b), of(node.c));
        }
    }
    return all.back();
}

double Formulas::held_start(const std::string& id) {
    if (const auto it = starts_.find(id); it != starts_.end()) return it->second;
    if (!open_starts_.insert(id).second) refuse(id, "its start value depends on itself", "");
    const InitialAssignment* initial = sbml_.getInitialAssignment(id);
    double value = std::numeric_limits<double>::quiet_NaN();
    if (initial && initial->getMath()) {
        value = start(read(*initial->getMath(), "initial assignment of " + id));
        if (is_held_as_amount(id)) value *= start(volume(*sbml_.getSpecies(id)));
    } else if (const Species* s = sbml_.getSpecies(id)) {
        const bool as_amount = !is_concentration(*s) || is_held_as_amount(id);
        if (s->isSetInitialAmount()) value = s->getInitialAmount();
        if (s->isSetInitialAmount() && !as_amount) value /= start(volume(*s));
        if (s->isSetInitialConcentration()) value = s->getInitialConcentration();
        if (s->isSetInitialConcentration() && as_amount) value *= start(volume(*s));
    } else if (const Compartment* c = sbml_.getCompartment(id)) {
        value = c->isSetSize() ? c->getSize() : 1;
    } else if (const ::Parameter* p = sbml_.getParameter(id)) {
        if (p->isSetValue()) value = p->getValue();
    } else if (const auto it = reference_.find(id); it != reference_.end()) {
        value = plain_stoichiometry(*it->second);
    }
    open_starts_.erase(id);
    return starts_[id] = value;
}

}  // namespace ngv::sbml
