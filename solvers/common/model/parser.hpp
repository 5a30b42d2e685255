// Text to expressions: `kPK*PEP*ADP/(1 + (ATP/K)**4)`.
//
//     Names names{.find = [&](std::string_view name) -> std::optional<Expr> {...}, .known = {"ATP", "ADP"}};
//     Expr e = parse(graph, "2*ATP", names, "model.yaml:12");
//
// From loosest to tightest: or, and, not, comparisons (< <= > >= == !=), + -, * /, sign, power (** or ^, from the
// right: 2**3**2 = 512, -x**2 = -(x**2)). Functions: exp expm1 log log10 sqrt abs sin cos tan atan sinh cosh tanh floor
// factorial pow(x,y) min max if(condition, then, else), and those that `Names::functions` adds. `log` is the natural logarithm.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "solvers/common/model/expression.hpp"

namespace ngv::model {

/// What names in an expression mean.
struct Names {
    std::function<std::optional<Expr>(std::string_view)> find;
    std::vector<std::string> known = {};  ///< for "did you mean"
    /// Functions beside the built-in ones: number of arguments, and the expression of given arguments.
    struct Function {
        std::size_t arguments;
        std::function<Expr(const std::vector<Expr>&)> expand;
    };
    std::map<std::string, Function, std::less<>> functions = {};
};

/// Throws UserError at `where`, with the column, a marker below the text, and the nearest name.
Expr parse(Graph& graph, std::string_view text, const Names& names, const std::string& where);

}  // namespace ngv::model
