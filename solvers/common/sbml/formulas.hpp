// What the ids of an SBML model mean, as expressions of one graph, and the values they start with.
//
//     sbml::Formulas formulas(model, "model.xml", {.rate_of = ..., .delayed = ...});
//     formulas.value("k")                   // as formulas of the model see it: rules and functions expanded
//     formulas.start(formulas.amount(species))
//
// The symbols of the graph are what is held of a variable, under its id: of a species whose concentration formulas see, its
// amount, so that it stays when its compartment changes size; and time_name. SBML Level 3 Version 2: Hucka et al. (2019) J
// Integr Bioinform 16:20190021.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "solvers/common/sbml/math.hpp"

class Reaction;
class Rule;
class Species;
class SpeciesReference;

namespace ngv::sbml {

using Values = std::map<std::string, double>;

/// Of the time in expressions; no id can have this name.
inline constexpr const char* time_name = "csymbol time";

/// Reactants, then products.
std::vector<const SpeciesReference*> references(const Reaction& reaction);

class Formulas {
  public:
    /// What formulas may ask of a solver: the derivative of an id, and what an expression was some time ago.
    struct Solver {
        std::function<model::Expr(const std::string&)> rate_of;
        std::function<model::Expr(model::Expr, model::Expr)> delayed;
    };
    /// `model` must outlive this. `fixed`: held values that are numbers in all expressions.
    Formulas(const Model& model, std::string file, Solver solver, Values fixed = {});
    Formulas(const Formulas&) = delete;  // its reader asks it for names
    Formulas& operator=(const Formulas&) = delete;

    model::Graph& graph() const { return *graph_; }
    std::shared_ptr<model::Graph> shared_graph() const { return graph_; }

    /// Compartments, species, parameters and references to species that have an id, in the order of the file.
    std::vector<std::string> variables() const;
    /// What formulas mean by an id. UserError for one that is not defined, or is by itself.
    model::Expr value(const std::string& id);
    model::Expr amount(const Species& s);
    model::Expr concentration(const Species& s);
    model::Expr volume(const Species& s);  ///< size of its compartment
    model::Expr stoichiometry(const SpeciesReference& reference);
    model::Expr held(const std::string& id);
    /// A formula of the model; `what` it belongs to, for messages.
    model::Expr read(const ASTNode& math, const std::string& what);

    /// Its rule with a formula, or null.
    const Rule* assignment(const std::string& id) const;
    const Rule* rate_rule(const std::string& id) const;
    bool is_held_as_amount(const std::string& id) const;

    /// At the start, or at another time; symbols in `instead` have that value.
    double start(model::Expr e, double time = 0, const Values& instead = {});
    double held_start(const std::string& id);
    /// Of a symbol that is not of the model.
    void set_start(const std::string& symbol, double value) { starts_[symbol] = value; }

    [[noreturn]] void refuse(const std::string& what, const std::string& why, const std::string& fix) const;

  private:
    std::string where(const std::string& what) const;
    bool is_concentration(const Species& s) const;
    model::Expr make(const std::string& id);
    model::Expr rate(const Reaction& reaction);

    const Model& sbml_;
    std::string file_;
    Values fixed_;
    std::shared_ptr<model::Graph> graph_ = std::make_shared<model::Graph>();
    MathReader reader_;
    std::map<std::string, const SpeciesReference*> reference_;  // those with an id
    std::map<std::string, model::Expr> known_;
    std::set<std::string> open_, open_starts_;
    Values starts_;
};

}  // namespace ngv::sbml
