// Reads an SBML reaction model. What it must be: constant compartments, species, parameters and reactions whose kinetic
// laws are mass action (each direction of a reversible law k [A][B] - k' [C]); catalysts (modifiers) are allowed.
// Functions, initial assignments and rules that make one number of others are worked out (solvers/common/sbml); rules that
// change something in time, and events, have no counterpart here and are errors.
//
// Whether a law is mass action is asked of its values, not of its form: the powers of all species are found by doubling
// them one at a time, and the law must then be k times the product of these powers at points chosen apart.
#include <fmt/format.h>
#include <sbml/SBMLTypes.h>

#include <cmath>
#include <memory>

#include "solvers/common/sbml/document.hpp"
#include "solvers/common/sbml/formulas.hpp"
#include "solvers/rd/model/reading.hpp"

namespace ngv::rd {

namespace {

constexpr const char* only_reactions = "import a model of reactions alone";

// libsbml stands in the global namespace: ::Species is its own, Species ours.
using SbmlModel = ::Model;

double si_factor(const SbmlModel& sbml, const std::string& unit, double if_unset, const std::string& where) {
    if (unit.empty()) return if_unset;
    const auto base = [&](const std::string& kind) -> double {
        if (kind == "mole" || kind == "second" || kind == "metre" || kind == "dimensionless") return 1.0;
        if (kind == "item") return 1.0 / avogadro;
        if (kind == "litre" || kind == "liter") return 1e-3;
        throw UserError(Problem{where, fmt::format("unit '{}' is not one of amount, volume or time", kind), ""});
    };
    if (const auto* definition = sbml.getUnitDefinition(unit)) {
        double factor = 1.0;
        for (unsigned i = 0; i < definition->getNumUnits(); ++i) {
            const auto* u = definition->getUnit(i);
            const double one =
                u->getMultiplier() * std::pow(10.0, u->getScale()) * base(::UnitKind_toString(u->getKind()));
            factor *= std::pow(one, u->getExponentAsDouble());
        }
        return factor;
    }
    if (unit == "substance" || unit == "time") return 1.0;  // built in with Level 2: mole, second
    if (unit == "volume") return 1e-3;
    return base(unit);
}

// One file being read.
class Import {
  public:
    Import(const std::string& file, const std::map<std::string, std::string>& names, const std::string& where,
           Reading& reading)
        : names_(names),
          where_(where),
          file_(file),
          reading_(reading),
          document_(sbml::load(file)),
          sbml_(document_->getModel()),
          formulas_(*sbml_, fmt::format("{}: {}", where, file), solver()) {
        mole_ = si_factor(*sbml_, sbml_->getSubstanceUnits(), 1.0, where_);
        second_ = si_factor(*sbml_, sbml_->getTimeUnits(), 1.0, where_);
        // Level 2 redefines its built-in units
        if (sbml_->getUnitDefinition("substance")) mole_ = si_factor(*sbml_, "substance", 1.0, where_);
        if (sbml_->getUnitDefinition("time")) second_ = si_factor(*sbml_, "time", 1.0, where_);
    }

    void run() {
        refuse_what_moves();
        for (unsigned i = 0; i < sbml_->getNumSpecies(); ++i) add_species(*sbml_->getSpecies(i));
        for (unsigned i = 0; i < sbml_->getNumReactions(); ++i) reading_.attempt([&] { add(*sbml_->getReaction(i)); });
    }

  private:
    // Laws may be made of numbers and concentrations alone.
    sbml::Formulas::Solver solver() const {
        return {.rate_of = [this](const std::string& id) -> model::Expr {
                    throw fail(fmt::format("a formula asks for the rate of '{}'", id), only_reactions);
                },
                .delayed = [this](model::Expr, model::Expr) -> model::Expr {
                    throw fail("a formula asks for the past", only_reactions);
                }};
    }

    // Rules that make one number of others are worked out; those that change it in time are not reactions.
    void refuse_what_moves() const {
        if (sbml_->getNumEvents() > 0)
            throw fail(fmt::format("the model has {} events", sbml_->getNumEvents()),
                       "write them as `changes` in the model file");
        for (unsigned i = 0; i < sbml_->getNumRules(); ++i) {
            const auto& rule = *sbml_->getRule(i);
            if (rule.isRate() || sbml_->getSpecies(rule.getVariable()))
                throw fail(fmt::format("a rule sets '{}'", rule.getVariable()), only_reactions);
        }
        for (unsigned i = 0; i < sbml_->getNumSpecies(); ++i)
            if (sbml_->getSpecies(i)->isSetConversionFactor() || sbml_->isSetConversionFactor())
                throw fail(fmt::format("species '{}' has a conversion factor", sbml_->getSpecies(i)->getId()),
                           "have species and reactions in one unit of substance");
    }

    UserError fail(std::string what, std::string fix = {}) const {
        return UserError(Problem{fmt::format("{}: {}", where_, file_), std::move(what), std::move(fix)});
    }

    RegionId region_of(const std::string& compartment) const {
        const auto found = names_.find(compartment);
        const Model& model = reading_.model;
        if (found != names_.end()) return model.region(found->second, where_);
        if (model.compartments.size() == 1) return {false, 0};
        return model.region(compartment,
                            fmt::format("{}: {} (say which region it is under `compartments`)", where_, file_));
    }

    double volume_of(const std::string& compartment) {  // in the file's own unit
        return formulas_.start(formulas_.value(compartment));
    }
    double cubic_metres(const std::string& compartment) const {  // of the file's unit of volume
        const auto* c = sbml_->getCompartment(compartment);
        std::string unit = c ? c->getUnits() : "";
        if (unit.empty()) unit = sbml_->getVolumeUnits();
        if (unit.empty() && sbml_->getUnitDefinition("volume")) unit = "volume";
        return si_factor(*sbml_, unit, 1e-3, where_);
    }

    void add_species(const ::Species& s) {
        const RegionId region = region_of(s.getCompartment());
        Model& model = reading_.model;
        int index = -1;
        for (int k = 0; k < model.num_species(); ++k)
            if (model.species[k].name == s.getId()) index = k;
        if (index < 0) {
            index = model.num_species();
            Species species;
            species.name = s.getId();
            species.where = where_;
            species.engine = model.species.empty() ? Engine::deterministic : model.species[0].engine;
            model.species.push_back(species);
            reading_.lives_in.emplace_back();
            model.warnings.push_back({where_, fmt::format("species '{}' of {} does not diffuse", s.getId(), file_),
                                      "list it under `species` with a diffusion"});
        }
        const double concentration =
            formulas_.start(formulas_.concentration(s)) * mole_ / cubic_metres(s.getCompartment());
        if (!std::isfinite(concentration)) {
            reading_.problem(fmt::format("{}: {}", where_, file_),
                             fmt::format("species '{}' starts with no amount and no concentration", s.getId()),
                             "give it one in the file");
            return;
        }
        model.contents.push_back({.species = index, .region = region, .value = concentration, .where = where_});
        if (s.getBoundaryCondition() || s.getConstant())
            model.clamps.push_back({.species = index, .region = region, .zone = {}, .where = where_});
    }

    void add(const ::Reaction& r) {
        const auto law = formulas_.value(r.getId());
        for (const auto symbol : formulas_.graph().symbols_of(law))
            if (formulas_.graph().name(symbol) == sbml::time_name)
                throw fail(fmt::format("the law of reaction '{}' depends on time", r.getId()),
                           "write it as `changes` in the model file");
        std::string place;  // all species of a reaction are in one compartment
        const auto side = [&](bool reactants) {
            std::map<std::string, int> counts;
            const unsigned n = reactants ? r.getNumReactants() : r.getNumProducts();
            for (unsigned i = 0; i < n; ++i) {
                const auto* ref = reactants ? r.getReactant(i) : r.getProduct(i);
                const double s = formulas_.start(formulas_.stoichiometry(*ref));
                if (s < 1 || s != std::floor(s))
                    throw fail(fmt::format("reaction '{}' has the stoichiometry {}", r.getId(), s),
                               "molecules come whole");
                counts[ref->getSpecies()] += static_cast<int>(s);
                const auto& c = sbml_->getSpecies(ref->getSpecies())->getCompartment();
                if (!place.empty() && place != c)
                    throw fail(fmt::format("reaction '{}' spans the compartments '{}' and '{}'", r.getId(), place, c),
                               "write it in the model file, on a patch");
                place = c;
            }
            return counts;
        };
        const auto left = side(true), right = side(false);
        if (r.getReversible()) {
            add_direction(r, law, left, right, 1.0, &right);
            add_direction(r, law, right, left, -1.0, &left);
        } else {
            add_direction(r, law, left, right, 1.0, nullptr);
        }
    }

    // One direction: `absent` species are 0 while its constant is found.
    void add_direction(const ::Reaction& r, model::Expr law, const std::map<std::string, int>& left,
                       const std::map<std::string, int>& right, double sign, const std::map<std::string, int>* absent) {
        std::string place;
        for (const auto* counts : {&left, &right})
            for (const auto& [name, _] : *counts) place = sbml_->getSpecies(name)->getCompartment();
        const double volume = volume_of(place);
        std::vector<std::string> species;
        for (const auto symbol : formulas_.graph().symbols_of(law))
            if (const auto& name = formulas_.graph().name(symbol); sbml_->getSpecies(name)) species.push_back(name);
        std::map<std::string, double> c;
        for (std::size_t i = 0; i < species.size(); ++i) c[species[i]] = 0.7 + 0.3 * static_cast<double>(i);
        const auto is_absent = [&](const std::string& name) {
            return absent && absent->count(name) && !left.count(name);
        };
        // In the file's units of substance per time, at given concentrations.
        const auto rate = [&](const std::map<std::string, double>& at) {
            sbml::Values held;
            for (const auto& [name, x] : at) {
                const bool amount =
                    formulas_.is_held_as_amount(name) || sbml_->getSpecies(name)->getHasOnlySubstanceUnits();
                held[name] = is_absent(name) ? 0.0 : amount ? x * volume : x;
            }
            return sign * formulas_.start(law, 0, held);
        };
        const auto not_mass_action = [&] {
            return fail(fmt::format("the law of reaction '{}' is not mass action", r.getId()),
                        "its rate must be k times the product of the reactants' concentrations");
        };
        const double at_c = rate(c);
        if (at_c == 0.0 && absent) return;  // a reversible reaction whose law has one direction only
        std::map<std::string, int> powers;
        for (const auto& name : species) {
            if (is_absent(name)) continue;
            auto twice = c;
            twice[name] *= 2.0;
            const double power = std::log2(rate(twice) / at_c);
            if (!(std::abs(power - std::round(power)) < 1e-9) || power < -1e-9) throw not_mass_action();
            if (std::lround(power) > 0) powers[name] = static_cast<int>(std::lround(power));
        }
        const auto product = [&](const std::map<std::string, double>& at) {
            double p = 1.0;
            for (const auto& [name, power] : powers) p *= std::pow(at.at(name), power);
            return p;
        };
        const double k = at_c / product(c) / volume;
        auto elsewhere = c;
        for (auto& [name, x] : elsewhere) x = 3.1 - 0.8 * x;
        if (!(std::abs(rate(elsewhere) / product(elsewhere) / volume - k) < 1e-9 * k)) throw not_mass_action();
        for (const auto& [name, count] : left)
            if (!powers.count(name) || powers[name] < count) throw not_mass_action();

        const RegionId region = region_of(place);
        Reaction reaction{.text = fmt::format("{} ({})", r.getId(), sign > 0 ? "forward" : "backward"),
                          .surface = region.surface,
                          .region = region.index,
                          .where = fmt::format("{}: {}", where_, file_)};
        int order = 0;
        for (const auto& [name, power] : powers) {
            const int species_index = reading_.model.index_of(name, reaction.where);
            reaction.left.push_back({species_index, Side::here, power});
            order += power;
            const int used = left.count(name) ? left.at(name) : 0;
            const int back = power - used + (right.count(name) ? right.at(name) : 0);
            if (back > 0) reaction.right.push_back({species_index, Side::here, back});
        }
        for (const auto& [name, count] : right)
            if (!powers.count(name))
                reaction.right.push_back({reading_.model.index_of(name, reaction.where), Side::here, count});
        const double molar = mole_ / cubic_metres(place);  // mol/m3 of the file's unit of concentration
        const double si = k * std::pow(molar, 1 - order) / (second_ * 1e3);
        add_reaction(reaction, fmt::format("{:.17g} {}", si, rate_unit(order, reaction.per_area())), reading_);
    }

    const std::map<std::string, std::string>& names_;
    std::string where_, file_;
    Reading& reading_;
    std::shared_ptr<::SBMLDocument> document_;
    const SbmlModel* sbml_;
    sbml::Formulas formulas_;
    double mole_ = 1.0, second_ = 1.0;  // the file's units of substance and time, in mol and s
};

}  // namespace

void read_sbml(const std::string& file, const std::map<std::string, std::string>& names, const std::string& where,
               Reading& reading) {
    Import(file, names, where, reading).run();
}

}  // namespace ngv::rd
