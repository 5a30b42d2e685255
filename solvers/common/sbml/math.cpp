#include "solvers/common/sbml/math.hpp"

#include <fmt/format.h>
#include <sbml/SBMLTypes.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "ngv/error.hpp"

namespace ngv::sbml {

using model::Expr;
using model::Op;

void MathReader::refuse(const std::string& what, const std::string& fix) const {
    throw UserError({where_, what, fix});
}

Expr MathReader::read(const ASTNode& node, const std::string& where, const std::map<std::string, Expr>& local) {
    const auto outer = std::exchange(where_, where);
    auto scopes = std::exchange(scopes_, {});
    if (!local.empty()) scopes_.push_back(local);
    const Expr e = expression(node);
    scopes_ = std::move(scopes);
    where_ = outer;
    return e;
}

MathReader::Arguments MathReader::arguments(const ASTNode& node) {
    Arguments result;
    for (unsigned i = 0; i < node.getNumChildren(); ++i) result.push_back(expression(*node.getChild(i)));
    return result;
}

Expr MathReader::number(const ASTNode& node) {
    switch (node.getType()) {
        case AST_INTEGER:
            return graph_.constant(static_cast<double>(node.getInteger()));
        case AST_RATIONAL:
            return graph_.constant(static_cast<double>(node.getNumerator()) /
                                   static_cast<double>(node.getDenominator()));
        case AST_REAL_E:
            // The product of mantissa and power would round twice.
            return graph_.constant(std::stod(fmt::format("{:.17g}e{}", node.getMantissa(), node.getExponent())));
        default:
            return graph_.constant(node.getReal());
    }
}

Expr MathReader::name(const ASTNode& node) {
    const std::string id = node.getName();
    if (!scopes_.empty())
        if (const auto it = scopes_.back().find(id); it != scopes_.back().end()) return it->second;
    return names_.symbol(id);
}

Expr MathReader::call(const ASTNode& node) {
    const std::string id = node.getName();
    const FunctionDefinition* function = model_.getFunctionDefinition(id);
    if (!function || !function->getBody()) refuse(fmt::format("function '{}' is not defined", id), "");
    const auto values = arguments(node);
    if (values.size() != function->getNumArguments())
        refuse(fmt::format("'{}' has {} arguments", id, values.size()),
               fmt::format("expected {}", function->getNumArguments()));
    if (scopes_.size() > 100) refuse(fmt::format("function '{}' calls itself", id), "");
    std::map<std::string, Expr> scope;
    for (unsigned i = 0; i < function->getNumArguments(); ++i)
        scope.emplace(function->getArgument(i)->getName(), values[i]);
    scopes_.push_back(std::move(scope));
    const Expr e = expression(*function->getBody());
    scopes_.pop_back();
    return e;
}

// Children: value, condition, value, condition, ..., and the value of otherwise. Without one it is undefined there.
Expr MathReader::piecewise(const ASTNode& node) {
    const auto parts = arguments(node);
    Expr e = parts.size() % 2 ? parts.back() : graph_.constant(std::numeric_limits<double>::quiet_NaN());
    for (std::size_t k = parts.size() / 2; k-- > 0;) e = graph_.select(parts[2 * k + 1], parts[2 * k], e);
    return e;
}

// a < b < c is a < b and b < c.
Expr MathReader::chain(const ASTNode& node) {
    const auto x = arguments(node);
    const auto compare = [&](Expr a, Expr b) {
        switch (node.getType()) {
            case AST_RELATIONAL_LT:
                return graph_.binary(Op::less, a, b);
            case AST_RELATIONAL_LEQ:
                return graph_.binary(Op::less_equal, a, b);
            case AST_RELATIONAL_GT:
                return graph_.binary(Op::less, b, a);
            case AST_RELATIONAL_GEQ:
                return graph_.binary(Op::less_equal, b, a);
            case AST_RELATIONAL_NEQ:
                return graph_.unary(Op::logical_not, graph_.binary(Op::equal, a, b));
            default:
                return graph_.binary(Op::equal, a, b);
        }
    };
    Expr e = graph_.constant(1);
    for (std::size_t k = 1; k < x.size(); ++k) {
        const Expr c = compare(x[k - 1], x[k]);
        e = k == 1 ? c : graph_.binary(Op::logical_and, e, c);
    }
    return e;
}

/// Towards zero.
Expr MathReader::truncate(Expr x) {
    return graph_.select(graph_.binary(Op::less, x, graph_.constant(0)),
                         graph_.neg(graph_.unary(Op::floor, graph_.neg(x))), graph_.unary(Op::floor, x));
}

/// 1 or 0 of a number that is read as a condition.
Expr MathReader::truth(Expr x) {
    return graph_.unary(Op::logical_not, graph_.unary(Op::logical_not, x));
}

Expr MathReader::trigonometric(int type, Expr x) {
    auto& g = graph_;
    const Expr one = g.constant(1), half = g.constant(0.5), half_pi = g.constant(std::numbers::pi / 2);
    const auto inverse = [&](Expr e) { return g.div(one, e); };
    const auto arcsin = [&](Expr e) { return g.unary(Op::atan, g.div(e, g.sqrt(g.sub(one, g.mul(e, e))))); };
    // Symmetric, so that negative arguments lose no digits.
    const auto arcsinh = [&](Expr e) {
        const Expr a = g.unary(Op::abs, e), value = g.log(g.add(a, g.sqrt(g.add(g.mul(a, a), one))));
        return g.select(g.binary(Op::less, e, g.constant(0)), g.neg(value), value);
    };
    const auto arccosh = [&](Expr e) { return g.log(g.add(e, g.sqrt(g.sub(g.mul(e, e), one)))); };
    const auto arctanh = [&](Expr e) { return g.mul(half, g.log(g.div(g.add(one, e), g.sub(one, e)))); };
    switch (type) {
        case AST_FUNCTION_SIN:
            return g.sin(x);
        case AST_FUNCTION_COS:
            return g.unary(Op::cos, x);
        case AST_FUNCTION_TAN:
            return g.unary(Op::tan, x);
        case AST_FUNCTION_SEC:
            return inverse(g.unary(Op::cos, x));
        case AST_FUNCTION_CSC:
            return inverse(g.sin(x));
        case AST_FUNCTION_COT:
            return inverse(g.unary(Op::tan, x));
        case AST_FUNCTION_SINH:
            return g.unary(Op::sinh, x);
        case AST_FUNCTION_COSH:
            return g.unary(Op::cosh, x);
        case AST_FUNCTION_TANH:
            return g.unary(Op::tanh, x);
        case AST_FUNCTION_SECH:
            return inverse(g.unary(Op::cosh, x));
        case AST_FUNCTION_CSCH:
            return inverse(g.unary(Op::sinh, x));
        case AST_FUNCTION_COTH:
            return inverse(g.unary(Op::tanh, x));
        case AST_FUNCTION_ARCSIN:
            return arcsin(x);
        case AST_FUNCTION_ARCCOS:
            return g.sub(half_pi, arcsin(x));
        case AST_FUNCTION_ARCTAN:
            return g.unary(Op::atan, x);
        case AST_FUNCTION_ARCSEC:
            return g.sub(half_pi, arcsin(inverse(x)));
        case AST_FUNCTION_ARCCSC:
            return arcsin(inverse(x));
        case AST_FUNCTION_ARCCOT:
            return g.unary(Op::atan, inverse(x));
        case AST_FUNCTION_ARCSINH:
            return arcsinh(x);
        case AST_FUNCTION_ARCCOSH:
            return arccosh(x);
        case AST_FUNCTION_ARCTANH:
            return arctanh(x);
        case AST_FUNCTION_ARCSECH:
            return arccosh(inverse(x));
        case AST_FUNCTION_ARCCSCH:
            return arcsinh(inverse(x));
        case AST_FUNCTION_ARCCOTH:
            return arctanh(inverse(x));
        default:
            return {};
    }
}

Expr MathReader::expression(const ASTNode& node) {
    auto& g = graph_;
    if (node.isNumber() && node.getType() != AST_NAME_AVOGADRO) return number(node);
    const auto fold = [&](Op op, double empty) {
        const auto x = arguments(node);
        if (x.empty()) return g.constant(empty);
        Expr e = x[0];
        for (std::size_t k = 1; k < x.size(); ++k) e = g.binary(op, e, x[k]);
        return e;
    };
    const auto argument = [&](unsigned i) { return expression(*node.getChild(i)); };
    switch (node.getType()) {
        case AST_NAME:
            return name(node);
        case AST_NAME_TIME:
            return names_.time;
        case AST_NAME_AVOGADRO:
            return g.constant(node.getReal());
        case AST_CONSTANT_E:
            return g.constant(std::numbers::e);
        case AST_CONSTANT_PI:
            return g.constant(std::numbers::pi);
        case AST_CONSTANT_TRUE:
            return g.constant(1);
        case AST_CONSTANT_FALSE:
            return g.constant(0);
        case AST_PLUS:
            return fold(Op::add, 0);
        case AST_TIMES:
            return fold(Op::mul, 1);
        case AST_MINUS:
            return node.getNumChildren() == 1 ? g.neg(argument(0)) : g.sub(argument(0), argument(1));
        case AST_DIVIDE:
            return g.div(argument(0), argument(1));
        case AST_POWER:
        case AST_FUNCTION_POWER:
            return g.pow(argument(0), argument(1));
        case AST_FUNCTION_ROOT: {
            if (node.getNumChildren() == 1) return g.sqrt(argument(0));
            const Expr degree = argument(0), x = argument(1);
            return g.is_constant(degree, 2) ? g.sqrt(x) : g.pow(x, g.div(g.constant(1), degree));
        }
        case AST_FUNCTION_ABS:
            return g.unary(Op::abs, argument(0));
        case AST_FUNCTION_EXP:
            return g.exp(argument(0));
        case AST_FUNCTION_LN:
            return g.log(argument(0));
        case AST_FUNCTION_LOG: {
            if (node.getNumChildren() == 1) return g.unary(Op::log10, argument(0));
            const Expr base = argument(0), x = argument(1);
            return g.is_constant(base, 10) ? g.unary(Op::log10, x) : g.div(g.log(x), g.log(base));
        }
        case AST_FUNCTION_FLOOR:
            return g.unary(Op::floor, argument(0));
        case AST_FUNCTION_CEILING:
            return g.neg(g.unary(Op::floor, g.neg(argument(0))));
        case AST_FUNCTION_FACTORIAL:
            return g.unary(Op::factorial, argument(0));
        case AST_FUNCTION_PIECEWISE:
            return piecewise(node);
        case AST_FUNCTION_MAX:
            return fold(Op::max, -std::numeric_limits<double>::infinity());
        case AST_FUNCTION_MIN:
            return fold(Op::min, std::numeric_limits<double>::infinity());
        case AST_FUNCTION_QUOTIENT:
            return truncate(g.div(argument(0), argument(1)));
        case AST_FUNCTION_REM: {
            const Expr a = argument(0), b = argument(1);
            return g.sub(a, g.mul(b, truncate(g.div(a, b))));
        }
        case AST_FUNCTION_RATE_OF:
            if (node.getNumChildren() != 1 || node.getChild(0)->getType() != AST_NAME)
                refuse("rateOf takes the name of a variable", "");
            return names_.rate_of(node.getChild(0)->getName());
        case AST_LOGICAL_AND:
            return fold(Op::logical_and, 1);
        case AST_LOGICAL_OR:
            return fold(Op::logical_or, 0);
        case AST_LOGICAL_NOT:
            return g.unary(Op::logical_not, argument(0));
        case AST_LOGICAL_XOR: {
            Expr e = g.constant(0);
            for (const Expr x : arguments(node)) e = g.unary(Op::logical_not, g.binary(Op::equal, truth(e), truth(x)));
            return e;
        }
        case AST_LOGICAL_IMPLIES:
            return g.binary(Op::logical_or, g.unary(Op::logical_not, argument(0)), argument(1));
        case AST_RELATIONAL_EQ:
        case AST_RELATIONAL_NEQ:
        case AST_RELATIONAL_LT:
        case AST_RELATIONAL_LEQ:
        case AST_RELATIONAL_GT:
        case AST_RELATIONAL_GEQ:
            return chain(node);
        case AST_FUNCTION:
            return call(node);
        case AST_FUNCTION_DELAY:
            if (node.getNumChildren() != 2) refuse("delay takes an expression and a time", "");
            return names_.delayed(argument(0), argument(1));
        default:
            break;
    }
    if (node.getNumChildren() == 1)
        if (const Expr e = trigonometric(node.getType(), argument(0)); e.index >= 0) return e;
    const char* text = node.getName();
    refuse(fmt::format("operator '{}' (type {}) is not supported", text ? text : "?", static_cast<int>(node.getType())),
           "SBML Level 2 and 3 core and the mathematics of Level 3 Version 2 are");
}

}  // namespace ngv::sbml
