// A model of SBML Level 1, 2 or 3 (core) as equations: read by libsbml, its rules, reactions and functions turned into one
// expression graph; events beside it.
//
//     const auto model = SbmlModel::load("model.xml");
//     OdeSystem system(model.parts());                    // the same compiler as for model files
//
// Variables are held as SBML says they change: amounts for species (concentrations where a rate rule says so), so that a
// species keeps its amount when its compartment changes size. What does not change and no event sets is a number.
//
// What an expression was some time ago (csymbol delay) is a cubic in time that the run keeps up to date (run.hpp).
//
// Refused by name: algebraic rules, fast reactions, packages that a model requires, reactions without kinetic law. SBML Level 3 Version 2: Hucka et al. (2019) J Integr Bioinform 16:20190021.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "solvers/metabolism/model/ode_system.hpp"

namespace ngv::metabolism {

/// Where a value is held.
struct SbmlPlace {
    bool is_state = false;
    std::size_t index = 0;
    model::Expr volume = {};  ///< held as amount: value = held / volume; no index: held as it is
};

struct SbmlEvent {
    std::string name;
    model::Expr trigger, delay, priority;  ///< no index: none
    bool initial_value = true, persistent = true, values_from_trigger_time = true;
    struct Assignment {
        SbmlPlace place;
        model::Expr value;
    };
    std::vector<Assignment> assignments;
};

struct SbmlConstraint {
    model::Expr holds;
    std::string name;
};

/// delay(value, lag) = c0 + s (c1 + s (c2 + s c3)), s = time - t0; inputs: c0 to c3.
struct SbmlDelay {
    model::Expr value, lag;
    std::size_t first_input;
};

struct SbmlModel {
    std::string name, file;
    std::shared_ptr<model::Graph> graph;
    std::vector<Quantity> states, inputs;
    std::vector<model::Expr> rates;  ///< of states
    std::vector<SbmlEvent> events;
    std::vector<SbmlConstraint> constraints;
    std::vector<SbmlDelay> delays;  ///< inner ones before those that depend on them
    std::size_t delay_origin = 0;   ///< input: t0 of all of them
    struct Species {
        model::Expr amount, concentration;
    };
    std::map<std::string, model::Expr> values;  ///< of every id, as formulas see it
    std::map<std::string, Species> species;

    /// Throws UserError with every problem that libsbml finds, or the first feature that is not supported.
    static SbmlModel load(const std::filesystem::path& file);
    static SbmlModel parse(const std::string& text, const std::string& name);

    OdeParts parts() const;
    /// Its states as those of a model file without parameters: for what a study says about states.
    ModelFile as_file() const;
    /// UserError with the nearest id.
    model::Expr value(const std::string& id) const;
};

/// True for .xml and .sbml.
bool is_sbml(const std::filesystem::path& file);

}  // namespace ngv::metabolism
