// Expressions as straight-line C++ over eight lanes (solvers/common/native/vector_math.hpp): every common part is
// computed once, in the order in which values are asked for.
//
//     Emitter out(graph);
//     out.bind(x, "load(y)");
//     out.line("store(to, " + out.value(f) + ");");
//     out.text();       //  const V8 v0 = load(y);  const V8 v1 = exp(-v0); ...  store(to, v1);
//
// The same operations as Tape in the same meaning: the results have the same bits. An Emitter can be copied: what is
// known so far stays known in the copy, as names of an outer block do in an inner one.
#pragma once

#include <string>
#include <vector>

#include "solvers/common/model/expression.hpp"
#include "solvers/common/model/sparse_lu.hpp"

namespace ngv::model {

class Emitter {
  public:
    /// `prefix`: of the names of intermediate values.
    explicit Emitter(const Graph& graph, std::string prefix = "v") : graph_(graph), prefix_(std::move(prefix)) {}

    /// `text`, an expression of type V8, stands for `e` from here on; evaluated at its first use.
    void bind(Expr e, std::string text);
    /// A name or literal of type V8 for the value of `e`; what it needs has been written before.
    std::string value(Expr e);
    /// The same as a condition of type M8: true where `e` is not 0.
    std::string condition(Expr e);
    /// Appends a statement of the caller's.
    void line(const std::string& statement);
    /// Forgets the value of `e`, as after an assignment to what it is bound to.
    void forget(Expr e);

    const std::string& text() const { return text_; }
    std::size_t num_statements() const { return statements_; }

  private:
    struct Known {
        std::string bound, number, mask;
    };
    Known& known(Expr e);
    std::string define(const char* type, const std::string& what);
    std::string compute(Expr e);
    std::string compute_condition(Expr e);
    void prepare(Expr e);

    const Graph& graph_;
    std::string prefix_, text_;
    std::vector<Known> known_;
    std::size_t statements_ = 0, names_ = 0;
};

/// `broadcast(...)` of a number, every bit of it kept.
std::string literal(double value);

/// Statements that put the factors of a matrix into `matrix` (a double*, entry k at matrix + 8*k). `entries[k]`: text of
/// type V8 of entry k before elimination, empty where it is fill.
std::string emit_factor(const SparseLu& lu, const std::string& matrix, const std::vector<std::string>& entries);
/// Statements that replace `b` (a double*, row i at b + 8*i) by the solution.
std::string emit_solve(const SparseLu& lu, const std::string& factors, const std::string& b);

}  // namespace ngv::model
