// Exact derivatives of expressions, by the chain rule over the graph (forward mode). Subexpressions are shared between
// an expression, its derivatives and other expressions, so a whole Jacobian stays a few times the size of its function.
//
//     Derivative by_x(graph, x);
//     Expr df = by_x(f), dg = by_x(g);          // common parts are differentiated once
//
// abs, min, max, floor and if() get the derivative of the branch that is taken; comparisons have derivative 0.
#pragma once

#include <vector>

#include "solvers/common/model/expression.hpp"

namespace ngv::model {

class Derivative {
  public:
    Derivative(Graph& graph, Expr symbol) : graph_(graph), symbol_(symbol) {}
    /// d(e)/d(symbol); the constant 0 where e does not depend on it.
    Expr operator()(Expr e);

  private:
    Expr compute(Expr e);

    Graph& graph_;
    Expr symbol_;
    std::vector<Expr> known_;  ///< by index of the node; -1 where not computed yet
};

inline Expr derivative(Graph& graph, Expr e, Expr symbol) {
    return Derivative(graph, symbol)(e);
}

}  // namespace ngv::model
