// Mathematical expressions as one shared graph: every subexpression is stored once, constants are folded as they
// arise, so that derivatives stay small without a computer algebra system.
//
//     ngv::model::Graph g;
//     auto x = g.symbol("x");
//     auto f = g.mul(x, g.exp(g.neg(x)));        // or: parse(g, "x*exp(-x)", names)
//     auto df = ngv::model::derivative(g, f, x);
//
// Folding: constants are computed in double precision; x+0, x*1, x/1, x^1 are x; x*0 is 0 even where x could be
// infinite or NaN. Nothing is reordered beyond the operands of + and *, whose result does not depend on their order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ngv::model {

enum class Op : std::uint8_t {
    constant,
    symbol,
    // one operand
    neg,
    exp,
    expm1,
    log,
    log10,
    sqrt,
    abs,
    sin,
    cos,
    tan,
    atan,
    tanh,
    sinh,
    cosh,
    floor,
    factorial,  ///< of the nearest integer; infinite above 170, NaN below 0
    logical_not,
    // two operands
    add,
    sub,
    mul,
    div,
    pow,
    min,
    max,
    less,
    less_equal,
    equal,
    logical_and,
    logical_or,
    // three operands: a != 0 ? b : c
    select,
};

/// Number of operands of an operation: 0, 1, 2 or 3.
int arity(Op op);

/// A place in a Graph.
struct Expr {
    std::int32_t index = -1;
    bool operator==(const Expr&) const = default;
};

struct Node {
    Op op;
    Expr a, b, c;
    double value = 0;  ///< constants
};

class Graph {
  public:
    Expr constant(double value);
    /// The same name always gives the same node.
    Expr symbol(std::string_view name);
    Expr unary(Op op, Expr a);
    Expr binary(Op op, Expr a, Expr b);
    Expr select(Expr condition, Expr if_true, Expr if_false);

    Expr neg(Expr a) { return unary(Op::neg, a); }
    Expr exp(Expr a) { return unary(Op::exp, a); }
    Expr log(Expr a) { return unary(Op::log, a); }
    Expr sqrt(Expr a) { return unary(Op::sqrt, a); }
    Expr sin(Expr a) { return unary(Op::sin, a); }
    Expr add(Expr a, Expr b) { return binary(Op::add, a, b); }
    Expr sub(Expr a, Expr b) { return binary(Op::sub, a, b); }
    Expr mul(Expr a, Expr b) { return binary(Op::mul, a, b); }
    Expr div(Expr a, Expr b) { return binary(Op::div, a, b); }
    Expr pow(Expr a, Expr b) { return binary(Op::pow, a, b); }

    const Node& operator[](Expr e) const { return nodes_[static_cast<std::size_t>(e.index)]; }
    std::size_t size() const { return nodes_.size(); }
    bool is_constant(Expr e) const { return (*this)[e].op == Op::constant; }
    bool is_constant(Expr e, double value) const { return is_constant(e) && (*this)[e].value == value; }
    const std::string& name(Expr symbol) const;
    /// Names of all symbols below `e`, in order of creation.
    std::vector<Expr> symbols_of(Expr e) const;
    /// The expression as text, fully bracketed: for messages and tests.
    std::string text(Expr e) const;

  private:
    struct Key {
        Op op;
        std::int32_t a, b, c;
        std::uint64_t bits;
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const;
    };
    Expr intern(const Node& node);

    std::vector<Node> nodes_;
    std::unordered_map<Key, std::int32_t, Hash> known_;
    std::unordered_map<std::string, std::int32_t> symbols_;
    std::unordered_map<std::int32_t, std::string> names_;
};

/// The value of one operation; the scalar meaning that every evaluation agrees with.
double factorial(double n);
double apply(Op op, double a, double b = 0, double c = 0);

}  // namespace ngv::model
