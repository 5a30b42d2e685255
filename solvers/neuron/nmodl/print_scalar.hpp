// NMODL statements as C++ that runs one instance: initial values, events, functions, and blocks that eight instances cannot
// share. Names in the generated text: l_x locals and arguments, f_x functions, w_x weights.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "solvers/neuron/nmodl/graph.hpp"
#include "solvers/neuron/nmodl/model.hpp"

namespace ngv::nmodl {

class ScalarPrinter {
  public:
    ScalarPrinter(const Model& model, Arithmetic arithmetic) : m_(model), neuron_(arithmetic == Arithmetic::neuron) {}

    /// The statements of a block, indented.
    std::string block(const Block& b);
    std::string expression(const Expression& e);
    /// FUNCTION or PROCEDURE as a C++ function f_<name>(Instance& q, ...), with its table if it has one.
    std::string routine(const Routine& r);
    static std::string prototype(const Routine& r, const std::string& suffix = "");
    /// Names that stand for other text here: weights, derivatives.
    void bind(const std::string& name, const std::string& text) { scopes_.front()[name] = {text, 0}; }
    void unbind_all() { scopes_.assign(1, {}); }

    /// What SOLVE becomes: the text of a call.
    std::function<std::string(const Solve&, Position)> solve;
    /// What x' = e becomes; without it that is an error.
    std::function<std::string(const Assign&)> derivative;
    /// What ~ left = right becomes.
    std::function<std::string(const Equation&)> equation;

    bool allow_verbatim = false;
    int num_watches = 0;
    std::vector<std::string> watch_conditions;  ///< by number; positive where it holds
    /// Where a name or element lives.
    std::string place(const Expression& e);

  private:
    struct Name {
        std::string text;
        int size = 0;
    };
    std::string statement(const Statement& s);
    std::string call(const Expression& e);
    std::string runtime_call(const Expression& e);
    std::string stream(const Expression& e, const char* what);
    std::string watch(const Watch& s);
    std::string for_netcons(const ForNetcons& s);
    std::string local(const std::vector<LocalName>& names);
    std::string print(const Expression& e);
    std::string verbatim(const std::string& c) const;
    const Name* find(const std::string& name) const;
    std::string pad() const { return std::string(static_cast<std::size_t>(depth_) * 4, ' '); }

    const Model& m_;
    bool neuron_;  ///< scop_random and its kin draw from NEURON's one generator
    std::vector<std::map<std::string, Name>> scopes_{1};
    int depth_ = 1;
    bool in_routine_ = false;
};

/// What is said of a FUNCTION_TABLE ("table_<name>") that nobody has filled.
std::string no_points(const std::string& table);
/// A string as a C++ literal.
std::string literal(const std::string& text);

}  // namespace ngv::nmodl
