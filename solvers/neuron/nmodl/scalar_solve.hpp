// SOLVE where one instance is computed: in INITIAL, in functions, and in steps that eight instances cannot share.
#pragma once

#include <map>
#include <string>

#include "solvers/neuron/nmodl/graph.hpp"
#include "solvers/neuron/nmodl/model.hpp"
#include "solvers/neuron/nmodl/print_scalar.hpp"

namespace ngv::nmodl {

class ScalarSolve {
  public:
    ScalarSolve(const Model& model, Arithmetic arithmetic) : m_(model), arithmetic_(arithmetic) {}

    /// The statement that SOLVE becomes: a call of one of the functions below.
    std::string call(const Solve& s, Position at);
    /// Prototypes and bodies of all functions that were called.
    std::string prototypes() const { return prototypes_; }
    std::string bodies() const { return bodies_; }

  private:
    std::string function(const Solve& s, Position at);
    std::string from_graph(const Solve& s, Position at, bool tables, bool& iterates);
    std::string from_statements(const Routine& r, const Solve& s, Position at);
    std::string linear(const Routine& r, Position at);
    std::string nonlinear(const Routine& r, Position at);
    std::string cnexp_line(ScalarPrinter& p, const Assign& a);
    std::vector<std::string> unknowns(const Routine& r, bool derivatives, Position at);

    const Model& m_;
    Arithmetic arithmetic_;
    std::map<std::string, std::string> known_;
    std::string prototypes_, bodies_;
};

}  // namespace ngv::nmodl
