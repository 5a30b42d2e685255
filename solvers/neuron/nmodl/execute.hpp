// Runs NMODL statements on graphs instead of numbers: calls are inlined, loops with known bounds unrolled, branches become
// selections, and what is left is straight arithmetic that eight instances can share.
//
//     Executor x(model, graph, tables);
//     x.run(*model.program.breakpoint);
//     Node ina = x.value(slot of ina);
//
// What cannot be so written (WHILE, printf, random numbers, events) throws NotStraight; the caller then generates code
// that goes instance by instance.
#pragma once

#include <functional>
#include <map>

#include "solvers/neuron/nmodl/graph.hpp"
#include "solvers/neuron/nmodl/model.hpp"

namespace ngv::nmodl {

struct NotStraight {
    Position at;
    std::string reason;
};

/// Values of variables, by where they live; locals are arguments with a number of their own.
using Values = std::map<Leaf, Node>;

class Executor {
  public:
    Executor(const Model& model, Graph& graph, bool tables) : m_(model), g_(graph), tables_(tables) {}

    void run(const Block& block);
    Node evaluate(const Expression& e);
    /// The value now; a load from memory if nothing was assigned yet.
    Node value(const Leaf& slot);
    void set(const Leaf& slot, Node n) { values_[slot] = n; }
    const Values& values() const { return values_; }
    /// Where a variable or element lives. `e` is a name or an element.
    Leaf slot(const Expression& e);
    Leaf slot(const Variable& v, int element) const;
    /// Replaces nodes in all values.
    void replace(const std::map<Node, Node>& what);
    Graph& graph() { return g_; }
    const Model& model() const { return m_; }

    /// What a block of equations does with x' = ..., reactions, CONSERVE, ...; returns whether it has dealt with it.
    std::function<bool(const Statement&)> special;
    /// What SOLVE does; without it SOLVE is passed over.
    std::function<void(const Solve&, Position)> solve;

    /// Both branches of a condition that is known only when it runs; values that differ become selections.
    void either(Node condition, const std::function<void()>& yes, const std::function<void()>& no);

    /// Whether state_discontinuity() has its effect: NEURON evaluates currents twice, and only the first time it has.
    bool discontinuities = true;

    /// A scope of names for the time of a block (indices of COMPARTMENT).
    void with_local(const std::string& name, Node value, const std::function<void()>& f);
    int integer(const Expression& e);

  private:
    struct Frame {
        std::map<std::string, std::pair<int, int>> names;  ///< name -> number of the local, size
    };
    void statement(const Statement& s);
    void branch(const If& s);
    void loop(const From& s, Position at);
    void assign(const Assign& s);
    Node call(const Expression& e);
    Node routine(const Routine& r, const Expression& e);
    Node binary(const Expression& e);
    bool table(const Routine& r, Node x);
    void declare(const std::string& name, int size);
    void forget_locals(int first);
    const std::pair<int, int>* local(const std::string& name) const;

    const Model& m_;
    Graph& g_;
    bool tables_;
    Values values_;
    std::vector<std::vector<Frame>> scopes_{std::vector<Frame>(1)};
    bool solving_ = false;
    int num_locals_ = 0, depth_ = 0, num_statements_ = 0;
};

}  // namespace ngv::nmodl
