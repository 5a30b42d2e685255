// The syntax tree of a .mod file. Plain values; comparing two trees ignores positions.
//
//     BREAKPOINT { SOLVE states METHOD cnexp  ina = gnabar*m*(v - ena) }
//
//     Program.breakpoint = { Solve{"states", "cnexp"}, Assign{ina, binary '*' ...} }
//
// Names of DEFINE are replaced by their numbers while parsing.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "solvers/neuron/nmodl/source.hpp"

namespace ngv::nmodl {

struct Expression {
    enum class Kind { number, string, name, element, prime, unary, binary, call };
    Kind kind = Kind::number;
    Position at;
    std::string text;  ///< number as written, name, operator, function
    std::string unit;  ///< of a number
    std::vector<Expression> operands;

    bool operator==(const Expression& o) const {
        return kind == o.kind && text == o.text && unit == o.unit && operands == o.operands;
    }
};

struct Statement;
using Block = std::vector<Statement>;

struct Argument {
    std::string name, unit;
    bool operator==(const Argument&) const = default;
};
struct LocalName {
    std::string name;
    int size = 0;  ///< 0: not an array
    bool operator==(const LocalName&) const = default;
};

struct Assign {
    Expression target, value;  ///< target: name, element, or prime (of a name or an element)
    bool operator==(const Assign&) const = default;
};
struct Evaluate {
    Expression call;
    bool operator==(const Evaluate&) const = default;
};
struct If {
    Expression condition;
    Block yes, no;
    bool operator==(const If&) const = default;
};
struct While {
    Expression condition;
    Block body;
    bool operator==(const While&) const = default;
};
struct From {
    std::string name;
    Expression first, last, step;
    Block body;
    bool operator==(const From&) const = default;
};
struct Local {
    std::vector<LocalName> names;
    bool operator==(const Local&) const = default;
};
struct Solve {
    std::string block, method;
    bool steady_state = false;
    bool operator==(const Solve&) const = default;
};
struct Table {
    std::vector<std::string> names, depends;
    Expression from, to;
    int intervals = 0;
    bool operator==(const Table&) const = default;
};
/// One side of a reaction or of CONSERVE: 2 a + b[1]
struct Term {
    double factor = 1;
    Expression species;  ///< name or element; also a plain number or parameter where NMODL allows one
    bool operator==(const Term&) const = default;
};
struct Reaction {
    enum class Kind { both, source, sink };  ///< <->, <<, ->
    Kind kind = Kind::both;
    std::vector<Term> left, right;
    Expression forward, backward;
    bool operator==(const Reaction&) const = default;
};
struct Conserve {
    std::vector<Term> sum;
    Expression total;
    bool operator==(const Conserve&) const = default;
};
struct Compartment {
    std::string index;  ///< "" or the name that stands for the element's number
    Expression volume;
    std::vector<std::string> species;
    bool operator==(const Compartment&) const = default;
};
struct Diffusion {
    std::string index;
    Expression coefficient;
    std::vector<std::string> species;
    bool operator==(const Diffusion&) const = default;
};
/// ~ left = right of LINEAR and NONLINEAR
struct Equation {
    Expression left, right;
    bool operator==(const Equation&) const = default;
};
struct Watch {
    struct Case {
        Expression condition, flag;
        bool operator==(const Case&) const = default;
    };
    std::vector<Case> cases;
    bool operator==(const Watch&) const = default;
};
struct ForNetcons {
    std::vector<Argument> arguments;
    Block body;
    bool operator==(const ForNetcons&) const = default;
};
/// INITIAL inside NET_RECEIVE
struct NetInitial {
    Block body;
    bool operator==(const NetInitial&) const = default;
};
struct Conductance {
    std::string name, ion;
    bool operator==(const Conductance&) const = default;
};
/// Leaves the routine (a C return in VERBATIM).
struct Return {
    bool operator==(const Return&) const = default;
};
struct Verbatim {
    std::string text;
    bool operator==(const Verbatim&) const = default;
};

struct Statement {
    Position at;
    std::variant<Assign, Evaluate, If, While, From, Local, Solve, Table, Reaction, Conserve, Compartment, Diffusion,
                 Equation, Watch, ForNetcons, NetInitial, Conductance, Return, Verbatim>
        is;
    bool operator==(const Statement& o) const { return is == o.is; }
};

struct Ion {
    Position at;
    std::string name;
    std::vector<std::string> read, write;
    std::optional<double> valence;
    bool operator==(const Ion& o) const {
        return name == o.name && read == o.read && write == o.write && valence == o.valence;
    }
};

struct Named {
    std::string name;
    Position at;
    bool operator==(const Named& o) const { return name == o.name; }
};

struct NeuronBlock {
    enum class Kind { none, density, point_process, artificial_cell, functions };  ///< functions: SUFFIX nothing
    Kind kind = Kind::none;
    std::string name;
    Position at;
    std::vector<Ion> ions;
    std::vector<Named> nonspecific, electrode, range, global, external, pointer, bbcore_pointer, random;
    bool thread_safe = false;
    bool operator==(const NeuronBlock& o) const {
        return kind == o.kind && name == o.name && ions == o.ions && nonspecific == o.nonspecific &&
               electrode == o.electrode && range == o.range && global == o.global && external == o.external &&
               pointer == o.pointer && bbcore_pointer == o.bbcore_pointer && random == o.random &&
               thread_safe == o.thread_safe;
    }
};

/// A line of PARAMETER, CONSTANT, ASSIGNED or STATE.
struct Declaration {
    Position at;
    std::string name, unit;
    int size = 0;  ///< 0: not an array
    std::optional<double> value;
    std::optional<double> low, high;
    bool operator==(const Declaration& o) const {
        return name == o.name && unit == o.unit && size == o.size && value == o.value && low == o.low && high == o.high;
    }
};

/// (mV) = (millivolt), or FARADAY = (faraday) (coulomb), or R = 8.3 (joule/degC)
struct UnitLine {
    Position at;
    std::string name;
    bool is_unit = false;         ///< the name is a unit's
    std::optional<double> value;  ///< a constant's, where written as a number
    std::string from, unit;       ///< definition; unit of the constant
    bool operator==(const UnitLine& o) const {
        return name == o.name && is_unit == o.is_unit && value == o.value && from == o.from && unit == o.unit;
    }
};

struct Routine {
    enum class Kind { function, procedure, derivative, kinetic, linear, nonlinear, discrete, function_table };
    Kind kind = Kind::procedure;
    Position at;
    std::string name, unit;
    std::vector<Argument> arguments;
    std::vector<std::string> solve_for;
    Block body;
    bool operator==(const Routine& o) const {
        return kind == o.kind && name == o.name && unit == o.unit && arguments == o.arguments &&
               solve_for == o.solve_for && body == o.body;
    }
};

/// BEFORE or AFTER a point of the step.
struct Hook {
    enum class When { before_initial, after_initial, before_breakpoint, after_solve, before_step, after_step };
    When when = When::before_initial;
    Position at;
    Block body;
    bool operator==(const Hook& o) const { return when == o.when && body == o.body; }
};

struct NetReceive {
    Position at;
    std::vector<Argument> arguments;
    Block body;
    bool operator==(const NetReceive& o) const { return arguments == o.arguments && body == o.body; }
};

struct Program {
    std::string title;
    NeuronBlock neuron;
    std::vector<UnitLine> units;
    std::vector<Declaration> parameters, constants, assigned, states;
    std::vector<LocalName> locals;  ///< LOCAL outside of blocks
    std::vector<Routine> routines;
    std::vector<Hook> hooks;
    std::optional<Block> initial, breakpoint, constructor, destructor;
    std::optional<NetReceive> net_receive;
    std::vector<Statement> verbatim;  ///< VERBATIM outside of blocks
    bool operator==(const Program&) const = default;
};

}  // namespace ngv::nmodl
