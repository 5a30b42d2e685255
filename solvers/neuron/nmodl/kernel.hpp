// One kernel as a graph: what it computes and where the results go.
#pragma once

#include <vector>

#include "solvers/neuron/nmodl/execute.hpp"

namespace ngv::nmodl {

/// Newton's iteration: unknowns start at `start`, and in each pass `change` (of Leaf::unknown) is added until the sum of
/// magnitudes is at most `tolerance`. Each instance stops by itself, so its result does not depend on its neighbours.
struct Newton {
    std::vector<Node> start, change;
    double tolerance = 1e-6;
    bool relative = false;      ///< tolerance times (1 + sum of magnitudes of the unknowns)
    bool not_negative = false;  ///< amounts of a kinetic scheme stay at or above 0
    int limit = 20;             ///< passes; more end the run with an error
};

struct IonContribution {
    int ion_variable = 0;
    Node current = -1, slope = -1;
};

struct Kernel {
    Graph graph;
    Values stores;  ///< columns, globals and ions that change
    std::vector<Newton> iterations;
    Node rhs = -1, d = -1;  ///< sums of currents and slopes; -1: no current
    std::vector<IonContribution> ions;

    explicit Kernel(Arithmetic a) : graph(a) {}
    std::vector<Node> roots() const;
    /// Replaces nodes in all that it computes.
    void replace(const std::map<Node, Node>& what);
    /// The leaves that its results depend on.
    std::vector<Leaf> loads() const;
};

/// Solves a * x = b by elimination in a fixed order, on graphs. Pivots are on the diagonal where it is not empty, in the
/// order of least fill-in (Markowitz 1957); among equals the one that waits for fewest others, so that chains are eliminated from both
/// ends at once. Throws UserError through `model` when the equations are dependent.
std::vector<Node> eliminate(Graph& g, std::vector<std::vector<Node>> a, std::vector<Node> b, const Model& model,
                            Position at);

/// Makes exponentials of the voltage powers of each other where one is a small multiple of another.
void share_exponentials(Kernel& kernel);

/// What SOLVE does to the values of an Executor. Throws NotStraight for what only scalar code does (LINEAR, NONLINEAR, and
/// blocks that are not straight), UserError for equations that a method cannot solve.
void solve(Executor& x, Kernel& kernel, const Solve& s, Position at);

}  // namespace ngv::nmodl
