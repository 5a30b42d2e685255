// Expressions as a graph: equal ones are one node, so what two gates share is computed once.
//
//     Graph g;
//     auto v = g.load({Leaf::Kind::voltage});
//     auto y = g.exp(g.div(g.add(v, g.number(40)), g.number(10)));     // e^4 * e^(0.1 v)
//
// Simplification keeps values to rounding (Arithmetic::fast) or to the bit (Arithmetic::neuron).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace ngv::nmodl {

enum class Arithmetic {
    fast,   ///< rearranged: reciprocals for divisions, powers as products, shared exponentials
    neuron  ///< every operation as NEURON's translator writes it
};

using Node = std::int32_t;

enum class Op : std::uint8_t {
    number,
    load,
    add,
    sub,
    mul,
    div,
    neg,
    call,  // a function of C or a FUNCTION_TABLE: name, one or two operands
    less,
    less_equal,
    equal,  // true or false
    both,
    either,
    negate,  // of conditions
    select   // condition ? a : b
};

/// Where a value comes from that this kernel does not compute.
struct Leaf {
    enum class Kind : std::uint8_t {
        column,
        global,
        external,
        ion,
        voltage,
        time,
        step,
        celsius,
        diameter,
        area,
        pointer,
        second_order,
        argument,  ///< of a function
        unknown,   ///< state `part` of Newton iteration `index`, as it is in this pass
        solution,  ///< the same when it has converged
        table      ///< output `part` of table `index` at operand x
    };
    Kind kind = Kind::column;
    int index = 0, part = 0;
    Node x = -1;
    bool operator<(const Leaf& o) const {
        return std::tie(kind, index, part, x) < std::tie(o.kind, o.index, o.part, o.x);
    }
};

struct Expr {
    Op op = Op::number;
    Node a = -1, b = -1, c = -1;
    double value = 0;
    int extra = 0;  ///< leaf or function
};

/// Whether Op::call of this name reads a FUNCTION_TABLE, whose points are known only when it runs.
inline bool is_function_table(const std::string& function) {
    return function.starts_with("table_");
}

class Graph {
  public:
    explicit Graph(Arithmetic arithmetic) : arithmetic_(arithmetic) {}

    Node number(double value);
    Node load(const Leaf& leaf);
    Node add(Node a, Node b);
    Node sub(Node a, Node b);
    Node mul(Node a, Node b);
    Node div(Node a, Node b);
    Node neg(Node a);
    Node pow(Node a, Node b);
    Node exp(Node a);
    Node call(const std::string& function, Node a, Node b = -1);
    Node less(Node a, Node b);
    Node less_equal(Node a, Node b);
    Node equal(Node a, Node b);
    Node both(Node a, Node b);
    Node either(Node a, Node b);
    Node negate(Node a);
    Node select(Node condition, Node a, Node b);
    /// A number read as a condition, a condition read as a number.
    Node truth(Node a);
    Node as_number(Node a);

    const Expr& at(Node n) const { return nodes_[static_cast<std::size_t>(n)]; }
    const Leaf& leaf(Node n) const { return leaves_[static_cast<std::size_t>(at(n).extra)]; }
    const std::string& function(Node n) const { return functions_[static_cast<std::size_t>(at(n).extra)]; }
    bool is_condition(Node n) const { return at(n).op >= Op::less && at(n).op <= Op::negate; }
    bool is_number(Node n) const { return at(n).op == Op::number; }
    /// The same for all instances: made of numbers, globals (also of other mechanisms), time, dt and celsius alone.
    bool is_shared(Node n) const { return shared_[static_cast<std::size_t>(n)] != 0; }
    bool is(Node n, double value) const { return is_number(n) && at(n).value == value; }
    std::size_t size() const { return nodes_.size(); }
    Arithmetic arithmetic() const { return arithmetic_; }
    bool fast() const { return arithmetic_ == Arithmetic::fast; }

    /// d node / d leaf, exact; where a condition changes the slope of the branch that holds.
    Node derivative(Node of, Node by);
    /// A node of another graph.
    Node import(const Graph& from, Node n);
    /// `in` with `what` replaced.
    Node substitute(Node in, const std::map<Node, Node>& what);
    bool depends(Node on_this, Node leaf);
    /// All nodes below `roots` in an order in which operands come first.
    std::vector<Node> order(const std::vector<Node>& roots) const;

  private:
    struct Key {
        Op op;
        Node a, b, c;
        std::uint64_t value;
        int extra;
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Key& k) const;
    };
    Node make(Expr e);
    Node rebuild(const Expr& e, Node a, Node b, Node c);
    Node power(Node a, int n);

    Arithmetic arithmetic_;
    std::vector<Expr> nodes_;
    std::vector<char> shared_;
    std::vector<Leaf> leaves_;
    std::vector<std::string> functions_;
    std::unordered_map<Key, Node, Hash> known_;
    std::map<Leaf, int> known_leaves_;
    std::map<std::pair<Node, Node>, bool> dependences_;
};

/// The value that C's function of this name gives; NEURON's exp is limited at 700.
double evaluate(const std::string& function, double a, double b);

}  // namespace ngv::nmodl
