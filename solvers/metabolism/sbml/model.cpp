#include "solvers/metabolism/sbml/model.hpp"

#include <fmt/format.h>
#include <sbml/SBMLTypes.h>
#include <sbml/extension/SBasePlugin.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>

#include "ngv/error.hpp"
#include "solvers/metabolism/sbml/math.hpp"

namespace ngv::metabolism {

using model::Expr;

namespace {

using Values = std::map<std::string, double>;

// Names that no SBML id can have.
constexpr const char* time_name = "csymbol time";
constexpr const char* nothing = "(nothing)";
constexpr const char* delay_origin = "csymbol delay origin";
std::string delay_name(std::size_t delay, std::size_t power) {
    return fmt::format("csymbol delay {}, power {}", delay, power);
}

/// One pass over a model. The first pass finds start values; the second takes what never changes as numbers.
class Builder {
  public:
    Builder(const Model& sbml, const std::string& file, const Values& fixed)
        : sbml_(sbml),
          file_(file),
          fixed_(fixed),
          reader_(graph(), sbml,
                  {.symbol = [this](const std::string& id) { return value(id); },
                   .rate_of = [this](const std::string& id) { return rate_of(id); },
                   .delayed = [this](Expr value, Expr lag) { return delayed(value, lag); },
                   .time = graph().symbol(time_name)}) {
        find_reaction_species();
        for (unsigned i = 0; i < sbml.getNumEvents(); ++i)
            for (unsigned k = 0; k < sbml.getEvent(i)->getNumEventAssignments(); ++k)
                set_by_events_.insert(sbml.getEvent(i)->getEventAssignment(k)->getVariable());
    }

    SbmlModel build() {
        result_.name = sbml_.getId().empty() ? "sbml" : sbml_.getId();
        result_.file = file_;
        const auto ids = variables();
        for (const auto& id : ids) declare(id);
        if (result_.states.empty()) {  // what the integrator carries along when nothing changes by itself
            add(result_.states, nothing);
            result_.states.back().scale = 1;
            graph().symbol(nothing);
        }
        for (const auto& q : result_.states)
            result_.rates.push_back(q.name == nothing ? graph().constant(0) : held_rate(q.name));
        for (const auto& id : ids) result_.values[id] = value(id);
        for (unsigned i = 0; i < sbml_.getNumReactions(); ++i) {
            const auto& id = sbml_.getReaction(i)->getId();
            result_.values[id] = value(id);
        }
        for (unsigned i = 0; i < sbml_.getNumSpecies(); ++i) {
            const auto& s = *sbml_.getSpecies(i);
            result_.species[s.getId()] = {amount(s), concentration(s)};
        }
        for (unsigned i = 0; i < sbml_.getNumEvents(); ++i) add_event(*sbml_.getEvent(i));
        for (unsigned i = 0; i < sbml_.getNumConstraints(); ++i)
            if (const auto* math = sbml_.getConstraint(i)->getMath()) {
                const auto name = fmt::format("constraint {}", i + 1);
                result_.constraints.push_back({reader_.read(*math, where(name)), name});
            }
        set_starts();
        for (const auto& id : result_inputs_)
            if (!set_by_events_.contains(id)) constants_[id] = held_start(id);
        return std::move(result_);
    }

    /// After build(): held values of what no rule, reaction or event changes.
    const Values& constants() const { return constants_; }

  private:
    model::Graph& graph() { return *result_.graph; }
    std::string where(const std::string& what) const { return fmt::format("{}: {}", file_, what); }
    [[noreturn]] void refuse(const std::string& what, const std::string& why, const std::string& fix) const {
        throw UserError({where(what), why, fix});
    }

    std::vector<std::string> variables() const {
        std::vector<std::string> ids;
        for (unsigned i = 0; i < sbml_.getNumCompartments(); ++i) ids.push_back(sbml_.getCompartment(i)->getId());
        for (unsigned i = 0; i < sbml_.getNumSpecies(); ++i) ids.push_back(sbml_.getSpecies(i)->getId());
        for (unsigned i = 0; i < sbml_.getNumParameters(); ++i) ids.push_back(sbml_.getParameter(i)->getId());
        for (unsigned r = 0; r < sbml_.getNumReactions(); ++r)
            for (const auto* reference : references(*sbml_.getReaction(r)))
                if (!reference->getId().empty()) ids.push_back(reference->getId());
        return ids;
    }

    static std::vector<const SpeciesReference*> references(const Reaction& reaction) {
        std::vector<const SpeciesReference*> all;
        for (unsigned i = 0; i < reaction.getNumReactants(); ++i) all.push_back(reaction.getReactant(i));
        for (unsigned i = 0; i < reaction.getNumProducts(); ++i) all.push_back(reaction.getProduct(i));
        return all;
    }

    void find_reaction_species() {
        for (unsigned r = 0; r < sbml_.getNumReactions(); ++r)
            for (const auto* reference : references(*sbml_.getReaction(r))) {
                if (!reference->getId().empty()) reference_[reference->getId()] = reference;
                const Species* s = sbml_.getSpecies(reference->getSpecies());
                if (s && !s->getBoundaryCondition() && !s->getConstant()) changed_by_reactions_.insert(s->getId());
            }
    }

    const Rule* assignment(const std::string& id) const {
        const Rule* rule = sbml_.getAssignmentRule(id);
        return rule && rule->getMath() ? rule : nullptr;
    }
    const Rule* rate_rule(const std::string& id) const {
        const Rule* rule = sbml_.getRateRule(id);
        return rule && rule->getMath() ? rule : nullptr;
    }

    /// A species that formulas see as a concentration.
    bool is_concentration(const Species& s) const {
        if (s.getHasOnlySubstanceUnits()) return false;
        const Compartment* c = sbml_.getCompartment(s.getCompartment());
        return c && (!c->isSetSpatialDimensions() || c->getSpatialDimensionsAsDouble() != 0);
    }
    /// Held as an amount though formulas see its concentration: so it stays when an event changes its compartment.
    bool is_held_as_amount(const std::string& id) const {
        const Species* s = sbml_.getSpecies(id);
        if (!s || !is_concentration(*s) || assignment(id)) return false;
        return !rate_rule(id) || !assignment(s->getCompartment());
    }

    static void add(std::vector<Quantity>& list, const std::string& id) {
        Quantity q;
        q.name = id;
        list.push_back(q);
    }

    void declare(const std::string& id) {
        if (assignment(id)) return;
        if (rate_rule(id) || changed_by_reactions_.contains(id)) {
            graph().symbol(id);
            add(result_.states, id);
        } else {
            result_inputs_.push_back(id);
            if (fixed_.contains(id)) return;
            graph().symbol(id);
            add(result_.inputs, id);
        }
    }

    Expr held(const std::string& id) {
        if (const auto it = fixed_.find(id); it != fixed_.end()) return graph().constant(it->second);
        return graph().symbol(id);
    }

    /// What formulas mean by `id`.
    Expr value(const std::string& id) {
        if (const auto it = known_.find(id); it != known_.end()) return it->second;
        if (!open_.insert(id).second) refuse(id, "depends on itself", "assignment rules must not form a circle");
        const Expr e = make(id);
        open_.erase(id);
        known_.emplace(id, e);
        return e;
    }

    Expr make(const std::string& id) {
        if (const Rule* rule = assignment(id)) return reader_.read(*rule->getMath(), where("assignment rule of " + id));
        if (const Reaction* reaction = sbml_.getReaction(id)) return rate(*reaction);
        if (is_held_as_amount(id)) return graph().div(held(id), volume(*sbml_.getSpecies(id)));
        if (sbml_.getCompartment(id) || sbml_.getSpecies(id) || sbml_.getParameter(id) || reference_.contains(id))
            return held(id);
        refuse(id, "is not defined", did_you_mean(id, variables()));
    }

    Expr volume(const Species& s) { return value(s.getCompartment()); }
    Expr amount(const Species& s) {
        const Expr v = value(s.getId());
        if (!is_concentration(s)) return v;
        return is_held_as_amount(s.getId()) ? held(s.getId()) : graph().mul(v, volume(s));
    }
    Expr concentration(const Species& s) {
        const Expr v = value(s.getId());
        const Compartment* c = sbml_.getCompartment(s.getCompartment());
        const bool has_volume = c && (!c->isSetSpatialDimensions() || c->getSpatialDimensionsAsDouble() != 0);
        return is_concentration(s) || !has_volume ? v : graph().div(v, volume(s));
    }

    Expr rate(const Reaction& reaction) {
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

    Expr stoichiometry(const SpeciesReference& reference) {
        if (reference.isSetStoichiometryMath() && reference.getStoichiometryMath()->getMath())
            return reader_.read(*reference.getStoichiometryMath()->getMath(),
                                where("stoichiometry of " + reference.getSpecies()));
        if (!reference.getId().empty()) return value(reference.getId());
        return graph().constant(plain_stoichiometry(reference));
    }
    static double plain_stoichiometry(const SpeciesReference& reference) {
        const double n = reference.getStoichiometry();
        return std::isnan(n) ? 1 : n;
    }

    /// d/dt of what is held for a state.
    Expr held_rate(const std::string& id) {
        if (const auto it = rates_.find(id); it != rates_.end()) return it->second;
        if (!open_rates_.insert(id).second) refuse("rateOf " + id, "depends on itself", "");
        Expr e = graph().constant(0);
        if (const Rule* rule = rate_rule(id)) {
            e = reader_.read(*rule->getMath(), where("rate rule of " + id));
            if (is_held_as_amount(id)) {  // (c V)' = c' V + c V'
                const Species& s = *sbml_.getSpecies(id);
                e = graph().add(graph().mul(e, volume(s)), graph().mul(value(id), held_rate(s.getCompartment())));
            }
        } else if (changed_by_reactions_.contains(id)) {
            for (unsigned r = 0; r < sbml_.getNumReactions(); ++r) {
                const auto& reaction = *sbml_.getReaction(r);
                for (unsigned k = 0; k < reaction.getNumProducts(); ++k)
                    if (reaction.getProduct(k)->getSpecies() == id)
                        e = graph().add(e,
                                        graph().mul(stoichiometry(*reaction.getProduct(k)), value(reaction.getId())));
                for (unsigned k = 0; k < reaction.getNumReactants(); ++k)
                    if (reaction.getReactant(k)->getSpecies() == id)
                        e = graph().sub(e,
                                        graph().mul(stoichiometry(*reaction.getReactant(k)), value(reaction.getId())));
            }
            const Species& s = *sbml_.getSpecies(id);
            const auto factor = s.isSetConversionFactor() ? s.getConversionFactor() : sbml_.getConversionFactor();
            if (!factor.empty()) e = graph().mul(value(factor), e);
        }
        open_rates_.erase(id);
        return rates_[id] = e;
    }

    /// d/dt of what formulas mean by `id`.
    Expr rate_of(const std::string& id) {
        if (assignment(id))
            refuse("rateOf " + id, "is asked of a variable with an assignment rule, which is not supported",
                   "write the derivative out");
        if (sbml_.getReaction(id)) refuse("rateOf " + id, "is asked of a reaction", "");
        if (!is_held_as_amount(id)) return held_rate(id);
        // (n/V)' = (n' - (n/V) V')/V
        const Species& s = *sbml_.getSpecies(id);
        auto& g = graph();
        const Expr change =
            assignment(s.getCompartment()) ? rate_of(s.getCompartment()) : held_rate(s.getCompartment());
        return g.div(g.sub(held_rate(id), g.mul(value(id), change)), volume(s));
    }

    Expr add_delay_input(const std::string& name) {
        add(result_.inputs, name);
        starts_[name] = 0;
        return graph().symbol(name);
    }

    Expr delayed(Expr value, Expr lag) {
        auto& g = graph();
        if (g.is_constant(lag, 0)) return value;
        auto& delays = result_.delays;
        auto it = std::find_if(delays.begin(), delays.end(),
                               [&](const SbmlDelay& d) { return d.value == value && d.lag == lag; });
        if (it == delays.end()) {
            if (delays.empty()) {
                result_.delay_origin = result_.inputs.size();
                add_delay_input(delay_origin);
            }
            const std::size_t k = delays.size();
            delays.push_back({value, lag, result_.inputs.size()});
            for (std::size_t power = 0; power < 4; ++power) add_delay_input(delay_name(k, power));
            starts_[delay_name(k, 0)] = start_of(value, -start_of(lag));
            it = delays.end() - 1;
        }
        const auto k = static_cast<std::size_t>(it - delays.begin());
        const Expr s = g.sub(g.symbol(time_name), g.symbol(delay_origin));
        Expr e = g.symbol(delay_name(k, 3));
        for (std::size_t power = 3; power-- > 0;) e = g.add(g.symbol(delay_name(k, power)), g.mul(s, e));
        return e;
    }

    void add_event(const Event& event) {
        if (!event.isSetTrigger() || !event.getTrigger()->getMath()) return;  // Level 3 Version 2: it never happens
        SbmlEvent e;
        e.name = event.getId().empty() ? fmt::format("event {}", result_.events.size() + 1) : event.getId();
        const auto at = where(e.name);
        e.trigger = reader_.read(*event.getTrigger()->getMath(), at);
        if (event.isSetDelay() && event.getDelay()->getMath()) e.delay = reader_.read(*event.getDelay()->getMath(), at);
        if (event.isSetPriority() && event.getPriority()->getMath())
            e.priority = reader_.read(*event.getPriority()->getMath(), at);
        if (event.getTrigger()->isSetInitialValue()) e.initial_value = event.getTrigger()->getInitialValue();
        if (event.getTrigger()->isSetPersistent()) e.persistent = event.getTrigger()->getPersistent();
        if (event.isSetUseValuesFromTriggerTime()) e.values_from_trigger_time = event.getUseValuesFromTriggerTime();
        for (unsigned k = 0; k < event.getNumEventAssignments(); ++k) {
            const auto& assignment = *event.getEventAssignment(k);
            if (!assignment.getMath()) continue;
            e.assignments.push_back({place(assignment.getVariable()), reader_.read(*assignment.getMath(), at)});
        }
        result_.events.push_back(std::move(e));
    }

    SbmlPlace place(const std::string& id) {
        SbmlPlace place;
        if (is_held_as_amount(id)) place.volume = volume(*sbml_.getSpecies(id));
        for (const auto* list : {&result_.states, &result_.inputs})
            for (std::size_t i = 0; i < list->size(); ++i)
                if ((*list)[i].name == id) {
                    place.is_state = list == &result_.states;
                    place.index = i;
                    return place;
                }
        refuse(id, "is set by an event and has an assignment rule", "");
    }

    // --- start values

    double start_of(Expr e, double time = 0) {
        const auto symbols = graph().symbols_of(e);
        Values values;
        for (const Expr s : symbols) {
            const auto& name = graph().name(s);
            values[name] = name == time_name ? time : name == nothing ? 0 : held_start(name);
        }
        // Operands have lower indices than what is made of them.
        std::vector<double> all(static_cast<std::size_t>(e.index) + 1);
        for (std::size_t k = 0; k < all.size(); ++k) {
            const auto& node = graph()[{static_cast<std::int32_t>(k)}];
            const auto of = [&](Expr x) { return x.index < 0 ? 0 : all[static_cast<std::size_t>(x.index)]; };
            if (node.op == model::Op::constant) {
                all[k] = node.value;
            } else if (node.op == model::Op::symbol) {
                const auto it = values.find(graph().name({static_cast<std::int32_t>(k)}));
                if (it != values.end()) all[k] = it->second;
            } else {
                all[k] = model::apply(node.op, of(node.a), of(node.b), of(node.c));
            }
        }
        return all.back();
    }

    double held_start(const std::string& id) {
        if (const auto it = starts_.find(id); it != starts_.end()) return it->second;
        if (!open_starts_.insert(id).second) refuse(id, "its start value depends on itself", "");
        const InitialAssignment* initial = sbml_.getInitialAssignment(id);
        const bool is_set = initial && initial->getMath();
        double start = std::numeric_limits<double>::quiet_NaN();
        if (is_set) {
            start = start_of(reader_.read(*initial->getMath(), where("initial assignment of " + id)));
            if (is_held_as_amount(id)) start *= start_of(volume(*sbml_.getSpecies(id)));
        } else if (const Species* s = sbml_.getSpecies(id)) {
            const bool as_amount = !is_concentration(*s) || is_held_as_amount(id);
            if (s->isSetInitialAmount()) start = s->getInitialAmount();
            if (s->isSetInitialAmount() && !as_amount) start /= start_of(volume(*s));
            if (s->isSetInitialConcentration()) start = s->getInitialConcentration();
            if (s->isSetInitialConcentration() && as_amount) start *= start_of(volume(*s));
        } else if (const Compartment* c = sbml_.getCompartment(id)) {
            start = c->isSetSize() ? c->getSize() : 1;
        } else if (const ::Parameter* p = sbml_.getParameter(id)) {
            if (p->isSetValue()) start = p->getValue();
        } else if (const auto it = reference_.find(id); it != reference_.end()) {
            start = plain_stoichiometry(*it->second);
        }
        open_starts_.erase(id);
        return starts_[id] = start;
    }

    void set_starts() {
        double largest = 0;
        for (auto* list : {&result_.states, &result_.inputs})
            for (auto& q : *list) q.start = q.name == nothing ? 0 : held_start(q.name);
        for (const auto& q : result_.states)
            if (std::isfinite(q.start)) largest = std::max(largest, std::fabs(q.start));
        // What starts at 0 is measured against what the others start with.
        for (auto& q : result_.states)
            if (q.scale == 0)
                q.scale = q.start != 0 && std::isfinite(q.start) ? std::fabs(q.start)
                          : largest > 0                          ? 1e-3 * largest
                                                                 : 1e-3;
    }

    const Model& sbml_;
    std::string file_;
    const Values& fixed_;
    SbmlModel result_{.name = {},
                      .file = {},
                      .graph = std::make_shared<model::Graph>(),
                      .states = {},
                      .inputs = {},
                      .rates = {},
                      .events = {},
                      .constraints = {},
                      .delays = {},
                      .delay_origin = 0,
                      .values = {},
                      .species = {}};
    MathReader reader_;
    std::vector<std::string> result_inputs_;
    std::set<std::string> changed_by_reactions_, set_by_events_, open_, open_rates_, open_starts_;
    std::map<std::string, const SpeciesReference*> reference_;
    std::map<std::string, Expr> known_, rates_;
    Values starts_, constants_;
};

void check(SBMLDocument& document, const std::string& file) {
    std::vector<Problem> problems;
    for (unsigned i = 0; i < document.getNumErrors(); ++i) {
        const auto* error = document.getError(i);
        if (error->getSeverity() < LIBSBML_SEV_ERROR) continue;
        auto text = error->getMessage();
        while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
        problems.push_back({fmt::format("{}:{}", file, error->getLine()), text, ""});
    }
    if (!problems.empty()) throw UserError(std::move(problems));
    if (!document.getModel()) throw UserError({file, "has no model", ""});
    // Everything of Level 1 is in Level 2.
    if (document.getLevel() < 2 && !document.setLevelAndVersion(2, 4, false))
        throw UserError({file, "is SBML Level 1 that cannot be read as Level 2", "have it converted by another tool"});
    for (unsigned i = 0; document.getLevel() > 2 && i < document.getNumPlugins(); ++i) {
        const auto name = document.getPlugin(i)->getPackageName();
        if (document.isSetPackageRequired(name) && document.getPackageRequired(name) && name != "l3v2extendedmath")
            throw UserError({file, fmt::format("requires the package '{}', which is not supported", name),
                             "SBML core is; convert the model (for comp: flatten it)"});
    }
    if (document.getNumUnknownPackages() > 0)
        throw UserError({file,
                         fmt::format("uses the package '{}', which is not known", document.getUnknownPackagePrefix(0)),
                         "SBML core is supported"});
    const Model& model = *document.getModel();
    for (unsigned i = 0; i < model.getNumRules(); ++i)
        if (model.getRule(i)->isAlgebraic() && model.getRule(i)->isSetMath())  // Level 3 Version 2: none without
            throw UserError({file, fmt::format("rule {} is algebraic, which is not supported", i + 1),
                             "solve it for a variable and write an assignment rule"});
    for (unsigned i = 0; i < model.getNumReactions(); ++i)
        if (model.getReaction(i)->isSetFast() && model.getReaction(i)->getFast())
            throw UserError(
                {file, fmt::format("reaction '{}' is fast, which is not supported", model.getReaction(i)->getId()),
                 "give it a large rate, or replace it by its equilibrium"});
}

SbmlModel from(std::unique_ptr<SBMLDocument> document, const std::string& file) {
    check(*document, file);
    const Model& model = *document->getModel();
    const Values none;
    Builder first(model, file, none);
    first.build();
    const Values fixed = first.constants();
    return Builder(model, file, fixed).build();
}

}  // namespace

SbmlModel SbmlModel::parse(const std::string& text, const std::string& name) {
    return from(std::unique_ptr<SBMLDocument>(readSBMLFromString(text.c_str())), name);
}

SbmlModel SbmlModel::load(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file))
        throw UserError({file.string(), "no such SBML file", "give the path of a model (.xml, .sbml)"});
    return parse({std::istreambuf_iterator<char>(in), {}}, file.string());
}

Expr SbmlModel::value(const std::string& id) const {
    if (const auto it = values.find(id); it != values.end()) return it->second;
    std::vector<std::string> known;
    for (const auto& [name_of, _] : values) known.push_back(name_of);
    throw UserError({file, fmt::format("no variable '{}'", id), did_you_mean(id, known)});
}

ModelFile SbmlModel::as_file() const {
    ModelFile model;
    model.name = name;
    model.source = file;
    for (const auto& q : states)
        model.states.emplace_back(
            q.name, StateSpec{.start = q.start, .unit = q.unit, .rate = {}, .min = {}, .max = {}, .scale = q.scale});
    return model;
}

OdeParts SbmlModel::parts() const {
    OdeParts parts{.name = name,
                   .source = file,
                   .graph = graph,
                   .states = states,
                   .inputs = inputs,
                   .time = time_name,
                   .rates = rates,
                   .shown = {}};
    for (const auto& [id, e] : values) parts.shown[id] = {e, ""};
    return parts;
}

bool is_sbml(const std::filesystem::path& file) {
    return file.extension() == ".xml" || file.extension() == ".sbml";
}

}  // namespace ngv::metabolism
