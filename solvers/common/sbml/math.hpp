// MathML of SBML to expressions: the operators of Level 2 and 3 core, those that Level 3 Version 2 added, piecewise,
// function definitions (expanded in place), the csymbols time, avogadro, rateOf and delay. Functions of packages are
// refused by name.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "solvers/common/model/expression.hpp"

class ASTNode;
class Model;

namespace ngv::sbml {

class MathReader {
  public:
    struct Names {
        std::function<model::Expr(const std::string&)> symbol;         ///< value of an id
        std::function<model::Expr(const std::string&)> rate_of;        ///< its derivative by time
        std::function<model::Expr(model::Expr, model::Expr)> delayed;  ///< what an expression was, so long ago
        model::Expr time;
    };
    MathReader(model::Graph& graph, const Model& model, Names names)
        : graph_(graph), model_(model), names_(std::move(names)) {}

    /// `where`: what the formula belongs to, for messages. `local`: names that go before all others.
    model::Expr read(const ASTNode& node, const std::string& where,
                     const std::map<std::string, model::Expr>& local = {});

  private:
    using Arguments = std::vector<model::Expr>;
    model::Expr expression(const ASTNode& node);
    model::Expr number(const ASTNode& node);
    model::Expr name(const ASTNode& node);
    model::Expr call(const ASTNode& node);
    model::Expr piecewise(const ASTNode& node);
    model::Expr chain(const ASTNode& node);
    model::Expr trigonometric(int type, model::Expr x);
    model::Expr truncate(model::Expr x);
    model::Expr truth(model::Expr x);
    Arguments arguments(const ASTNode& node);
    [[noreturn]] void refuse(const std::string& what, const std::string& fix) const;

    model::Graph& graph_;
    const Model& model_;
    Names names_;
    std::string where_;
    std::vector<std::map<std::string, model::Expr>> scopes_;
};

}  // namespace ngv::sbml
