// A list of expressions turned into a straight program over lanes of cells.
//
//     Tape tape(graph, {rate_of_x, rate_of_y}, {x, y, time});      // outputs; inputs in the order you want them
//     std::vector<Lanes> registers = tape.registers();             // constants are in place
//     registers[0] = ...;                                          // inputs stand first, in their order
//     tape.run(registers.data());
//     registers[tape.output(1)]                                    // the second output
//
// Common parts are computed once; registers are reused as soon as their value is not needed any more, so a model of a
// thousand operations stays in the first-level cache.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "solvers/common/model/expression.hpp"
#include "solvers/common/model/lanes.hpp"

namespace ngv::model {

class Tape {
  public:
    struct Instruction {
        Op op;
        std::int32_t to, a, b, c;
    };

    Tape() = default;
    /// Every symbol below `outputs` must be one of `inputs`; a symbol that is not is a bug of the caller.
    Tape(const Graph& graph, std::span<const Expr> outputs, std::span<const Expr> inputs);

    /// A fresh set of registers: inputs at [0, inputs), constants filled in.
    std::vector<Lanes> registers() const;
    void run(Lanes* registers) const;
    /// The register in which output `i` stands after run().
    std::size_t output(std::size_t i) const { return outputs_[i]; }
    std::size_t size() const { return program_.size(); }
    std::size_t num_registers() const { return num_registers_; }

  private:
    std::vector<Instruction> program_;
    std::vector<std::size_t> outputs_;
    std::vector<std::pair<std::size_t, double>> constants_;
    std::size_t num_registers_ = 0;
};

}  // namespace ngv::model
