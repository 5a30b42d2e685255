#include "solvers/metabolism/sbml/model.hpp"

#include <fmt/format.h>
#include <sbml/SBMLTypes.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/sbml/document.hpp"
#include "solvers/common/sbml/formulas.hpp"

namespace ngv::metabolism {

using model::Expr;
using sbml::time_name;
using sbml::Values;

namespace {

// Names that no SBML id can have.
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
          formulas_(sbml, file,
                    {.rate_of = [this](const std::string& id) { return rate_of(id); },
                     .delayed = [this](Expr value, Expr lag) { return delayed(value, lag); }},
                    fixed) {
        for (unsigned r = 0; r < sbml.getNumReactions(); ++r)
            for (const auto* reference : sbml::references(*sbml.getReaction(r))) {
                const Species* s = sbml.getSpecies(reference->getSpecies());
                if (s && !s->getBoundaryCondition() && !s->getConstant()) changed_by_reactions_.insert(s->getId());
            }
        for (unsigned i = 0; i < sbml.getNumEvents(); ++i)
            for (unsigned k = 0; k < sbml.getEvent(i)->getNumEventAssignments(); ++k)
                set_by_events_.insert(sbml.getEvent(i)->getEventAssignment(k)->getVariable());
    }

    SbmlModel build() {
        result_.name = sbml_.getId().empty() ? "sbml" : sbml_.getId();
        result_.file = file_;
        const auto ids = formulas_.variables();
        for (const auto& id : ids) declare(id);
        if (result_.states.empty()) {  // what the integrator carries along when nothing changes by itself
            add(result_.states, nothing);
            result_.states.back().scale = 1;
            graph().symbol(nothing);
            formulas_.set_start(nothing, 0);
        }
        for (const auto& q : result_.states)
            result_.rates.push_back(q.name == nothing ? graph().constant(0) : held_rate(q.name));
        for (const auto& id : ids) result_.values[id] = formulas_.value(id);
        for (unsigned i = 0; i < sbml_.getNumReactions(); ++i) {
            const auto& id = sbml_.getReaction(i)->getId();
            result_.values[id] = formulas_.value(id);
        }
        for (unsigned i = 0; i < sbml_.getNumSpecies(); ++i) {
            const auto& s = *sbml_.getSpecies(i);
            result_.species[s.getId()] = {formulas_.amount(s), formulas_.concentration(s)};
        }
        for (unsigned i = 0; i < sbml_.getNumEvents(); ++i) add_event(*sbml_.getEvent(i));
        for (unsigned i = 0; i < sbml_.getNumConstraints(); ++i)
            if (const auto* math = sbml_.getConstraint(i)->getMath()) {
                const auto name = fmt::format("constraint {}", i + 1);
                result_.constraints.push_back({formulas_.read(*math, name), name});
            }
        set_starts();
        for (const auto& id : result_inputs_)
            if (!set_by_events_.contains(id)) constants_[id] = formulas_.held_start(id);
        return std::move(result_);
    }

    /// After build(): held values of what no rule, reaction or event changes.
    const Values& constants() const { return constants_; }

  private:
    model::Graph& graph() { return formulas_.graph(); }

    static void add(std::vector<Quantity>& list, const std::string& id) {
        Quantity q;
        q.name = id;
        list.push_back(q);
    }

    void declare(const std::string& id) {
        if (formulas_.assignment(id)) return;
        if (formulas_.rate_rule(id) || changed_by_reactions_.contains(id)) {
            graph().symbol(id);
            add(result_.states, id);
        } else {
            result_inputs_.push_back(id);
            if (fixed_.contains(id)) return;
            graph().symbol(id);
            add(result_.inputs, id);
        }
    }

    /// d/dt of what is held for a state.
    Expr held_rate(const std::string& id) {
        if (const auto it = rates_.find(id); it != rates_.end()) return it->second;
        if (!open_rates_.insert(id).second) formulas_.refuse("rateOf " + id, "depends on itself", "");
        Expr e = graph().constant(0);
        if (const Rule* rule = formulas_.rate_rule(id)) {
            e = formulas_.read(*rule->getMath(), "rate rule of " + id);
            if (formulas_.is_held_as_amount(id)) {  // (c V)' = c' V + c V'
                const Species& s = *sbml_.getSpecies(id);
                e = graph().add(graph().mul(e, formulas_.volume(s)),
                                graph().mul(formulas_.value(id), held_rate(s.getCompartment())));
            }
        } else if (changed_by_reactions_.contains(id)) {
            for (unsigned r = 0; r < sbml_.getNumReactions(); ++r) {
                const auto& reaction = *sbml_.getReaction(r);
                for (unsigned k = 0; k < reaction.getNumProducts(); ++k)
                    if (reaction.getProduct(k)->getSpecies() == id)
                        e = graph().add(e, graph().mul(formulas_.stoichiometry(*reaction.getProduct(k)),
                                                       formulas_.value(reaction.getId())));
                for (unsigned k = 0; k < reaction.getNumReactants(); ++k)
                    if (reaction.getReactant(k)->getSpecies() == id)
                        e = graph().sub(e, graph().mul(formulas_.stoichiometry(*reaction.getReactant(k)),
                                                       formulas_.value(reaction.getId())));
            }
            const Species& s = *sbml_.getSpecies(id);
            const auto factor = s.isSetConversionFactor() ? s.getConversionFactor() : sbml_.getConversionFactor();
            if (!factor.empty()) e = graph().mul(formulas_.value(factor), e);
        }
        open_rates_.erase(id);
        return rates_[id] = e;
    }

    /// d/dt of what formulas mean by `id`.
    Expr rate_of(const std::string& id) {
        if (formulas_.assignment(id))
            formulas_.refuse("rateOf " + id, "is asked of a variable with an assignment rule, which is not supported",
                             "write the derivative out");
        if (sbml_.getReaction(id)) formulas_.refuse("rateOf " + id, "is asked of a reaction", "");
        if (!formulas_.is_held_as_amount(id)) return held_rate(id);
        // (n/V)' = (n' - (n/V) V')/V
        const Species& s = *sbml_.getSpecies(id);
        auto& g = graph();
        const Expr change =
            formulas_.assignment(s.getCompartment()) ? rate_of(s.getCompartment()) : held_rate(s.getCompartment());
        return g.div(g.sub(held_rate(id), g.mul(formulas_.value(id), change)), formulas_.volume(s));
    }

    Expr add_delay_input(const std::string& name) {
        add(result_.inputs, name);
        formulas_.set_start(name, 0);
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
            formulas_.set_start(delay_name(k, 0), formulas_.start(value, -formulas_.start(lag)));
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
        e.trigger = formulas_.read(*event.getTrigger()->getMath(), e.name);
        if (event.isSetDelay() && event.getDelay()->getMath())
            e.delay = formulas_.read(*event.getDelay()->getMath(), e.name);
        if (event.isSetPriority() && event.getPriority()->getMath())
            e.priority = formulas_.read(*event.getPriority()->getMath(), e.name);
        if (event.getTrigger()->isSetInitialValue()) e.initial_value = event.getTrigger()->getInitialValue();
        if (event.getTrigger()->isSetPersistent()) e.persistent = event.getTrigger()->getPersistent();
        if (event.isSetUseValuesFromTriggerTime()) e.values_from_trigger_time = event.getUseValuesFromTriggerTime();
        for (unsigned k = 0; k < event.getNumEventAssignments(); ++k) {
            const auto& assignment = *event.getEventAssignment(k);
            if (!assignment.getMath()) continue;
            e.assignments.push_back({place(assignment.getVariable()), formulas_.read(*assignment.getMath(), e.name)});
        }
        result_.events.push_back(std::move(e));
    }

    SbmlPlace place(const std::string& id) {
        SbmlPlace place;
        if (formulas_.is_held_as_amount(id)) place.volume = formulas_.volume(*sbml_.getSpecies(id));
        for (const auto* list : {&result_.states, &result_.inputs})
            for (std::size_t i = 0; i < list->size(); ++i)
                if ((*list)[i].name == id) {
                    place.is_state = list == &result_.states;
                    place.index = i;
                    return place;
                }
        formulas_.refuse(id, "is set by an event and has an assignment rule", "");
    }

    void set_starts() {
        double largest = 0;
        for (auto* list : {&result_.states, &result_.inputs})
            for (auto& q : *list) q.start = formulas_.held_start(q.name);
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
    sbml::Formulas formulas_;
    SbmlModel result_{.name = {},
                      .file = {},
                      .graph = formulas_.shared_graph(),
                      .states = {},
                      .inputs = {},
                      .rates = {},
                      .events = {},
                      .constraints = {},
                      .delays = {},
                      .delay_origin = 0,
                      .values = {},
                      .species = {}};
    std::vector<std::string> result_inputs_;
    std::set<std::string> changed_by_reactions_, set_by_events_, open_rates_;
    std::map<std::string, Expr> rates_;
    Values constants_;
};

SbmlModel from(const SBMLDocument& document, const std::string& file) {
    const Model& model = *document.getModel();
    const Values none;
    Builder first(model, file, none);
    first.build();
    const Values fixed = first.constants();
    return Builder(model, file, fixed).build();
}

}  // namespace

SbmlModel SbmlModel::parse(const std::string& text, const std::string& name) {
    return from(*sbml::parse(text, name), name);
}

SbmlModel SbmlModel::load(const std::filesystem::path& file) {
    return from(*sbml::load(file), file.string());
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
